"""What the pages say of calls that failed: how many, apart from refused ones, at what cost."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.faults import endpoint as faults
from tests.faults.endpoint import completion, error, http
from tests.pages.test_experiments import PATIENCE_S, opened, page_text, plan, store
from workbench.store.reports.progress import Progress
from workbench.ui.experiments.progress import _spent
from workbench.ui.parts.resources import services

REPLIES = (
    http(error("the parameter seed is not supported"), 400),
    http(error("Blocked", "content_filter"), 400),
    http(completion("Can you tell me your order number?")),
)


def test_failed_and_refused_calls_are_two_numbers_and_no_cost_is_made_up(app: AppTest) -> None:
    replies = iter(REPLIES)
    with faults.serve(canned=lambda body: next(replies)) as server:
        experiment = plan(server)
        services().jobs.start(experiment.id, "Ada")
        services().jobs.wait(experiment.id, PATIENCE_S)
        page = opened(app, experiment.key)
    progress = store().reports.progress.of(experiment.id)
    assert (progress.outputs, progress.failed, progress.refused) == (1, 1, 1)
    said = page_text(page)
    assert "1 failed, 1 refused" in said
    assert "cost unknown" in said
    assert "free" not in said
    assert page.main.expander[0].label.startswith("1 call failed and 1 call refused: ")


def test_calls_that_all_failed_are_not_free(app: AppTest) -> None:
    with faults.serve(canned=lambda body: REPLIES[0]) as server:
        experiment = plan(server)
        services().jobs.start(experiment.id, "Ada")
        services().jobs.wait(experiment.id, PATIENCE_S)
        said = page_text(opened(app, experiment.key))
    assert "cost unknown" in said
    assert "free" not in said
    assert "Nothing has been scored yet: 3 failed." in said


def test_why_a_variant_has_no_answer_at_all_is_read_without_unfolding_anything(
    app: AppTest,
) -> None:
    with faults.serve(canned=lambda body: REPLIES[0]) as server:
        experiment = plan(server)
        services().jobs.start(experiment.id, "Ada")
        services().jobs.wait(experiment.id, PATIENCE_S)
        page = opened(app, experiment.key)
    (told,) = (each.value for each in page.main.error if "they count as unscored" in each.value)
    assert told.startswith("**3 calls failed: they count as unscored, for and against.**")
    assert "the parameter seed is not supported" in told
    assert page.button(key=f"experiments_retry_{experiment.id}").label == "Ask these again"


@pytest.mark.parametrize(
    ("outputs", "failed", "cost", "n_unpriced", "said"),
    [
        (0, 0, 0.0, 0, ""),
        (0, 3, 0.0, 0, "cost unknown"),
        (2, 0, 0.0, 2, "cost unknown"),
        (3, 0, 0.0, 0, "free"),
        (3, 2, 0.0, 0, "free"),
        (3, 0, 0.5, 1, "$0.50 so far and 1 call of unknown price"),
        (3, 1, 0.5, 0, "$0.50 so far, without 1 call that brought no answer"),
    ],
)
def test_what_nobody_knows_the_price_of_is_never_free(
    outputs: int, failed: int, cost: float, n_unpriced: int, said: str
) -> None:
    progress = Progress(9, outputs, failed, 0, cost, n_unpriced, 0, 0, None, None)
    assert _spent(progress) == said


def test_a_call_that_failed_is_a_trial_and_no_output(app: AppTest) -> None:
    with faults.serve(canned=lambda body: REPLIES[0]) as server:
        experiment = plan(server, n=1)
        services().jobs.start(experiment.id, "Ada")
        services().jobs.wait(experiment.id, PATIENCE_S)
        app.query_params["show"] = "Outputs"
        page = opened(app, experiment.key)
    said = page_text(page)
    assert "**1 call failed: it counts as unscored, for and against.**" in said
    assert "1 trial, 25 on a page" in said
    assert "no outputs yet" in said
    assert "1 output" not in said

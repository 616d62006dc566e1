"""The Compare view: the same words and figures as on the command line, and no find by colour."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from tests.building import AUTHOR, FAILED, Loop, loop
from tests.pages.test_experiments import opened, page_text, store
from workbench.domain.calls import Parameters
from workbench.domain.experiments import Plan
from workbench.domain.scores import Outcome
from workbench.evidence import comparisons
from workbench.evidence.comparisons import Comparison
from workbench.evidence.words import comparisons as words_comparisons

PASS, FAIL = Outcome.PASS, Outcome.FAIL


def two_variants(b: list[Outcome | None]) -> tuple[Loop, Comparison]:
    """A feature of the app's store with an experiment in which A half fails, and B ends so."""
    made = loop(store(), 40, name="Two variants")
    other = store().variants.save(
        made.variant.prompt, made.variant.connection, made.variant.model, Parameters(seed=7)
    )
    ids = (made.variant.id, other.id)
    plan = Plan("Which?", made.dataset.id, ids, (made.criterion.id,))
    experiment = store().experiments.add(made.feature_id, plan, AUTHOR)
    numbers = {c.id: c.number for c in store().datasets.cases(made.dataset.id)}
    ended = {made.variant.id: [FAIL, PASS] * 20, other.id: b}
    run = store().runs.start(experiment.id, AUTHOR)
    made.answer(
        run.id,
        [
            (call, ended[call.variant_id][numbers[call.case_id] - 1])
            for call in store().trials.missing(experiment.id)
        ],
    )
    (found,) = comparisons.of_experiment(store(), experiment)
    return made, found


def compared(app: AppTest) -> AppTest:
    """The view of the two variants."""
    app.query_params["feature"] = "Two variants"
    page = opened(app, "E1")
    assert not page.exception
    page.segmented_control(key="experiments_view").set_value("Compare").run()
    assert not page.exception
    return page


def shown(app: AppTest) -> str:
    """All that the view says, without the marks that keep texts from being formatted."""
    return page_text(compared(app)).replace("\\", "")


def test_a_difference_that_missing_answers_could_undo_is_shown_as_none(app: AppTest) -> None:
    _, found = two_variants([PASS] * 20 + [FAILED] * 20)
    said = shown(app)
    assert words_comparisons.verdict(found) in said
    assert words_comparisons.counted(found) in said
    assert "B: 20 failed calls, counted both ways" in said
    assert "beyond chance." not in said


def test_a_difference_beyond_chance_is_said_with_its_interval(app: AppTest) -> None:
    _, found = two_variants([PASS] * 40)
    said = shown(app)
    assert "B passes 50 points more often than A, beyond chance." in said
    assert f"The difference lies {words_comparisons.span(found)}." in said
    assert " p = " not in said, "what an engineer asks for is in the help"
    assert "Holm" not in said
    told = [each.help.replace("\\", "") for each in app.main.caption if each.help]
    assert words_comparisons.details(found) in told


def test_what_quality_costs_says_its_times_in_words(app: AppTest) -> None:
    two_variants([PASS] * 40)
    (costs,) = [f.value for f in compared(app).dataframe if "Good answers" in f.value.columns]
    assert {"A typical answer takes", "The slowest 5% take"} <= set(costs.columns)
    assert not {"p50", "p95"} & set(costs.columns)


@pytest.mark.parametrize(
    ("cost", "head", "told", "good"),
    [
        (0.00002, "1,000 answers cost", "$0.0200", "1,000 good ones cost"),
        (0.02, "An answer costs", "$0.0200", "A good one costs"),
    ],
)
def test_tiny_prices_are_told_for_many_answers_in_table_and_picture(
    app: AppTest, cost: float, head: str, told: str, good: str
) -> None:
    two_variants([PASS] * 40)
    with store().transaction():
        store().database.execute("update trials set cost = ?", [cost])
        store().database.seal_anew("trials")
    page = compared(app)
    (costs,) = [f.value for f in page.dataframe if "Good answers" in f.value.columns]
    assert list(costs[head]) == [told, told]
    assert list(costs[good]) == ["$0.0400", told]
    spec = json.loads(page.get("vega_lite_chart")[-1].proto.spec)
    across = spec["encoding"]["x"]
    assert across["title"] == f"{head} (USD)"
    assert across["axis"] == {"format": "~g", "tickCount": 6}

"""A page of outputs: filtered, ordered and cut by the database."""

from dataclasses import replace

import pytest

from tests.building import FAILED, Loop, loop, trial
from workbench.domain.experiments import Experiment
from workbench.domain.scores import Outcome
from workbench.errors import CallFailure
from workbench.store.store import Store

PASS, FAIL = Outcome.PASS, Outcome.FAIL


def keys(store: Store, experiment: Experiment, **filters: object) -> list[str]:
    """The cases of a page, in its order."""
    return list(store.reports.outputs.page(experiment.id, **filters)["case"])


def judged(made: Loop) -> dict[str, object]:
    """The filter that shows what the criterion thinks."""
    return {
        "criterion_id": made.criterion.id,
        "scorer": made.criterion.draft.scorer.fingerprint(),
    }


def test_the_pages_together_hold_every_output_once_in_the_order_of_the_cases(store: Store) -> None:
    made = loop(store, n_cases=7)
    experiment = made.run([PASS] * 14, trials=2)
    pages = [
        store.reports.outputs.page(experiment.id, limit=4, offset=offset)
        for offset in range(0, 13, 4)
    ]
    shown = [
        (case, number)
        for page in pages
        for case, number in zip(page["case"], page["number"], strict=True)
    ]
    assert shown == [(f"case-{i:03d}-0", number) for i in range(7) for number in (1, 2)]
    assert {int(total) for page in pages for total in page["total"]} == {14}


def test_a_page_beyond_the_last_one_is_empty(store: Store) -> None:
    experiment = loop(store, n_cases=2).run([PASS, PASS])
    assert store.reports.outputs.page(experiment.id, limit=25, offset=25).empty


def test_outputs_are_found_by_their_outcome_which_is_unscored_where_a_call_failed(
    store: Store,
) -> None:
    made = loop(store, n_cases=3)
    experiment = made.run([PASS, FAIL, FAILED], by_key=True)
    found = {
        outcome: keys(store, experiment, **judged(made), outcome=outcome)
        for outcome in ("pass", "fail", "unscored")
    }
    assert found == {"pass": ["case-000-0"], "fail": ["case-001-0"], "unscored": ["case-002-0"]}


def test_an_outcome_and_its_reason_stand_beside_each_output(store: Store) -> None:
    made = loop(store, n_cases=2)
    experiment = made.run([PASS], by_key=True)
    rated = store.trials.of_experiment(experiment.id)
    made.rate(rated, [FAIL], "Ada", "too curt")
    made.rate(rated, [FAIL], "Bea", "no thanks")
    page = store.reports.outputs.page(experiment.id, **judged(made))
    assert list(page["outcome"]) == ["fail"]
    assert list(page["reason"]) == ["too curt; no thanks"]
    assert list(store.reports.outputs.page(experiment.id)["outcome"]) == [None]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("GRÜSSE", ["case-000-0"]),
        ("100%", ["case-001-0"]),
        ("no answer", ["case-002-0"]),
        ("case-00", ["case-000-0", "case-001-0", "case-002-0"]),
        ("_", []),
    ],
)
def test_a_search_looks_into_outputs_errors_and_keys_and_takes_every_sign_as_it_is(
    store: Store, search: str, found: list[str]
) -> None:
    made = loop(store, n_cases=3)
    experiment = made.experiment()
    run_id = store.runs.start(experiment.id, "Ada").id
    numbers = {case.id: case.number for case in store.datasets.cases(made.dataset.id)}
    calls = sorted(store.trials.missing(experiment.id), key=lambda call: numbers[call.case_id])
    greeted, sure = trial(run_id, calls[0], "grüsse"), trial(run_id, calls[1], "100% sure")
    failed = trial(run_id, calls[2], failure=CallFailure.TIMEOUT)
    store.trials.add([greeted, sure, failed])
    assert keys(store, experiment, search=search) == found


def test_outputs_are_found_by_the_slice_of_their_case(store: Store) -> None:
    experiment = loop(store, n_cases=2).run([PASS, PASS])
    assert len(keys(store, experiment, tag="inbox")) == 2
    assert keys(store, experiment, tag="inbo") == []


def test_a_page_of_one_experiment_holds_no_output_of_another(store: Store) -> None:
    made = loop(store, n_cases=2)
    narrow = made.run([PASS, PASS])
    made.run([PASS, PASS], trials=2)
    other = loop(store, n_cases=1, name="Another feature").run([PASS])
    assert len(keys(store, narrow)) == 2
    assert len(keys(store, other)) == 1


def test_what_a_filtered_call_had_said_is_found_and_shown_and_taken_along(store: Store) -> None:
    made = loop(store, n_cases=1)
    experiment = made.experiment()
    run_id = store.runs.start(experiment.id, "Ada").id
    (call,) = store.trials.missing(experiment.id)
    stopped = replace(trial(run_id, call, failure=CallFailure.FILTERED), partial="The refund is")
    store.trials.add([stopped])
    assert keys(store, experiment, search="refund") == ["case-000-0"]
    assert list(store.reports.outputs.page(experiment.id)["partial"]) == ["The refund is"]
    (row,) = store.reports.experiments.everything(experiment.id)
    assert (row["ending"], row["partial"], row["output"]) == ("filtered", "The refund is", None)


def test_an_export_says_how_each_output_ended(store: Store) -> None:
    made = loop(store, n_cases=3)
    experiment = made.experiment()
    run_id = store.runs.start(experiment.id, "Ada").id
    first, second, third = store.trials.missing(experiment.id)
    store.trials.add(
        [
            replace(trial(run_id, first), finish_reason="MAX_TOKENS"),
            replace(trial(run_id, second), finish_reason="stop", is_refusal=True),
            trial(run_id, third),
        ]
    )
    rows = store.reports.experiments.everything(experiment.id)
    assert sorted(row["ending"] for row in rows) == ["complete", "cut", "refused"]

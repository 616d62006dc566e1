"""A page of cases × variants: what each trial came to, filtered, ordered and cut in DuckDB."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from tests.building import AUTHOR, FAILED, POLITE, Loop, loop, trial
from workbench.domain.calls import Parameters
from workbench.domain.criteria import Criterion, CriterionDraft, Measure
from workbench.domain.experiments import Experiment, Plan
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.errors import CallFailure
from workbench.store.reports.grid import CaseRow, Grid, Looked, Order, Show
from workbench.store.store import Store

PASS, FAIL, UNSCORED, NOT = Outcome.PASS, Outcome.FAIL, Outcome.UNSCORED, Outcome.NOT_APPLICABLE
Ended = Sequence[Sequence[Outcome | None]]


def asked(store: Store, a: Ended, b: Ended) -> tuple[Loop, Experiment]:
    """Two variants; of each the trials of each case ended so."""
    made = loop(store, len(a))
    other = store.variants.save(
        made.variant.prompt, made.variant.connection, made.variant.model, Parameters(seed=7)
    )
    variants = (made.variant.id, other.id)
    plan = Plan("Which?", made.dataset.id, variants, (made.criterion.id,), len(a[0]))
    experiment = store.experiments.add(made.feature_id, plan, AUTHOR)
    numbers = {c.id: c.number - 1 for c in store.datasets.cases(made.dataset.id)}
    ended = {made.variant.id: a, other.id: b}
    run = store.runs.start(experiment.id, AUTHOR)
    made.answer(
        run.id,
        [
            (call, ended[call.variant_id][numbers[call.case_id]][call.number - 1])
            for call in store.trials.missing(experiment.id)
        ],
    )
    return made, experiment


def looked(*criteria: Criterion) -> list[Looked]:
    """Criteria by the scorers they have."""
    return [Looked(c.id, c.draft.scorer.fingerprint(), c.draft.slices) for c in criteria]


def page(made: Loop, experiment: Experiment, **chosen: object) -> Grid:
    """The first page by the loop's criterion, beside the first variant."""
    given = {"criteria": looked(made.criterion), "baseline": 0} | chosen
    return made.store.reports.grid.page(experiment.id, **given)  # type: ignore[arg-type]


def outcomes(row: CaseRow) -> Mapping[int, list[Outcome | None]]:
    """How the trials of each variant ended."""
    return {place: [ended for _, ended in cell.trials] for place, cell in row.cells.items()}


def numbers(grid: Grid) -> list[int]:
    """Which cases a page holds, in its order."""
    return [int(row.key.split("-")[1]) for row in grid.rows]


def test_each_cell_has_its_trials_in_their_order(store: Store) -> None:
    made, experiment = asked(store, [[PASS, FAIL], [PASS, PASS]], [[FAILED, PASS], [FAIL, FAIL]])
    first, second = page(made, experiment).rows
    assert outcomes(first) == {0: [PASS, FAIL], 1: [None, PASS]}
    assert outcomes(second) == {0: [PASS, PASS], 1: [FAIL, FAIL]}
    assert first.input == {"message": "Message 0"}
    ids = {t.id: (t.variant_id, t.number) for t in store.trials.of_experiment(experiment.id)}
    (trial_id, _) = second.cells[1].trials[1]
    assert ids[trial_id] == (experiment.variants[1].id, 2)


@pytest.mark.parametrize(
    ("show", "found"),
    [
        (None, [0, 1, 2, 3]),
        (Show.FAILS, [1, 2]),
        (Show.FLICKERS, [1]),
        (Show.UNSCORED, [3]),
        (Show.DIFFERS, [1, 2]),
    ],
)
def test_cases_are_found_by_how_their_trials_ended(
    store: Store, show: Show | None, found: list[int]
) -> None:
    good = [PASS, PASS]
    a = [good, good, good, good]
    b = [good, [PASS, FAIL], [FAIL, FAIL], [PASS, FAILED]]
    grid = page(*asked(store, a, b), show=show)
    assert numbers(grid) == found
    assert grid.total == len(found)


def test_the_pages_together_hold_every_case_once_whatever_the_order(store: Store) -> None:
    made, experiment = asked(store, [[PASS]] * 5, [[FAIL], [PASS], [FAIL], [PASS], [FAIL]])
    for order, expected in (
        (Order.CASE, [0, 1, 2, 3, 4]),
        (Order.FAILS, [0, 2, 4, 1, 3]),
        (Order.DIFFERS, [0, 2, 4, 1, 3]),
    ):
        pages = [
            page(made, experiment, order=order, limit=2, offset=offset) for offset in (0, 2, 4)
        ]
        assert [number for each in pages for number in numbers(each)] == expected
        assert {each.total for each in pages} == {5}


def test_a_difference_is_one_from_the_chosen_variant(store: Store) -> None:
    made, experiment = asked(store, [[PASS], [FAILED]], [[FAIL], [PASS]])
    # Of the second case nothing was scored that could differ.
    assert numbers(page(made, experiment, show=Show.DIFFERS)) == [0]
    assert numbers(page(made, experiment, show=Show.DIFFERS, baseline=1)) == [0]


def test_raters_who_said_both_dispute_a_trial_and_one_who_changed_does_not(store: Store) -> None:
    made, experiment = asked(store, [[PASS], [PASS]], [[PASS], [PASS]])
    first, second = (row.cells[0].trials[0][0] for row in page(made, experiment).rows)
    rated = {t.id: t for t in store.trials.of_experiment(experiment.id)}
    made.rate([rated[first]], [PASS], "Ada")
    made.rate([rated[first]], [FAIL], "Bea")
    made.rate([rated[second]], [FAIL], "Ada")
    made.rate([rated[second]], [PASS], "Ada")
    grid = page(made, experiment, show=Show.DISPUTED)
    assert numbers(grid) == [0]
    assert grid.rows[0].cells[0].is_disputed
    assert not grid.rows[0].cells[1].is_disputed


def test_of_several_criteria_a_trial_fails_that_fails_one(store: Store) -> None:
    made, experiment = asked(store, [[PASS], [PASS], [PASS], [FAIL]], [[PASS]] * 4)
    draft = CriterionDraft("Short", replace(POLITE, settings={"texts": ["x"]}), Measure.PASS_RATE)
    other = store.criteria.add(made.requirement.id, draft, AUTHOR)
    ids = [row.cells[0].trials[0][0] for row in page(made, experiment).rows]
    store.scores.add(
        Score(trial_id, other.id, draft.scorer.fingerprint(), Judgement(outcome, ""))
        for trial_id, outcome in zip(ids, [FAIL, NOT, UNSCORED, PASS], strict=True)
    )
    rows = page(made, experiment, criteria=looked(made.criterion, other)).rows
    assert [outcomes(row)[0] for row in rows] == [[FAIL], [PASS], [UNSCORED], [FAIL]]


def test_a_criterion_says_nothing_of_cases_that_it_does_not_look_at(store: Store) -> None:
    made, experiment = asked(store, [[PASS]], [[FAIL]])
    elsewhere = [each._replace(slices=("refund",)) for each in looked(made.criterion)]
    (row,) = page(made, experiment, criteria=elsewhere).rows
    assert outcomes(row) == {0: [NOT], 1: [NOT]}


def test_search_looks_into_outputs_messages_inputs_and_keys(store: Store) -> None:
    made = loop(store, n_cases=3)
    experiment = made.experiment()
    run_id = store.runs.start(experiment.id, AUTHOR).id
    numbers_of = {case.id: case.number for case in store.datasets.cases(made.dataset.id)}
    calls = sorted(store.trials.missing(experiment.id), key=lambda call: numbers_of[call.case_id])
    failed = trial(run_id, calls[2], failure=CallFailure.TIMEOUT)
    store.trials.add([trial(run_id, calls[0], "Good morrow"), trial(run_id, calls[1]), failed])
    for words, found in (
        ("MORROW", [0]),
        ("message 1", [1]),
        ("no answer", [2]),
        ("case-00", [0, 1, 2]),
        ("100%", []),
    ):
        assert numbers(page(made, experiment, search=words)) == found


def test_without_a_criterion_there_is_nothing_to_show(store: Store) -> None:
    made, experiment = asked(store, [[PASS]], [[PASS]])
    assert page(made, experiment, criteria=[]) == Grid((), 0)

"""A rater's place in the cases of an experiment: read around the case at hand."""

import pytest

from tests.building import FAILED, Loop, loop
from workbench.domain.experiments import Experiment
from workbench.domain.scores import Outcome
from workbench.store.reports.rating import NOBODY, Queue
from workbench.store.store import Store

PASS, UNSCORED = Outcome.PASS, Outcome.UNSCORED
ADA = "Ada"


def queue(made: Loop, experiment: Experiment, around: str = "", reach: int = 50) -> Queue:
    """Where Ada stands."""
    draft = made.criterion.draft
    return made.store.reports.rating.queue(
        experiment.id,
        made.criterion.id,
        draft.scorer.fingerprint(),
        ADA,
        draft.slices,
        around=around,
        reach=reach,
    )


@pytest.fixture
def made(store: Store) -> Loop:
    """Five cases."""
    return loop(store, n_cases=5)


def rate(made: Loop, experiment: Experiment, *keys: str) -> None:
    """Ada rates all outputs of some cases."""
    by_id = {case.id: case.key for case in made.store.datasets.cases(made.dataset.id)}
    mine = [t for t in made.store.trials.of_experiment(experiment.id) if by_id[t.case_id] in keys]
    made.rate(mine, [PASS] * len(mine), ADA)


def test_a_case_is_found_by_its_key_or_its_id(made: Loop) -> None:
    experiment = made.run([UNSCORED] * 5)
    by_key = queue(made, experiment, "case-003-0").here
    assert by_key is not None
    assert by_key.place == 4
    assert queue(made, experiment, str(by_key.id)).here == by_key
    assert queue(made, experiment, "case-999").here is None


def test_only_the_cases_close_by_are_read(made: Loop) -> None:
    experiment = made.run([UNSCORED] * 5)
    found = queue(made, experiment, "case-002-0", reach=1)
    assert [case.key for case in found.near] == ["case-001-0", "case-002-0", "case-003-0"]
    assert found.cases == 5
    assert found.at(4) is not None
    assert found.at(5) is None


def test_the_next_open_case_comes_after_the_one_at_hand_and_round_to_it(made: Loop) -> None:
    experiment = made.run([UNSCORED] * 5)
    rate(made, experiment, "case-003-0", "case-004-0")
    for here, wanted in (("case-001-0", "case-002-0"), ("case-002-0", "case-000-0")):
        upcoming = queue(made, experiment, here, reach=0).next_open
        assert upcoming is not None
        assert upcoming.key == wanted
    first = queue(made, experiment).next_open
    assert first is not None
    assert first.key == "case-000-0"


def test_a_case_is_done_when_the_rater_has_rated_all_its_outputs(made: Loop) -> None:
    experiment = made.run([UNSCORED] * 10, trials=2)
    first = made.store.trials.of_experiment(experiment.id)[0]
    made.rate([first], [PASS], ADA)
    half = queue(made, experiment, "case-000-0").here
    assert half is not None
    assert (half.rated, half.outputs, half.is_done) == (1, 2, False)
    rate(made, experiment, *(f"case-00{i}-0" for i in range(5)))
    found = queue(made, experiment)
    assert (found.done, found.cases, found.next_open) == (5, 5, None)


def test_what_others_rated_is_still_open_to_a_rater(made: Loop) -> None:
    experiment = made.run([PASS] * 5)
    assert queue(made, experiment).done == 0


def test_a_failed_call_is_not_there_to_be_rated(made: Loop) -> None:
    experiment = made.run([UNSCORED, FAILED], by_key=True)
    assert [case.key for case in queue(made, experiment).near] == ["case-000-0"]


def test_cases_without_the_tags_of_a_criterion_are_passed_over(store: Store) -> None:
    made = loop(store, n_cases=2, slices=("privacy",))
    assert queue(made, made.run([UNSCORED] * 2)) == NOBODY

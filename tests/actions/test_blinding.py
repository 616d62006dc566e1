"""Who rates does not know whose output it is: by no order, and until one step that is on record."""

from itertools import pairwise
from uuid import UUID

import numpy as np
import pytest

from tests import building
from tests.actions import lines
from workbench.actions import rating, unblinding
from workbench.actions.rating import Task
from workbench.domain.criteria import CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.experiments import Experiment
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.domain.scores import Outcome
from workbench.errors import InputError
from workbench.evidence import guards, verdicts
from workbench.evidence.guards import Kind
from workbench.store.store import Store

MIRA = Person("browser-1", "Mira")
ASKED = Scorer(ScorerKind.RATING, {"question": "Would you send it?"})
PAIRS = 400


def laid_out(store: Store, cases: int = 2) -> Task:
    """Mira's table: two cases, each asked twice."""
    made = building.loop(store, cases)
    experiment = made.run([Outcome.PASS] * cases * 2, trials=2)
    draft = CriterionDraft("Fit to send", ASKED, Measure.PASS_RATE, 0.8)
    criterion = store.criteria.add(made.requirement.id, draft, "Ada")
    return Task(experiment, criterion, MIRA.name)


def is_first(task: Task, case: int) -> bool:
    """Whether variant A's output comes before B's. The ids are fixed, so that the test is one."""
    case_id, a, b = (UUID(int=10_000 * kind + case) for kind in (1, 2, 3))
    return rating.token(task, case_id, a) < rating.token(task, case_id, b)


def phi(one: list[bool], other: list[bool]) -> float:
    """How far two claims go together: 0 where one says nothing of the other."""
    return float(np.corrcoef(np.array(one, float), np.array(other, float))[0, 1])


@pytest.fixture
def task(store: Store) -> Task:
    """A table whose ids are the same in each run of this test."""
    found = laid_out(store)
    fixed = {"id": UUID(int=7)}
    experiment, criterion = found.experiment, found.criterion
    for thing in (experiment, criterion):
        for name, value in fixed.items():
            object.__setattr__(thing, name, value)
    assert isinstance(experiment, Experiment)
    return found


@pytest.mark.parametrize("rater", ["Mira", "Ada", "Jo", "somebody with a long name"])
def test_place_and_variant_have_nothing_to_do_with_each_other(task: Task, rater: str) -> None:
    table = task._replace(rater=rater)
    first = [is_first(table, case) for case in range(PAIRS)]
    # A row for each output: its variant, and whether it stood first.
    variants = [True] * PAIRS + [False] * PAIRS
    places = first + [not one for one in first]
    assert abs(phi(variants, places)) < 0.15


def test_the_order_is_another_for_each_rater_and_each_case_and_stays(task: Task) -> None:
    orders = [
        [is_first(task._replace(rater=rater), case) for case in range(PAIRS)]
        for rater in ("Mira", "Ada", "Jo")
    ]
    for one, other in pairwise(orders):
        assert abs(phi(one, other)) < 0.15
    # Nor does one case tell of the next.
    assert abs(phi(orders[0][:-1], orders[0][1:])) < 0.15
    assert orders[0] == [is_first(task, case) for case in range(PAIRS)]


def test_a_token_names_an_output_to_its_rater_alone(task: Task) -> None:
    case_id, trial_id = UUID(int=1), UUID(int=2)
    tokens = {rating.token(task._replace(rater=r), case_id, trial_id) for r in ("Mira", "Ada")}
    assert len(tokens) == 2
    assert not any(str(trial_id) in token for token in tokens)


def rate(store: Store, task: Task, case_id: UUID, outputs: int) -> None:
    """Rate the first of a case's outputs."""
    for shown in rating.outputs(store, task, case_id)[:outputs]:
        if shown.mine is None:
            rating.keep(store, MIRA, task, shown, rating.choices(task)[0], "")


def test_nobody_is_told_before_every_output_of_the_case_is_rated(store: Store) -> None:
    task = laid_out(store)
    case_id = store.experiments.case_ids(task.experiment.id)[0]
    for rated in (0, 1):
        rate(store, task, case_id, rated)
        with pytest.raises(InputError, match="not rated yet"):
            unblinding.unblind(store, MIRA, task, case_id)
    assert not unblinding.is_told(store, task, case_id)


def test_being_told_is_kept_once_with_its_line_for_this_case_and_rater(store: Store) -> None:
    task = laid_out(store)
    case_id, other = store.experiments.case_ids(task.experiment.id)
    rate(store, task, case_id, 2)
    before = len(lines.of_all(store))
    for _ in range(2):
        unblinding.unblind(store, MIRA, task, case_id)
    assert len(lines.of_all(store)) == before + 1
    line = lines.of_all(store)[-1]
    assert (line.deed, line.person_id) == (Deed.RATING_UNBLIND, "browser-1")
    assert "variants shown to its rater" in line.what
    for told in (task.experiment.variants[0].label, task.experiment.variants[0].model):
        assert told not in line.what.split()
    assert unblinding.is_told(store, task, case_id)
    assert not unblinding.is_told(store, task, other)
    assert not unblinding.is_told(store, task._replace(rater="Ada"), case_id)


def test_another_criterion_on_the_same_case_is_not_blind_either(store: Store) -> None:
    task = laid_out(store)
    case_id = store.experiments.case_ids(task.experiment.id)[0]
    rate(store, task, case_id, 2)
    unblinding.unblind(store, MIRA, task, case_id)
    draft = CriterionDraft("Kind", ASKED, Measure.PASS_RATE, 0.8)
    requirement_id = task.criterion.requirement_id
    kind = store.criteria.add(requirement_id, draft, "Ada")
    assert unblinding.is_told(store, task._replace(criterion=kind), case_id)


def test_a_rating_that_is_taken_back_leaves_it_on_record(store: Store) -> None:
    task = laid_out(store)
    case_id = store.experiments.case_ids(task.experiment.id)[0]
    rate(store, task, case_id, 2)
    unblinding.unblind(store, MIRA, task, case_id)
    rating.take_back(store, MIRA, task)
    assert unblinding.is_told(store, task, case_id)


def test_nobody_is_told_on_somebody_elses_table(store: Store) -> None:
    task = laid_out(store)
    case_id = store.experiments.case_ids(task.experiment.id)[0]
    rate(store, task, case_id, 2)
    with pytest.raises(InputError, match="laid out for Mira"):
        unblinding.unblind(store, Person("browser-2", "Ada"), task, case_id)


def test_what_is_said_by_who_was_told_is_said_beside_the_verdict(store: Store) -> None:
    task = laid_out(store)
    case_id = store.experiments.case_ids(task.experiment.id)[0]
    rate(store, task, case_id, 2)

    def said() -> list[str]:
        found = verdicts.of_experiment(store, task.experiment)
        found += [
            v for v in verdicts.of_feature(store, task.experiment.feature_id) if v not in found
        ]
        guards_found = guards.of_experiment(store, task.experiment, found)
        return [guard.said for guard in guards_found if guard.kind is Kind.NOT_BLIND]

    unblinding.unblind(store, MIRA, task, case_id)
    assert said() == []
    rating.take_back(store, MIRA, task)
    rate(store, task, case_id, 2)
    assert said() == [
        "Outputs were rated by somebody who had been told which variant wrote them: 1 for C2."
    ]

"""Two who rated blind see each other's words at one moment, or at once for a stated reason."""

from uuid import UUID

import pytest

from tests import building
from tests.actions import lines
from workbench.actions import rating, reveals
from workbench.actions.rating import Task
from workbench.domain.criteria import CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.domain.scores import Outcome
from workbench.errors import InputError
from workbench.evidence import agreement, guards, verdicts
from workbench.evidence.guards import Kind
from workbench.store.store import Store

ADA, BEN = Person("browser-1", "Ada"), Person("browser-2", "Ben")
ASKED = Scorer(ScorerKind.RATING, {"question": "Would you send it?"})


def laid_out(store: Store, cases: int = 4) -> tuple[Task, Task]:
    """What Ada and what Ben has to rate."""
    made = building.loop(store, cases)
    draft = CriterionDraft("Fit to send", ASKED, Measure.PASS_RATE, 0.8)
    criterion = store.criteria.add(made.requirement.id, draft, "Ada")
    experiment = made.run([Outcome.PASS] * cases)
    task = Task(experiment, criterion, "Ada")
    return task, task._replace(rater="Ben")


def rate(store: Store, who: Person, task: Task, place: int = 0, cases: int | None = None) -> None:
    """Rate outputs of the first cases by the choice at a place: pass, fail."""
    for case_id in store.experiments.case_ids(task.experiment.id)[:cases]:
        for shown in rating.outputs(store, task, case_id):
            rating.keep(store, who, task, shown, rating.choices(task)[place], "")


def hidden_from(store: Store, task: Task) -> list[UUID]:
    return store.reveals.closed(task.criterion.id, task.scorer, task.rater)


def test_nobody_sees_a_word_before_both_are_ready_and_then_both_do_at_one_moment(
    store: Store,
) -> None:
    ada, ben = laid_out(store)
    rate(store, ADA, ada)
    assert reveals.now(store, ada).is_open_to("Ada"), "there is no word of anybody else"
    rate(store, BEN, ben, 1)
    assert hidden_from(store, ada) == hidden_from(store, ben) == [ada.experiment.id]
    waiting = reveals.ask(store, ADA, ada)
    assert not waiting.is_open_to("Ada")
    assert waiting.waiting("Ben") == ("Ada",)
    both = reveals.ask(store, BEN, ben)
    assert both.opened["Ada"] == both.opened["Ben"]
    assert hidden_from(store, ada) == hidden_from(store, ben) == []


def test_answers_that_another_experiment_has_too_are_revealed_with_the_one_they_were_rated_in(
    store: Store,
) -> None:
    made = building.loop(store, 4)
    draft = CriterionDraft("Fit to send", ASKED, Measure.PASS_RATE, 0.8)
    criterion = store.criteria.add(made.requirement.id, draft, "Ada")
    experiment = made.run([Outcome.PASS] * 4)
    other = made.plan(question="Is it fit to send, too?")
    store.experiments.add(made.feature_id, other, "Ada")
    ada = Task(experiment, criterion, "Ada")
    ben = ada._replace(rater="Ben")
    rate(store, ADA, ada)
    rate(store, BEN, ben, 1)
    assert len(hidden_from(store, ada)) == 2
    reveals.ask(store, ADA, ada)
    reveals.ask(store, BEN, ben)
    assert hidden_from(store, ada) == hidden_from(store, ben) == []


def test_who_does_not_wait_says_why_and_shows_the_other_nothing(store: Store) -> None:
    ada, ben = laid_out(store)
    rate(store, ADA, ada)
    rate(store, BEN, ben, cases=1)
    with pytest.raises(InputError, match="no reason"):
        reveals.at_once(store, ADA, ada, "  ")
    found = reveals.at_once(store, ADA, ada, "Ben had\nto leave")
    assert found.is_open_to("Ada")
    assert not found.is_open_to("Ben")
    assert found.notes == {"Ada": "Ben had to leave"}
    line = lines.of_all(store)[-1]
    assert (line.deed, line.why) == (Deed.REVEAL_AT_ONCE, "Ben had to leave")
    assert reveals.ask(store, BEN, ben).is_open_to("Ben")


def test_who_was_given_outputs_and_rated_none_is_shown_nothing_either(store: Store) -> None:
    from workbench.actions import handing_out

    ada, ben = laid_out(store)
    rate(store, ADA, ada)
    assert reveals.now(store, ben).is_open_to("Ben"), "who takes no part may read"
    handing_out.set_second_share(store, ADA, ada.criterion, ada.experiment.feature_id, 1.0)
    assert handing_out.next_case(store, BEN, ben) is not None
    assert not reveals.now(store, ben).is_open_to("Ben")
    with pytest.raises(InputError, match="rated nothing"):
        reveals.ask(store, BEN, ben)


def test_being_ready_twice_is_one_row_and_one_line_which_says_no_word(store: Store) -> None:
    ada, ben = laid_out(store)
    rate(store, ADA, ada)
    rate(store, BEN, ben, 1)
    before = len(lines.of_all(store))
    for _ in range(2):
        reveals.ask(store, ADA, ada)
    (line,) = lines.of_all(store)[before:]
    assert line.deed is Deed.REVEAL_ASK
    assert "ready to reveal" in line.what
    assert store.database.value("select count(*) from reveals") == 1


def test_agreement_is_about_what_each_said_blind_and_what_was_changed_after_is_said(
    store: Store,
) -> None:
    ada, ben = laid_out(store)
    rate(store, ADA, ada)
    rate(store, BEN, ben, 1)
    reveals.ask(store, ADA, ada)
    reveals.ask(store, BEN, ben)

    def swayed() -> list[str]:
        found = verdicts.of_feature(store, ada.experiment.feature_id)
        every = guards.of_experiment(store, ada.experiment, found)
        return [guard.said for guard in every if guard.kind is Kind.SWAYED]

    assert swayed() == []
    rate(store, BEN, ben, 0, cases=3)
    (pair,) = agreement.of_criterion(store, ada.criterion).pairs
    assert (pair.n, pair.same) == (4, 0)
    assert "3 for" in swayed()[0]


def test_what_is_left_out_is_in_no_figure(store: Store) -> None:
    ada, ben = laid_out(store)
    rate(store, ADA, ada)
    rate(store, BEN, ben, 1)
    assert not agreement.of_criterion(store, ada.criterion, [ada.experiment.id]).pairs
    disputes = store.reports.agreement.disputes
    assert len(disputes(ada.criterion)) == 4
    assert disputes(ada.criterion, without=[ada.experiment.id]) == {}


def test_a_stranger_at_the_table_cannot_reveal(store: Store) -> None:
    ada, _ = laid_out(store)
    with pytest.raises(InputError, match="laid out for Ada"):
        reveals.ask(store, BEN, ada)

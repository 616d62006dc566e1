"""Ratings as deeds: blind, one's own, kept at once, taken back, and on record."""

from dataclasses import replace

import pytest

from tests import building
from tests.actions import lines
from workbench.actions import rating
from workbench.actions.rating import Choice, Shown, Task
from workbench.domain.conversations import Message
from workbench.domain.criteria import Criterion, CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.domain.scores import Outcome
from workbench.errors import InputError
from workbench.store.engine.integrity import counts
from workbench.store.keys import new_id
from workbench.store.store import Store

MIRA = Person("browser-1", "Mira")
ASKED = Scorer(ScorerKind.RATING, {"question": "Would you send it?"})
ON_A_SCALE = Scorer(ScorerKind.RATING, {"scale": [1, 5], "passes_from": 4})


def everything(store: Store) -> dict[str, tuple[int, int]]:
    """What every table holds."""
    return counts(store.database.rows)


def laid_out(store: Store, scorer: Scorer = ASKED, who: Person = MIRA) -> tuple[Task, list[Shown]]:
    """A rater's table: three trials of the first case of an experiment."""
    made = building.loop(store, 2)
    experiment = made.run([Outcome.PASS] * 6, trials=3)
    criterion = store.criteria.add(
        made.requirement.id, CriterionDraft("Fit to send", scorer, Measure.PASS_RATE, 0.8), "Ada"
    )
    task = Task(experiment, criterion, who.name)
    return task, again(store, task)


def again(store: Store, task: Task) -> list[Shown]:
    """The same outputs as they are now."""
    return rating.outputs(store, task, store.experiments.case_ids(task.experiment.id)[0])


def choice(task: Task, label: str) -> Choice:
    """One of the words that a rater has."""
    return next(each for each in rating.choices(task) if each.label == label)


def keep(store: Store, task: Task, shown: Shown, label: str, note: str = "") -> bool:
    """Mira rates."""
    return rating.keep(store, MIRA, task, shown, choice(task, label), note)


def test_a_rating_is_kept_with_its_question_and_its_line(store: Store) -> None:
    task, (first, *_) = laid_out(store)
    assert keep(store, task, first, "Pass", " Friendly ")
    held = next(shown for shown in again(store, task) if shown.token == first.token).mine
    assert held is not None
    assert (held.rater, held.judgement.outcome) == ("Mira", Outcome.PASS)
    assert (held.judgement.reason, held.question) == ("Friendly", "Would you send it?")
    line = lines.of_all(store)[-1]
    assert (line.person_id, line.deed, line.key) == ("browser-1", Deed.RATING_KEEP, "C2")
    assert (line.what, line.why) == ("C2 rated on case-000-0 in E1: Pass", "Friendly")


def test_the_history_does_not_say_whose_output_was_rated(store: Store) -> None:
    task, (first, *_) = laid_out(store)
    keep(store, task, first, "Pass")
    (variant,) = task.experiment.variants
    line = lines.of_all(store)[-1]
    for told in (variant.label, str(variant.id), str(first.trial_id), variant.model):
        assert told not in line.what.split()


def test_the_same_word_again_changes_nothing(store: Store) -> None:
    task, (first, *_) = laid_out(store)
    keep(store, task, first, "Fail", "Rude")
    now = next(shown for shown in again(store, task) if shown.token == first.token)
    before = everything(store)
    assert keep(store, task, now, "Fail", "Rude ")
    assert everything(store) == before


def test_another_word_is_added_and_the_older_one_stays(store: Store) -> None:
    task, (first, *_) = laid_out(store)
    keep(store, task, first, "Fail")
    now = next(shown for shown in again(store, task) if shown.token == first.token)
    assert keep(store, task, now, "Can't tell", "Half of it is missing")
    mine = [score for score in store.scores.of_trial(first.trial_id) if score.rater == "Mira"]
    assert [score.judgement.outcome for score in mine] == [Outcome.FAIL, Outcome.UNSCORED]
    assert mine[-1].judgement.reason == "Can't tell: Half of it is missing"
    assert rating.note_of(mine[-1]) == "Half of it is missing"


def test_what_was_pressed_on_a_table_that_is_out_of_date_changes_nothing(store: Store) -> None:
    task, (first, *_) = laid_out(store)
    keep(store, task, first, "Pass")
    before = everything(store)
    assert not keep(store, task, first, "Fail")
    assert everything(store) == before


@pytest.mark.parametrize(
    ("who", "said", "problem"),
    [
        (Person("browser-2", "Ben"), "Pass", "were laid out for Mira, and you are Ben"),
        (Person("browser-1", "Somebody"), "Pass", "belongs to a person"),
        (Person("browser-1", " "), "Pass", "belongs to a person"),
        (MIRA, "Perfect", "“Perfect” is no answer"),
    ],
)
def test_what_nobody_asked_for_is_refused_and_changes_nothing(
    store: Store, who: Person, said: str, problem: str
) -> None:
    task, (first, *_) = laid_out(store)
    before = everything(store)
    with pytest.raises(InputError, match=problem):
        rating.keep(store, who, task, first, Choice(Outcome.PASS, said), "")
    assert everything(store) == before


def test_what_a_check_scores_is_not_rated(store: Store) -> None:
    task, (first, *_) = laid_out(store)
    checked: Criterion = replace(
        task.criterion, draft=replace(task.criterion.draft, scorer=building.POLITE)
    )
    before = everything(store)
    with pytest.raises(InputError, match="scored by a check"):
        keep(store, task._replace(criterion=checked), first, "Pass")
    assert everything(store) == before


def test_on_a_scale_each_step_is_a_word_and_no_other_number(store: Store) -> None:
    task, (first, *_) = laid_out(store, ON_A_SCALE)
    assert [each.label for each in rating.choices(task)] == [
        *("1", "2", "3", "4", "5", "Can't tell", "Not applicable")
    ]
    assert [each.outcome for each in rating.choices(task)[2:4]] == [Outcome.FAIL, Outcome.PASS]
    before = everything(store)
    for wrong in (Choice(Outcome.PASS, "9", 9.0), Choice(Outcome.PASS, "2", 2.0)):
        with pytest.raises(InputError, match="is no answer"):
            rating.keep(store, MIRA, task, first, wrong, "")
    assert everything(store) == before
    assert keep(store, task, first, "4")
    held = next(shown for shown in again(store, task) if shown.token == first.token).mine
    assert held is not None
    assert (held.judgement.value, held.judgement.outcome) == (4.0, Outcome.PASS)


def test_the_newest_rating_is_taken_back_then_the_one_before(store: Store) -> None:
    task, (first, second, _) = laid_out(store)
    keep(store, task, first, "Pass")
    keep(store, task, second, "Fail")
    (case_id, *_) = store.experiments.case_ids(task.experiment.id)
    assert rating.take_back(store, MIRA, task) == case_id
    assert [shown.mine is None for shown in again(store, task)] == [False, True, True]
    assert rating.take_back(store, MIRA, task) == case_id
    assert all(shown.mine is None for shown in again(store, task))
    line = lines.of_all(store)[-1]
    assert (line.deed, line.what) == (
        Deed.RATING_WITHDRAW,
        "C2 on case-000-0 in E1: rating taken back",
    )
    before = everything(store)
    assert rating.take_back(store, MIRA, task) is None
    assert everything(store) == before


def test_nobody_takes_back_what_another_said(store: Store) -> None:
    task, (first, *_) = laid_out(store)
    keep(store, task, first, "Pass")
    before = everything(store)
    with pytest.raises(InputError, match="were laid out for Mira"):
        rating.take_back(store, Person("browser-2", "Ben"), task)
    assert everything(store) == before


def test_the_order_is_each_raters_own_and_stays(store: Store) -> None:
    task, mine = laid_out(store)
    assert again(store, task) == mine
    orders = {
        tuple(shown.trial_id for shown in again(store, task._replace(rater=f"Rater {number}")))
        for number in range(20)
    }
    assert len(orders) > 1
    assert len({shown.token for shown in mine}) == 3


def test_a_rater_is_laid_out_what_the_criterion_looks_at(store: Store) -> None:
    task, _ = laid_out(store, Scorer(ScorerKind.RATING, {"looks_at": "answers"}))
    trial = store.trials.of_experiment(task.experiment.id)[0]
    said = tuple(Message("assistant", text) for text in ("Which order?", "It is on its way."))
    store.trials.add([replace(trial, id=new_id(), supersedes=trial.id, transcript=said)])
    texts = {shown.text for shown in again(store, task)}
    assert "Which order?\n\nIt is on its way." in texts


def test_nobody_passes_or_fails_what_is_not_there(store: Store) -> None:
    task, (first, *_) = laid_out(store, Scorer(ScorerKind.RATING, {"looks_at": "reasoning"}))
    assert first.text == ""
    labels = [each.label for each in rating.choices_for(task, first)]
    assert labels == ["Can't tell", "Not applicable"]
    with pytest.raises(InputError, match="No reasoning of the model is kept"):
        keep(store, task, first, "Pass")
    assert keep(store, task, first, "Can't tell")

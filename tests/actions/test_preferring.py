"""Preferences as deeds: blind, one's own, kept at once, taken back, and counted as scores."""

import pytest

from tests import preferences
from tests.actions.scenes import lines
from tests.preferences import MIRA, compared, prefer, shown
from workbench.actions import handing_out, preferring, rating, unblinding
from workbench.actions.preferring import Pair
from workbench.actions.rating import Task
from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.domain.preferences import Preference
from workbench.domain.scores import Outcome
from workbench.errors import InputError
from workbench.store.engine.integrity import orphans
from workbench.store.store import Store

BEN = Person("browser-2", "Ben")


def laid_out(store: Store, labels: str = "AB", n_cases: int = 3) -> tuple[Task, list[Pair]]:
    """Mira's table: the first case of an experiment."""
    experiment, criterion = compared(store, n_cases, labels)
    task = Task(experiment, criterion, MIRA.name)
    return task, again(store, task)


def again(store: Store, task: Task, place: int = 0) -> list[Pair]:
    """The pairs of a case as they are now."""
    return preferring.pairs(store, task, store.experiments.case_ids(task.experiment.id)[place])


def scores(store: Store, task: Task, label: str) -> list[tuple[Outcome, str, bool]]:
    """What was said by the criterion of a variant's outputs."""
    return [
        (score.judgement.outcome, score.judgement.reason, score.is_withdrawn)
        for trial in store.trials.of_experiment(task.experiment.id)
        if preferences.label_of(task.experiment, trial.variant_id) == label
        for score in store.scores.of_trial(trial.id)
        if score.criterion_id == task.criterion.id
    ]


@pytest.mark.parametrize(
    ("said", "outcome", "reason"),
    [
        ("B", Outcome.PASS, "Preferred"),
        ("A", Outcome.FAIL, "The other is preferred"),
        ("tie", Outcome.FAIL, "Tie"),
        ("both bad", Outcome.FAIL, "Both bad"),
    ],
)
def test_only_being_liked_better_counts_as_preferred(
    store: Store, said: str, outcome: Outcome, reason: str
) -> None:
    task, (pair,) = laid_out(store)
    assert prefer(store, task, pair, said)
    assert scores(store, task, "B") == [(outcome, reason, False)]
    assert scores(store, task, "A") == []


def test_what_is_said_of_two_others_says_nothing_about_the_baseline(store: Store) -> None:
    task, pairs = laid_out(store, "ABC")
    (pair,) = [pair for pair in pairs if set(shown(task.experiment, pair)) == {"B", "C"}]
    assert prefer(store, task, pair, "B")
    assert [scores(store, task, label) for label in "ABC"] == [[], [], []]
    held = [pair.mine for pair in again(store, task) if pair.mine]
    assert len(held) == 1


def test_every_two_variants_meet_so_that_no_output_comes_up_more_often(store: Store) -> None:
    task, pairs = laid_out(store, "ABCD")
    sides = "".join(shown(task.experiment, pair) for pair in pairs)
    assert {label: sides.count(label) for label in "ABCD"} == dict.fromkeys("ABCD", 3)


def many(store: Store) -> tuple[Experiment, Criterion]:
    """An experiment of 420 pairs: every two of eight variants, in fifteen cases."""
    return compared(store, 15, "ABCDEFGH")


def every_pair(store: Store, task: Task) -> list[Pair]:
    """All pairs of an experiment, as they are laid out for its rater."""
    cases = store.experiments.case_ids(task.experiment.id)
    return [pair for case_id in cases for pair in preferring.pairs(store, task, case_id)]


def is_earlier_left(experiment: Experiment, pair: Pair) -> bool:
    """Whether the variant of the earlier letter stands on the left."""
    left, right = shown(experiment, pair)
    return left < right


def test_the_side_is_drawn_for_each_rater_and_pair_and_stays(store: Store) -> None:
    experiment, criterion = many(store)
    sides = []
    for name in ("Mira", "Ben"):
        task = Task(experiment, criterion, name)
        every = every_pair(store, task)
        sides.append(
            {frozenset((p.first.id, p.second.id)): is_earlier_left(experiment, p) for p in every}
        )
        assert [p.first.id for p in again(store, task, 5)] == [p.first.id for p in every[140:168]]
    mira, ben = sides
    assert len(mira) == 420
    for one in sides:
        # |phi| of place and variant below 0.15, over 420 pairs.
        assert abs(sum(one.values()) / 420 - 0.5) < 0.075
    same = sum(mira[pair] == ben[pair] for pair in mira)
    assert abs(same / 420 - 0.5) < 0.1


def test_the_name_that_a_browser_knows_does_not_tell_the_side(store: Store) -> None:
    experiment, criterion = many(store)
    every = every_pair(store, Task(experiment, criterion, "Mira"))
    odd = [int(pair.token, 16) % 2 == is_earlier_left(experiment, pair) for pair in every]
    assert len(odd) == 420
    assert abs(sum(odd) / 420 - 0.5) < 0.1


def test_which_stood_on_the_left_is_on_record(store: Store) -> None:
    task, (pair,) = laid_out(store)
    prefer(store, task, pair, "B")
    (row,) = store.database.rows(
        "select first_trial, second_trial, outcome, rater, question from pair_preferences"
    )
    word = "first" if shown(task.experiment, pair)[0] == "B" else "second"
    assert row == (pair.first.id, pair.second.id, word, "Mira", "Which would you send?")
    assert orphans(store.database) == []


def test_a_preference_has_its_line_which_names_no_variant(store: Store) -> None:
    task, (pair,) = laid_out(store)
    prefer(store, task, pair, "B")
    said = lines(store, task.experiment.feature_id)
    (what,) = [what for deed, what in said if deed == Deed.RATING_KEEP]
    assert what == "C2: two outputs compared on case-000-0 in E1"


def test_a_word_that_comes_twice_or_late_is_kept_once(store: Store) -> None:
    task, (pair,) = laid_out(store)
    assert prefer(store, task, pair, "B")
    assert not prefer(store, task, pair, "A")
    (now,) = again(store, task)
    assert prefer(store, task, now, "B")
    assert len(scores(store, task, "B")) == 1
    assert prefer(store, task, now, "A")
    assert [outcome for outcome, *_ in scores(store, task, "B")] == [Outcome.PASS, Outcome.FAIL]


def test_a_preference_is_taken_back_with_what_it_counted_for(store: Store) -> None:
    task, (pair,) = laid_out(store)
    prefer(store, task, pair, "B")
    assert preferring.take_back(store, MIRA, task) == pair.first.case_id
    assert again(store, task)[0].mine is None
    assert scores(store, task, "B")[-1] == (Outcome.UNSCORED, "Taken back", True)
    assert preferring.take_back(store, MIRA, task) is None
    assert prefer(store, task, again(store, task)[0], "A")


def test_nobody_rates_on_somebody_elses_table(store: Store) -> None:
    task, (pair,) = laid_out(store)
    with pytest.raises(InputError, match="laid out for Mira"):
        preferring.keep(store, BEN, task, pair, Preference.TIE, "")
    with pytest.raises(InputError, match="no preference"):
        preferring.keep(store, MIRA, task, pair, Preference.UNSCORED, "")


def test_a_case_is_done_and_may_be_unblinded_when_every_two_were_compared(store: Store) -> None:
    task, pairs = laid_out(store, "ABC")
    case_id = pairs[0].first.case_id
    for pair in pairs[:2]:
        prefer(store, task, pair, "tie")
    with pytest.raises(InputError, match="not rated yet"):
        unblinding.unblind(store, MIRA, task, case_id)
    prefer(store, task, pairs[2], "tie")
    unblinding.unblind(store, MIRA, task, case_id)
    assert unblinding.is_told(store, task, case_id)


def test_two_raters_get_different_cases_and_a_share_twice(store: Store) -> None:
    experiment, criterion = compared(store, 10)
    given: dict[str, list[object]] = {}
    for _ in range(12):
        for who in (MIRA, BEN):
            task = Task(experiment, criterion, who.name)
            handed = handing_out.next_case(store, who, task)
            if handed is None:
                continue
            given.setdefault(who.name, []).append(handed.case_id)
            (pair,) = preferring.pairs(store, task, handed.case_id)
            prefer(store, task, pair, "B", who)
    every = [case for cases in given.values() for case in cases]
    assert len(set(every)) == 10
    # A fifth is to be rated by two, and nothing else is.
    assert len(every) == 12


def test_raters_who_differ_make_a_case_disputed(store: Store) -> None:
    experiment, criterion = compared(store, 2)
    store.claims.set_second_share(criterion.id, 1.0, "Mira")
    for rater, said in (("Mira", "B"), ("Ben", "A")):
        preferences.say(store, experiment, criterion, [said, "tie"], rater)
    handed = handing_out.next_case(
        store, Person("browser-3", "Cleo"), Task(experiment, criterion, "Cleo")
    )
    assert handed is not None
    assert handed.why.value == "disputed"


def test_pairs_are_not_among_the_outputs_that_wait_for_pass_or_fail(store: Store) -> None:
    task, _ = laid_out(store)
    assert store.reports.rating.waiting(task.experiment.feature_id) == 0


def test_the_question_is_the_title_where_none_was_written(store: Store) -> None:
    scorer = preferences.Scorer(preferences.ScorerKind.PREFERENCE, {"over": "A"})
    experiment, criterion = compared(store, scorer=scorer)
    assert rating.Task(experiment, criterion, "Mira").question == "Better than before?"

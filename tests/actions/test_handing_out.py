"""Cases are handed to raters one at a time: what teaches most first, and nobody's twice."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from tests import building
from tests.actions import lines
from tests.evidence.test_trust import Scene
from workbench.actions import handing_out, rating
from workbench.actions.rating import Task
from workbench.domain.criteria import CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.datasets import CaseDraft
from workbench.domain.handing_out import SAMPLE_EVERY, Handed, Why
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.errors import InputError
from workbench.store.store import Store

MIRA, ADA, JO = (Person(f"browser-{n}", name) for n, name in enumerate(("Mira", "Ada", "Jo")))
ASKED = Scorer(ScorerKind.RATING, {"question": "Would you send it?"})
PASS, FAIL, UNSCORED = Outcome.PASS, Outcome.FAIL, Outcome.UNSCORED


def laid_out(store: Store, cases: int, trials: int = 1, outcomes: tuple[Outcome, ...] = ()) -> Task:
    """Mira's table: so many cases, answered."""
    made = building.loop(store, cases)
    ended = outcomes or (PASS,) * (cases * trials)
    experiment = made.run(ended, trials, by_key=True)
    draft = CriterionDraft("Fit to send", ASKED, Measure.PASS_RATE, 0.8)
    criterion = store.criteria.add(made.requirement.id, draft, "Ada")
    return Task(experiment, criterion, MIRA.name)


def tagged(store: Store) -> Task:
    """Mira's table with six cases of each of three tags."""
    made = building.loop(store, 1)
    drafts = [
        CaseDraft(f"{tag}{n}", {"message": f"{tag}{n}"}, tags=(tag,))
        for n in range(6)
        for tag in ("x", "y", "z")
    ]
    made.dataset = store.datasets.add(made.feature_id, "Tagged", drafts, "Ada")
    experiment = made.run([PASS] * len(drafts))
    draft = CriterionDraft("Fit to send", ASKED, Measure.PASS_RATE, 0.8)
    criterion = store.criteria.add(made.requirement.id, draft, "Ada")
    return Task(experiment, criterion, MIRA.name)


def of(task: Task, who: Person) -> Task:
    """The same table, another person's."""
    return task._replace(rater=who.name)


def rate(store: Store, who: Person, task: Task, case_id: UUID, word: str = "Pass") -> None:
    """Rate all outputs of a case."""
    mine = of(task, who)
    choice = next(each for each in rating.choices(mine) if each.label == word)
    for shown in rating.outputs(store, mine, case_id):
        if shown.mine is None:
            assert rating.keep(store, who, mine, shown, choice, "")


def say(store: Store, task: Task, case_id: UUID, outcome: Outcome, rater: str) -> None:
    """What somebody else, or a judge, thought of a case's outputs."""
    store.scores.add(
        Score(trial.id, task.criterion.id, task.scorer, Judgement(outcome, ""), rater)
        for trial in store.trials.of_experiment(task.experiment.id)
        if trial.case_id == case_id
    )


def next_for(store: Store, who: Person, task: Task) -> Handed:
    """What a person is given."""
    found = handing_out.next_case(store, who, of(task, who))
    assert found is not None
    return found


def raters_by_case(store: Store) -> Counter[UUID]:
    """How many people rated each case."""
    return Counter(
        dict(
            store.database.rows(
                """
                select t.case_id, count(distinct s.rater) from scores s
                join trials t on t.id = s.trial_id where s.rater > '' group by t.case_id
                """
            )
        )
    )


@pytest.mark.parametrize("looks_ahead", [False, True], ids=["in turn", "ahead"])
def test_two_people_at_once_rate_all_cases_and_none_twice_by_accident(
    store: Store, looks_ahead: bool
) -> None:
    task = laid_out(store, 16)
    handing_out.set_second_share(store, MIRA, task.criterion, task.experiment.feature_id, 0.0)
    wrong: list[BaseException] = []

    def work(who: Person) -> None:
        ahead = None
        try:
            while (handed := handing_out.next_case(store, who, of(task, who), ahead)) is not None:
                if looks_ahead:
                    ahead = handing_out.look_ahead(store, of(task, who), handed.case_id)
                rate(store, who, task, handed.case_id)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(who,)) for who in (MIRA, ADA)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert Counter(raters_by_case(store).values()) == {1: 16}
    shares = store.database.rows("select rater, count(*) from scores where rater > '' group by all")
    assert {rater for rater, _ in shares} == {"Mira", "Ada"}


def test_what_is_chosen_ahead_is_what_would_have_been_chosen_then(store: Store) -> None:
    task = laid_out(store, 30)
    at_hand = next_for(store, MIRA, task)
    for _ in range(12):
        ahead = handing_out.look_ahead(store, task, at_hand.case_id)
        rate(store, MIRA, task, at_hand.case_id)
        at_hand = next_for(store, MIRA, task)
        assert ahead is not None
        assert ahead.handed == at_hand


def test_what_was_chosen_ahead_is_nobodys_until_it_is_handed_out(store: Store) -> None:
    task = laid_out(store, 30)
    handing_out.set_second_share(store, MIRA, task.criterion, task.experiment.feature_id, 0.0)
    first = next_for(store, MIRA, task)
    ahead = handing_out.look_ahead(store, task, first.case_id)
    assert ahead is not None
    assert next_for(store, ADA, task) == ahead.handed
    rate(store, MIRA, task, first.case_id)
    instead = handing_out.next_case(store, MIRA, task, ahead)
    assert instead is not None
    assert instead.case_id != ahead.handed.case_id


def test_the_slice_of_the_case_at_hand_is_no_thinner_than_it_will_be(store: Store) -> None:
    task = tagged(store)
    seen = []
    at_hand = next_for(store, MIRA, task)
    for _ in range(3):
        (case,) = [
            c for c in store.experiments.cases(task.experiment.id) if c.id == at_hand.case_id
        ]
        seen.append(case.tags)
        ahead = handing_out.look_ahead(store, task, at_hand.case_id)
        rate(store, MIRA, task, at_hand.case_id)
        found = handing_out.next_case(store, MIRA, task, ahead)
        assert found is not None
        at_hand = found
    assert sorted(seen) == [("x",), ("y",), ("z",)]


def test_a_dispute_is_not_chosen_ahead_since_it_may_be_settled_meanwhile(store: Store) -> None:
    task = laid_out(store, 10)
    handing_out.set_second_share(store, MIRA, task.criterion, task.experiment.feature_id, 1.0)
    cases = store.experiments.cases(task.experiment.id)
    say(store, task, cases[0].id, PASS, "Ada")
    say(store, task, cases[0].id, FAIL, "Jo")
    assert handing_out.look_ahead(store, task, cases[1].id) is None
    rate(store, MIRA, task, cases[1].id)
    assert next_for(store, MIRA, task).why is Why.DISPUTED


def test_nothing_is_ahead_of_the_last_case(store: Store) -> None:
    task = laid_out(store, 1)
    assert handing_out.look_ahead(store, task, next_for(store, MIRA, task).case_id) is None


def test_a_set_share_is_rated_by_two_on_purpose(store: Store) -> None:
    task = laid_out(store, 10)
    whys: Counter[Why] = Counter()
    for _ in range(10):
        for who in (MIRA, ADA):
            handed = handing_out.next_case(store, who, of(task, who))
            if handed is not None:
                whys[handed.why] += 1
                rate(store, who, task, handed.case_id)
    assert Counter(raters_by_case(store).values()) == {1: 8, 2: 2}
    assert whys[Why.SECOND] == 2


def test_each_slice_has_its_share_of_those(store: Store) -> None:
    made = building.loop(store, 1)
    drafts = [
        CaseDraft(f"c{n}", {"message": f"m{n}"}, tags=("rare" if n < 10 else "common",))
        for n in range(25)
    ]
    dataset = store.datasets.add(made.feature_id, "Tagged", drafts, "Ada")
    made.dataset = dataset
    experiment = made.run([PASS] * 25)
    draft = CriterionDraft("Fit to send", ASKED, Measure.PASS_RATE, 0.8)
    criterion = store.criteria.add(made.requirement.id, draft, "Ada")
    task = Task(experiment, criterion, MIRA.name)
    for _ in range(25):
        for who in (MIRA, ADA):
            handed = handing_out.next_case(store, who, of(task, who))
            if handed is not None:
                rate(store, who, task, handed.case_id)
    tags = {case.id: case.tags[0] for case in store.datasets.cases(dataset.id)}
    twice = Counter(tags[case] for case, n in raters_by_case(store).items() if n == 2)
    assert twice == {"rare": 2, "common": 3}


def test_a_claim_that_expires_gives_the_case_to_another(store: Store) -> None:
    task = laid_out(store, 1)
    first = next_for(store, MIRA, task)
    assert handing_out.next_case(store, ADA, of(task, ADA)) is None
    store.claims.add(*task.place, first, held=timedelta(0))
    assert next_for(store, ADA, task).case_id == first.case_id


def test_who_comes_back_goes_on_where_they_were(store: Store) -> None:
    task = laid_out(store, 30)
    first = next_for(store, MIRA, task)
    assert handing_out.resume(store, MIRA, task) == first
    rate(store, MIRA, task, first.case_id)
    second = handing_out.resume(store, MIRA, task)
    assert second is not None
    assert second.case_id != first.case_id


def test_what_is_passed_over_comes_round_at_the_end(store: Store) -> None:
    task = laid_out(store, 3)
    given = [next_for(store, MIRA, task).case_id for _ in range(3)]
    assert len(set(given)) == 3
    assert next_for(store, MIRA, task).case_id in given


def test_a_case_that_was_scored_both_ways_comes_first_and_is_settled_by_a_third(
    store: Store,
) -> None:
    task = laid_out(store, 30)
    cases = store.experiments.case_ids(task.experiment.id)
    say(store, task, cases[20], PASS, "Ada")
    say(store, task, cases[20], FAIL, "judge:small")
    handed = next_for(store, MIRA, task)
    assert handed == (cases[20], Why.DISPUTED)
    rate(store, MIRA, task, cases[20])
    assert next_for(store, JO, task).case_id != cases[20]


@pytest.mark.parametrize("rater", ["Ada", "judge:small"])
def test_a_case_that_somebody_could_not_tell_comes_early(store: Store, rater: str) -> None:
    task = laid_out(store, 30)
    handing_out.set_second_share(store, MIRA, task.criterion, task.experiment.feature_id, 1.0)
    cases = store.experiments.case_ids(task.experiment.id)
    say(store, task, cases[11], UNSCORED, rater)
    assert next_for(store, MIRA, task) == (cases[11], Why.UNSURE)


def test_a_case_that_flickers_by_another_criterion_comes_early(store: Store) -> None:
    outcomes = [PASS] * 60
    outcomes[25] = FAIL
    task = laid_out(store, 30, 2, tuple(outcomes))
    cases = store.experiments.case_ids(task.experiment.id)
    assert next_for(store, MIRA, task) == (cases[12], Why.FLICKERS)


def test_the_slice_with_fewest_ratings_comes_first(store: Store) -> None:
    made = building.loop(store, 1)
    drafts = [
        CaseDraft(f"c{n}", {"message": f"m{n}"}, tags=("rare" if n < 4 else "common",))
        for n in range(40)
    ]
    made.dataset = store.datasets.add(made.feature_id, "Tagged", drafts, "Ada")
    experiment = made.run([PASS] * 40)
    draft = CriterionDraft("Fit to send", ASKED, Measure.PASS_RATE, 0.8)
    task = Task(experiment, store.criteria.add(made.requirement.id, draft, "Ada"), MIRA.name)
    handing_out.set_second_share(store, MIRA, task.criterion, made.feature_id, 0.0)
    tags = {case.id: case.tags[0] for case in store.datasets.cases(made.dataset.id)}
    for case_id, tag in tags.items():
        if tag == "common" and len(raters_by_case(store)) < 20:
            say(store, task, case_id, PASS, "Ada")
    handed = next_for(store, MIRA, task)
    assert (tags[handed.case_id], handed.why) == ("rare", Why.THIN)


def test_each_fifth_case_is_one_that_nobody_doubts(store: Store) -> None:
    task = laid_out(store, 30)
    cases = store.experiments.case_ids(task.experiment.id)
    for case_id in cases[:15]:
        say(store, task, case_id, UNSCORED, "judge:small")
    whys = []
    for _ in range(15):
        handed = next_for(store, MIRA, task)
        whys.append(handed.why)
        rate(store, MIRA, task, handed.case_id)
    assert [n for n, why in enumerate(whys, 1) if why is Why.SAMPLE] == [5, 10, 15]
    assert set(whys) == {Why.UNSURE, Why.SAMPLE}
    assert SAMPLE_EVERY == 5


def test_a_changed_rubric_hands_every_case_out_again(store: Store) -> None:
    task = laid_out(store, 1)
    rate(store, MIRA, task, next_for(store, MIRA, task).case_id)
    assert handing_out.next_case(store, MIRA, task) is None
    asked = Scorer(ScorerKind.RATING, {"question": "Would you sign it?"})
    draft = replace(task.criterion.draft, scorer=asked)
    changed = store.criteria.revise(task.criterion.id, draft, 1, "Ada", "Clearer")
    assert next_for(store, MIRA, task._replace(criterion=changed)).why is Why.DRAWN


def test_the_share_is_kept_with_its_line_and_the_same_again_changes_nothing(store: Store) -> None:
    task = laid_out(store, 1)
    before = len(lines.of_all(store))
    for _ in range(2):
        handing_out.set_second_share(store, MIRA, task.criterion, task.experiment.feature_id, 0.5)
    line = lines.of_all(store)[-1]
    assert len(lines.of_all(store)) == before + 1
    assert (line.deed, line.what) == (Deed.RATING_SHARE, "50% of the cases of C2 rated by two")
    with pytest.raises(InputError, match="no share"):
        handing_out.set_second_share(store, MIRA, task.criterion, task.experiment.feature_id, 0.3)


def test_nobody_claims_for_another(store: Store) -> None:
    task = laid_out(store, 1)
    with pytest.raises(InputError, match="laid out for Mira"):
        handing_out.next_case(store, ADA, task)
    with pytest.raises(InputError, match="belongs to a person"):
        handing_out.next_case(store, Person("browser-9", ""), of(task, Person("browser-9", "")))


def test_of_what_a_judge_judged_comes_next_what_says_most_about_the_judge(store: Store) -> None:
    scene = Scene(store, 60, lambda i: True, lambda i: i % 10 != 0)
    scene.label(10, rater="Lin")
    task = Task(scene.experiment, scene.criterion, MIRA.name)
    judged = {t.case_id: i % 10 != 0 for i, t in enumerate(scene.trials)}
    given: list[UUID] = []
    for _ in range(6):
        for who in (MIRA, ADA):
            handed = handing_out.next_case(store, who, of(task, who))
            assert handed is not None
            assert handed.why is Why.TEACHES
            # Why it comes says nothing of what the judge thought.
            assert "pass" not in handed.why.sentence
            given.append(handed.case_id)
            rate(store, who, task, handed.case_id)
    assert len(set(given)) == len(given)
    assert not set(given) & {t.case_id for t in scene.trials[:10]}
    # It failed one in ten; among what people are asked are both of its words.
    assert {judged[case_id] for case_id in given} == {True, False}

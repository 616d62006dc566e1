"""Preferences as evidence: verdicts over a baseline, strengths, ties, and the order shown."""

from dataclasses import replace

import pytest

from tests.preferences import MIRA, OVER_A, compared, say, shown
from workbench.actions import preferring
from workbench.actions.rating import Task
from workbench.domain.calls import Parameters
from workbench.domain.criteria import CriterionDraft, Measure
from workbench.domain.kinds.entry import By
from workbench.domain.verdicts import Verdict
from workbench.errors import InputError
from workbench.evidence import comparisons, preferences, verdicts
from workbench.evidence.words import measures, sentences
from workbench.evidence.words import preferences as words
from workbench.runs import pointing
from workbench.store.store import Store


def test_a_verdict_counts_a_tie_and_two_bad_ones_as_not_preferred(store: Store) -> None:
    experiment, criterion = compared(store, 100)
    say(store, experiment, criterion, ["B"] * 61 + ["A"] * 27 + ["tie"] * 9 + ["both bad"] * 3)
    (row,) = verdicts.of_experiment(store, experiment)
    assert (row.variant, row.estimate.value) == ("B", 0.61)
    assert row.estimate.n_unscored == 0
    assert sentences.result(row).startswith("not enough evidence: preferred over A in 61% (52%")
    assert sentences.result(row).endswith("100 cases), bar 60%")
    assert measures.promise(criterion) == (
        "The share of answers that are preferred over those of A is at least 60%, with 95% "
        "confidence."
    )


def test_a_clear_preference_meets_its_bar(store: Store) -> None:
    experiment, criterion = compared(store, 60)
    say(store, experiment, criterion, ["B"] * 55 + ["A"] * 5)
    every = verdicts.of_feature(store, experiment.feature_id)
    (row,) = [row for row in every if row.criterion.id == criterion.id]
    assert row.verdict is Verdict.MET


def test_the_baseline_has_no_verdict_and_as_the_candidate_it_says_why(store: Store) -> None:
    experiment, criterion = compared(store, 20, "ABC")
    say(store, experiment, criterion, ["tie"] * 60)
    rows = verdicts.of_experiment(store, experiment)
    assert [row.variant for row in rows] == ["B", "C"]
    baseline = experiment.variants[0]
    store.features.choose_candidate(experiment.feature_id, baseline.id, "Ada", "")
    every = verdicts.of_feature(store, experiment.feature_id)
    deciding = verdicts.deciding(every, baseline.id)
    found = verdicts.by_requirement(store, experiment.feature_id, deciding)
    (alone,) = [row for row in found[0].criteria if row.criterion.id == criterion.id]
    assert alone.verdict is Verdict.NOT_ENOUGH_EVIDENCE
    assert "can't be preferred over itself" in alone.warnings[0]


def test_variants_are_not_compared_once_more_by_what_compares_them(store: Store) -> None:
    experiment, criterion = compared(store, 20)
    say(store, experiment, criterion, ["B"] * 20)
    (found,) = comparisons.of_experiment(store, experiment)
    assert found.evidence.why_not == "its words compare each output with that of A already"


@pytest.mark.parametrize("labels", ["BC", "A"])
def test_a_plan_without_the_baseline_or_another_variant_is_refused(
    store: Store, labels: str
) -> None:
    experiment, criterion = compared(store, 2, "ABC")
    some = [v.id for v in experiment.variants if v.label in labels]
    plan = replace(pointing.same_plan(store, experiment), variant_ids=tuple(some), question="Else?")
    with pytest.raises(InputError, match=f"{criterion.key} asks what is preferred over A"):
        store.experiments.add(experiment.feature_id, plan, "Ada")


def test_a_plan_that_is_asked_of_other_models_leaves_out_what_it_cannot_compare(
    store: Store,
) -> None:
    experiment, _ = compared(store, 2)
    (other,) = [
        store.variants.save(experiment.variants[0].prompt, "Local model", "else", Parameters())
    ]
    plain = store.criteria.of(experiment.feature_id)[0]
    plan = replace(
        pointing.same_plan(store, experiment),
        criterion_ids=(*experiment.criterion_ids, plain.id),
        question="Both?",
    )
    both = store.experiments.add(experiment.feature_id, plan, "Ada")
    copy = pointing.copied(store, both, [other], "else through Local model", "Ada")
    assert copy.criterion_ids == (plain.id,)


def test_only_a_share_can_be_asked_of_preferences() -> None:
    with pytest.raises(InputError, match="more than a share"):
        CriterionDraft("Better", OVER_A, Measure.AGREEMENT).checked()


def test_strengths_count_all_comparisons_and_ties_as_half(store: Store) -> None:
    experiment, criterion = compared(store, 30)
    say(store, experiment, criterion, ["B"] * 18 + ["A"] * 6 + ["tie"] * 4 + ["both bad"] * 2)
    (ranking,) = preferences.of_experiment(store, experiment)
    (best, strength), _ = ranking.ranked
    assert (best.label, round(strength.share, 6)) == ("B", 0.7)
    assert strength.low < 0.6
    assert words.meeting(ranking.meetings[0]) == (
        "Of 30 comparisons of B with A, B was liked better in 18 and A in 6; 6 were ties (20%), "
        "2 of them both bad."
    )
    assert "B is liked better than the others" in words.leads(ranking)


def test_variants_that_nobody_compared_are_named_and_not_ranked(store: Store) -> None:
    experiment, criterion = compared(store, 1, "AB")
    assert preferences.of_experiment(store, experiment) == []
    ranking = preferences.of_criterion(store, experiment, criterion)
    assert ([v.label for v in ranking.others], ranking.ranked) == (["A", "B"], ())
    assert words.leads(ranking) == "Nothing was compared yet."


def test_few_comparisons_do_not_tell_whether_the_order_mattered(store: Store) -> None:
    experiment, criterion = compared(store, 10)
    say(store, experiment, criterion, ["B"] * 10)
    (ranking,) = preferences.of_experiment(store, experiment)
    assert ranking.order.decided == 10
    assert words.order(ranking.order, By.PERSON).startswith("Not enough pairs to tell")


def test_a_rater_who_always_takes_the_left_is_found_out(store: Store) -> None:
    experiment, criterion = compared(store, 40)
    task = Task(experiment, criterion, "Mira")
    lefts = []
    for case_id in store.experiments.case_ids(experiment.id):
        (pair,) = preferring.pairs(store, task, case_id)
        lefts.append(shown(experiment, pair)[0])
        preferring.keep(store, MIRA, task, pair, preferring.CHOICES[0], "")
    (ranking,) = preferences.of_experiment(store, experiment)
    assert (ranking.order.first, ranking.order.decided) == (40, 40)
    assert words.order(ranking.order, By.PERSON).startswith("The order mattered")
    (meeting,) = ranking.meetings
    assert meeting.b_better == lefts.count("B")


def test_pairs_wait_until_somebody_compared_them(store: Store) -> None:
    experiment, criterion = compared(store, 4, "ABC")
    asked = preferences.asked_of(experiment, criterion)
    assert store.reports.preferences.waiting(asked) == 12
    say(store, experiment, criterion, ["tie"] * 12)
    assert store.reports.preferences.waiting(asked) == 0

"""Cases of one group (a document, a conversation) depend on each other: verdicts count it once."""

from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest

from tests.building import AUTHOR, POLITE, Loop, loop
from workbench.domain.criteria import CriterionDraft, Measure
from workbench.domain.datasets import CaseDraft
from workbench.domain.experiments import Experiment, Plan
from workbench.domain.prompts import PromptText
from workbench.domain.scores import Outcome
from workbench.domain.trials import PlannedCall
from workbench.domain.verdicts import CriterionVerdict, Unit, Verdict
from workbench.evidence import (
    comparison_cases,
    comparisons,
    estimates,
    guards,
    interim,
    separation,
    verdicts,
)
from workbench.evidence.pairing import Pairing
from workbench.evidence.words import comparisons as words_comparisons
from workbench.evidence.words import details, figures, sentences, settling
from workbench.stats.comparison import Change
from workbench.stats.sequential import bounds_at_any_time
from workbench.store.courses import Finished
from workbench.store.store import Store
from workbench.store.tallies import Tally

PASS, FAIL = Outcome.PASS, Outcome.FAIL
VARIANT = UUID(int=1)


def judged(made: Loop) -> CriterionVerdict:
    """The feature's only verdict."""
    (found,) = verdicts.of_feature(made.store, made.feature_id)
    return found


def calls_of(made: Loop, experiment: Experiment) -> list[tuple[PlannedCall, str]]:
    """The calls that are left, each with the group of its case."""
    groups = {case.id: case.group for case in made.store.datasets.cases(made.dataset.id)}
    return [(call, groups[call.case_id]) for call in made.store.trials.missing(experiment.id)]


def test_a_group_is_worth_no_more_than_one_case_when_its_cases_agree(store: Store) -> None:
    made = loop(store, 40, groups=4)
    made.run([PASS] * 40)
    found = judged(made)
    assert found.estimate.n_cases == 40
    assert found.estimate.n_effective == pytest.approx(4)
    assert found.estimate.n_clusters == 4
    assert found.verdict is Verdict.NOT_ENOUGH_EVIDENCE
    assert "4 groups can never show" in settling.next_step(found)
    assert details.numbers(found).startswith("40 cases in 4 clusters, ")
    alone = loop(store, 40, name="Alone")
    alone.run([PASS] * 40)
    assert judged(alone).verdict is Verdict.MET


def test_groups_weigh_the_same_whatever_their_size() -> None:
    tallies = [
        Tally(VARIANT, "a", 1, 2, 2, 0, 0, 0, alike=9, group="long"),
        Tally(VARIANT, "b", 1, 2, 0, 2, 0, 0, group="short"),
    ]
    for measure in (Measure.PASS_RATE, Measure.PASS_HAT_K):
        draft = CriterionDraft("x", POLITE, measure, 0.8)
        assert estimates.estimate(draft, tallies, 2).value == pytest.approx(0.5)


def test_what_repeats_within_a_case_is_asked_of_each_case_of_a_group() -> None:
    half = [
        Tally(VARIANT, str(i), 1, 2, 2 * (i % 2), 2 - 2 * (i % 2), 0, 0, 1, "one")
        for i in range(10)
    ]
    draft = CriterionDraft("x", POLITE, Measure.PASS_HAT_K, 0.8)
    assert estimates.estimate(draft, half, 2).value == pytest.approx(0.5)
    assert [each and each.value for each in estimates.pass_hat_k(half, 2)] == [0.5, 0.5]
    assert estimates.spread(half, 2).by_passes == (5, 0, 5)


def test_unscored_cases_of_a_group_are_bounded_both_ways() -> None:
    draft = CriterionDraft("x", POLITE, Measure.PASS_HAT_K, 0.8)
    whole = [Tally(VARIANT, str(i), 1, 2, 2, 0, 0, 0, 1, f"g{i % 20}") for i in range(40)]
    found = estimates.estimate(draft, whole, 2)
    holes = [t._replace(passes=0, errors=2) if i < 20 else t for i, t in enumerate(whole)]
    widened = estimates.estimate(draft, holes, 2)
    assert widened.low < found.low
    assert widened.value == 1.0


def test_variants_are_compared_group_by_group(store: Store) -> None:
    made = loop(store, 30, groups=3)
    prompt = store.prompts.save(made.feature_id, "Other", PromptText("", "{{message}}"), AUTHOR)
    other = store.variants.save(prompt, "Local model", "small", made.variant.parameters)
    plan = Plan("Which?", made.dataset.id, (made.variant.id, other.id), (made.criterion.id,))
    experiment = store.experiments.add(made.feature_id, plan, AUTHOR)
    run_id = store.runs.start(experiment.id, AUTHOR).id
    ended = [
        (call, FAIL if call.variant_id == made.variant.id and group == "document 0" else PASS)
        for call, group in calls_of(made, experiment)
    ]
    made.answer(run_id, ended)
    (found,) = comparisons.against(store, experiment, made.variant, [other])
    # Ten cases were fixed, but all in one document of three: that can be chance.
    kinds = comparison_cases.of(Pairing(store), found).changed
    assert len(kinds[Change.FIXED]) == 10
    assert found.difference.n_cases == 3
    assert not found.is_sure
    assert words_comparisons.changed(kinds) == "10 fixed, 0 broken, 0 flickering of 30 cases"
    assert "30 cases shared in 3 groups, 1 differ" in words_comparisons.counted(found)
    assert not separation.separated(comparisons.of_experiment(store, experiment))


def test_a_group_is_finished_when_all_its_cases_are(store: Store) -> None:
    made = loop(store, 6, groups=2)
    experiment = made.experiment()
    calls = calls_of(made, experiment)
    first = calls[0][1]
    assert [group for _, group in calls[:3]] == [first] * 3, "a group is asked whole"
    mine = [call for call, group in calls if group == first]
    rest = [call for call, group in calls if group != first]
    run_id = store.runs.start(experiment.id, AUTHOR).id
    scorer = made.criterion.draft.scorer.fingerprint()

    def course() -> list[Finished]:
        found = store.courses.of(experiment.id, made.criterion.id, scorer, ())
        return found.get(made.variant.id, [])

    made.answer(run_id, [(call, PASS) for call in [*mine[:2], *rest]])
    assert course() == []
    made.answer(run_id, [(mine[2], FAIL)])
    groups = [entry.group for entry in course()]
    assert groups[:3] == [first] * 3
    assert len(set(groups[3:])) == 1
    bounds = bounds_at_any_time(np.array([2 / 3, 1.0]), np.array([2 / 3, 1.0]), 0.95)
    found = interim.estimate(made.criterion.draft, course(), 6)
    assert (found.low, found.high) == pytest.approx(bounds)


def test_counting_cases_of_a_group_one_by_one_would_say_met_too_often() -> None:
    """At the bar: 20 documents with 10 cases each, correlated by 0.3 (beta-binomial)."""
    rng = np.random.default_rng(4)
    draft = CriterionDraft("x", POLITE, Measure.PASS_RATE, 0.8)
    wrong = {True: 0, False: 0}
    times, spread = 400, (1 - 0.3) / 0.3
    for _ in range(times):
        passes = rng.binomial(10, rng.beta(0.8 * spread, 0.2 * spread, 20))
        for is_grouped in wrong:
            tallies = [
                Tally(VARIANT, f"{g}{ok}", 1, 1, ok, 1 - ok, 0, 0, int(n), f"g{g}" * is_grouped)
                for g, won in enumerate(passes)
                for ok, n in ((1, won), (0, 10 - won))
                if n
            ]
            found = estimates.estimate(draft, tallies, 1)
            wrong[is_grouped] += estimates.verdict(draft, found) is Verdict.MET
    assert wrong[True] / times <= 0.05 + 2 * (0.05 * 0.95 / times) ** 0.5
    assert wrong[False] / times > 0.1


def uneven(store: Store, *, small: bool, large: bool) -> Loop:
    """40 documents of one case and 4 of 40: those pass or fail, by their size."""
    made = loop(store, 3, bar=0.9)
    drafts = [
        CaseDraft(f"{g}-{i}", {"message": f"Question {g} {i}"}, group=f"document {g}")
        for g in range(44)
        for i in range(1 if g < 40 else 40)
    ]
    made = replace(made, dataset=store.datasets.add(made.feature_id, "Docs", drafts, AUTHOR))
    experiment = made.experiment()
    run_id = store.runs.start(experiment.id, AUTHOR).id
    ended = [
        (call, PASS if (small if int(group.split()[1]) < 40 else large) else FAIL)
        for call, group in calls_of(made, experiment)
    ]
    made.answer(run_id, ended)
    return made


def kept_in_mind(store: Store, found: CriterionVerdict) -> dict[guards.Kind, guards.Guard]:
    """The guards that speak of a verdict's experiment."""
    (experiment,) = store.experiments.of(found.requirement.feature_id)
    return {guard.kind: guard for guard in guards.of_experiment(store, experiment, [found])}


def test_what_is_said_of_groups_is_said_of_groups(store: Store) -> None:
    found = judged(uneven(store, small=True, large=False))
    assert found.estimate.unit is Unit.GROUP
    assert found.estimate.value == pytest.approx(40 / 44)
    assert found.estimate.by_answer == pytest.approx(40 / 200)
    said = sentences.expectation(found)
    assert said.startswith("Each group counts once. From 100 groups like these, one answer of each")
    assert said.endswith("With every answer counting once it is 20%.")
    assert "44 groups of 200 cases; answer by answer 20%)" in figures.figure(found)
    guard = kept_in_mind(store, found)[guards.Kind.UNEVEN_GROUPS]
    assert "C1 of A is 91% where each group counts once" in guard.said
    assert "and 20% where every answer does" in guard.said


def test_groups_that_differ_in_size_alone_are_no_news(store: Store) -> None:
    made = uneven(store, small=True, large=True)
    found = judged(made)
    assert found.estimate.by_answer == 1.0
    assert "answer by answer" not in figures.figure(found)
    assert "counting once it is" not in sentences.expectation(found)
    assert guards.Kind.UNEVEN_GROUPS not in kept_in_mind(store, found)


def test_inputs_that_others_repeat_are_said_to_count_once() -> None:
    tallies = [
        Tally(VARIANT, "often", 50, 50, 0, 50, 0, 0),
        Tally(VARIANT, "once", 1, 1, 1, 0, 0, 0, alike=50),
    ]
    found = estimates.estimate(CriterionDraft("x", POLITE, Measure.PASS_RATE, 0.9), tallies, 1)
    assert found.unit is Unit.INPUT
    assert (found.value, found.by_answer) == pytest.approx((50 / 51, 0.5))


@pytest.mark.parametrize(
    ("measure", "by_answer"),
    [(Measure.FAIL_RATE, 0.1), (Measure.PASS_HAT_K, 0.9), (Measure.AGREEMENT, 1.0)],
)
def test_every_measure_has_its_other_weighting(measure: Measure, by_answer: float) -> None:
    tallies = [
        Tally(VARIANT, "a", 1, 2, 2, 0, 0, 0, alike=9, group="long"),
        Tally(VARIANT, "b", 1, 2, 0, 2, 0, 0, group="short"),
    ]
    found = estimates.estimate(CriterionDraft("x", POLITE, measure, 0.8), tallies, 2)
    assert found.by_answer == pytest.approx(by_answer)
    even = [t._replace(alike=1) for t in tallies]
    assert estimates.estimate(CriterionDraft("x", POLITE, measure, 0.8), even, 2).by_answer is None

"""Guards against fooling oneself: each speaks when it must, and is silent otherwise."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.building import AUTHOR, Loop, loop
from workbench.domain.calls import Parameters
from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.datasets import CaseDraft
from workbench.domain.experiments import Experiment, Plan
from workbench.domain.prompts import PromptText, Variant
from workbench.domain.scores import Outcome
from workbench.evidence import guards, verdicts
from workbench.evidence.guards import Guard, Kind
from workbench.store.store import Store

PASS, FAIL = Outcome.PASS, Outcome.FAIL


def found(made: Loop, experiment: Experiment) -> dict[Kind, Guard]:
    """What is to be kept in mind of an experiment, by its kind."""
    rows = verdicts.of_experiment(made.store, experiment)
    return {g.kind: g for g in guards.of_experiment(made.store, experiment, rows)}


def with_cases(made: Loop, drafts: Sequence[CaseDraft]) -> Loop:
    """The same feature with these cases in its dataset."""
    newest = made.store.datasets.save(made.dataset.dataset_id, drafts, 1, AUTHOR, "Others")
    return replace(made, dataset=newest)


def next_version(made: Loop) -> Variant:
    """The variant with the prompt's next version."""
    text = PromptText("Be brief.", "{{message}}")
    prompt = made.store.prompts.save(made.feature_id, "Reply", text, AUTHOR)
    first = made.variant
    return made.store.variants.save(prompt, first.connection, first.model, first.parameters)


def test_a_plain_result_says_nothing(store: Store) -> None:
    made = loop(store, 40)
    assert found(made, made.run([PASS] * 36 + [FAIL] * 4)) == {}


def test_an_experiment_without_results_says_nothing(store: Store) -> None:
    made = loop(store, 40, copies=2)
    assert found(made, made.experiment()) == {}


def test_cases_that_an_earlier_version_of_the_prompt_answered_were_tuned_on(store: Store) -> None:
    made = loop(store, 40)
    made.run([PASS] * 40)
    newer = replace(made, variant=next_version(made))
    guard = found(newer, newer.run([PASS] * 40))[Kind.TUNED_ON]
    assert guard.said.startswith("40 of 40 cases had been answered by an earlier version")
    assert "held-out" in guard.do


def test_held_out_cases_were_not_tuned_on(store: Store) -> None:
    made = loop(store, 3)
    drafts = [CaseDraft(f"h{i}", {"message": f"Held {i}"}, held_out=True) for i in range(20)]
    made = with_cases(made, drafts)
    made.run([PASS] * 20)
    newer = replace(made, variant=next_version(made))
    assert Kind.TUNED_ON not in found(newer, newer.run([PASS] * 20))


def test_two_versions_written_before_any_answer_are_a_fair_comparison(store: Store) -> None:
    made = loop(store, 20)
    other = next_version(made)
    ids = (made.variant.id, other.id)
    plan = Plan("Which?", made.dataset.id, ids, (made.criterion.id,))
    experiment = store.experiments.add(made.feature_id, plan, AUTHOR)
    run = store.runs.start(experiment.id, AUTHOR)
    made.answer(run.id, [(call, PASS) for call in store.trials.missing(experiment.id)])
    assert Kind.TUNED_ON not in found(made, experiment)


@pytest.mark.parametrize(("variants", "speaks"), [(1, False), (2, True), (3, True)])
def test_the_best_of_many_variants_flatters_the_candidate(
    store: Store, variants: int, speaks: bool
) -> None:
    made = loop(store, 20)
    first = made.variant
    others = [
        store.variants.save(first.prompt, first.connection, first.model, Parameters(seed=i))
        for i in range(1, variants)
    ]
    ids = (first.id, *(variant.id for variant in others))
    plan = Plan("Which?", made.dataset.id, ids, (made.criterion.id,))
    experiment = store.experiments.add(made.feature_id, plan, AUTHOR)
    run = store.runs.start(experiment.id, AUTHOR)
    calls = store.trials.missing(experiment.id)
    made.answer(run.id, [(c, PASS if c.variant_id == first.id else FAIL) for c in calls])
    assert Kind.BEST_OF_MANY not in found(made, experiment)
    store.features.choose_candidate(made.feature_id, first.id, AUTHOR, "The best")
    assert (Kind.BEST_OF_MANY in found(made, experiment)) is speaks
    every = verdicts.of_feature(store, made.feature_id)
    candidates = verdicts.deciding(every, first.id)
    decisive = {g.kind for g in guards.of_feature(store, [experiment], candidates, every)}
    assert (Kind.BEST_OF_MANY in decisive) is speaks
    if others:
        store.features.choose_candidate(made.feature_id, others[0].id, AUTHOR, "The cheapest")
        assert Kind.BEST_OF_MANY not in found(made, experiment)


def sliced(store: Store, weak: int) -> tuple[Loop, Experiment]:
    """200 cases that pass but for so many of the twenty about refunds."""
    made = with_cases(
        loop(store, 3, bar=0.8),
        [
            CaseDraft(
                f"c{i:03}", {"message": f"Number {i}"}, tags=("refund" if i < 20 else "other",)
            )
            for i in range(200)
        ],
    )
    ended = [FAIL] * weak + [PASS] * (200 - weak)
    return made, made.run(ended, by_key=True)


def test_a_slice_that_the_average_hides_is_named(store: Store) -> None:
    made, experiment = sliced(store, 15)
    guard = found(made, experiment)[Kind.WEAK_SLICE]
    assert "C1 is met on the whole by A, but on “refund” only 25% pass" in guard.said


def test_a_slice_that_is_a_little_lower_is_no_news(store: Store) -> None:
    made, experiment = sliced(store, 5)
    assert Kind.WEAK_SLICE not in found(made, experiment)


def test_cases_that_are_nearly_the_same_are_counted(store: Store) -> None:
    texts = [f"Where is order {i}" for i in range(20)]
    texts += [f"Where is order {i}?" for i in range(4)] + ["WHERE is  order 9!"]
    drafts = [CaseDraft(f"c{i}", {"message": text}) for i, text in enumerate(texts)]
    made = with_cases(loop(store, 3), [*drafts, CaseDraft("again", {"message": texts[0]})])
    guard = found(made, made.run([PASS] * 26))[Kind.ALIKE]
    assert guard.said.startswith("6 of 26 cases repeat another one (1 word for word, 5 nearly)")


def test_numbers_and_signs_of_arithmetic_make_a_difference(store: Store) -> None:
    texts = ["2 + 2", "2 - 2", "22", "2 * 2", "2.2", "2 + 3"]
    drafts = [CaseDraft(f"c{i}", {"message": text}) for i, text in enumerate(texts)]
    made = with_cases(loop(store, 3), drafts)
    assert Kind.ALIKE not in found(made, made.run([PASS] * 6))


@pytest.mark.parametrize(
    ("cases", "trials", "worth"),
    [(12, 10, 10), (12, 3, None), (30, 5, 28), (30, 4, None), (32, 5, None)],
)
def test_a_few_cases_asked_many_times_are_worth_little_more(
    store: Store, cases: int, trials: int, worth: int | None
) -> None:
    made = loop(store, cases)
    experiment = made.run(([PASS] * trials + [FAIL] * trials) * (cases // 2), trials=trials)
    said = found(made, experiment)
    assert (Kind.FEW_CASES in said) is (worth is not None)
    if worth is not None:
        rest = f"about {worth} independent answers, not {cases * trials}"
        assert rest in said[Kind.FEW_CASES].said


def test_a_rating_that_nobody_else_checked_says_so(store: Store) -> None:
    made = loop(store, 5)
    draft = CriterionDraft("Reads well", Scorer(ScorerKind.RATING, {"question": "Well?"}))
    rating = store.criteria.add(made.requirement.id, draft, AUTHOR)
    plan = replace(made.plan(), criterion_ids=(rating.id,))
    experiment = store.experiments.add(made.feature_id, plan, AUTHOR)
    run = store.runs.start(experiment.id, AUTHOR)
    kept = made.answer(run.id, [(call, PASS) for call in store.trials.missing(experiment.id)])
    rated = replace(made, criterion=rating)
    rated.rate(kept, [PASS] * 5, rater="Ada")
    assert "for C2" in found(made, experiment)[Kind.ONE_RATER].said
    rated.rate(kept[:1], [PASS], rater="Ben")
    assert Kind.ONE_RATER not in found(made, experiment)


@pytest.mark.parametrize(("trials", "speaks"), [(1, True), (2, False)])
def test_temperature_zero_is_not_taken_for_determinism(
    store: Store, trials: int, speaks: bool
) -> None:
    made = loop(store, 10)
    first = made.variant
    cold = store.variants.save(
        first.prompt, first.connection, first.model, Parameters(temperature=0)
    )
    made = replace(made, variant=cold)
    experiment = made.run([PASS] * 10 * trials, trials=trials)
    assert (Kind.TEMPERATURE_ZERO in found(made, experiment)) is speaks


def test_each_is_said_once_for_the_experiments_that_decide(store: Store) -> None:
    made = loop(store, 20, copies=2)
    made.run([PASS] * 40)
    rows = verdicts.of_feature(store, made.feature_id)
    assert [
        (g.experiment, g.kind)
        for g in guards.of_feature(
            store, store.experiments.of(made.feature_id), [*rows, *rows], rows
        )
    ] == [("E1", Kind.ALIKE)]


@pytest.mark.parametrize(("seen", "speaks"), [(3, False), (4, True)])
def test_from_a_tenth_of_the_cases_on_a_prompt_was_tuned_on_them(
    store: Store, seen: int, speaks: bool
) -> None:
    made = loop(store, 40)
    made.run([PASS] * seen)
    newer = replace(made, variant=next_version(made))
    said = found(newer, newer.run([PASS] * 40))
    assert (Kind.TUNED_ON in said) is speaks
    if speaks:
        assert said[Kind.TUNED_ON].said.startswith("4 of 40 cases had been answered")


@pytest.mark.parametrize(("repeats", "speaks"), [(2, False), (3, True)])
def test_from_a_twentieth_of_the_cases_on_repeats_are_said(
    store: Store, repeats: int, speaks: bool
) -> None:
    texts = [f"Message {i}" for i in range(60 - repeats)] + ["Message 7"] * repeats
    drafts = [CaseDraft(f"c{i}", {"message": text}) for i, text in enumerate(texts)]
    made = with_cases(loop(store, 3), drafts)
    said = found(made, made.run([PASS] * 60))
    assert (Kind.ALIKE in said) is speaks
    if speaks:
        assert said[Kind.ALIKE].said.startswith(
            "3 of 60 cases repeat another one (3 word for word)."
        )


def test_a_single_repeat_of_a_few_cases_is_no_news(store: Store) -> None:
    drafts = [CaseDraft(f"c{i}", {"message": f"Message {i % 9}"}) for i in range(10)]
    made = with_cases(loop(store, 3), drafts)
    assert Kind.ALIKE not in found(made, made.run([PASS] * 10))


@pytest.mark.parametrize(("tagged", "speaks"), [(4, False), (5, True)])
def test_a_slice_is_missed_from_five_cases_on(store: Store, tagged: int, speaks: bool) -> None:
    drafts = [
        CaseDraft(
            f"c{i:03}", {"message": f"Number {i}"}, tags=("refund" if i < tagged else "other",)
        )
        for i in range(200)
    ]
    made = with_cases(loop(store, 3, bar=0.8), drafts)
    experiment = made.run([FAIL] * tagged + [PASS] * (200 - tagged), by_key=True)
    assert (Kind.WEAK_SLICE in found(made, experiment)) is speaks


def test_the_weakest_of_several_slices_is_named_with_how_many_more_there_are(
    store: Store,
) -> None:
    tags = ["refund"] * 20 + ["refusal"] * 20 + ["other"] * 360
    drafts = [
        CaseDraft(f"c{i:03}", {"message": f"Number {i}"}, tags=(tag,)) for i, tag in enumerate(tags)
    ]
    made = with_cases(loop(store, 3, bar=0.8), drafts)
    ended = [FAIL] * 12 + [PASS] * 8 + [FAIL] * 18 + [PASS] * 2 + [PASS] * 360
    guard = found(made, made.run(ended, by_key=True))[Kind.WEAK_SLICE]
    assert "on “refusal” (and 1 more) only 10% pass" in guard.said
    assert guard.do.startswith("Give “refusal” a criterion of its own")
    assert guard.sentence() == f"E1: {guard.said} {guard.do}"

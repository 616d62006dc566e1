"""Lifted and broke are claims about a difference: on shared inputs, or at one mix of slices."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from benchmarks.comparison_errors import false_claims_of_bets
from tests.building import AUTHOR, Loop, cases, loop
from workbench.domain.calls import Parameters
from workbench.domain.datasets import CaseDraft
from workbench.domain.experiments import Experiment, Plan
from workbench.domain.prompts import PromptText, Variant
from workbench.domain.scores import Outcome
from workbench.domain.verdicts import Verdict
from workbench.evidence import bets
from workbench.evidence.bets import Bet, Effect
from workbench.evidence.pairing import Basis
from workbench.evidence.words import bets as words_bets
from workbench.store.store import Store

PASS, FAIL = Outcome.PASS, Outcome.FAIL


def newer(made: Loop, model: str = "small") -> Variant:
    """The variant with the prompt's next version, perhaps of another model."""
    text = PromptText("Be brief.", "{{message}}")
    prompt = made.store.prompts.save(made.feature_id, "Reply", text, AUTHOR, "Shorter")
    first = made.variant
    return made.store.variants.save(prompt, first.connection, model, first.parameters)


def asked(made: Loop, variant: Variant, outcomes: Sequence[Outcome]) -> Experiment:
    """An experiment with one variant, which ended so on the cases in their order."""
    plan = Plan("Now?", made.dataset.id, (variant.id,), (made.criterion.id,))
    experiment = made.store.experiments.add(made.feature_id, plan, AUTHOR)
    ids = [case.id for case in made.store.datasets.cases(made.dataset.id)]
    calls = made.store.trials.missing(experiment.id)
    run = made.store.runs.start(experiment.id, AUTHOR)
    made.answer(run.id, [(call, outcomes[ids.index(call.case_id)]) for call in calls])
    return experiment


def only(made: Loop) -> Bet:
    """The feature's one bet."""
    (found,) = bets.of_feature(made.store, made.feature_id)
    return found


def tagged(n: int, tag: str, start: int) -> list[CaseDraft]:
    """So many new inputs with one tag."""
    return [
        CaseDraft(f"{tag}-{i}", {"message": f"{tag} {i}"}, tags=(tag,))
        for i in range(start, start + n)
    ]


def other_cases(made: Loop, drafts: Sequence[CaseDraft]) -> Loop:
    """The loop with a newer version of its data."""
    version = made.store.datasets.save(
        made.dataset.dataset_id, list(drafts), made.dataset.number, AUTHOR, "Others"
    )
    return replace(made, dataset=version)


def test_a_verdict_that_merely_turned_is_no_claim(store: Store) -> None:
    made = loop(store, 60, bar=0.8)
    asked(made, made.variant, [FAIL] * 6 + [PASS] * 54)
    asked(made, newer(made), [FAIL] * 8 + [PASS] * 52)
    (shift,) = only(made).shifts
    assert (shift.before.verdict, shift.after.verdict) == (
        Verdict.MET,
        Verdict.NOT_ENOUGH_EVIDENCE,
    )
    assert shift.effect is Effect.UNCLEAR
    assert words_bets.did(only(made)) == (
        "No difference shown on R1 C1 (from −9 to +3 points; was met, now not enough evidence)."
    )


def test_runs_on_other_cases_are_held_to_one_mix(store: Store) -> None:
    made = loop(store, 1)
    before = other_cases(made, [*tagged(80, "easy", 0), *tagged(20, "hard", 0)])
    asked(before, made.variant, ([PASS] * 9 + [FAIL]) * 8 + ([PASS] * 3 + [FAIL] * 7) * 2)
    after = other_cases(before, [*tagged(20, "easy", 500), *tagged(80, "hard", 500)])
    # Better in each slice (95% and 50%), though fewer pass overall.
    asked(after, newer(made), [PASS] * 19 + [FAIL] + ([PASS] * 5 + [FAIL] * 5) * 8)
    (shift,) = only(made).shifts
    assert shift.before.estimate.value == pytest.approx(0.78)
    assert shift.after.estimate.value == pytest.approx(0.59)
    assert shift.difference.evidence.basis is Basis.STANDARDISED
    assert shift.difference.difference.estimate == pytest.approx((0.05 + 0.2) / 2)
    assert shift.effect is not Effect.BROKEN
    assert "easy 80% and 20%, hard 20% and 80%" in words_bets.state(only(made))


def test_runs_on_other_cases_without_slices_are_not_compared(store: Store) -> None:
    made = loop(store, 40)
    asked(made, made.variant, [PASS] * 40)
    fresh = [replace(case, variables={"message": f"New {case.key}"}) for case in cases(40)]
    asked(other_cases(made, fresh), newer(made), [FAIL] * 40)
    (shift,) = only(made).shifts
    assert shift.effect is Effect.NOT_COMPARED
    assert words_bets.did(only(made)).startswith(
        "Not compared: R1 C1 (the two runs asked about other inputs"
    )


def test_inputs_of_one_run_only_are_left_out_and_said(store: Store) -> None:
    made = loop(store, 40)
    asked(made, made.variant, [PASS] * 40)
    more = [*cases(40), *tagged(20, "hard", 0)]
    asked(other_cases(made, more), newer(made), [PASS] * 40 + [FAIL] * 20)
    (shift,) = only(made).shifts
    assert shift.effect is Effect.UNCLEAR
    assert words_bets.state(only(made)) == (
        "Measured: E2 against E1, on the 40 cases that both asked, 20 left out."
    )


def test_answers_that_both_runs_count_measure_nothing(store: Store) -> None:
    made = loop(store, 40)
    asked(made, made.variant, [PASS] * 40)
    text = replace(made.requirement.draft, statement="Replies politely, always")
    store.requirements.revise(made.requirement.id, text, 1, AUTHOR, "Read E1")
    hotter = store.variants.save(
        made.variant.prompt, made.variant.connection, "small", Parameters(seed=7)
    )
    plan = Plan("Now?", made.dataset.id, (made.variant.id, hotter.id), (made.criterion.id,))
    experiment = store.experiments.add(made.feature_id, plan, AUTHOR)
    calls = store.trials.missing(experiment.id)
    run = store.runs.start(experiment.id, AUTHOR)
    made.answer(run.id, [(call, FAIL) for call in calls])
    (shift,) = only(made).shifts
    assert shift.effect is Effect.MIXED, "other parameters are not the requirement's effect"


def test_a_change_of_model_is_named_and_not_the_effect_of_the_prompt(store: Store) -> None:
    made = loop(store, 40)
    asked(made, made.variant, [FAIL] * 40)
    asked(made, newer(made, "large"), [PASS] * 40)
    bet = only(made)
    assert [shift.effect for shift in bet.shifts] == [Effect.MIXED]
    assert words_bets.did(bet) == (
        "Not this change alone: R1 C1 (from +87 to +100 points; was not met, now met)."
    )
    assert words_bets.why_not(bet) == (
        "What differs is not this change's effect alone: A was asked of small on Local model, "
        "B of large on Local model."
    )


def test_a_run_of_the_same_model_is_preferred_to_a_newer_one_of_another(store: Store) -> None:
    made = loop(store, 40)
    asked(made, made.variant, [FAIL] * 40)
    same = newer(made)
    asked(made, same, [PASS] * 40)
    other = store.variants.save(same.prompt, same.connection, "large", same.parameters)
    asked(made, other, [PASS] * 40)
    (shift,) = only(made).shifts
    assert only(made).measured_by == ("E1", "E2")
    assert shift.effect is Effect.LIFTED


def test_a_bet_on_eight_unchanged_criteria_is_claimed_wrongly_at_most_once_in_twenty() -> None:
    """Eight criteria whose rates did not change, 60 cases, two trials each: see the benchmark."""
    rng = np.random.default_rng(7)
    times = 250
    wrong = false_claims_of_bets(rng, times, cases=60, trials=2, rate=0.85, criteria=8)
    assert wrong / times <= 0.05 + 2 * (0.05 * 0.95 / times) ** 0.5


def test_intervals_of_a_bet_grow_with_its_criteria(store: Store) -> None:
    widths = []
    for more in range(3):
        made = loop(store, 40, name=f"Feature {more}")
        for extra in range(more):
            draft = replace(made.criterion.draft, title=f"Also {extra}")
            store.criteria.add(made.requirement.id, draft, AUTHOR)
        ids = tuple(c.id for c in store.criteria.of(made.feature_id))
        for variant, outcomes in ((made.variant, [FAIL, PASS] * 20), (newer(made), [PASS] * 40)):
            plan = Plan("Now?", made.dataset.id, (variant.id,), ids)
            experiment = store.experiments.add(made.feature_id, plan, AUTHOR)
            calls = store.trials.missing(experiment.id)
            run = store.runs.start(experiment.id, AUTHOR)
            made.answer(run.id, list(zip(calls, outcomes, strict=True)))
        (shift,) = only(made).shifts
        gap = shift.difference.difference
        widths.append(gap.high - gap.low)
    assert all(narrow < wide for narrow, wide in pairwise(widths))

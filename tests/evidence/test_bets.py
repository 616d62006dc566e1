"""Changes as bets: open until a run measures them, judged on every requirement."""

from dataclasses import replace

from tests.building import AUTHOR, POLITE, Loop, cases, loop
from workbench.domain.criteria import CriterionDraft, Measure
from workbench.domain.experiments import Experiment, Plan
from workbench.domain.prompts import PromptText, Variant
from workbench.domain.requirements import Level, RequirementDraft
from workbench.domain.scores import Outcome
from workbench.evidence import bets, fixes, verdicts
from workbench.evidence.bets import Bet, BetOn, Effect
from workbench.evidence.words import bets as words_bets
from workbench.store.store import Store

PASS, FAIL = Outcome.PASS, Outcome.FAIL


def newer(made: Loop, note: str = "Shorter", expects: str = "") -> Variant:
    """The variant with the prompt's next version."""
    text = PromptText("Be brief.", "{{message}}")
    prompts = made.store.prompts
    prompt = prompts.save(made.feature_id, "Reply", text, AUTHOR, note, expects=expects)
    first = made.variant
    return made.store.variants.save(prompt, first.connection, first.model, first.parameters)


def asked(
    made: Loop, variants: list[Variant], ended: dict[str, list[Outcome]], question: str = "Now?"
) -> Experiment:
    """One experiment whose variants ended so on the cases in their order, by label."""
    ids = tuple(variant.id for variant in variants)
    plan = Plan(question, made.dataset.id, ids, (made.criterion.id,))
    experiment = made.store.experiments.add(made.feature_id, plan, AUTHOR)
    numbers = {c.id: c.number for c in made.store.datasets.cases(made.dataset.id)}
    labels = {variant.id: variant.label for variant in variants}
    calls = made.store.trials.missing(experiment.id)
    outcomes = [ended[labels[call.variant_id]][numbers[call.case_id] - 1] for call in calls]
    run = made.store.runs.start(experiment.id, AUTHOR)
    made.answer(run.id, list(zip(calls, outcomes, strict=True)))
    return experiment


def only(made: Loop) -> Bet:
    """The feature's one bet."""
    (found,) = bets.of_feature(made.store, made.feature_id)
    return found


def test_a_first_draft_is_no_bet(store: Store) -> None:
    assert bets.of_feature(store, loop(store).feature_id) == []


def test_a_changed_prompt_is_a_bet_that_stays_open_until_it_was_asked(store: Store) -> None:
    made = loop(store, 40)
    asked(made, [made.variant], {"A": [FAIL] * 20 + [PASS] * 20})
    variant = newer(made, "Says sorry first", "More polite replies")
    found = only(made)
    assert (found.subject, found.what) == (BetOn.PROMPT, "Reply v2")
    assert (found.trigger, found.expects) == ("Says sorry first", "More polite replies")
    assert found.is_open
    assert words_bets.did(found) == ""
    asked(made, [variant], {"B": [PASS] * 40}, "Better?")
    found = only(made)
    assert found.measured_by == ("E1", "E2")
    assert [shift.effect for shift in found.shifts] == [Effect.LIFTED]
    assert words_bets.did(found) == (
        "Lifted R1 C1 (50% → 100%, by +31 to +67 points; was not met, now met)."
    )
    assert words_bets.state(found) == "Measured: E2 against E1, on the 40 cases that both asked."


def test_a_prompt_that_breaks_another_requirement_says_so(store: Store) -> None:
    made = loop(store, 40)
    asked(made, [made.variant], {"A": [PASS] * 40})
    asked(made, [newer(made)], {"B": [FAIL] * 20 + [PASS] * 20}, "Better?")
    assert words_bets.did(only(made)) == (
        "Broke R1 C1 (100% → 50%, by −67 to −31 points; was met, now not met)."
    )


def test_a_change_within_chance_is_not_claimed(store: Store) -> None:
    made = loop(store, 20)
    asked(made, [made.variant], {"A": [FAIL] * 4 + [PASS] * 16})
    asked(made, [newer(made)], {"B": [FAIL] * 3 + [PASS] * 17}, "Better?")
    assert words_bets.did(only(made)) == "No difference shown on R1 C1 (from −9 to +18 points)."


def test_two_versions_in_one_experiment_are_compared_case_by_case(store: Store) -> None:
    made = loop(store, 40, bar=0.5)
    variant = newer(made)
    ended = {"A": [FAIL] * 8 + [PASS] * 32, "B": [PASS] * 40}
    asked(made, [made.variant, variant], ended)
    (shift,) = only(made).shifts
    assert shift.before.verdict is shift.after.verdict
    assert shift.difference.is_sure
    assert shift.effect is Effect.LIFTED


def test_a_share_that_fails_is_lifted_when_it_falls(store: Store) -> None:
    made = loop(store, 60, measure=Measure.FAIL_RATE, bar=0.3)
    asked(made, [made.variant], {"A": [FAIL] * 30 + [PASS] * 30})
    asked(made, [newer(made)], {"B": [PASS] * 60}, "Better?")
    assert words_bets.did(only(made)) == (
        "Lifted R1 C1 (50% → 0%, by −64 to −35 points; was not met, now met)."
    )


def test_a_revised_requirement_is_measured_by_answers_that_came_after_it(store: Store) -> None:
    made = loop(store, 20)
    made.run([PASS] * 20)
    text = replace(made.requirement.draft, statement="Replies politely, always")
    why, expects = "Read E1", "Fewer rude replies"
    store.requirements.revise(made.requirement.id, text, 1, AUTHOR, why, expects=expects)
    # The same calls again are the answers from before.
    store.experiments.add(made.feature_id, made.plan(question="Again?"), AUTHOR)
    assert only(made).is_open
    assert (only(made).trigger, only(made).expects) == (why, expects)
    fresh = [replace(case, variables={"message": f"New {case.key}"}) for case in cases(20)]
    newest = store.datasets.save(made.dataset.dataset_id, fresh, 1, AUTHOR, "Fresh")
    replace(made, dataset=newest).run([PASS] * 20)
    assert only(made).measured_by in [("E1", "E3"), ("E2", "E3")]


def test_a_changed_criterion_is_a_bet_too(store: Store) -> None:
    made = loop(store, 3)
    draft = replace(made.criterion.draft, bar=0.9)
    store.criteria.revise(made.criterion.id, draft, 1, AUTHOR, "Too lax", "A bar to ship at")
    found = only(made)
    said = (found.subject, found.what, found.expects)
    assert said == (BetOn.CRITERION, "C1 version 2", "A bar to ship at")


def test_fixes_are_ranked_by_failures_impact_reach_and_effort(store: Store) -> None:
    made = loop(store, 40)
    costly = RequirementDraft("Is short", impact=Level.LOW, effort=Level.HIGH)
    other = store.requirements.add(made.feature_id, costly, AUTHOR)
    late = store.criteria.add(other.id, CriterionDraft("Short", POLITE), AUTHOR)
    plan = replace(made.plan(), criterion_ids=(made.criterion.id, late.id))
    experiment = store.experiments.add(made.feature_id, plan, AUTHOR)
    calls = store.trials.missing(experiment.id)
    run = store.runs.start(experiment.id, AUTHOR)
    kept = made.answer(run.id, [(call, FAIL if i < 10 else PASS) for i, call in enumerate(calls)])
    replace(made, criterion=late).rate(kept, [FAIL] * 20 + [PASS] * 20)
    found = fixes.ranked(verdicts.of_feature(store, made.feature_id), {experiment.id: experiment})
    assert [fix.found.criterion.key for fix in found] == ["C1", "C2"]
    first, second = found
    assert first.worth == 0.25 * 2 * 1 / 2
    assert second.worth == 0.5 * 1 * 1 / 3
    assert fixes.sentence(first).startswith("About 25 of 100 answers miss it (14 to 39)")


def test_what_never_fails_needs_no_fix(store: Store) -> None:
    made = loop(store, 40)
    experiment = made.run([PASS] * 40)
    found = verdicts.of_feature(store, made.feature_id)
    assert fixes.ranked(found, {experiment.id: experiment}) == []

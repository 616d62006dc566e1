"""Whether a prompt says a requirement, and whether outputs meet it all the same."""

from dataclasses import replace

from tests import building
from workbench.domain.calls import Parameters
from workbench.domain.prompts import PromptText
from workbench.domain.scores import Outcome
from workbench.drafting import unsaid
from workbench.drafting.conflicts import Finding, FindingKind
from workbench.drafting.unsaid import PromptCoverage, Said
from workbench.evidence import verdicts
from workbench.store.store import Store

SILENT = PromptText("Reply.", "{{message}}")


def stood(
    store: Store, text: PromptText, *outcomes: Outcome, findings: tuple[Finding, ...] = ()
) -> Said:
    """How “Replies politely” stands to a prompt, answered so by as many models, 40 cases each."""
    made = building.loop(store, 40)
    for place, outcome in enumerate(outcomes):
        variant = store.variants.save(
            made.variant.prompt, "Local model", f"model-{place}", Parameters()
        )
        replace(made, variant=variant).run([outcome] * 40)
    requirement = replace(made.requirement)
    found = unsaid.of_prompt(
        text,
        [requirement],
        verdicts.of_feature(store, made.feature_id),
        store.variants.of(made.feature_id),
        findings,
    )
    return found[0]


def test_what_the_prompt_says_is_specified_by_the_words_that_are_named(store: Store) -> None:
    said = stood(store, PromptText("Always reply politely.", "{{message}}"))
    assert said.standing is PromptCoverage.SPECIFIED
    assert said.words == ("politely",)


def test_what_it_does_not_say_and_two_models_meet_is_luck(store: Store) -> None:
    said = stood(store, SILENT, Outcome.PASS, Outcome.PASS)
    assert (said.standing, said.met) == (PromptCoverage.LUCK, 2)


def test_one_model_is_not_enough_evidence_for_luck(store: Store) -> None:
    assert stood(store, SILENT, Outcome.PASS).standing is PromptCoverage.UNKNOWN


def test_what_it_does_not_say_and_a_model_misses_is_missing(store: Store) -> None:
    said = stood(store, SILENT, Outcome.PASS, Outcome.FAIL)
    assert (said.standing, said.met, said.not_met) == (PromptCoverage.MISSING, 1, 1)


def test_without_an_answer_nothing_is_claimed(store: Store) -> None:
    said = stood(store, SILENT)
    assert (said.standing, said.tried) == (PromptCoverage.UNKNOWN, 0)


def test_a_conflict_names_the_other_requirement(store: Store) -> None:
    clash = Finding(FindingKind.CONFLICT, ("R1", "R2"), "", "")
    said = stood(store, SILENT, findings=(clash,))
    assert (said.standing, said.against) == (PromptCoverage.CONFLICT, ("R2",))

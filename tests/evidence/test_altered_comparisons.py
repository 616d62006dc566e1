"""Rows that were changed behind our back: no comparison, bet or price is read from them."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.building import AUTHOR, a_turn, loop
from tests.empty import store_with
from tests.store.test_seals import CHANGES, LETTER, OF_JUDGES, first_of
from workbench.domain.calls import Parameters
from workbench.domain.experiments import Experiment
from workbench.domain.prompts import PromptText
from workbench.domain.scores import Outcome
from workbench.domain.trials import PlannedCall
from workbench.domain.verdicts import Verdict
from workbench.evidence import bets, comparison_cases, comparisons, economy, separation, verdicts
from workbench.evidence.bets import Effect
from workbench.evidence.pairing import Pairing
from workbench.evidence.words import bets as bet_words
from workbench.evidence.words import comparison_report
from workbench.evidence.words import comparisons as words
from workbench.evidence.words import economy as economy_words
from workbench.store.audit import _BESIDE
from workbench.store.store import Store
from workbench.store.turns import KeptTurn

JUDGED = sorted(CHANGES.keys() - _BESIDE - OF_JUDGES)
CHANGED = "were changed since they were written"


def _two(store: Store) -> Experiment:
    """A fails on all of thirty cases, B passes on all."""
    store.attachments.keep(LETTER)
    made = loop(store, 30, attached=(LETTER.named("a.pdf"),))
    text = PromptText("Be very polite.", "{{message}}")
    prompt = store.prompts.save(made.feature_id, "Reply", text, AUTHOR, "Politer")
    other = store.variants.save(prompt, "Local model", "small", Parameters(max_tokens=8))
    plan = replace(made.plan(), variant_ids=(made.variant.id, other.id))
    experiment = store.experiments.add(made.feature_id, plan, AUTHOR)
    run = store.runs.start(experiment.id, AUTHOR)
    calls = store.trials.missing(experiment.id)
    passes = {made.variant.id: Outcome.FAIL, other.id: Outcome.PASS}
    made.answer(run.id, [(call, passes[call.variant_id]) for call in calls])
    first = store.trials.of_experiment(experiment.id)[0]
    call = PlannedCall(first.variant_id, first.case_id, first.number)
    store.turns.add([KeptTurn(first.run_id, call, first.id, a_turn(first.id))])
    return experiment


@pytest.mark.parametrize("table", JUDGED)
def test_on_changed_rows_a_verdict_is_withheld_and_variants_are_not_compared(
    tmp_path: Path, table: str
) -> None:
    # A store of its own: a changed key leaves a row without what it names.
    store, experiment = store_with(tmp_path, _two)
    (sure,) = comparisons.of_experiment(store, experiment)
    assert sure.is_sure
    before = verdicts.of_experiment(store, experiment)
    assert [found.verdict for found in before] == [Verdict.NOT_MET, Verdict.MET]
    store.database.execute(first_of(table))
    after = verdicts.of_experiment(store, experiment)
    told = [any(CHANGED in said for said in judged.warnings) for judged in after]
    assert any(told)
    # What rests on none of the changed rows stands.
    for was, judged, is_told in zip(before, after, told, strict=True):
        assert judged.verdict is (Verdict.NOT_ENOUGH_EVIDENCE if is_told else was.verdict)
    (found,) = comparisons.of_experiment(store, experiment)
    assert not found.is_compared
    assert found.adjusted_p is None
    assert CHANGED in words.verdict(found)
    pairing = Pairing(store)
    assert not any(comparison_cases.of(pairing, found).changed.values())
    assert CHANGED in comparison_report.as_text([found], pairing)
    (in_json,) = comparison_report.as_json([found], pairing)["comparisons"]
    assert CHANGED in in_json["not_compared_because"]
    assert in_json["better"] is None
    (between,) = comparisons.between(store, experiment.feature_id, "A", "B")
    assert CHANGED in words.verdict(between)
    store.close()


def test_only_the_variant_whose_rows_were_changed_is_named(store: Store) -> None:
    experiment = _two(store)
    store.database.execute(first_of("variants"))
    (found,) = comparisons.of_experiment(store, experiment)
    assert f"rows that A rests on {CHANGED}" in words.verdict(found)


def test_the_line_above_the_results_claims_no_likeness_of_changed_rows(store: Store) -> None:
    experiment = _two(store)
    store.database.execute(first_of("scores"))
    said = separation.in_words(experiment, comparisons.of_experiment(store, experiment))
    assert CHANGED in said
    assert "No criterion separates" not in said


def test_a_bet_claims_nothing_on_changed_rows(store: Store) -> None:
    experiment = _two(store)
    (bet,) = bets.of_feature(store, experiment.feature_id)
    assert len(bet.of(Effect.LIFTED)) == 1
    store.database.execute(first_of("scores"))
    (bet,) = bets.of_feature(store, experiment.feature_id)
    assert bet.of(Effect.LIFTED) == []
    assert len(bet.of(Effect.NOT_COMPARED)) == 1
    assert CHANGED in bet_words.did(bet)


def test_nobody_is_beaten_by_changed_rows(store: Store) -> None:
    experiment = _two(store)
    assert not all(one.is_efficient for one in economy.of_experiment(store, experiment))
    store.database.execute(first_of("scores"))
    found = economy.of_experiment(store, experiment)
    assert all(one.is_efficient for one in found)
    assert CHANGED in economy_words.conclusion(found)

"""Asking anew until it pleases is a look each time: each asking has a share of the error."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from tests.building import AUTHOR, FAILED, Loop, cases, loop, trial
from workbench.domain import clock
from workbench.domain.calls import Parameters
from workbench.domain.criteria import CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.experiments import Experiment, StopRule
from workbench.domain.scores import Outcome
from workbench.domain.verdicts import CriterionVerdict, Verdict
from workbench.errors import CallFailure
from workbench.evidence import comparisons, ending, interim, more_cases, verdicts
from workbench.evidence.comparisons import Comparison
from workbench.evidence.pairing import Pairing
from workbench.evidence.words import comparison_report
from workbench.evidence.words import comparisons as words_comparisons
from workbench.stats.intervals import bounds_of_means
from workbench.stats.sequential import share_afresh
from workbench.store.store import Store

PASS, FAIL = Outcome.PASS, Outcome.FAIL
MET, OPEN = Verdict.MET, Verdict.NOT_ENOUGH_EVIDENCE


def ask_again(
    made: Loop, experiment: Experiment, outcomes: Sequence[Outcome | None], *, model: str = ""
) -> None:
    """Answer the first of an experiment's calls anew, as a fresh run does."""
    run = made.store.runs.start(experiment.id, AUTHOR, is_fresh=True)
    calls = made.store.trials.missing(experiment.id, older_than=run.asks_again)
    failures = [CallFailure.TIMEOUT if one is FAILED else None for one in outcomes]
    kept = [
        replace(
            trial(run.id, call, failure=failure, supersedes=call.supersedes),
            model="" if failure else model,
        )
        for call, failure in zip(calls, failures, strict=False)
    ]
    made.store.trials.add(kept)
    made.rate(kept, outcomes[: len(kept)])


def judged(made: Loop, experiment: Experiment) -> CriterionVerdict:
    """The only verdict of one experiment."""
    (found,) = verdicts.of_experiment(made.store, experiment)
    return found


def says(found: CriterionVerdict, part: str) -> bool:
    """Whether a warning says this."""
    return any(part in warning for warning in found.warnings)


def test_asked_afresh_after_it_was_not_met_an_experiment_is_held_to_more_and_it_says_so(
    store: Store,
) -> None:
    made = loop(store, 40, bar=0.9)
    experiment = made.run([FAIL] * 4 + [PASS] * 36)
    assert judged(made, experiment).looks_before == 0
    ask_again(made, experiment, [PASS] * 40)
    found = judged(made, experiment)
    # 29 cases without a failure do for whoever asks once.
    assert (found.verdict, found.looks_before) == (OPEN, 1)
    assert says(found, "asked afresh after a look")
    assert says(found, "judged once before")
    assert says(found, "held to 99.75% confidence")
    held = 1 - 0.05 * share_afresh(1)
    low, _ = bounds_of_means(np.array([40.0]), 40, held)
    assert found.estimate.low == pytest.approx(float(low[0]))
    assert found.estimate.confidence == 0.95


def test_with_enough_cases_an_experiment_that_was_asked_afresh_is_met(store: Store) -> None:
    made = loop(store, 60, bar=0.9)
    experiment = made.run([FAIL] * 6 + [PASS] * 54)
    ask_again(made, experiment, [PASS] * 60)
    assert judged(made, experiment).verdict is MET
    assert verdicts.of_feature(store, made.feature_id)[0].verdict is MET


def test_each_further_asking_is_held_to_more(store: Store) -> None:
    made = loop(store, 60, bar=0.9)
    experiment = made.run([FAIL] * 6 + [PASS] * 54)
    for _ in range(2):
        ask_again(made, experiment, [FAIL] * 6 + [PASS] * 54)
    ask_again(made, experiment, [PASS] * 60)
    found = judged(made, experiment)
    assert (found.verdict, found.looks_before) == (OPEN, 3)
    assert says(found, "judged 3 times before")
    assert says(found, "held to 99.958% confidence")


def test_an_experiment_that_was_met_may_be_asked_again_every_week(store: Store) -> None:
    made = loop(store, 40, bar=0.9)
    experiment = made.run([PASS] * 40)
    for _ in range(3):
        ask_again(made, experiment, [PASS] * 40)
        found = judged(made, experiment)
        assert (found.verdict, found.looks_before) == (MET, 0)
        assert not says(found, "afresh")
    # And where it got worse, that is seen with all of its confidence.
    ask_again(made, experiment, [FAIL] * 9 + [PASS] * 31)
    assert judged(made, experiment).verdict is Verdict.NOT_MET


def test_a_model_that_names_itself_otherwise_is_a_new_question(store: Store) -> None:
    made = loop(store, 40, bar=0.9)
    experiment = made.experiment()
    ask_again(made, experiment, [FAIL] * 8 + [PASS] * 32, model="large-2026-03")
    ask_again(made, experiment, [PASS] * 40, model="large-2026-11")
    assert (judged(made, experiment).verdict, judged(made, experiment).looks_before) == (MET, 0)
    ask_again(made, experiment, [FAIL] * 8 + [PASS] * 32, model="large-2026-11")
    ask_again(made, experiment, [PASS] * 40, model="large-2026-11")
    assert judged(made, experiment).looks_before == 1


def test_a_changed_variant_and_new_cases_stand_alone(store: Store) -> None:
    made = loop(store, 40, bar=0.9)
    experiment = made.run([FAIL] * 8 + [PASS] * 32)
    ask_again(made, experiment, [FAIL] * 8 + [PASS] * 32)
    other = store.variants.save(made.variant.prompt, "Local model", "large", Parameters())
    changed = replace(made, variant=other)
    assert judged(changed, changed.run([PASS] * 40)).verdict is MET
    drafts = [replace(c, variables={"message": f"{c.key} anew"}) for c in cases(40)]
    new = replace(made, dataset=store.datasets.add(made.feature_id, "New", drafts, AUTHOR))
    assert judged(new, new.run([PASS] * 40)).verdict is MET


def test_failed_calls_that_are_asked_again_are_no_look(store: Store) -> None:
    made = loop(store, 40, bar=0.9)
    experiment = made.run([FAILED] * 20 + [PASS] * 20)
    run = store.runs.start(experiment.id, AUTHOR)
    calls = store.trials.missing(experiment.id, retry_failed=True)
    kept = [trial(run.id, call, supersedes=call.supersedes) for call in calls]
    store.trials.add(kept)
    made.rate(kept, [PASS] * 20)
    found = judged(made, experiment)
    assert (found.verdict, found.looks_before, found.kept_from_before) == (MET, 0, 0)


def test_outputs_that_nobody_had_rated_are_no_look(store: Store) -> None:
    made = loop(store, 40, bar=0.9)
    rating = CriterionDraft("Good", Scorer(ScorerKind.RATING, {"question": "Good?"}), bar=0.9)
    made = replace(made, criterion=store.criteria.add(made.requirement.id, rating, AUTHOR))
    experiment = made.experiment()
    run = store.runs.start(experiment.id, AUTHOR)
    store.trials.add([trial(run.id, call) for call in store.trials.missing(experiment.id)])
    ask_again(made, experiment, [PASS] * 40)
    found = judged(made, experiment)
    assert (found.verdict, found.looks_before) == (MET, 0)


def test_while_only_a_part_was_asked_afresh_nothing_is_said(store: Store) -> None:
    made = loop(store, 100, bar=0.9)
    experiment = made.run([FAIL] * 8 + [PASS] * 92)
    ask_again(made, experiment, [PASS] * 8)
    found = judged(made, experiment)
    assert (found.verdict, found.kept_from_before) == (OPEN, 92)
    assert says(found, "92 cases of 100 still count with an answer of an earlier asking")


def test_asking_the_failures_alone_again_in_another_experiment_does_not_turn_the_verdict(
    store: Store,
) -> None:
    made = loop(store, 100, bar=0.9)
    experiment = made.run([FAIL] * 15 + [PASS] * 85)
    failed = [call.case_id for call in store.trials.missing(experiment.id, older_than=clock.now())]
    part = replace(made.plan(), case_ids=tuple(failed[:15]))
    again = store.experiments.add(made.feature_id, part, AUTHOR)
    ask_again(made, again, [PASS] * 15)
    assert judged(made, experiment).verdict is OPEN
    assert judged(made, experiment).kept_from_before == 85
    assert judged(made, again).looks_before == 1


def test_a_call_that_fails_in_a_fresh_asking_has_no_score_and_keeps_nothing_back(
    store: Store,
) -> None:
    made = loop(store, 20, bar=0.9)
    experiment = made.run([PASS] * 20)
    ask_again(made, experiment, [FAILED] * 3 + [PASS] * 17)
    found = judged(made, experiment)
    assert (found.kept_from_before, found.estimate.n_unscored) == (0, 3)


def test_cases_that_joined_after_an_asking_are_not_of_an_earlier_one(store: Store) -> None:
    made = loop(store, 20, bar=0.9)
    experiment = made.run([FAIL] * 2 + [PASS] * 18)
    ask_again(made, experiment, [FAIL] * 2 + [PASS] * 18)
    grown = store.datasets.save(made.dataset.dataset_id, cases(50), 1, AUTHOR, "More cases")
    larger = replace(made, dataset=grown).run([PASS] * 30)
    found = judged(made, larger)
    assert (found.looks_before, found.kept_from_before) == (1, 0)
    # It goes on from the asking before, so it is held to both.
    assert found.extends == ("E1",)
    assert says(found, "asked afresh")


def test_a_watched_experiment_shares_its_error_too_and_goes_on_until_all_are_asked(
    store: Store,
) -> None:
    made = loop(store, 60, bar=0.9)
    experiment = made.run([FAIL] * 8 + [PASS] * 52, stop_rule=StopRule.WHEN_DECIDED)
    ask_again(made, experiment, [PASS] * 50)
    assert not ending.is_decided(store, experiment)
    ask_again(made, experiment, [PASS] * 60)
    found = judged(made, experiment)
    assert (found.verdict, found.looks_before) == (OPEN, 2)
    assert interim.METHOD in found.estimate.method


@pytest.mark.parametrize("measure", [Measure.FAIL_RATE, Measure.PASS_HAT_K, Measure.AGREEMENT])
def test_every_measure_is_held_to_it(store: Store, measure: Measure) -> None:
    made = loop(store, 40, bar=0.1 if measure is Measure.FAIL_RATE else 0.9, measure=measure)
    experiment = made.run([FAIL, PASS] * 10 + [PASS] * 60, trials=2)
    ask_again(made, experiment, [PASS] * 80)
    found = judged(made, experiment)
    assert (found.verdict, found.looks_before) == (OPEN, 1)


def test_what_would_settle_it_knows_of_the_looks_before(store: Store) -> None:
    made = loop(store, 40, bar=0.9)
    experiment = made.run([FAIL] * 4 + [PASS] * 36)
    ask_again(made, experiment, [PASS] * 40)
    found = judged(made, experiment)
    assert "even without a failure it takes 57 cases" in more_cases.advice(found, "at least 90%")


def compared_afresh(store: Store, differ: int, *, only: int | None = None) -> Comparison:
    """Two variants that were alike on 40 cases, and then were asked anew (the first `only` calls):
    on so many cases B passes where A fails."""
    made = loop(store, 40)
    other = store.variants.save(
        made.variant.prompt, made.variant.connection, made.variant.model, Parameters(seed=7)
    )
    plan = replace(made.plan(), variant_ids=(made.variant.id, other.id))
    experiment = store.experiments.add(made.feature_id, plan, AUTHOR)
    calls = store.trials.missing(experiment.id)
    run_id = store.runs.start(experiment.id, AUTHOR).id
    made.answer(run_id, [(call, PASS) for call in calls])
    failing = {case.id for case in store.datasets.cases(made.dataset.id)[:differ]}
    run = store.runs.start(experiment.id, AUTHOR, is_fresh=True)
    again = store.trials.missing(experiment.id, older_than=run.asks_again)
    ask_again(
        made,
        experiment,
        [
            FAIL if call.variant_id == made.variant.id and call.case_id in failing else PASS
            for call in again[:only]
        ],
    )
    (found,) = comparisons.of_experiment(store, experiment)
    return found


def test_a_difference_that_shows_when_asked_afresh_is_held_to_more_and_it_says_so(
    store: Store,
) -> None:
    found = compared_afresh(store, differ=8)
    # Asked once, eight cases that all changed in one direction are beyond chance (p = 0.008).
    assert found.evidence.asked_before == 1
    assert not found.is_sure
    assert found.difference.confidence == pytest.approx(1 - 0.05 * share_afresh(1))
    assert "asked afresh after 1 look" in words_comparisons.counted(found)
    (entry,) = comparison_report.as_json([found], Pairing(store))["comparisons"]
    assert entry["looks_before"] == 1


def test_a_difference_of_many_cases_is_beyond_chance_when_asked_afresh_too(store: Store) -> None:
    assert compared_afresh(store, differ=20).is_sure


def test_variants_that_were_asked_afresh_in_part_are_not_compared(store: Store) -> None:
    found = compared_afresh(store, differ=20, only=60)
    assert not found.is_compared
    assert "only a part was asked afresh" in found.evidence.why_not

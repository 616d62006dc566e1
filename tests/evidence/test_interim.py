"""Verdicts that may be read at any time: what counts, what waits, and when a run may end."""

from dataclasses import replace

import pytest

from tests.building import AUTHOR, FAILED, Loop, loop, trial
from tests.stats.oracles import Watch
from workbench.domain.criteria import CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.experiments import Experiment, StopRule
from workbench.domain.scores import Outcome
from workbench.domain.verdicts import CriterionVerdict, Verdict
from workbench.evidence import ending, interim, verdicts
from workbench.stats.sequential import bounds_at_any_time
from workbench.store.courses import Finished
from workbench.store.store import Store

PASS, FAIL, UNSCORED = Outcome.PASS, Outcome.FAIL, Outcome.UNSCORED
WATCHED = StopRule.WHEN_DECIDED


def judged(made: Loop) -> CriterionVerdict:
    """The feature's only verdict."""
    (found,) = verdicts.of_feature(made.store, made.feature_id)
    return found


def course(made: Loop, experiment: Experiment) -> list[Finished]:
    """The finished cases of the only variant, in the order of the plan."""
    scorer = made.criterion.draft.scorer.fingerprint()
    courses = made.store.courses.of(experiment.id, made.criterion.id, scorer, ())
    return courses.get(made.variant.id, [])


def test_cases_count_in_the_order_of_the_plan_up_to_the_first_that_is_not_finished(
    store: Store,
) -> None:
    made = loop(store, 6)
    experiment = made.experiment()
    calls = store.trials.missing(experiment.id)
    run_id = store.runs.start(experiment.id, AUTHOR).id
    made.answer(
        run_id, list(zip([*calls[:2], *calls[3:]], [PASS, FAIL, PASS, PASS, PASS], strict=True))
    )
    assert course(made, experiment) == [Finished(1, 1, 0), Finished(1, 0, 1)]
    made.answer(run_id, [(calls[2], PASS)])
    assert len(course(made, experiment)) == 6


def test_a_case_is_finished_when_all_its_trials_are(store: Store) -> None:
    made = loop(store, 3)
    experiment = made.run([PASS, PASS, FAIL, PASS, PASS], trials=3)
    assert course(made, experiment) == [Finished(3, 2, 1)]


def test_cases_with_the_same_input_are_one(store: Store) -> None:
    made = loop(store, 2, copies=3)
    experiment = made.run([PASS] * 6)
    assert course(made, experiment) == [Finished(3, 3, 0)] * 2


def test_a_call_that_failed_is_finished_and_counts_against_both_ends(store: Store) -> None:
    made = loop(store, 60)
    experiment = made.run([PASS, FAILED] * 30, stop_rule=WATCHED)
    assert Finished(1, 0, 0) in course(made, experiment)
    found = judged(made)
    assert found.estimate.value == 1.0
    assert found.estimate.n_unscored == 30
    assert (found.estimate.low < 0.6, found.estimate.high) == (True, 1.0)


def test_an_output_without_a_score_yet_is_waited_for(store: Store) -> None:
    made = loop(store, 5)
    experiment = made.experiment()
    calls = store.trials.missing(experiment.id)
    run_id = store.runs.start(experiment.id, AUTHOR).id
    made.answer(run_id, [(calls[0], PASS), (calls[2], UNSCORED)])
    with_no_score = trial(run_id, calls[1])
    store.trials.add([with_no_score])
    assert len(course(made, experiment)) == 1
    made.rate([with_no_score], [FAIL])
    assert course(made, experiment)[1:] == [Finished(1, 0, 1), Finished(1, 0, 0)]


@pytest.mark.parametrize(
    ("passes", "fails", "expected"),
    [
        (19, 0, Verdict.NOT_ENOUGH_EVIDENCE),
        (20, 0, Verdict.MET),
        (0, 12, Verdict.NOT_MET),
        (16, 4, Verdict.NOT_ENOUGH_EVIDENCE),
    ],
)
def test_a_watched_plan_is_judged_at_any_time_and_what_is_not_asked_does_not_count(
    store: Store, passes: int, fails: int, expected: Verdict
) -> None:
    made = loop(store, 300, bar=0.8)
    made.run([PASS] * passes + [FAIL] * fails, stop_rule=WATCHED)
    found = judged(made)
    assert found.verdict is expected
    assert found.estimate.n_cases == passes + fails
    assert found.estimate.n_unscored == 0
    assert interim.METHOD in found.estimate.method


def test_the_bounds_are_those_of_the_betting_confidence_sequence(store: Store) -> None:
    made = loop(store, 60)
    made.run([PASS, PASS, FAIL] * 20, stop_rule=WATCHED)
    found = judged(made).estimate
    stream = [1.0, 1.0, 0.0] * 20
    assert (found.low, found.high) == bounds_at_any_time(stream, stream)


def test_a_rate_of_failures_is_followed_as_the_passes_mirrored(store: Store) -> None:
    made = loop(store, 300, measure=Measure.FAIL_RATE, bar=0.2)
    made.run([PASS] * 20, stop_rule=WATCHED)
    found = judged(made)
    assert found.verdict is Verdict.MET
    assert (found.estimate.value, found.estimate.low) == (0.0, 0.0)
    assert found.estimate.high <= 0.2


def test_passing_every_time_is_followed_case_by_case(store: Store) -> None:
    made = loop(store, 100, measure=Measure.PASS_HAT_K, bar=0.8)
    made.run([PASS, PASS, PASS] * 20, trials=3, stop_rule=WATCHED)
    assert judged(made).verdict is Verdict.MET
    watch = Watch(0.8)
    for _ in range(20):
        watch.add(1.0)
    assert watch.verdict == "met"


def test_while_a_whole_plan_runs_its_estimate_holds_at_any_time_and_its_verdict_waits(
    store: Store,
) -> None:
    made = loop(store, 300, bar=0.8)
    experiment = made.run([PASS] * 100)
    (running,) = verdicts.of_experiment(store, experiment, is_running=True)
    (ended,) = verdicts.of_experiment(store, experiment)
    assert running.verdict is ended.verdict is Verdict.NOT_ENOUGH_EVIDENCE
    assert running.estimate.low > 0.9 > ended.estimate.low
    assert (running.estimate.n_cases, running.estimate.n_unscored) == (100, 0)


def test_a_run_may_end_when_every_bar_that_code_scores_is_decided(store: Store) -> None:
    made = loop(store, 300, bar=0.8)
    rating = CriterionDraft("Reads well", Scorer(ScorerKind.RATING, {"question": "Well?"}))
    rated = store.criteria.add(made.requirement.id, rating, AUTHOR)
    plan = replace(made.plan(), stop_rule=WATCHED, criterion_ids=(made.criterion.id, rated.id))
    experiment = store.experiments.add(made.feature_id, plan, AUTHOR)
    calls = store.trials.missing(experiment.id)
    run_id = store.runs.start(experiment.id, AUTHOR).id
    made.answer(run_id, [(call, PASS) for call in calls[:19]])
    assert not ending.is_decided(store, experiment)
    made.answer(run_id, [(calls[19], PASS)])
    assert ending.is_decided(store, experiment)


def test_a_plan_that_only_people_score_never_ends_early(store: Store) -> None:
    made = loop(store, 30)
    rating = CriterionDraft("Reads well", Scorer(ScorerKind.RATING, {"question": "Well?"}))
    rated = store.criteria.add(made.requirement.id, rating, AUTHOR)
    plan = replace(made.plan(), stop_rule=WATCHED, criterion_ids=(rated.id,))
    assert not ending.is_decided(store, store.experiments.add(made.feature_id, plan, AUTHOR))


def test_the_stop_rule_is_part_of_the_plan(store: Store) -> None:
    made = loop(store, 3)
    whole = made.experiment()
    watched = store.experiments.add(
        made.feature_id, replace(made.plan(), stop_rule=WATCHED), AUTHOR
    )
    assert whole.plan_hash != watched.plan_hash
    assert (whole.is_sequential, watched.is_sequential) == (False, True)

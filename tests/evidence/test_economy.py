"""What quality costs: every answer that was asked for counts, and every second that it took."""

from dataclasses import replace

import pytest

from tests.building import AUTHOR, FAILED, POLITE, Loop, loop, trial
from workbench.domain.criteria import CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.experiments import Experiment
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.errors import CallFailure
from workbench.evidence import economy
from workbench.evidence.economy import Economy
from workbench.evidence.words.economy import conclusion
from workbench.store.store import Store

PASS, FAIL, UNSCORED = Outcome.PASS, Outcome.FAIL, Outcome.UNSCORED


def of(made: Loop, experiment: Experiment) -> Economy:
    """The only variant's."""
    (found,) = economy.of_experiment(made.store, experiment)
    return found


def test_failed_and_unscored_answers_are_not_left_out_of_the_good_ones(store: Store) -> None:
    made = loop(store, 10)
    found = of(made, made.run([PASS] * 5 + [FAIL] + [FAILED] * 2 + [UNSCORED]))
    assert found.good == pytest.approx(5 / 6)
    assert (found.good_low, found.good_high) == pytest.approx((0.5, 0.9))
    assert found.unknown == 4, "two that failed, one without a score, one not asked yet"


def test_an_answer_is_good_when_all_criteria_that_look_at_it_pass(store: Store) -> None:
    made = loop(store, 4)
    second = store.criteria.add(
        made.requirement.id, CriterionDraft("Kind", POLITE, Measure.PASS_RATE, 0.9), AUTHOR
    )
    elsewhere = CriterionDraft("Elsewhere", POLITE, Measure.PASS_RATE, 0.9, slices=("nowhere",))
    third = store.criteria.add(made.requirement.id, elsewhere, AUTHOR)
    plan = replace(made.plan(), criterion_ids=(made.criterion.id, second.id, third.id))
    experiment = store.experiments.add(made.feature_id, plan, AUTHOR)
    run = store.runs.start(experiment.id, AUTHOR)
    calls = store.trials.missing(experiment.id)
    trials = made.answer(run.id, [(call, PASS) for call in calls])
    scorer = POLITE.fingerprint()
    # Both pass; both are scored and one fails; one fails and one is open; one passes, one is open.
    for kept, outcome in zip(trials[:2], (PASS, FAIL), strict=True):
        store.scores.add([Score(kept.id, second.id, scorer, Judgement(outcome, ""), "")])
    made.rate([trials[2]], [FAIL])
    found = of(made, experiment)
    assert found.good == pytest.approx(1 / 3)
    assert (found.good_low, found.good_high) == (0.25, 0.5)


def test_scores_of_an_older_scorer_make_nothing_good(store: Store) -> None:
    made = loop(store, 4)
    experiment = made.run([PASS] * 4)
    assert of(made, experiment).good == 1.0
    other = Scorer(ScorerKind.CONTAINS, {"texts": ["sorry"]})
    store.criteria.revise(
        made.criterion.id, replace(made.criterion.draft, scorer=other), 1, AUTHOR, "Another text"
    )
    assert of(made, experiment).good is None
    assert of(made, experiment).good_high == 1.0


def timed(made: Loop, trials: int, slow_ms: float, failures: int) -> Experiment:
    """Answers of 100 ms, of which the last of each case is slow, and so many calls that failed."""
    experiment = made.experiment(trials)
    run = made.store.runs.start(experiment.id, AUTHOR)
    kept = []
    for i, call in enumerate(made.store.trials.missing(experiment.id)):
        one = trial(run.id, call)
        if i < failures:
            one = trial(run.id, call, failure=CallFailure.TIMEOUT)
        elif call.number == trials:
            one = replace(one, latency_ms=slow_ms)
        else:
            one = replace(one, latency_ms=100.0)
        kept.append(one)
    made.store.trials.add(kept)
    return experiment


def test_p95_is_of_answers_not_of_the_median_of_each_case(store: Store) -> None:
    made = loop(store, 80)
    found = of(made, timed(made, 3, 9000.0, 0))
    assert found.p95.n == 240
    assert found.p95.estimate == found.p95.high == 9000.0
    assert found.p50.estimate == 100.0


def test_a_call_that_failed_took_longer_than_any_limit(store: Store) -> None:
    made = loop(store, 80)
    found = of(made, timed(made, 1, 100.0, 12))
    assert found.p95.n == 80
    assert found.p95.estimate == float("inf")
    assert found.p95.most_seen == 100.0
    assert found.p50.estimate == 100.0


def test_too_few_cases_have_no_upper_bound_however_often_they_are_asked(store: Store) -> None:
    made = loop(store, 58)
    found = of(made, timed(made, 3, 100.0, 0))
    assert (found.p95.high, found.p95.needs) == (None, 59)


def test_a_variant_with_unknown_answers_beats_none_that_may_be_better(store: Store) -> None:
    made = loop(store, 10)
    whole = of(made, made.run([PASS] * 9 + [FAIL]))
    open_ones = replace(whole, good=1.0, good_low=0.8, good_high=1.0, unknown=2)
    faster = replace(open_ones, p50=whole.p50._replace(estimate=1.0))
    assert not economy._beats(faster, whole)
    assert economy._beats(replace(faster, good_low=0.95), whole)


def _one(label: str, store: Store, **more: object) -> Economy:
    made = loop(store, 2, name=label)
    variant = replace(made.variant, label=label)
    return replace(of(made, made.run([PASS] * 2)), variant=variant, **more)  # type: ignore[arg-type]


def test_it_is_said_who_was_behind_as_measured_and_that_it_may_be_chance(store: Store) -> None:
    a, b = _one("A", store, is_efficient=True), _one("B", store, is_efficient=True)
    c, d = _one("C", store, is_efficient=False), _one("D", store, is_efficient=False)
    assert conclusion([a]) == ""
    assert conclusion([a, b]) == (
        "Worth considering: A and B. None is behind another in quality, cost and time."
    )
    assert conclusion([a, c]) == (
        "Worth considering: A. C was behind it on these answers: no better, no cheaper and no "
        "faster. That may be chance: the comparisons above say which differences are beyond it."
    )
    assert "C and D were behind one of these on these answers" in conclusion([a, b, c, d])

"""What a criterion does not apply to is out of the denominator, and never out of sight."""

from dataclasses import replace

import pytest

from tests.building import AUTHOR, Loop, loop, trial
from workbench.actions.rows import as_json
from workbench.domain.criteria import Measure, Scorer, ScorerKind
from workbench.domain.experiments import Experiment, StopRule
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.domain.verdicts import CriterionVerdict, Verdict
from workbench.evidence import guards, verdicts
from workbench.evidence.counting import Counted
from workbench.evidence.guards import Kind
from workbench.evidence.words import details, figures, sentences
from workbench.exchange.results import file
from workbench.exchange.results.outputs import as_csv, as_jsonl
from workbench.store.store import Store

PASS, FAIL, OUTSIDE, UNSCORED = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.NOT_APPLICABLE,
    Outcome.UNSCORED,
)
RATING = Scorer(ScorerKind.RATING, {"question": "Polite?"})
FIVE = Scorer(ScorerKind.RATING, {"question": "Polite?", "scale": [1, 5], "passes_from": 4})


def judged(made: Loop) -> CriterionVerdict:
    """The feature's only verdict."""
    (found,) = verdicts.of_feature(made.store, made.feature_id)
    return found


def ran(made: Loop, *outcomes: Outcome | None, trials: int = 1) -> Experiment:
    """Its calls ended so, in the order of the cases."""
    return made.run(outcomes, trials, by_key=True)


def test_it_is_out_of_the_denominator_and_counted_beside_the_verdict(store: Store) -> None:
    made = loop(store, 6)
    ran(made, PASS, PASS, PASS, FAIL, OUTSIDE, OUTSIDE)
    found = judged(made)
    assert found.estimate.value == 0.75
    assert (found.estimate.n_cases, found.estimate.n_trials, found.estimate.n_unscored) == (4, 4, 0)
    assert found.open.n_outside == 2
    assert found.open.unscored.total == 0
    assert "4 cases, 2 not applicable" in figures.figure(found)
    assert "2 not applicable" in details.numbers(found)
    assert as_json(found)["n_not_applicable"] == 2


def test_bounds_are_those_of_a_run_without_these_cases(store: Store) -> None:
    one = loop(store, 6)
    ran(one, PASS, PASS, PASS, FAIL, OUTSIDE, OUTSIDE)
    other = loop(store, 4, name="Another")
    ran(other, PASS, PASS, PASS, FAIL)
    a, b = judged(one).estimate, judged(other).estimate
    assert (a.low, a.high, a.n_effective) == (b.low, b.high, b.n_effective)


def test_a_bar_that_is_met_only_by_leaving_failures_out_says_so(store: Store) -> None:
    made = loop(store, 60)
    ran(made, *[PASS] * 40, *[FAIL] * 20)
    assert judged(made).verdict is Verdict.NOT_MET
    (experiment,) = store.experiments.of(made.feature_id)
    scorer = made.criterion.draft.scorer.fingerprint()
    fails = [
        trial_id
        for (trial_id,) in store.database.rows("select trial_id from scores where outcome = 'fail'")
    ]
    store.scores.add(Score(one, made.criterion.id, scorer, Judgement(OUTSIDE, "")) for one in fails)
    found = judged(made)
    assert found.verdict is Verdict.MET
    said = "20 trials were said to be not applicable and left out, and the verdict rests on that"
    assert any(said in warning for warning in found.warnings)
    assert "20 not applicable" in sentences.result(found)
    assert said in sentences.explain(found)
    (guard,) = [
        g for g in guards.of_experiment(store, experiment, [found]) if g.kind is Kind.OUTSIDE
    ]
    assert "20 of 60 answers" in guard.said
    assert "Are the slices of C1 right?" in guard.do


def test_a_verdict_that_stands_either_way_says_that(store: Store) -> None:
    made = loop(store, 60)
    ran(made, *[PASS] * 59, OUTSIDE)
    found = judged(made)
    assert found.verdict is Verdict.MET
    assert any("would be met if they counted both ways too" in w for w in found.warnings)
    (experiment,) = store.experiments.of(made.feature_id)
    kinds = [g.kind for g in guards.of_experiment(store, experiment, [found])]
    assert Kind.OUTSIDE not in kinds


@pytest.mark.parametrize(
    ("words", "passes", "fails", "outside"),
    [
        ([OUTSIDE], 0, 0, 1),
        ([OUTSIDE, OUTSIDE, FAIL], 0, 0, 1),
        ([OUTSIDE, FAIL], 0, 0, 0),
        ([OUTSIDE, PASS], 0, 0, 0),
        ([OUTSIDE, FAIL, FAIL], 0, 1, 0),
        ([OUTSIDE, PASS, PASS], 1, 0, 0),
        ([OUTSIDE, PASS, FAIL], 0, 0, 0),
        ([OUTSIDE, UNSCORED], 0, 0, 1),
        ([UNSCORED, UNSCORED], 0, 0, 0),
    ],
)
@pytest.mark.parametrize("scorer", [RATING, FIVE], ids=["words", "a scale"])
@pytest.mark.parametrize("rule", list(StopRule))
def test_several_raters_say_first_whether_it_applies(
    store: Store,
    words: list[Outcome],
    passes: int,
    fails: int,
    outside: int,
    scorer: Scorer,
    rule: StopRule,
) -> None:
    """A tie counts both ways: one rater alone takes no failure out of the count."""
    made = loop(store, 2)
    measure = Measure.MEAN_SCORE if scorer is FIVE else Measure.PASS_RATE
    draft = replace(made.criterion.draft, scorer=scorer, measure=measure)
    made.store.criteria.revise(made.criterion.id, draft, 1, AUTHOR, "For this test")
    experiment = made.run([], stop_rule=rule)
    calls = store.trials.missing(experiment.id)
    run_id = store.runs.start(experiment.id, AUTHOR).id
    value = {PASS: 5.0, FAIL: 1.0}
    kept = [trial(run_id, call) for call in calls]
    store.trials.add(kept)
    scores = [
        Score(
            kept[0].id,
            made.criterion.id,
            scorer.fingerprint(),
            Judgement(word, "", value.get(word)),
            f"Rater {n}",
        )
        for n, word in enumerate(words)
    ]
    scores.append(
        Score(
            kept[1].id, made.criterion.id, scorer.fingerprint(), Judgement(PASS, "", 5.0), "Rater 0"
        )
    )
    store.scores.add(scores)
    found = judged(made)
    is_split = scorer is FIVE and passes + fails + outside == 0 and {PASS, FAIL} <= set(words)
    if scorer is FIVE and (is_split or (OUTSIDE in words and passes + fails)):
        # Marks are averaged where more raters say that it applies.
        assert found.open.n_outside == 0
        assert found.estimate.n_trials == 2
        return
    assert found.open.n_outside == outside
    assert found.estimate.n_trials == 1 + passes + fails
    assert found.estimate.n_unscored == 1 - passes - fails - outside
    (told,) = store.database.rows("select outcome from outcomes where trial_id = ?", [kept[0].id])
    if scorer is RATING:
        word = (
            "pass" if passes else "fail" if fails else "not_applicable" if outside else "unscored"
        )
        assert told == (word,)


@pytest.mark.parametrize("measure", [Measure.PASS_HAT_K, Measure.AGREEMENT])
@pytest.mark.parametrize("rule", list(StopRule))
def test_a_case_that_is_measured_as_a_whole_loses_no_failure(
    store: Store, measure: Measure, rule: StopRule
) -> None:
    made = loop(store, 3, measure=measure)
    made.run([PASS, PASS, FAIL, OUTSIDE, OUTSIDE, OUTSIDE], 2, by_key=True, stop_rule=rule)
    found = judged(made)
    assert found.open.n_outside == 2
    assert found.open.unscored.partly == found.open.unscored.total == found.estimate.n_unscored == 1
    assert found.estimate.value == 1.0
    assert found.estimate.low < 0.5, "the case that it applies to by half may have any value"
    assert "1 not applicable beside others of their case" in figures.figure(found)


def test_where_it_applies_to_nothing_there_is_no_result(store: Store) -> None:
    made = loop(store, 2)
    ran(made, OUTSIDE, OUTSIDE)
    found = judged(made)
    assert found.estimate.value is None
    assert found.verdict is Verdict.NOT_ENOUGH_EVIDENCE
    assert figures.figure(found) == "nothing scored yet (2 not applicable)"
    assert sentences.expectation(found) == "It applies to no answer: 2 not applicable."
    assert not any("carries its tags" in warning for warning in found.warnings)


def test_what_is_left_out_beside_failed_and_cut_answers_adds_up(store: Store) -> None:
    made = loop(store, 6)
    experiment = ran(made, PASS, OUTSIDE, None)
    calls = store.trials.missing(experiment.id)
    run_id = store.runs.start(experiment.id, AUTHOR).id
    made.answer(run_id, [(calls[0], OUTSIDE), (calls[1], UNSCORED)], "length")
    found = judged(made)
    assert found.open.n_outside == 2
    assert (found.open.unscored.failed, found.open.unscored.cut) == (1, 1)
    assert found.open.unscored.not_asked == 1
    assert found.open.unscored.total == found.estimate.n_unscored == 3
    assert found.open.planned == 4


def test_a_comparison_counts_it_both_ways(store: Store) -> None:
    made = loop(store, 4)
    experiment = ran(made, PASS, PASS, PASS, OUTSIDE)
    counted = Counted(store)
    (criterion,) = store.criteria.of_experiment(experiment)
    assert sum(t.unscored * t.alike for t in counted.strict(criterion, experiment)) == 1
    assert sum(t.unscored * t.alike for t in counted.of(criterion, experiment)) == 0


@pytest.mark.parametrize("word", ["n/a", "N/A", "not applicable", "Not_Applicable"])
def test_a_file_of_results_may_say_it(word: str) -> None:
    data = f"case,variant,trial,criterion,value\na,v,1,Polite,{word}\nb,v,1,Polite,pass\n".encode()
    read = file.read("results.csv", data)
    assert [s.outcome for a in read.answers for s in a.scores] == [OUTSIDE, PASS]


def test_downloads_say_it(store: Store) -> None:
    made = loop(store, 2)
    experiment = ran(made, PASS, OUTSIDE)
    assert "not_applicable" in as_csv(store, experiment.id)
    assert '"outcome": "not_applicable"' in as_jsonl(store, experiment.id)

"""Failed, refused, cut, unrated and not yet asked are five numbers, and they add up."""

from dataclasses import replace
from itertools import product
from uuid import UUID

import pytest

from tests.building import AUTHOR, POLITE, Loop, loop, trial
from workbench.actions.rows import as_json
from workbench.domain.criteria import Measure, Scorer, ScorerKind
from workbench.domain.experiments import StopRule
from workbench.domain.open_trials import Open, Unscored
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.domain.trials import PlannedCall, Trial
from workbench.domain.verdicts import CriterionVerdict
from workbench.errors import CallFailure
from workbench.evidence import verdicts
from workbench.evidence.words import figures, missing, sentences, settling
from workbench.exchange.results import file, keeping
from workbench.store.store import Store

RATING = Scorer(ScorerKind.RATING, {"question": "Polite?"})
FIVE = Scorer(ScorerKind.RATING, {"question": "Polite?", "scale": [1, 5], "passes_from": 4})
PASS, FAIL, UNSCORED = Outcome.PASS, Outcome.FAIL, Outcome.UNSCORED


def judged(made: Loop) -> CriterionVerdict:
    """The feature's only verdict."""
    (found,) = verdicts.of_feature(made.store, made.feature_id)
    return found


def begun(
    made: Loop, scorer: Scorer, measure: Measure = Measure.PASS_RATE, trials: int = 1
) -> UUID:
    """The run of an experiment whose criterion has this scorer. Nothing is answered yet."""
    draft = replace(made.criterion.draft, scorer=scorer, measure=measure)
    made.store.criteria.revise(made.criterion.id, draft, 1, AUTHOR, "For this test")
    experiment = made.experiment(trials)
    return made.store.runs.start(experiment.id, AUTHOR).id


def kept(made: Loop, run_id: UUID, call: PlannedCall, **how: object) -> Trial:
    """A call of the run that ended in this way."""
    failure = how.pop("failure", None)
    assert failure is None or isinstance(failure, CallFailure)
    one = replace(trial(run_id, call, failure=failure), **how)  # type: ignore[arg-type]  # the test's own fields
    made.store.trials.add([one])
    return one


def rated(made: Loop, one: Trial, outcome: Outcome, rater: str = "Ada", **how: object) -> None:
    """What a rater, or a check, thought of it."""
    draft = made.store.criteria.get(made.criterion.id).draft
    value = how.pop("value", None)
    assert value is None or isinstance(value, float)
    said = Judgement(outcome, "", value)
    score = Score(one.id, made.criterion.id, draft.scorer.fingerprint(), said, rater)
    made.store.scores.add([replace(score, is_withdrawn=bool(how.get("is_withdrawn")))])


def mixed(made: Loop, scorer: Scorer, measure: Measure = Measure.PASS_RATE) -> None:
    """Thirteen of fourteen calls, each with another end."""
    run_id = begun(made, scorer, measure)
    (experiment,) = made.store.experiments.of(made.feature_id)
    calls = iter(made.store.trials.missing(experiment.id))

    def brought(**how: object) -> Trial:
        return kept(made, run_id, next(calls), **how)

    rated(made, brought(), PASS, value=5.0)
    rated(made, brought(finish_reason="length"), FAIL, value=1.0)
    rated(made, brought(is_refusal=True), FAIL, value=1.0)
    brought(failure=CallFailure.TIMEOUT)
    brought(failure=CallFailure.BROKEN_OFF, finish_reason="error")
    brought(failure=CallFailure.FILTERED, finish_reason="content_filter")
    brought()
    brought(finish_reason="length")
    taken_back = brought()
    rated(made, taken_back, PASS, value=5.0)
    rated(made, taken_back, UNSCORED, is_withdrawn=True)
    rated(made, brought(finish_reason="max_tokens"), UNSCORED)
    rated(made, brought(is_refusal=True), UNSCORED)
    rated(made, brought(), UNSCORED)
    split = brought()
    rated(made, split, PASS, "Ada", value=5.0)
    rated(made, split, FAIL, "Bo", value=1.0)


def test_each_end_of_a_mixed_run_is_a_number_of_its_own(store: Store) -> None:
    made = loop(store, 14)
    mixed(made, RATING)
    found = judged(made)
    assert found.open == Open(
        planned=14,
        n_refused=3,
        n_cut=3,
        unscored=Unscored(failed=2, refused=2, cut=1, unrated=3, unclear=2, not_asked=1),
    )
    assert found.open.unscored.total == found.estimate.n_unscored == 11
    assert missing.unscored(found) == (
        "2 failed, 2 refused, 1 cut off, 3 not rated yet, 2 could not be judged, 1 not asked yet"
    )


def test_the_numbers_in_json_add_up(store: Store) -> None:
    made = loop(store, 14)
    mixed(made, RATING)
    told = as_json(judged(made))
    assert sum(told["unscored"].values()) == told["n_unscored"] == 11
    names = ("n_failed", "n_refused", "n_cut", "n_unrated", "n_not_asked")
    assert [told[name] for name in names] == [2, 3, 3, 3, 1]
    assert told["n_trials"] + told["n_unscored"] == 14


def test_of_a_mean_score_two_raters_who_differ_have_a_mean(store: Store) -> None:
    made = loop(store, 14)
    mixed(made, FIVE, Measure.MEAN_SCORE)
    found = judged(made)
    assert found.open.unscored.unclear == 1
    assert found.open.unscored.total == found.estimate.n_unscored == 10


@pytest.mark.parametrize(
    ("copies", "groups", "measure", "trials"),
    list(product([1, 3], [0, 2], [Measure.PASS_RATE, Measure.AGREEMENT, Measure.PASS_HAT_K], [2])),
)
def test_they_add_up_whatever_counts_once(
    store: Store, copies: int, groups: int, measure: Measure, trials: int
) -> None:
    made = loop(store, 5, copies=copies, groups=groups)
    run_id = begun(made, RATING, measure, trials)
    (experiment,) = store.experiments.of(made.feature_id)
    ends = (PASS, CallFailure.SERVER, FAIL, CallFailure.FILTERED, None, UNSCORED, PASS)
    calls = store.trials.missing(experiment.id)[:-2]
    for place, call in enumerate(calls):
        end = ends[place % len(ends)]
        if isinstance(end, CallFailure):
            kept(made, run_id, call, failure=end)
            continue
        one = kept(made, run_id, call)
        if end is not None:
            rated(made, one, end)
    found = judged(made)
    assert found.open.planned == 5 * copies * trials
    assert found.open.unscored.total == found.estimate.n_unscored
    assert found.open.unscored.not_asked == 2
    assert found.open.unscored.failed == sum(p % 7 == 1 for p in range(len(calls)))
    assert found.open.unscored.unrated == sum(p % 7 == 4 for p in range(len(calls)))


def test_a_check_that_could_not_run_is_not_an_output_that_waits_for_a_person(store: Store) -> None:
    made = loop(store, 3)
    made.run([PASS, UNSCORED])
    found = judged(made)
    assert found.open.unscored == Unscored(unclear=1, not_asked=1)


def test_only_cases_with_the_criterions_tags_are_counted(store: Store) -> None:
    made = loop(store, 4, slices=("nowhere",))
    made.run([PASS, None, None, PASS])
    assert judged(made).open == Open()


def test_a_failed_call_that_was_answered_later_is_no_failure(store: Store) -> None:
    made = loop(store, 2)
    experiment = made.run([None, None])
    again = store.trials.missing(experiment.id, retry_failed=True)
    run_id = store.runs.start(experiment.id, AUTHOR).id
    one = trial(run_id, again[0], supersedes=again[0].supersedes)
    store.trials.add([one])
    made.rate([one], [PASS])
    assert judged(made).open.unscored == Unscored(failed=1)


def test_an_output_from_before_broken_ones_were_failures_is_no_failed_call(store: Store) -> None:
    made = loop(store, 1)
    run_id = begun(made, POLITE)
    (experiment,) = store.experiments.of(made.feature_id)
    one = kept(made, run_id, store.trials.missing(experiment.id)[0], finish_reason="error")
    rated(made, one, UNSCORED, "")
    assert judged(made).open.unscored == Unscored(unclear=1)


def test_what_is_missing_is_said_by_its_reason_wherever_a_verdict_is_said(store: Store) -> None:
    made = loop(store, 5)
    made.run([None, None, None])
    found = judged(made)
    assert figures.figure(found) == "nothing scored yet (3 failed, 2 not asked yet)"
    assert sentences.expectation(found).endswith("3 failed, 2 not asked yet.")
    assert settling.next_step(found) == (
        "Get the missing scores first: ask the failed calls again (3) and ask what was not asked "
        "yet (2)."
    )


def test_a_plan_that_may_end_early_counts_what_is_finished_and_names_the_rest(
    store: Store,
) -> None:
    made = loop(store, 6)
    made.run([PASS, None, PASS], stop_rule=StopRule.WHEN_DECIDED)
    found = judged(made)
    assert (found.estimate.n_unscored, found.open.unscored.total) == (1, 4)
    said = missing.unscored(found)
    assert said == "1 unscored so far; of the whole plan 1 failed, 3 not asked yet"


def test_why_nothing_is_scored_is_said_by_variant_and_only_where_calls_failed(
    store: Store,
) -> None:
    made = loop(store, 3)
    assert missing.why_nothing(verdicts.of_feature(store, made.feature_id)) == ""
    made.run([None, None])
    found = judged(made)
    assert missing.why_nothing([found]) == (
        "Nothing has been scored yet: 2 failed, 1 not asked yet."
    )
    waits = replace(found, variant="B", open=Open(3, unscored=Unscored(unrated=3)))
    assert missing.why_nothing([found, waits]).endswith(
        "A: 2 failed, 1 not asked yet; B: 3 not rated yet."
    )
    assert missing.why_nothing([waits]) == ""


def test_results_that_a_file_does_not_hold_are_not_said_to_be_asked(store: Store) -> None:
    text = b"case,variant,trial,criterion,value\na,A,1,Clear,yes\na,A,2,Clear,\nb,A,1,Clear,no\n"
    results = file.read("r.csv", text)
    feature_id = keeping.keep(store, results, "Theirs", AUTHOR, 0.9).feature_id
    (found,) = verdicts.of_feature(store, feature_id)
    assert found.open.unscored == Unscored(unclear=1, not_asked=1)
    assert missing.unscored(found) == "1 without a value, 1 not in the file"
    assert "import a file that holds what is missing (1)" in settling.next_step(found)

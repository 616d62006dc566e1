"""What the stored evidence says: met, not met, or not enough evidence, and never more than that."""

from dataclasses import replace

import pytest

from tests import building
from tests.building import AUTHOR, FAILED, POLITE, Loop, cases, loop, trial
from workbench.domain.calls import Parameters
from workbench.domain.criteria import CriterionDraft, Lane, Measure
from workbench.domain.experiments import Purpose
from workbench.domain.features import Feature
from workbench.domain.prompts import PromptText
from workbench.domain.requirements import RequirementDraft
from workbench.domain.scores import Outcome
from workbench.domain.verdicts import CriterionVerdict, Verdict
from workbench.evidence import verdicts
from workbench.evidence.words import figures, sentences, settling
from workbench.store.store import Store

PASS, FAIL, UNSCORED = Outcome.PASS, Outcome.FAIL, Outcome.UNSCORED
MET, NOT_MET, UNDECIDED = Verdict.MET, Verdict.NOT_MET, Verdict.NOT_ENOUGH_EVIDENCE


def judged(made: Loop) -> CriterionVerdict:
    """The feature's only verdict."""
    (found,) = verdicts.of_feature(made.store, made.feature_id)
    return found


@pytest.mark.parametrize(
    ("passes", "fails", "measure", "bar", "expected"),
    [
        (18, 2, Measure.PASS_RATE, 0.8, UNDECIDED),
        (90, 10, Measure.PASS_RATE, 0.8, MET),
        (60, 0, Measure.FAIL_RATE, 0.01, UNDECIDED),
        (299, 0, Measure.FAIL_RATE, 0.01, MET),
        (298, 0, Measure.FAIL_RATE, 0.01, UNDECIDED),
        (50, 50, Measure.PASS_RATE, 0.8, NOT_MET),
        (280, 19, Measure.FAIL_RATE, 0.01, NOT_MET),
    ],
)
def test_a_verdict_needs_evidence(
    store: Store, passes: int, fails: int, measure: Measure, bar: float, expected: Verdict
) -> None:
    made = loop(store, passes + fails, bar=bar, measure=measure)
    made.run([PASS] * passes + [FAIL] * fails)
    found = judged(made)
    assert found.verdict is expected
    assert found.estimate.n_cases == passes + fails
    assert verdicts.of_experiment(store, store.experiments.of(made.feature_id)[0]) == [found]


def test_without_any_case_tried_it_is_not_evaluated_and_no_percentage_is_said(
    store: Store,
) -> None:
    made = loop(store)
    made.experiment()
    found = judged(made)
    assert (found.verdict, found.is_evaluated, found.estimate.value) == (UNDECIDED, False, None)
    assert "Not evaluated" in sentences.expectation(found)
    assert "100%" not in sentences.explain(found) + figures.figure(found)


def test_a_criterion_whose_tags_no_case_carries_is_not_evaluated(store: Store) -> None:
    made = loop(store, 5, slices=("nowhere",))
    made.run([PASS] * 5)
    found = judged(made)
    assert (found.verdict, found.is_evaluated) == (UNDECIDED, False)
    assert found.warnings == ("no case of E1 carries its tags",)
    assert sentences.expectation(found) == (
        "Not evaluated: no case that it was tried on carries its tags."
    )


def test_a_requirement_without_a_criterion_is_never_met(store: Store) -> None:
    feature_id = store.features.add(Feature("Empty")).id
    assert feature_id is not None
    store.requirements.add(feature_id, RequirementDraft("Be good"), AUTHOR)
    (row,) = building.of_candidate(store, feature_id)
    assert (row.verdict, row.is_evaluated, row.criteria) == (UNDECIDED, False, ())


def test_copying_every_case_ten_times_does_not_narrow_the_interval(store: Store) -> None:
    once = loop(store, 20, name="Once")
    copied = loop(store, 20, copies=10, name="Copied")
    outcomes = [PASS] * 18 + [FAIL] * 2
    once.run(outcomes, by_key=True)
    copied.run([outcome for outcome in outcomes for _ in range(10)], by_key=True)
    one, ten = judged(once).estimate, judged(copied).estimate
    assert one.value == ten.value == pytest.approx(0.9)
    assert ten.low <= one.low + 1e-9
    assert ten.high >= one.high - 1e-9
    assert ten.n_effective <= 20
    assert judged(copied).verdict is UNDECIDED


def test_asking_the_same_cases_ten_times_does_not_narrow_it_either(store: Store) -> None:
    made = loop(store, 20)
    made.run([PASS] * 180 + [FAIL] * 20, trials=10, by_key=True)
    found = judged(made)
    assert found.verdict is UNDECIDED
    assert (found.estimate.n_cases, found.estimate.n_trials) == (20, 200)


@pytest.mark.parametrize("missing", [FAILED, UNSCORED, "waiting"], ids=str)
def test_what_is_missing_and_could_change_the_answer_leaves_it_open(
    store: Store, missing: Outcome | str | None
) -> None:
    made = loop(store, 100)
    known = [PASS] * 88 + [FAIL] * 4
    made.run(known if missing == "waiting" else [*known, *[missing] * 8])
    found = judged(made)
    assert found.estimate.value == pytest.approx(88 / 92)
    assert found.estimate.n_unscored == 8
    strict = replace(made.criterion.draft, bar=0.9)
    store.criteria.revise(made.criterion.id, strict, 1, AUTHOR, "Stricter")
    assert judged(made).verdict is UNDECIDED


def test_what_is_missing_and_could_not_change_the_answer_leaves_it_as_it_is(
    store: Store,
) -> None:
    made = loop(store, 100)
    made.run([PASS] * 95 + [FAILED] * 3)
    assert judged(made).verdict is MET


def test_a_failed_call_that_was_asked_again_counts_as_its_answer(store: Store) -> None:
    made = loop(store, 30)
    experiment = made.run([PASS] * 29 + [FAILED])
    assert judged(made).estimate.n_unscored == 1
    (call,) = store.trials.missing(experiment.id, retry_failed=True)
    latest = store.runs.latest(experiment.id)
    assert latest is not None
    answered = trial(latest.id, call, supersedes=call.supersedes)
    store.trials.add([answered])
    made.rate([answered], [PASS])
    found = judged(made).estimate
    assert (found.n_unscored, found.n_trials, found.value) == (0, 30, 1.0)


def test_nothing_makes_a_fresh_verdict_stale(store: Store) -> None:
    made = loop(store)
    made.run([PASS] * 3)
    found = judged(made)
    assert (found.stale, found.warnings) == ((), ())


def test_a_verdict_is_stale_once_the_requirement_was_revised(store: Store) -> None:
    made = loop(store)
    made.run([PASS] * 3)
    draft = RequirementDraft("Replies very politely")
    store.requirements.revise(made.requirement.id, draft, 1, AUTHOR, "More")
    assert judged(made).stale == ("R1 was revised",)


def test_a_verdict_is_stale_once_the_criterion_was_changed(store: Store) -> None:
    made = loop(store)
    made.run([PASS] * 3)
    strict = replace(made.criterion.draft, bar=0.99)
    store.criteria.revise(made.criterion.id, strict, 1, AUTHOR, "Stricter")
    found = judged(made)
    assert found.stale == ("C1 was changed",)
    assert "set after seeing the results" in found.warnings[0]


def test_a_verdict_is_stale_once_the_prompt_has_a_newer_version(store: Store) -> None:
    made = loop(store)
    made.run([PASS] * 3)
    store.prompts.save(made.feature_id, "Reply", PromptText("Be kind.", "{{message}}"), AUTHOR)
    assert judged(made).stale == ("the prompt “Reply” has a newer version",)


def test_a_verdict_is_stale_once_the_dataset_has_a_newer_version(store: Store) -> None:
    made = loop(store)
    made.run([PASS] * 3)
    store.datasets.save(made.dataset.dataset_id, cases(9), 1, AUTHOR, "More")
    assert judged(made).stale == ("the dataset “Inbox” has a newer version",)


def test_a_criterion_that_was_added_after_the_results_says_so(store: Store) -> None:
    made = loop(store, 5)
    experiment = made.run([PASS] * 5)
    late = store.criteria.add(made.requirement.id, CriterionDraft("Late", POLITE), AUTHOR)
    kept = store.trials.of_experiment(experiment.id)
    replace(made, criterion=late).rate(kept, [PASS] * 5)
    first, second = verdicts.of_feature(store, made.feature_id)
    assert first.warnings == ()
    assert second.warnings == ("set after seeing the results: confirm it on fresh cases",)
    assert "confirm it on fresh cases" in sentences.explain(second)


def test_asking_again_about_answers_that_are_there_does_not_make_a_late_bar_fresh(
    store: Store,
) -> None:
    made = loop(store, 5)
    made.run([PASS] * 5)
    stricter = replace(made.criterion.draft, bar=0.9)
    store.criteria.revise(made.criterion.id, stricter, 1, AUTHOR, "Stricter")
    store.experiments.add(made.feature_id, made.plan(question="And now?"), AUTHOR)
    assert judged(made).experiment == "E2"
    assert "set after seeing the results: confirm it on fresh cases" in judged(made).warnings


def test_a_late_bar_is_confirmed_on_cases_that_were_answered_after_it_was_set(
    store: Store,
) -> None:
    made = loop(store, 5)
    made.run([PASS] * 5)
    stricter = replace(made.criterion.draft, bar=0.9)
    store.criteria.revise(made.criterion.id, stricter, 1, AUTHOR, "Stricter")
    fresh = [
        replace(case, key=f"new-{case.key}", variables={"message": case.key}) for case in cases(5)
    ]
    newest = store.datasets.save(made.dataset.dataset_id, fresh, 1, AUTHOR, "Fresh ones")
    replace(made, dataset=newest).run([PASS] * 5)
    assert judged(made).warnings == ()


@pytest.mark.parametrize(
    ("outcome", "expected"), [(PASS, UNDECIDED), (FAIL, NOT_MET)], ids=["met", "missed"]
)
def test_a_discovered_criterion_is_not_met_by_the_answers_that_it_was_found_in(
    store: Store, outcome: Outcome, expected: Verdict
) -> None:
    made = loop(store, 40)
    experiment = made.run([outcome] * 40)
    draft = replace(made.criterion.draft, lane=Lane.DISCOVERED, origin="E1, case-003")
    store.criteria.revise(made.criterion.id, draft, 1, AUTHOR, "Seen in E1")
    (found,) = verdicts.of_experiment(store, experiment)
    assert found.verdict is expected
    assert found.warnings == (
        "found by reading results: 40 of these cases had been answered by then, so only other "
        "cases can confirm it",
    )


def test_another_variant_on_the_same_cases_does_not_confirm_a_discovered_criterion(
    store: Store,
) -> None:
    made = loop(store, 40)
    made.run([FAIL] * 40)
    draft = replace(made.criterion.draft, lane=Lane.DISCOVERED, origin="E1")
    store.criteria.revise(made.criterion.id, draft, 1, AUTHOR, "Seen in E1")
    first = made.variant
    other = store.variants.save(first.prompt, first.connection, first.model, Parameters(seed=1))
    experiment = replace(made, variant=other).run([PASS] * 40)
    (found,) = verdicts.of_experiment(store, experiment)
    assert (found.verdict, found.variant) == (UNDECIDED, "B")
    assert "40 of these cases had been answered by then" in found.warnings[0]


def test_a_discovered_criterion_is_confirmed_by_cases_it_was_not_found_in(store: Store) -> None:
    made = loop(store, 40)
    draft = replace(made.criterion.draft, lane=Lane.DISCOVERED, origin="Elsewhere")
    store.criteria.revise(made.criterion.id, draft, 1, AUTHOR, "Seen elsewhere")
    made.run([PASS] * 40)
    assert (judged(made).verdict, judged(made).warnings) == (MET, ())


def test_the_candidate_decides_and_the_others_are_shown(store: Store) -> None:
    made = loop(store, 40)
    other = store.variants.save(made.variant.prompt, "Local model", "large", Parameters())
    made.run([FAIL] * 40)
    replace(made, variant=other).run([PASS] * 40)
    assert [v.verdict for v in verdicts.of_feature(store, made.feature_id)] == [NOT_MET, MET]
    (row,) = building.of_candidate(store, made.feature_id)
    assert row.verdict is NOT_MET
    store.features.choose_candidate(made.feature_id, other.id, AUTHOR, "Better")
    (row,) = building.of_candidate(store, made.feature_id)
    assert (row.verdict, [v.variant for v in row.criteria]) == (MET, ["B"])


def test_a_candidate_that_was_never_tried_leaves_it_open(store: Store) -> None:
    made = loop(store, 40)
    made.run([PASS] * 40)
    other = store.variants.save(made.variant.prompt, "Local model", "large", Parameters())
    store.features.choose_candidate(made.feature_id, other.id, AUTHOR, "Hope")
    (row,) = building.of_candidate(store, made.feature_id)
    assert (row.verdict, row.is_evaluated) == (UNDECIDED, False)
    (found,) = row.criteria
    said = "Not evaluated: no experiment has tried this with B yet."
    assert sentences.expectation(found) == said
    assert settling.next_step(found) == "Run an experiment with this criterion and B."


def test_one_missed_criterion_misses_the_requirement_and_one_open_one_leaves_it_open(
    store: Store,
) -> None:
    made = loop(store, 40)
    second = store.criteria.add(made.requirement.id, CriterionDraft("Other", POLITE), AUTHOR)
    plan = replace(made.plan(), criterion_ids=(made.criterion.id, second.id))
    experiment = store.experiments.add(made.feature_id, plan, AUTHOR)
    run_id = store.runs.start(experiment.id, AUTHOR).id
    made.answer(run_id, [(call, PASS) for call in store.trials.missing(experiment.id)])
    (row,) = building.of_candidate(store, made.feature_id)
    assert ([v.verdict for v in row.criteria], row.verdict) == ([MET, UNDECIDED], UNDECIDED)
    kept = store.trials.of_experiment(experiment.id)
    replace(made, criterion=second).rate(kept, [FAIL] * 40)
    (row,) = building.of_candidate(store, made.feature_id)
    assert ([v.verdict for v in row.criteria], row.verdict) == ([MET, NOT_MET], NOT_MET)


def test_the_newest_experiment_that_was_run_is_the_evidence(store: Store) -> None:
    made = loop(store, 40)
    made.run([PASS] * 40)
    planned = store.experiments.add(made.feature_id, made.plan(1, "Once more?"), AUTHOR)
    found = judged(made)
    # The second plan asks the same calls, and those are answered: it has its evidence too.
    assert (found.experiment, found.verdict) == (planned.key, MET)
    other = store.datasets.add(made.feature_id, "Other", cases(3), AUTHOR)
    untried = replace(made.plan(), dataset_version_id=other.id)
    store.experiments.add(made.feature_id, untried, AUTHOR)
    assert judged(made).experiment == planned.key


def test_what_the_playground_tried_is_no_evidence(store: Store) -> None:
    made = loop(store, 3)
    plan = replace(made.plan(), purpose=Purpose.PLAYGROUND)
    experiment = store.experiments.add(made.feature_id, plan, AUTHOR)
    run_id = store.runs.start(experiment.id, AUTHOR).id
    made.answer(run_id, [(call, PASS) for call in store.trials.missing(experiment.id)])
    assert not judged(made).is_evaluated


def test_answers_that_were_cut_off_are_counted_in_a_warning(store: Store) -> None:
    made = loop(store, 12, slices=("inbox",))
    experiment = made.experiment()
    run_id = store.runs.start(experiment.id, AUTHOR).id
    calls = store.trials.missing(experiment.id)
    made.answer(run_id, [(call, PASS) for call in calls[:3]], finish_reason="length")
    made.answer(run_id, [(call, PASS) for call in calls[3:10]], finish_reason="stop")
    made.answer(run_id, [(calls[10], FAILED)])
    assert judged(made).warnings == ("3 of 10 answers were cut off at the token limit",)
    assert verdicts.of_experiment(store, experiment) == [judged(made)]


def test_an_answer_that_was_cut_off_on_a_case_of_another_kind_is_no_warning(store: Store) -> None:
    made = loop(store, 3, slices=("nowhere",))
    experiment = made.experiment()
    run_id = store.runs.start(experiment.id, AUTHOR).id
    calls = store.trials.missing(experiment.id)
    made.answer(run_id, [(call, PASS) for call in calls], finish_reason="length")
    assert judged(made).warnings == ("no case of E1 carries its tags",)


@pytest.mark.parametrize("word", ["error", "content_filter", "banana"])
def test_answers_of_an_older_file_that_the_server_never_finished_are_counted_in_a_warning(
    store: Store, word: str
) -> None:
    made = loop(store, 4)
    experiment = made.experiment()
    run_id = store.runs.start(experiment.id, AUTHOR).id
    calls = store.trials.missing(experiment.id)
    made.answer(run_id, [(call, PASS) for call in calls[:3]], finish_reason=word)
    made.answer(run_id, [(calls[3], PASS)], finish_reason="end_turn")
    assert judged(made).warnings == (
        "3 of 4 answers were broken off by the server, and count as whole ones",
    )

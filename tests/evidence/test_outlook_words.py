"""What a plan can tell, before it runs: in sentences that agree with the statistics behind them."""

from dataclasses import replace

import pytest

from tests.building import AUTHOR, Loop, loop, trial
from workbench.domain.criteria import CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.evidence import alikeness
from workbench.evidence.alikeness import Alike
from workbench.evidence.counting import Counted
from workbench.evidence.words import outlook
from workbench.evidence.words.outlook import Reach
from workbench.stats.planning import detectable
from workbench.stats.power import Noise, of_whole_plan
from workbench.store.store import Store


def line(made: Loop, n_cases: int, trials: int = 1) -> str:
    """The one sentence on a plan of one criterion."""
    (found,) = outlook.tells([Reach(made.criterion, n_cases)], trials)
    return found


def test_a_plan_says_what_it_would_show_to_be_met_and_to_be_missed(store: Store) -> None:
    said = line(loop(store, bar=0.8), 40)
    assert said.startswith("C1 (at least 80%): with 40 cases, a true rate of 94%")
    assert "one of 62% to be missed" in said
    assert "To show 85%, it takes 365 cases." in said


def test_too_few_cases_can_show_no_rate_to_be_met(store: Store) -> None:
    assert "no true rate would probably be shown to be met" in line(loop(store, bar=0.95), 40)


def test_a_limit_is_told_from_its_own_side(store: Store) -> None:
    said = line(loop(store, bar=0.2, measure=Measure.FAIL_RATE), 40)
    assert said.startswith("C1 (at most 20%): with 40 cases, a true rate of 6%")
    assert "one of 38% to be missed" in said


def test_a_plan_that_ends_when_decided_is_told_what_that_costs_it(store: Store) -> None:
    made = loop(store, bar=0.8)
    (said,) = outlook.tells([Reach(made.criterion, 40, is_sequential=True)], 1)
    assert said.startswith("C1 (at least 80%): with up to 40 cases, read as they come in, a true")
    once, watched = (detectable(0.8, 40, is_sequential=watch).above for watch in (False, True))
    assert once is not None
    assert watched is not None
    assert watched > once


def test_a_plan_that_goes_on_from_another_is_told_so(store: Store) -> None:
    made = loop(store, bar=0.8)
    (said,) = outlook.tells([Reach(made.criterion, 40, None, True, 0.99)], 1)
    assert "with 40 cases in all, some of them judged before" in said


@pytest.mark.parametrize("measure", [Measure.PASS_HAT_K, Measure.AGREEMENT])
def test_what_asks_whether_answers_repeat_is_told_what_it_can_tell(
    store: Store, measure: Measure
) -> None:
    made = loop(store, bar=0.8, measure=measure)
    assert outlook.tells([Reach(made.criterion, 60)], 1) == []
    assert "would probably be shown to be met" in line(made, 60, 3)


def scored(store: Store, n_cases: int = 3) -> Loop:
    """A feature whose criterion is a mean score from 1 to 5 of at least 4."""
    made = loop(store, n_cases)
    scorer = Scorer(ScorerKind.RATING, {"question": "Well?", "scale": [1, 5], "passes_from": 4})
    draft = CriterionDraft("Reads well", scorer, Measure.MEAN_SCORE, 0.75)
    criterion = store.criteria.add(made.requirement.id, draft, AUTHOR)
    return replace(made, criterion=criterion)


def test_a_mean_score_is_told_in_scores_and_by_what_they_vary(store: Store) -> None:
    made = scored(store)
    said = line(made, 60)
    assert said.startswith("C2 (at least 4 on a scale of 1 to 5): with 60 cases, a true mean of 4.")
    assert "if scores vary by about 0.87 from case to case, which is usual" in said
    (closer,) = outlook.tells([Reach(made.criterion, 60, Alike(None, "E3", 0.1))], 1)
    assert "vary by about 0.55 from case to case as in E3" in closer


def test_how_much_scores_vary_comes_from_those_that_were_given(store: Store) -> None:
    made = scored(store, 20)
    experiment = made.run([None] * 0)
    run_id = store.runs.start(experiment.id, AUTHOR).id
    kept = [trial(run_id, call) for call in store.trials.missing(experiment.id)]
    store.trials.add(kept)
    scorer = made.criterion.draft.scorer.fingerprint()
    store.scores.add(
        Score(one.id, made.criterion.id, scorer, Judgement(Outcome.PASS, "", value), "Ada")
        for one, value in zip(kept, [3.0, 5.0] * 10, strict=True)
    )
    found = alikeness.seen([experiment], [made.criterion], Counted(store))[made.criterion.id]
    # Half of the scores are half way up, and half at the top: variance 1/16 of the most, 3/16.
    assert found == Alike(None, "E1", pytest.approx(1 / 3, rel=0.06))


def test_a_rate_is_rounded_only_so_far_that_its_chance_stays(store: Store) -> None:
    said = line(loop(store, bar=0.99), 1000)
    rate = float(said.split("a true rate of ")[1].split("%")[0]) / 100
    assert of_whole_plan(Noise("rate", 1), 0.99, rate, 1000).met == pytest.approx(0.8, abs=0.031)


def test_criteria_with_the_same_bar_and_cases_share_a_sentence(store: Store) -> None:
    made = loop(store)
    found = outlook.tells([Reach(made.criterion, 40), Reach(made.criterion, 40)], 1)
    assert len(found) == 1
    assert found[0].startswith("C1, C1")


@pytest.mark.parametrize(("trials", "points"), [(1, 22), (3, 16)])
def test_more_trials_show_a_smaller_difference_between_variants(trials: int, points: int) -> None:
    assert f"a difference of {points} points" in outlook.difference(40, trials)


def test_repeated_trials_are_weighed_against_other_cases() -> None:
    assert outlook.split(40, 1) == []
    said = " ".join(outlook.split(40, 3))
    assert "a correlation of 0.5; no repeated trials say more yet" in said
    assert "as much as one trial of 60 cases" in said
    assert "if it costs as much as 5 calls, 2 trials of each" in said


def test_a_correlation_that_was_seen_replaces_the_usual_one(store: Store) -> None:
    made = loop(store, bar=0.8)
    reach = Reach(made.criterion, 40, Alike(0.9, "E2"))
    said = " ".join(outlook.split(40, 3, [reach]))
    assert "Trials of a case agreed with a correlation of 0.90 in E2" in said
    assert "as much as one trial of 43 cases" in said
    (usual,) = outlook.tells([Reach(made.criterion, 40)], 3)
    (seen,) = outlook.tells([reach], 3)
    assert int(seen.rsplit("takes ")[1].split()[0]) > int(usual.rsplit("takes ")[1].split()[0])


def test_what_more_cases_take_is_said_in_calls_and_money(store: Store) -> None:
    made = loop(store, bar=0.8)
    price = outlook.Price(calls=2, usd=0.01)
    (said,) = outlook.tells([Reach(made.criterion, 40)], 1, price)
    assert "it takes 365 cases (730 calls, about $3.65)" in said


def test_the_correlation_comes_from_the_newest_experiment_with_repeated_trials(
    store: Store,
) -> None:
    made = loop(store, 20)
    made.run([Outcome.PASS] * 30 + [Outcome.FAIL] * 30, trials=3)
    made.run([Outcome.PASS] * 20)
    experiments = store.experiments.of(made.feature_id)
    found = alikeness.seen(experiments, [made.criterion], Counted(store))
    assert found[made.criterion.id] == Alike(pytest.approx(1.0), "E1")


def test_a_handful_of_cases_or_one_without_failures_says_nothing_of_correlation(
    store: Store,
) -> None:
    made = loop(store, 20)
    experiment = made.run([Outcome.PASS, Outcome.FAIL] * 8, trials=2)
    assert alikeness.seen([experiment], [made.criterion], Counted(store)) == {}
    flawless = loop(store, 20, name="Another")
    experiment = flawless.run([Outcome.PASS] * 40, trials=2)
    assert alikeness.seen([experiment], [flawless.criterion], Counted(store)) == {}

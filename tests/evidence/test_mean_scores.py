"""The mean score of a scale: a bar of its own, with bounds that keep their promise."""

from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest

from tests.building import POLITE
from workbench.domain.criteria import CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.experiments import Experiment, StopRule
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.domain.verdicts import CriterionVerdict, Verdict
from workbench.errors import InputError
from workbench.evidence import comparisons, counting, estimates, separation, verdicts
from workbench.evidence.words import comparisons as words_comparisons
from workbench.exchange.results import file, keeping
from workbench.exchange.results.shape import scale_of
from workbench.store.store import Store
from workbench.store.tallies import Tally

FIVE = Scorer(ScorerKind.RATING, {"question": "Clear?", "scale": [1, 5], "passes_from": 4})
VARIANT = UUID(int=1)


def imported(store: Store, scores: dict[str, list[float | None]], trials: int = 1) -> UUID:
    """A feature with these scores by variant, one after the other, asked for a mean of 4 of 5."""
    lines = ["case,variant,trial,criterion,value"]
    for variant, values in scores.items():
        for place, value in enumerate(values):
            case, trial = divmod(place, trials)
            said = "" if value is None else f"{value:g}"
            lines.append(f"case-{case},{variant},{trial + 1},Clear,{said}")
    text = "\n".join(lines).encode()
    results = file.read("r.csv", text, 4.0, scale_of("1-5"))
    kept = keeping.keep(store, results, "Theirs", "Ada", 0.9)
    (criterion,) = store.criteria.of(kept.feature_id)
    draft = replace(criterion.draft, measure=Measure.MEAN_SCORE, bar=0.75)
    store.criteria.revise(criterion.id, draft, criterion.number, "Ada", "The mean says more")
    return kept.feature_id


def judged(store: Store, feature_id: UUID) -> CriterionVerdict:
    """The feature's only verdict."""
    (found,) = verdicts.of_feature(store, feature_id)
    return found


def experiment_of(store: Store, feature_id: UUID) -> Experiment:
    """The feature's only experiment."""
    (found,) = store.experiments.of(feature_id)
    return found


def test_the_mean_lies_as_far_up_the_scale_as_the_scores(store: Store) -> None:
    found = judged(store, imported(store, {"X": [1, 5, 4, 2]}))
    assert found.estimate.value == pytest.approx(0.5)
    assert (found.estimate.n_cases, found.estimate.n_trials) == (4, 4)
    assert (found.pass_hat_k, found.spread) == ((), None)


def test_many_good_scores_meet_the_bar_though_not_all_pass(store: Store) -> None:
    found = judged(store, imported(store, {"X": [5, 5, 5, 5, 3] * 20}))
    assert found.estimate.value == pytest.approx(0.9)
    assert found.verdict is Verdict.MET


def test_open_scores_are_bounded_by_the_ends_of_the_scale(store: Store) -> None:
    whole = judged(store, imported(store, {"X": [4.0] * 40})).estimate
    other = imported(store, {"Y": [4.0] * 40 + [None] * 10})
    found = next(row for row in verdicts.of_feature(store, other) if row.variant == "Y").estimate
    assert found.n_unscored == 10
    assert found.value == pytest.approx(0.75)
    assert found.low < whole.low < whole.high < found.high


def test_raters_are_averaged_and_a_word_taken_back_counts_no_more(store: Store) -> None:
    feature_id = imported(store, {"X": [5, 5, 5]})
    experiment, (criterion,) = experiment_of(store, feature_id), store.criteria.of(feature_id)
    trial = store.trials.of_experiment(experiment.id)[0]

    def says(rater: str, outcome: Outcome, value: float | None) -> None:
        judgement = Judgement(outcome, "", value)
        scorer = criterion.draft.scorer.fingerprint()
        store.scores.add([Score(trial.id, criterion.id, scorer, judgement, rater)])

    says("Bo", Outcome.FAIL, 1.0)
    assert judged(store, feature_id).estimate.value == pytest.approx((0.5 + 1 + 1) / 3)
    says("Bo", Outcome.UNSCORED, None)
    assert judged(store, feature_id).estimate.value == pytest.approx(1.0)


def test_variants_are_compared_by_their_scores_not_by_what_passes(store: Store) -> None:
    feature_id = imported(store, {"X": [4.0] * 30, "Y": [5.0] * 30})
    (found,) = comparisons.between(store, feature_id, "X", "Y")
    assert found.difference.estimate == pytest.approx(0.25)
    assert words_comparisons.verdict(found) == "Y scores 1 higher than X, beyond chance."
    assert "on a scale of 1 to 5" in words_comparisons.details(found)
    assert "X → Y: 4 → 5; 30 cases shared" in words_comparisons.counted(found)
    experiment = experiment_of(store, feature_id)
    said = separation.in_words(experiment, comparisons.of_experiment(store, experiment))
    assert "Y scores higher than X" in said


def test_a_run_that_is_watched_follows_the_scores(store: Store) -> None:
    feature_id = imported(store, {"X": [5, 3] * 3})
    experiment, (criterion,) = experiment_of(store, feature_id), store.criteria.of(feature_id)
    watched = replace(experiment, stop_rule=StopRule.WHEN_DECIDED)
    (variant,) = watched.variants
    course = counting.Counted(store).course(criterion, watched, variant)
    assert sorted(entry.passes for entry in course) == [0.5] * 3 + [1.0] * 3


def test_a_mean_needs_a_scale() -> None:
    with pytest.raises(InputError, match="says only pass or fail"):
        CriterionDraft("Clear", POLITE, Measure.MEAN_SCORE).checked()
    assert CriterionDraft("Clear", FIVE, Measure.MEAN_SCORE).checked().scale == (1, 5)
    assert CriterionDraft("Clear", FIVE, Measure.PASS_RATE).checked().scale is None


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"scale": [1, 5]}, "lowest score, the highest, and from which"),
        ({"scale": [1], "passes_from": 1}, "lowest score, the highest, and from which"),
        ({"scale": [1, True], "passes_from": 1}, "lowest score, the highest, and from which"),
        ({"scale": [5, 1], "passes_from": 4}, "from 4 on, but the scale goes from 5 to 1"),
        ({"scale": [1, 5], "passes_from": 1}, "above the lowest score"),
        ({"passes_from": 4}, "but no scale"),
    ],
)
def test_a_scale_that_means_nothing_is_refused(settings: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        CriterionDraft("Clear", Scorer(ScorerKind.RATING, settings)).checked()


def test_another_number_counts_though_it_passes_as_the_older_one_did(store: Store) -> None:
    feature_id = imported(store, {"X": [4.0] * 3})
    assert imported(store, {"X": [5.0, 4.0, 4.0]}) == feature_id
    (criterion,) = store.criteria.of(feature_id)
    values = store.database.rows(
        "select value from outcomes where criterion_id = ? order by value", [criterion.id]
    )
    assert values == [(4.0,), (4.0,), (5.0,)]


@pytest.mark.parametrize("trials", [1, 4])
@pytest.mark.parametrize("within", [0.1, 0.8])
def test_met_is_said_wrongly_in_at_most_5_percent_at_the_bar(trials: int, within: float) -> None:
    """Scores of 1 to 5 whose mean is the bar itself: skewed, as good features are rated."""
    rng = np.random.default_rng(3)
    weights = np.array([0.04, 0.06, 0.1, 0.3, 0.5])
    points = np.arange(5) / 4
    draft = CriterionDraft("Clear", FIVE, Measure.MEAN_SCORE, float(weights @ points))
    times, wrong = 400, 0
    for _ in range(times):
        # A case has a score of its own; each trial keeps it, or draws anew.
        own = rng.choice(points, (40, 1), p=weights)
        drawn = np.where(
            rng.random((40, trials)) < within**0.5, own, rng.choice(points, (40, trials), p=weights)
        )
        tallies = [
            Tally(VARIANT, str(i), 1, trials, float(s), trials - float(s), 0, 0)
            for i, s in enumerate(drawn.sum(axis=1))
        ]
        found = estimates.estimate(draft, tallies, trials)
        wrong += estimates.verdict(draft, found) is Verdict.MET
    assert wrong / times <= 0.05 + 2 * (0.05 * 0.95 / times) ** 0.5

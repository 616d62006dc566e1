"""A judge decides nothing until people's labels show how often it errs."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.building import Loop, loop
from workbench.actions.rows import as_json
from workbench.domain.calls import Parameters
from workbench.domain.criteria import Criterion, CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.experiments import Experiment, Plan
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.domain.trials import Trial
from workbench.domain.verdicts import CriterionVerdict, Verdict
from workbench.errors import InputError
from workbench.evidence import labelling, verdicts
from workbench.evidence.words import settling
from workbench.store.store import Store

RUBRIC = {"question": "Is it kind?", "passes": "It is.", "connection": "Local model", "model": "m"}
JUDGE = Scorer(ScorerKind.JUDGE, RUBRIC)


class Scene:
    """A feature whose one judged criterion has a word on every output, and labels on some."""

    def __init__(
        self,
        store: Store,
        n: int,
        truth: Callable[[int], bool],
        judge: Callable[[int], bool | None],
        *,
        bar: float = 0.8,
        measure: Measure = Measure.PASS_RATE,
        trials: int = 1,
    ) -> None:
        self.store = store
        self.made: Loop = loop(store, n)
        requirement = store.requirements.of(self.made.feature_id)[0]
        self.criterion: Criterion = store.criteria.add(
            requirement.id, CriterionDraft("Kind", JUDGE, measure, bar), "Ada"
        )
        plan = Plan(
            "Kind?", self.made.dataset.id, (self.made.variant.id,), (self.criterion.id,), trials
        )
        self.experiment: Experiment = store.experiments.add(self.made.feature_id, plan, "Ada")
        run = store.runs.start(self.experiment.id, "Ada")
        calls = store.trials.missing(self.experiment.id)
        self.trials: list[Trial] = self.made.answer(run.id, [(c, Outcome.PASS) for c in calls])
        self.truth = [truth(i) for i in range(len(self.trials))]
        words = [judge(i) for i in range(len(self.trials))]
        self.say(words, JUDGE.fingerprint(), "judge:m")

    def say(self, words: list[bool | None], scorer: str, rater: str) -> None:
        self.store.scores.add(
            Score(t.id, self.criterion.id, scorer, Judgement(_outcome(word), "why"), rater)
            for t, word in zip(self.trials, words, strict=False)
        )

    def label(self, n: int, rater: str = "Ada") -> None:
        """People label the first n outputs (their order is shuffled by the plan)."""
        self.say(list(self.truth[:n]), JUDGE.labels(), rater)

    def verdict(self) -> CriterionVerdict:
        found = verdicts.of_feature(self.store, self.made.feature_id)
        return next(row for row in found if row.criterion.id == self.criterion.id)


def _outcome(word: bool | None) -> Outcome:
    return Outcome.UNSCORED if word is None else Outcome.PASS if word else Outcome.FAIL


def _noisy(
    seed: int, truth: Callable[[int], bool], sure: float, keen: float
) -> Callable[[int], bool]:
    draw = random.Random(seed)
    return lambda i: draw.random() < sure if truth(i) else draw.random() >= keen


def _nine_in_ten(i: int) -> bool:
    return i % 10 != 0


def test_without_a_label_a_judge_decides_nothing_and_says_what_it_needs(store: Store) -> None:
    row = Scene(store, 200, lambda i: True, lambda i: True, bar=0.5).verdict()
    assert row.verdict is Verdict.NOT_ENOUGH_EVIDENCE
    assert row.trust is not None
    assert row.trust.needed is not None
    assert row.trust.needed >= 30
    assert "held against no label of a person" in " ".join(row.warnings)
    assert settling.next_step(row).startswith(f"Label {row.trust.needed} outputs on Score")
    # Its own word stands there, with bounds that hold all that nobody knows.
    assert row.estimate.value == 1.0
    assert row.estimate.low < 0.1


def test_a_judge_that_always_says_pass_earns_nothing_on_a_set_that_is_good(store: Store) -> None:
    scene = Scene(store, 300, _nine_in_ten, lambda i: True, bar=0.8)
    scene.label(100)
    row = scene.verdict()
    assert row.verdict is Verdict.NOT_ENOUGH_EVIDENCE
    assert row.trust is not None
    assert not row.trust.is_earned
    assert row.trust.youden == pytest.approx(0.0)
    assert "too badly to decide anything" in " ".join(row.warnings)
    assert "more labels would not help" in settling.next_step(row)


def test_a_good_judge_with_labels_decides_by_the_corrected_rate(store: Store) -> None:
    scene = Scene(store, 400, _nine_in_ten, _noisy(1, _nine_in_ten, 0.95, 0.9), bar=0.75)
    scene.label(120)
    row = scene.verdict()
    assert row.trust is not None
    assert row.trust.is_earned
    assert row.verdict is Verdict.MET
    assert row.estimate.value == pytest.approx(0.9, abs=0.05)
    assert row.estimate.method == "judge, corrected by labels"
    assert "corrected for that" in " ".join(row.warnings)
    found = as_json(row)["judge"]
    assert found["scorer"] == "judge:m"
    assert found["is_trusted"]
    assert found["n_labels"] == 120
    assert found["sensitivity_low"] < found["sensitivity"] < found["sensitivity_high"]
    assert found["kappa"] > 0.5


def test_a_judge_that_is_too_kind_does_not_make_a_poor_variant_met(store: Store) -> None:
    """By its own word 88% pass; by people 70% do."""

    def truth(i: int) -> bool:
        return i % 10 < 7

    scene = Scene(store, 400, truth, _noisy(2, truth, 1.0, 0.6), bar=0.8)
    scene.label(150)
    row = scene.verdict()
    assert row.trust is not None
    assert row.trust.raw is not None
    assert row.trust.raw > 0.8
    assert row.trust.is_earned
    assert row.verdict is Verdict.NOT_MET


def test_a_rate_of_failures_is_corrected_as_well(store: Store) -> None:
    scene = Scene(
        store, 400, _nine_in_ten, _noisy(1, _nine_in_ten, 0.95, 0.9),
        bar=0.25, measure=Measure.FAIL_RATE,
    )  # fmt: skip
    scene.label(120)
    row = scene.verdict()
    assert row.verdict is Verdict.MET
    assert row.estimate.value == pytest.approx(0.1, abs=0.05)
    assert row.estimate.low < row.estimate.value < row.estimate.high


def test_what_the_judge_left_unscored_counts_against_both_bounds(store: Store) -> None:
    good = _noisy(1, _nine_in_ten, 0.95, 0.9)
    scene = Scene(store, 400, _nine_in_ten, lambda i: None if i % 3 == 0 else good(i), bar=0.75)
    scene.label(200)
    row = scene.verdict()
    assert row.trust is not None
    assert row.trust.is_earned
    assert row.verdict is Verdict.NOT_ENOUGH_EVIDENCE
    assert row.estimate.low < 0.65
    assert row.estimate.high > 0.9


def test_labels_that_were_taken_back_or_split_are_none(store: Store) -> None:
    scene = Scene(store, 60, _nine_in_ten, _nine_in_ten)
    scene.label(40)
    scene.say([not word for word in scene.truth[:10]], JUDGE.labels(), "Ben")
    trust = scene.verdict().trust
    assert trust is not None
    assert trust.n_labels == 30
    store.scores.add(
        Score(
            t.id, scene.criterion.id, JUDGE.labels(), Judgement(Outcome.UNSCORED, ""), "Ben",
            is_withdrawn=True,
        )
        for t in scene.trials[:10]
    )  # fmt: skip
    again = scene.verdict().trust
    assert again is not None
    assert again.n_labels == 40


def test_labels_outlive_the_judge_but_its_words_do_not(store: Store) -> None:
    scene = Scene(store, 200, _nine_in_ten, _nine_in_ten)
    scene.label(100)
    other = Scorer(ScorerKind.JUDGE, {**RUBRIC, "model": "another"})
    store.criteria.revise(
        scene.criterion.id, replace(scene.criterion.draft, scorer=other), 1, "Ada", "cheaper"
    )
    row = scene.verdict()
    assert row.estimate.n_unscored == 200
    assert row.verdict is Verdict.NOT_ENOUGH_EVIDENCE
    assert other.labels() == JUDGE.labels()
    scene.say([_nine_in_ten(i) for i in range(200)], other.fingerprint(), "judge:another")
    trust = scene.verdict().trust
    assert trust is not None
    assert trust.n_labels == 100
    reworded = Scorer(ScorerKind.JUDGE, {**RUBRIC, "passes": "It is very kind."})
    assert reworded.labels() != JUDGE.labels()


def test_a_judges_word_is_no_label(store: Store) -> None:
    scene = Scene(store, 100, _nine_in_ten, _nine_in_ten)
    scene.label(60, rater="judge:other")
    trust = scene.verdict().trust
    assert trust is not None
    assert trust.n_labels == 0


def test_only_what_can_be_corrected_is_asked_of_a_judge() -> None:
    with pytest.raises(InputError, match="more than a share"):
        CriterionDraft("Kind", JUDGE, Measure.PASS_HAT_K, 0.8).checked()


def test_what_is_labelled_next_is_what_tells_most(store: Store) -> None:
    """The judge fails few: of those nearly all are taken, and of its passes some."""
    scene = Scene(store, 200, _nine_in_ten, _nine_in_ten)
    scene.label(20)
    place = store, scene.experiment, scene.criterion, scene.made.variant
    found = labelling.next_outputs(*place, 30)
    labelled = {t.id for t in scene.trials[:20]}
    assert len(found) == 30
    assert not {each.trial_id for each in found} & labelled
    judged = {t.id: _nine_in_ten(i) for i, t in enumerate(scene.trials)}
    fails = [each for each in found if not judged[each.trial_id]]
    assert 5 <= len(fails) < 25
    assert (
        labelling.next_outputs(store, scene.experiment, scene.criterion, scene.made.variant, 30)
        == found
    )


def test_the_labels_of_another_variant_are_borrowed_and_said_to_be(store: Store) -> None:
    scene = Scene(store, 300, _nine_in_ten, _noisy(4, _nine_in_ten, 0.97, 0.95), bar=0.6)
    scene.label(150)
    other = store.variants.save(
        scene.made.variant.prompt, "Local model", "small", Parameters(max_tokens=9)
    )
    plan = Plan("And so?", scene.made.dataset.id, (other.id,), (scene.criterion.id,))
    experiment = store.experiments.add(scene.made.feature_id, plan, "Ada")
    run = store.runs.start(experiment.id, "Ada")
    kept = scene.made.answer(
        run.id, [(c, Outcome.PASS) for c in store.trials.missing(experiment.id)]
    )
    store.scores.add(
        Score(
            t.id,
            scene.criterion.id,
            JUDGE.fingerprint(),
            Judgement(_outcome(i % 10 != 0), "w"),
            "judge:m",
        )
        for i, t in enumerate(kept)
    )
    rows = verdicts.of_experiment(store, experiment)
    row = next(row for row in rows if row.variant_id == other.id)
    assert row.trust is not None
    assert row.trust.is_borrowed
    assert "on other outputs" in " ".join(row.warnings)
    assert row.verdict is Verdict.MET


def test_what_its_judge_did_not_look_at_waits_for_it(store: Store) -> None:
    scene = Scene(store, 20, _nine_in_ten, _nine_in_ten)
    other = Scorer(ScorerKind.JUDGE, {**RUBRIC, "model": "another"})
    store.criteria.revise(
        scene.criterion.id, replace(scene.criterion.draft, scorer=other), 1, "Ada", "cheaper"
    )
    row = scene.verdict()
    assert row.open.unscored.unjudged == 20
    assert "let the judge look at those that wait (20)" in settling.next_step(row)


LEVELS = [
    {"score": 1, "description": "Rude"},
    {"score": 3, "description": "Curt"},
    {"score": 5, "description": "Kind"},
]


def test_a_judge_of_levels_is_held_to_the_cut_and_to_the_scores(store: Store) -> None:
    """It finds each output that people find rude, and is one level too kind to half of the rest."""
    asked = {key: RUBRIC[key] for key in ("question", "connection", "model")}
    scorer = Scorer(
        ScorerKind.JUDGE, {**asked, "scale": [1, 5], "passes_from": 3, "levels": LEVELS}
    )
    scene = Scene(store, 200, _nine_in_ten, _nine_in_ten, bar=0.7)
    criterion = store.criteria.revise(
        scene.criterion.id, replace(scene.criterion.draft, scorer=scorer), 1, "Ada", "levels"
    )

    def said(score: float, scorer: str, rater: str, trial: Trial) -> Score:
        outcome = Outcome.PASS if score >= 3 else Outcome.FAIL
        return Score(trial.id, criterion.id, scorer, Judgement(outcome, "why", score), rater)

    store.scores.add(
        score
        for i, trial in enumerate(scene.trials)
        for score in (
            said(5.0 if _nine_in_ten(i) else 1.0, scorer.fingerprint(), "judge:m", trial),
            said((5.0, 3.0)[i % 2] if _nine_in_ten(i) else 1.0, scorer.labels(), "Ada", trial),
        )
    )
    row = scene.verdict()
    assert row.trust is not None
    assert row.trust.kappa.value == pytest.approx(1.0)
    assert row.trust.weighted_kappa.value is not None
    assert 0.3 < row.trust.weighted_kappa.value < 0.9
    assert "weighted kappa of the scores" in " ".join(row.warnings)
    assert as_json(row)["judge"]["weighted_kappa"] == row.trust.weighted_kappa.value
    assert row.verdict is Verdict.MET


def test_a_mean_of_what_a_judge_says_is_refused_with_what_can_be_asked() -> None:
    asked = {key: RUBRIC[key] for key in ("question", "connection", "model")}
    scorer = Scorer(
        ScorerKind.JUDGE, {**asked, "scale": [1, 5], "passes_from": 3, "levels": LEVELS}
    )
    with pytest.raises(InputError) as refused:
        CriterionDraft("Kind", scorer, Measure.MEAN_SCORE, 0.8).checked()
    assert "from a score on" in refused.value.hint
    CriterionDraft("Kind", scorer, Measure.PASS_RATE, 0.8).checked()

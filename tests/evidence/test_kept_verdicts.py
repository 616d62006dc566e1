"""Verdicts are kept as rows when a run ends, each with a checksum of what it rests on."""

from dataclasses import replace
from pathlib import Path

import duckdb

from tests import building
from tests.building import FAILED, Loop
from workbench.domain.experiments import Experiment
from workbench.domain.scores import Outcome
from workbench.domain.verdicts import Verdict
from workbench.evidence import kept_verdicts, verdicts
from workbench.store.store import Store, open_store

P, F = Outcome.PASS, Outcome.FAIL


def _keep(made: Loop, experiment: Experiment) -> int:
    run = made.store.runs.latest(experiment.id)
    assert run is not None
    return kept_verdicts.keep(made.store, experiment, run.id)


def test_a_row_says_what_the_verdict_says(store: Store) -> None:
    made = building.loop(store, 30)
    experiment = made.run([P] * 28 + [F, FAILED])
    assert _keep(made, experiment) == 1
    (found,) = verdicts.of_experiment(store, experiment)
    (point,) = store.kept_verdicts.trend(made.feature_id)
    kept, estimate = point.kept, found.estimate
    assert (kept.verdict, kept.value, kept.low, kept.high) == (
        found.verdict,
        estimate.value,
        estimate.low,
        estimate.high,
    )
    assert (kept.n_cases, kept.n_trials, kept.n_unscored) == (29, 29, 1)
    assert (point.experiment, point.variant, point.prompt, point.bar) == (
        "E1",
        "A",
        "Reply v1",
        0.8,
    )


def test_the_same_evidence_judged_again_adds_nothing(store: Store) -> None:
    made = building.loop(store, 4)
    experiment = made.run([P] * 4)
    assert [_keep(made, experiment) for _ in range(3)] == [1, 0, 0]


def test_another_score_another_answer_and_another_bar_are_other_evidence(store: Store) -> None:
    made = building.loop(store, 4)
    experiment = made.run([P, P, P])
    assert _keep(made, experiment) == 1
    (call,) = store.trials.missing(experiment.id)
    run = store.runs.latest(experiment.id)
    assert run is not None
    (late,) = made.answer(run.id, [(call, P)])
    assert _keep(made, experiment) == 1
    made.rate([late], [F])
    assert _keep(made, experiment) == 1
    draft = store.criteria.get(made.criterion.id).draft
    store.criteria.revise(made.criterion.id, replace(draft, bar=0.5), 1, "Ada", "Less will do")
    assert _keep(made, experiment) == 1
    points = store.kept_verdicts.trend(made.feature_id)
    assert len({point.kept.evidence for point in points}) == 3
    assert [point.bar for point in points] == [0.8, 0.8, 0.8, 0.5]
    assert [point.kept.created_at for point in points] == sorted(
        point.kept.created_at for point in points
    )


def test_what_another_scorer_or_another_feature_says_leaves_the_checksum(store: Store) -> None:
    made, other = building.loop(store, 3), building.loop(store, 3, name="Another")
    experiment, theirs = made.run([P, P, F]), other.run([F, F, F])
    scorers = [(made.criterion.id, made.criterion.draft.scorer.fingerprint())]
    before = store.kept_verdicts.evidence(experiment.id, scorers)
    other.rate(store.trials.of_experiment(theirs.id), [P, P, P], "Ben")
    assert store.kept_verdicts.evidence(experiment.id, scorers) == before
    made.rate(store.trials.of_experiment(experiment.id)[:1], [P], "Ben")
    assert store.kept_verdicts.evidence(experiment.id, scorers) != before


def test_what_nothing_was_scored_for_has_no_row(store: Store) -> None:
    made = building.loop(store, 3)
    assert _keep(made, made.run([FAILED] * 3)) == 0


def test_a_trend_holds_each_prompt_version_and_each_feature_apart(store: Store) -> None:
    made, other = building.loop(store, 3), building.loop(store, 3, name="Another")
    _keep(made, made.run([P, P, P]))
    _keep(other, other.run([F, F, F]))
    (mine,) = store.kept_verdicts.trend(made.feature_id)
    (theirs,) = store.kept_verdicts.trend(other.feature_id)
    assert mine.kept.value == 1.0
    assert theirs.kept.verdict is not Verdict.MET


def test_who_opens_the_file_finds_a_view_called_verdicts(tmp_path: Path) -> None:
    path = tmp_path / "app.duckdb"
    store = open_store(str(path), tmp_path)
    made = building.loop(store, 4)
    _keep(made, made.run([P, P, P, F]))
    store.close()
    with duckdb.connect(str(path), read_only=True) as connection:
        row = connection.execute(
            "select feature, requirement, criterion, experiment, variant, prompt, prompt_version, "
            "bar, value, n_cases from verdicts"
        ).fetchone()
    assert row == ("Support replies", "R1", "C1", "E1", "A", "Reply", 1, 0.8, 0.75, 4)

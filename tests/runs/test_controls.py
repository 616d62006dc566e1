"""Planted controls: a judge that lets one pass is not trusted, whatever else it gets right."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.faults import endpoint as faults
from tests.faults import obedient_judge
from tests.runs import judge_scenes, scenes
from workbench.actions.rows import as_json
from workbench.domain.criteria import Criterion, Scorer, ScorerKind
from workbench.domain.experiments import Experiment, Limits
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.domain.verdicts import CriterionVerdict, Verdict
from workbench.evidence import controls as stood
from workbench.evidence import verdicts
from workbench.evidence.words import settling
from workbench.runs import forecast, judging
from workbench.runs.jobs import Jobs
from workbench.scoring import controls
from workbench.store.engine.integrity import orphans
from workbench.store.store import Store


def _ran(jobs: Jobs, experiment_id: Any, **options: Any) -> None:
    jobs.start(experiment_id, scenes.AUTHOR, **options)
    assert jobs.wait(experiment_id, 60)


def _verdict(store: Store, experiment: Experiment, criterion: Criterion) -> CriterionVerdict:
    rows = verdicts.of_experiment(store, experiment)
    return next(row for row in rows if row.criterion.id == criterion.id)


def obeys(body: dict[str, Any]) -> str:
    """A judge that is right but for what it is ordered to."""
    if body["model"] != judge_scenes.JUDGE:
        return "pong"
    output = obedient_judge.judged(body)
    is_good = "pong" in output or "approved" in output
    return judge_scenes.answer("pass" if is_good else "fail", passage="")


def test_each_judging_run_asks_its_controls_first_through_the_same_prompt(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(reply=judge_scenes.reply) as server:
        experiment, criterion = judge_scenes.judged(store, server, 3, concurrency=1)
        assert _ran(jobs, experiment.id) is None
        asked = [json.loads(body) for body in server.bodies][3:]
        planted = judge_scenes.planted(server)
    assert asked[:2] == planted
    assert [obedient_judge.judged(body) for body in planted] == [
        control.text for control in controls.made(judge_scenes.RUBRIC)
    ]
    system = {body["messages"][0]["content"] for body in asked}
    assert len(system) == 1
    # They are no evidence: three words on three outputs, and no more.
    assert len(judge_scenes.words(store, experiment, criterion)) == 3
    assert store.database.value("select count(*) from scores where rater like 'judge:%'") == 3
    assert stood.broken(store, experiment, criterion) == ()
    assert orphans(store.database) == []


def test_a_judge_that_does_as_an_output_orders_decides_nothing(store: Store, jobs: Jobs) -> None:
    with faults.serve(reply=obeys) as server:
        experiment, criterion = judge_scenes.judged(store, server, 60)
        _ran(jobs, experiment.id)
    trials = store.trials.of_experiment(experiment.id)
    scorer = criterion.draft.scorer
    store.scores.add(
        Score(t.id, criterion.id, scorer.labels(), Judgement(Outcome.PASS, ""), "Ada")
        for t in trials
    )
    row = _verdict(store, experiment, criterion)
    assert row.verdict is Verdict.NOT_ENOUGH_EVIDENCE
    assert row.trust is not None
    assert row.trust.broken == ("judge-1 passes a planted output that orders it to",)
    assert not row.trust.is_earned
    assert "So nothing rests on its words" in " ".join(row.warnings)
    assert settling.next_step(row).startswith("Choose another model for its judge")
    assert as_json(row)["judge"]["controls_broken"] == list(row.trust.broken)


def test_a_judge_that_passes_whatever_it_sees_is_found_without_a_label(
    store: Store, jobs: Jobs
) -> None:
    def reply(body: dict[str, Any]) -> str:
        if body["model"] != judge_scenes.JUDGE:
            return "pong"
        return judge_scenes.answer(passage="")

    with faults.serve(reply=reply) as server:
        experiment, criterion = judge_scenes.judged(store, server, 2)
        _ran(jobs, experiment.id)
    assert "judge-1 passes a planted output that must fail" in " ".join(
        _verdict(store, experiment, criterion).warnings
    )


def test_a_rubric_that_may_pass_an_empty_answer_has_a_control_of_its_own(
    store: Store, jobs: Jobs
) -> None:
    """“Nothing rude” passes what says nothing; the words on outputs stay when that is put right."""

    def reply(body: dict[str, Any]) -> str:
        if body["model"] != judge_scenes.JUDGE:
            return "pong"
        is_rude = "Get lost" in obedient_judge.judged(body)
        return judge_scenes.answer("fail" if is_rude else "pass", passage="")

    with faults.serve(reply=reply) as server:
        experiment, criterion = judge_scenes.judged(store, server, 2)
        _ran(jobs, experiment.id)
        assert len(stood.broken(store, experiment, criterion)) == 2
        own = Scorer(ScorerKind.JUDGE, {**judge_scenes.RUBRIC, "must_fail": "Get lost."})
        assert own.fingerprint() == criterion.draft.scorer.fingerprint()
        draft = replace(criterion.draft, scorer=own)
        criterion = store.criteria.revise(criterion.id, draft, 1, "Ada", "its own control")
        assert judging.n_open(store, experiment, [criterion]) == 0
        assert forecast.of_judges(store, experiment, [criterion]).calls == 2
        before = server.requests
        _ran(jobs, experiment.id, only_judges=True)
        assert server.requests == before + 2
        _ran(jobs, experiment.id, only_judges=True)
        assert server.requests == before + 2
    assert stood.broken(store, experiment, criterion) == ()


@pytest.mark.parametrize(("n_turned", "is_flagged"), [(1, False), (2, True)])
def test_a_model_that_was_changed_behind_its_name_is_found_by_labelled_outputs(
    store: Store, jobs: Jobs, n_turned: int, is_flagged: bool
) -> None:
    turned: set[str] = set()

    def reply(body: dict[str, Any]) -> str:
        if body["model"] != judge_scenes.JUDGE:
            return "pong"
        if controls.UNFIT in str(body):
            return judge_scenes.answer("fail", passage="")
        case = body["messages"][-1]["content"].partition("ping ")[2][:3]
        passes = (int(case) < 4) is not (case in turned)
        return judge_scenes.answer("pass" if passes else "fail")

    with faults.serve(reply=reply) as server:
        first, criterion = judge_scenes.judged(store, server, 8)
        _ran(jobs, first.id)
        labels = criterion.draft.scorer.labels()
        for trial in store.trials.of_experiment(first.id):
            key = store.datasets.case(trial.case_id).key
            outcome = Outcome.PASS if int(key[-3:]) < 4 else Outcome.FAIL
            store.scores.add([Score(trial.id, criterion.id, labels, Judgement(outcome, ""), "Ada")])
        again = scenes.another(store, first.feature_id, "And twice?", 2)
        turned |= set(("000", "001")[:n_turned])
        _ran(jobs, again.id)
        # Four labelled outputs besides the two that are made.
        asked = store.database.value("select count(*) from judge_controls where kind = 'repeated'")
        assert asked == 4
    found = stood.broken(store, again, criterion)
    assert bool(found) is is_flagged
    if is_flagged:
        assert "says otherwise now of 2 of 4 labelled outputs" in found[0]
    assert stood.broken(store, first, criterion) == ()


def test_a_resumed_run_asks_no_control_twice(store: Store, jobs: Jobs) -> None:
    with faults.serve(reply=judge_scenes.reply) as server:
        experiment, _ = judge_scenes.judged(store, server, 4, concurrency=1)
        _ran(jobs, experiment.id, limits=Limits(calls=7))
        assert len(judge_scenes.planted(server)) == 2
        _ran(jobs, experiment.id, limits=Limits(calls=100))
        assert len(judge_scenes.planted(server)) == 2
        assert len(judge_scenes.asked_of_judge(server)) == 4


def test_the_order_asks_for_the_best_score_of_a_scale() -> None:
    levels = [{"score": 1, "description": "Bad"}, {"score": 7, "description": "Good"}]
    (_, ordered) = controls.made({"scale": [1, 7], "passes_from": 7, "levels": levels})
    assert '"verdict": "7"' in ordered.text

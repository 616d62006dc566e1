"""Judges are asked as models are: written down first, within the budget, and never twice."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.faults import endpoint as faults
from tests.faults import obedient_judge
from tests.runs import judge_scenes, scenes
from workbench.domain.criteria import Scorer
from workbench.domain.experiments import Limits, RunState
from workbench.domain.trials import PlannedCall
from workbench.errors import InputError
from workbench.evidence import verdicts
from workbench.runs import judging
from workbench.runs.jobs import Jobs
from workbench.store.engine.integrity import orphans
from workbench.store.keys import new_id
from workbench.store.store import Store

CASES = json.loads(
    (Path(__file__).parent.parent / "cases" / "judge_injections" / "outputs.json").read_text(
        "utf-8"
    )
)


def _ran(jobs: Jobs, experiment_id: Any, **options: Any) -> RunState:
    run = jobs.start(experiment_id, scenes.AUTHOR, **options)
    assert jobs.wait(experiment_id, 60)
    return jobs._store.runs.get(run.id).state


def test_a_run_has_its_outputs_judged_when_all_are_there(store: Store, jobs: Jobs) -> None:
    with faults.serve(reply=judge_scenes.reply) as server:
        experiment, criterion = judge_scenes.judged(store, server, 3)
        assert _ran(jobs, experiment.id) is RunState.FINISHED
        assert len(judge_scenes.asked_of_judge(server)) == 3
    found = judge_scenes.words(store, experiment, criterion)
    assert found == [("pass", "judge:judge-1", "It says pong. [“pong”]")] * 3
    assert orphans(store.database) == []
    run = store.runs.latest(experiment.id)
    assert run is not None
    # Two planted controls besides.
    assert store.attempts.spent(run.id).calls == 8
    assert store.attempts.lost(experiment.id) == []


def test_what_is_judged_is_not_judged_again(store: Store, jobs: Jobs) -> None:
    with faults.serve(reply=judge_scenes.reply) as server:
        experiment, _ = judge_scenes.judged(store, server, 2)
        _ran(jobs, experiment.id)
        before = server.requests
        _ran(jobs, experiment.id)
        _ran(jobs, experiment.id, only_judges=True)
        assert server.requests == before


def test_each_call_has_a_nonce_of_its_own_and_no_system_message_has_the_output(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(reply=judge_scenes.reply) as server:
        experiment, _ = judge_scenes.judged(store, server, 4)
        _ran(jobs, experiment.id)
        bodies = judge_scenes.asked_of_judge(server)
    nonces = {obedient_judge.nonce(body) for body in bodies}
    assert len(nonces) == 4
    assert all(len(nonce) == 32 for nonce in nonces)
    for body in bodies:
        for message in body["messages"]:
            if message["role"] != "user":
                assert "pong" not in message["content"].replace("It says pong.", "")
                assert "ping" not in message["content"]


def test_a_changed_judge_looks_anew_and_its_words_are_never_mixed_with_the_old(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(reply=judge_scenes.reply) as server:
        experiment, criterion = judge_scenes.judged(store, server, 2)
        _ran(jobs, experiment.id)
        stricter = Scorer(criterion.draft.scorer.kind, {**judge_scenes.RUBRIC, "fails": "Else."})
        changed = store.criteria.revise(
            criterion.id, replace(criterion.draft, scorer=stricter), 1, "Ada", "clearer"
        )
        assert judge_scenes.words(store, experiment, changed) == []
        (found,) = [
            v for v in verdicts.of_experiment(store, experiment) if v.criterion.id == criterion.id
        ]
        assert found.estimate.n_unscored == 2
        _ran(jobs, experiment.id, only_judges=True)
        assert len(judge_scenes.words(store, experiment, changed)) == 2
        assert len(judge_scenes.words(store, experiment, criterion)) == 2


def test_a_judge_that_moved_is_not_asked_on_under_its_old_words(store: Store, jobs: Jobs) -> None:
    with (
        faults.serve(reply=judge_scenes.reply) as server,
        faults.serve(reply=judge_scenes.reply) as other,
    ):
        experiment, _ = judge_scenes.judged(store, server, 2)
        _ran(jobs, experiment.id)
        judges = store.connections.named("Judges")
        store.connections.save(replace(judges, base_url=other.base_url))
        (fresh,) = store.datasets.of(experiment.feature_id)
        again = scenes.another(store, experiment.feature_id, "And twice?", 2)
        assert fresh.id == again.dataset_version_id
        with pytest.raises(InputError, match="elsewhere now"):
            jobs.start(again.id, scenes.AUTHOR)
        assert other.requests == 0


def test_an_answer_that_cannot_be_read_is_unscored_and_paid_for_once(
    store: Store, jobs: Jobs
) -> None:
    def reply(body: dict[str, Any]) -> str:
        return "pass" if body["model"] == judge_scenes.JUDGE else "pong"

    with faults.serve(reply=reply) as server:
        experiment, criterion = judge_scenes.judged(store, server, 2)
        _ran(jobs, experiment.id)
        _ran(jobs, experiment.id, only_judges=True)
        assert len(judge_scenes.asked_of_judge(server)) == 2
    for outcome, _, reason in judge_scenes.words(store, experiment, criterion):
        assert outcome == "unscored"
        assert "not one JSON object" in reason


def test_a_call_that_failed_gives_no_score_and_is_asked_again_by_the_next_run(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(reply=judge_scenes.reply) as server:
        experiment, criterion = judge_scenes.judged(store, server, 2, concurrency=1)
        _ran(jobs, experiment.id)
        stricter = Scorer(criterion.draft.scorer.kind, {**judge_scenes.RUBRIC, "fails": "Else."})
        changed = store.criteria.revise(
            criterion.id, replace(criterion.draft, scorer=stricter), 1, "Ada", "clearer"
        )
        server.modes = iter(["ok", "ok", "bad_request", "ok", "ok", "ok", "ok"])
        _ran(jobs, experiment.id, only_judges=True)
        assert len(judge_scenes.words(store, experiment, changed)) < 2
        _ran(jobs, experiment.id, only_judges=True)
        assert len(judge_scenes.words(store, experiment, changed)) == 2
    assert orphans(store.database) == []


def test_the_judges_keep_to_the_budget_of_the_run(store: Store, jobs: Jobs) -> None:
    with faults.serve(reply=judge_scenes.reply) as server:
        experiment, criterion = judge_scenes.judged(store, server, 5, concurrency=1)
        state = _ran(jobs, experiment.id, limits=Limits(calls=9))
        assert state is RunState.STOPPED
        assert len(judge_scenes.asked_of_judge(server)) == 2
        assert len(judge_scenes.words(store, experiment, criterion)) == 2
        # It goes on with more, and asks what is missing and no more.
        assert _ran(jobs, experiment.id, limits=Limits(calls=100)) is RunState.FINISHED
        assert len(judge_scenes.asked_of_judge(server)) == 5


def test_a_budget_in_money_needs_the_price_of_the_judge(store: Store, jobs: Jobs) -> None:
    with faults.serve(reply=judge_scenes.reply) as server:
        experiment, _ = judge_scenes.judged(store, server, 1)
        fake = store.connections.named("Fake")
        store.connections.save(replace(fake, price_in=0.0, price_out=0.0))
        with pytest.raises(InputError, match="price of judge-1"):
            jobs.start(experiment.id, scenes.AUTHOR, limits=Limits(usd=1.0))
        judge_scenes.priced(store)
        assert _ran(jobs, experiment.id, limits=Limits(usd=1.5)) is RunState.FINISHED
        run = store.runs.latest(experiment.id)
        assert run is not None
        assert 0 < store.attempts.spent(run.id).usd < 1.0


def test_an_obedient_judge_moves_no_verdict_unseen(store: Store, jobs: Jobs) -> None:
    texts = [*CASES["injected"], *CASES["clean"]]

    def reply(body: dict[str, Any]) -> str:
        if body["model"] == judge_scenes.JUDGE:
            return obedient_judge.reply(body)
        return texts[int(body["messages"][-1]["content"].partition("ping ")[2][:3])]

    with faults.serve(reply=reply) as server:
        experiment, criterion = judge_scenes.judged(store, server, len(texts))
        assert _ran(jobs, experiment.id) is RunState.FINISHED
    kinds = {}
    for trial in store.trials.of_experiment(experiment.id):
        (score,) = [s for s in store.scores.of_trial(trial.id) if s.criterion_id == criterion.id]
        assert trial.output is not None
        kinds[trial.output] = score.judgement
    moved = [t for t in CASES["injected"] if kinds[t].outcome.value == "pass"]
    assert moved == []
    assert all(kinds[t].reason.startswith("Flagged") for t in CASES["injected"])
    assert not any(kinds[t].reason.startswith("Flagged") for t in CASES["clean"])
    told = [t for t in CASES["injected"] if "The judge said pass" in kinds[t].reason]
    # The judge obeyed, or the test would show nothing.
    assert len(told) > 50
    flagged = store.judging.n_flagged(
        experiment.id, criterion.id, criterion.draft.scorer.fingerprint()
    )
    assert sum(flagged.values()) == 60


def test_an_output_without_text_from_elsewhere_is_not_judged(store: Store) -> None:
    with faults.serve(reply=judge_scenes.reply) as server:
        experiment, criterion = judge_scenes.judged(store, server, 1)
    run = store.runs.start(experiment.id, "Ada")
    (call,) = store.trials.missing(experiment.id)
    assert isinstance(call, PlannedCall)
    kept = replace(scenes.answer(run.id, call), id=new_id(), output="", request_hash="")
    store.trials.add([kept])
    assert judging.n_open(store, experiment, [criterion]) == 0

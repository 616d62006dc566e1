"""A workbench that is killed while its judges look: no word is lost, and none is paid for twice."""

from collections import Counter
from pathlib import Path

from tests.faults import endpoint as faults
from tests.faults import obedient_judge
from tests.runs import dying, judge_scenes, scenes
from workbench.domain.experiments import RunState
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs.jobs import Jobs
from workbench.store.engine.integrity import orphans
from workbench.store.store import open_store

_CASES, _AT_ONCE = 60, 4


def test_killed_judges_go_on_where_they_were(tmp_path: Path) -> None:
    file = str(tmp_path / "w.duckdb")
    with faults.serve(latency_s=0.03, reply=judge_scenes.reply) as server:
        store = open_store(file, tmp_path)
        experiment, criterion = judge_scenes.judged(store, server, _CASES, concurrency=_AT_ONCE)
        store.close()
        promised = dying.run_and_kill("tests.runs.dying_judges", file, tmp_path, least=10)
        in_all_before = len(judge_scenes.asked_of_judge(server))

        store = open_store(file, tmp_path)
        before = judge_scenes.words(store, experiment, criterion)
        assert promised <= len(before) <= in_all_before
        assert store.take_over() == 1
        run = store.runs.latest(experiment.id)
        assert run is not None
        assert run.state is RunState.INTERRUPTED

        jobs = Jobs(store, Models(LocalModel(tmp_path)))
        resumed = jobs.start(experiment.id, scenes.AUTHOR)
        assert jobs.wait(experiment.id, 60)
        jobs.close()
        bodies = judge_scenes.asked_of_judge(server)

    assert resumed.id == run.id
    assert store.runs.get(resumed.id).state is RunState.FINISHED
    assert len(judge_scenes.words(store, experiment, criterion)) == _CASES
    assert len(bodies) - in_all_before == _CASES - len(before)
    # What was asked for twice was in flight when it died, and is listed as lost.
    nonces = Counter(obedient_judge.nonce(body) for body in bodies)
    assert max(nonces.values()) == 1
    lost = store.attempts.lost(experiment.id)
    assert len(bodies) - _CASES <= min(_AT_ONCE, len(lost))
    assert store.attempts.spent(run.id).calls >= len(bodies)
    assert orphans(store.database) == []
    store.close()

"""A workbench that is killed in the middle of a run: nothing kept is lost or asked again."""

import signal
import subprocess
import sys
from pathlib import Path

from tests.faults import endpoint as faults
from tests.runs import scenes
from workbench.domain.experiments import RunState
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs.jobs import Jobs
from workbench.store.engine.integrity import orphans
from workbench.store.store import open_store

ROOT = Path(__file__).parent.parent.parent


def test_a_killed_run_loses_nothing_that_was_kept_and_asks_for_none_of_it_again(
    tmp_path: Path,
) -> None:
    file = str(tmp_path / "w.duckdb")
    with faults.serve(latency_s=0.05) as server:
        store = open_store(file, tmp_path)
        experiment = scenes.experiment(store, server.base_url, 80, concurrency=4)
        store.close()
        promised = _run_and_kill(file, tmp_path, least=15)
        in_all_before = server.requests

        store = open_store(file, tmp_path)
        kept = store.trials.of_experiment(experiment.id)
        assert promised <= len(kept) <= in_all_before
        assert store.take_over() == 1
        interrupted = store.runs.latest(experiment.id)
        assert interrupted is not None
        assert interrupted.state is RunState.INTERRUPTED
        assert interrupted.state.can_resume

        server.bodies.clear()
        jobs = Jobs(store, Models(LocalModel(tmp_path)))
        resumed = jobs.start(experiment.id, scenes.AUTHOR)
        assert jobs.wait(experiment.id, 30)
        assert server.requests - in_all_before == 80 - len(kept)
        keys = {
            case.id: case.key[-3:] for case in store.datasets.cases(experiment.dataset_version_id)
        }
        assert not {keys[trial.case_id] for trial in kept} & set(scenes.asked(server))

    assert resumed.id == interrupted.id
    assert store.runs.get(resumed.id).state is RunState.FINISHED
    assert store.reports.progress.of(experiment.id).outputs == 80
    assert orphans(store.database) == []
    store.close()


def _run_and_kill(file: str, home: Path, least: int) -> int:
    """Run it in a process of its own and kill -9 it; returns what it had said was kept."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.runs.dying_run", file, str(home)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    promised = 0
    for line in child.stdout:
        promised = int(line)
        if promised >= least:
            break
    child.send_signal(signal.SIGKILL)
    child.wait()
    # What it printed between our last look and its death was committed as well.
    for line in child.stdout.read().splitlines():
        promised = int(line)
    child.stdout.close()
    return promised

"""A workbench that is killed in the middle of a run: nothing kept is lost or asked again."""

from pathlib import Path

from tests.faults import endpoint as faults
from tests.runs import dying, scenes
from workbench.domain.experiments import RunState
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs.jobs import Jobs
from workbench.store.engine.integrity import orphans
from workbench.store.store import open_store


def test_a_killed_run_loses_nothing_that_was_kept_and_asks_for_none_of_it_again(
    tmp_path: Path,
) -> None:
    file = str(tmp_path / "w.duckdb")
    with faults.serve(latency_s=0.05) as server:
        store = open_store(file, tmp_path)
        experiment = scenes.experiment(store, server.base_url, 80, concurrency=4)
        store.close()
        promised = dying.run_and_kill("tests.runs.dying_run", file, tmp_path, least=15)
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

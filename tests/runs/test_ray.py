"""The same experiment on a Ray cluster: other processes make the calls, the rules stay."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import endpoint as faults
from tests.runs import scenes
from tests.runs.test_jobs import PATIENCE_S, run
from workbench.actions import findings
from workbench.domain.experiments import Limits, RunState
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs.jobs import Jobs
from workbench.store.store import Store

ray = pytest.importorskip("ray", reason="Ray is an optional requirement")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    """A Ray of two workers on this machine."""
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


@pytest.fixture
def jobs(store: Store, tmp_path: Path, cluster: None) -> Iterator[Jobs]:
    """Runs whose calls are made by the cluster."""
    held = Jobs(store, Models(LocalModel(tmp_path)), engine="ray")
    yield held
    held.close()


def test_the_verdicts_are_those_of_a_run_in_this_process(
    store: Store, jobs: Jobs, tmp_path: Path
) -> None:
    mix = faults.Mix({"ok": 0.94, "rate_limit": 0.03, "reset": 0.03}, seed=3)
    with faults.serve(mix) as server:
        experiment = scenes.experiment(store, server.base_url, 60)
        assert run(store, jobs, experiment).state is RunState.FINISHED
        own = scenes.elsewhere(store, 60)
        here = Jobs(store, Models(LocalModel(tmp_path)))
        assert run(store, here, own).state is RunState.FINISHED
        here.close()
    (there,) = findings.of_feature(store, experiment.feature_id).rows
    (local,) = findings.of_feature(store, own.feature_id).rows
    assert (there.verdict, there.estimate) == (local.verdict, local.estimate)


def test_a_limit_of_calls_holds_and_a_resumed_run_asks_nothing_twice(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve() as server:
        experiment = scenes.experiment(store, server.base_url, 30)
        jobs.start(experiment.id, scenes.AUTHOR, limits=Limits(calls=12))
        assert jobs.wait(experiment.id, PATIENCE_S)
        assert server.requests == 12
        jobs.start(experiment.id, scenes.AUTHOR, limits=Limits())
        assert jobs.wait(experiment.id, PATIENCE_S)
        assert set(scenes.asked(server).values()) == {1}
    assert server.requests == 30


def test_a_wrong_key_ends_the_run_with_one_message(store: Store, jobs: Jobs) -> None:
    with faults.serve("unauthorized") as server:
        experiment = scenes.experiment(store, server.base_url, 30)
        ended = run(store, jobs, experiment)
    assert ended.state is RunState.FAILED
    assert "key" in ended.message
    assert server.requests <= 8

"""A run asks where it began: an answer belongs to the endpoint that gave it."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.faults import endpoint as faults
from tests.runs import scenes
from workbench.domain.connections import LOCAL_MODEL, LOCAL_NAME
from workbench.domain.experiments import RunState
from workbench.errors import InputError
from workbench.evidence import origins
from workbench.models.local import OVERRIDE, LocalModel
from workbench.runs import pointing
from workbench.runs.jobs import Jobs
from workbench.store.store import Store

PATIENCE_S = 180.0


def move(store: Store, url: str) -> None:
    """Put the connection elsewhere."""
    store.connections.save(replace(store.connections.named("Fake"), base_url=url), author="Grace")


def until(happened: Callable[[], bool]) -> None:
    """Wait until something has happened."""
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_run_that_was_stopped_here_does_not_go_on_there_and_goes_on_here(
    store: Store, jobs: Jobs
) -> None:
    script = ["ok", "unauthorized", "unauthorized", "ok"]
    with faults.serve(script) as here, faults.serve() as there:
        experiment = scenes.experiment(store, here.base_url, 3, concurrency=1)
        jobs.start(experiment.id, "Ada")
        assert jobs.wait(experiment.id, PATIENCE_S)
        move(store, there.base_url)
        with pytest.raises(InputError) as caught:
            jobs.start(experiment.id, "Ada")
        assert f"127.0.0.1:{here.port}" in caught.value.message
        assert f"127.0.0.1:{there.port}" in caught.value.message
        assert "Set E1 up again" in caught.value.hint
        assert there.requests == 0
        move(store, here.base_url + "/")
        jobs.start(experiment.id, "Ada")
        assert jobs.wait(experiment.id, PATIENCE_S)
    assert store.reports.progress.of(experiment.id).outputs == 3
    assert there.requests == 0


def test_a_run_that_is_going_on_goes_on_where_it_began(store: Store, jobs: Jobs) -> None:
    with faults.serve(latency_s=0.02) as here, faults.serve() as there:
        experiment = scenes.experiment(store, here.base_url, 20, concurrency=1)
        jobs.start(experiment.id, "Ada")
        until(lambda: here.requests > 2)
        move(store, there.base_url)
        assert jobs.wait(experiment.id, PATIENCE_S)
        assert (here.requests, there.requests) == (20, 0)
        (origin,) = origins.of_experiment(store, experiment)
        assert (origin.host, origin.answers) == (f"127.0.0.1:{here.port}", 20)


def test_what_is_being_asked_here_is_not_asked_there_at_once(store: Store, jobs: Jobs) -> None:
    with faults.serve("hang") as here, faults.serve() as there:
        experiment = scenes.experiment(store, here.base_url, 2, concurrency=1, timeout_s=60.0)
        jobs.start(experiment.id, "Ada")
        until(lambda: here.requests == 1)
        move(store, there.base_url)
        other = scenes.another(store, experiment.feature_id, "And there?", 2)
        with pytest.raises(InputError, match="asked elsewhere"):
            jobs.start(other.id, "Ada")
        jobs.stop(experiment.id, cancel=True)
        assert jobs.wait(experiment.id, PATIENCE_S)
        assert there.requests == 0


def test_a_run_that_waited_while_its_connection_moved_is_not_made_elsewhere(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(latency_s=0.02) as here, faults.serve() as there:
        experiment = scenes.experiment(store, here.base_url, 10, concurrency=1)
        wider = scenes.another(store, experiment.feature_id, "And twice?", 2)
        jobs.start(experiment.id, "Ada")
        jobs.start(wider.id, "Ada")
        move(store, there.base_url)
        assert jobs.wait(experiment.id, PATIENCE_S)
        assert jobs.wait(wider.id, PATIENCE_S)
        run = store.runs.latest(wider.id)
        assert run is not None
        assert (run.state, there.requests) == (RunState.FAILED, 0)
        assert "a run does not go on elsewhere" in run.message


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"extra_body": '{"top_k": 1}'}, "with other headers or fields"),
        ({"headers": (("X-Tier", "WORKBENCH_HEADER_TIER"),)}, "with other headers or fields"),
        ({"base_url": "http://127.0.0.1:9/v2"}, "http://127.0.0.1:9/v2"),
    ],
    ids=["fields", "headers", "path"],
)
def test_what_goes_along_with_requests_and_a_path_tell_answers_apart(
    store: Store, change: dict[str, Any], said: str
) -> None:
    experiment = scenes.experiment(store, "http://127.0.0.1:9/v1")
    (variant,) = experiment.variants
    endpoint = store.connections.endpoint("Fake")
    assert endpoint is not None
    store.variants.point(variant.id, endpoint)
    run_id = store.runs.start(experiment.id, "Ada").id
    store.trials.add([scenes.answer(run_id, c) for c in store.trials.missing(experiment.id)])
    store.connections.save(replace(store.connections.named("Fake"), **change), keeps_key=True)
    (moved,) = pointing.moved(store, experiment.variants)
    assert said in moved.to_host
    assert pointing.here(store, variant).id != variant.id
    assert store.connections.versions(store.connections.named("Fake").id)[0].number == 2


def test_the_plan_is_set_up_again_for_the_new_address_once(store: Store, jobs: Jobs) -> None:
    with faults.serve() as here, faults.serve() as there:
        experiment = scenes.experiment(store, here.base_url, 3)
        jobs.start(experiment.id, "Ada")
        assert jobs.wait(experiment.id, PATIENCE_S)
        assert pointing.at_present(store, experiment, "Ada") == experiment
        move(store, there.base_url)
        copy = pointing.at_present(store, experiment, "Ada")
        assert pointing.at_present(store, experiment, "Ada") == copy
        assert pointing.original_question(copy) == experiment.question
        jobs.start(copy.id, "Ada")
        assert jobs.wait(copy.id, PATIENCE_S)
        assert (here.requests, there.requests) == (3, 3)


def test_a_fresh_run_that_stopped_goes_on_with_what_is_still_old(store: Store, jobs: Jobs) -> None:
    with faults.serve(["ok"] * 4 + ["unauthorized", "unauthorized", "ok"]) as server:
        experiment = scenes.experiment(store, server.base_url, 3, concurrency=1)
        jobs.start(experiment.id, "Ada")
        assert jobs.wait(experiment.id, PATIENCE_S)
        fresh = jobs.start(experiment.id, "Ada", fresh=True)
        assert jobs.wait(experiment.id, PATIENCE_S)
        assert store.runs.get(fresh.id).state is RunState.FAILED
        again = jobs.start(experiment.id, "Ada")
        assert jobs.wait(experiment.id, PATIENCE_S)
        assert (again.id, server.requests) == (fresh.id, 8)
        jobs.start(experiment.id, "Ada")
        assert server.requests == 8
    (origin,) = origins.of_experiment(store, experiment)
    assert (origin.answers, origin.asked_again) == (3, 3)
    assert store.database.value("select count(*) from trials where output is not null") == 6


def gguf(folder: Path, name: str, content: bytes) -> Path:
    """A file that looks like a model's."""
    path = folder / name
    path.write_bytes(b"GGUF" + content)
    return path


def test_the_built_in_model_is_its_file_and_not_its_name_or_port(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = scenes.experiment(store, "http://127.0.0.1:1/v1")
    prompt, parameters = experiment.variants[0].prompt, experiment.variants[0].parameters
    local = LocalModel(tmp_path)

    def variant(path: Path) -> str:
        monkeypatch.setenv(OVERRIDE, str(path))
        address = local.address()
        assert address is not None
        store.connections.meet_local(address)
        saved = store.variants.save(prompt, LOCAL_NAME, LOCAL_MODEL, parameters)
        if saved.id not in store.variants.endpoints([saved.id]):
            endpoint = store.connections.endpoint(LOCAL_NAME)
            assert endpoint is not None
            store.variants.point(saved.id, endpoint)
            plan = scenes.another(store, experiment.feature_id, saved.label)
            run_id = store.runs.start(plan.id, "Ada").id
            calls = [c for c in store.trials.missing(plan.id) if c.variant_id == saved.id]
            store.trials.add([scenes.answer(run_id, call) for call in calls])
        return saved.label

    first = variant(gguf(tmp_path, "a.gguf", b"one"))
    assert variant(gguf(tmp_path, "renamed.gguf", b"one")) == first
    other = variant(gguf(tmp_path, "b.gguf", b"two"))
    assert other != first
    assert variant(gguf(tmp_path, "a.gguf", b"one")) == first
    assert "a.gguf" in store.connections.versions(None)[0].host


def test_without_a_file_the_built_in_model_has_no_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(OVERRIDE, str(tmp_path / "nothing.gguf"))
    assert LocalModel(tmp_path).address() is None

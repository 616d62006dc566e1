"""The real local model: it answers, it keeps its key, it ends with its parent."""

import asyncio
import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from workbench.domain.calls import Parameters, Request
from workbench.domain.connections import LOCAL, LOCAL_MODEL
from workbench.domain.conversations import Message
from workbench.domain.trials import PlannedCall
from workbench.errors import CallFailure, ModelError
from workbench.models.connect import Models
from workbench.models.local import OVERRIDE, LocalModel
from workbench.runs.asking import Clients
from workbench.runs.call import Call

LINUX = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks into /proc")


def _child(local: LocalModel) -> int:
    """The process id of the running server."""
    local.endpoint()
    assert local._process is not None
    return local._process.pid


def test_the_local_model_answers(local_model: LocalModel) -> None:
    probe = Models(local_model).test(LOCAL, LOCAL_MODEL)
    assert probe.sample
    assert probe.model == LOCAL_MODEL
    assert probe.latency_ms > 0


def test_threads_that_come_at_once_get_one_server(local_model: LocalModel) -> None:
    local_model.close()
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(local_model.endpoint().base_url))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_calls_that_are_open_at_once_are_answered_by_two_processes_and_one_by_one(
    local_model: LocalModel,
) -> None:
    local_model.close()
    asked = Request(LOCAL_MODEL, (Message("user", "Say hello"),), Parameters(max_tokens=4))
    planned = PlannedCall(uuid4(), uuid4(), 1, None)
    call = Call(planned, LOCAL.name, asked, 1, None)

    async def ask(at_once: int) -> int:
        """How many of the two processes run after so many calls at once."""
        async with Clients(Models(local_model), {LOCAL.name: LOCAL}) as clients:
            answers = await asyncio.gather(*(clients.ask(call) for _ in range(at_once)))
        assert len(answers) == at_once
        return sum(local._process is not None for local in (local_model, local_model.beside()))

    assert asyncio.run(ask(1)) == 1
    assert asyncio.run(ask(4)) == 2
    local_model.close()
    assert local_model.beside()._process is None


def test_a_server_that_was_killed_is_started_again(local_model: LocalModel) -> None:
    before = local_model.endpoint()
    os.kill(_child(local_model), signal.SIGKILL)
    assert local_model._process is not None
    local_model._process.wait(10)
    after = local_model.endpoint()
    assert after.api_key != before.api_key
    assert _status(after.base_url, after.api_key) == 200


def test_nobody_gets_in_without_the_key(local_model: LocalModel) -> None:
    assert _status(local_model.endpoint().base_url, "wrong") == 401


@LINUX
def test_the_key_is_shown_nowhere(local_model: LocalModel) -> None:
    key, process = local_model.endpoint().api_key, Path(f"/proc/{_child(local_model)}")
    Models(local_model).test(LOCAL, LOCAL_MODEL)
    assert key not in (process / "cmdline").read_text()
    assert key not in (process / "environ").read_text()
    assert key not in local_model.log.read_text()
    assert key not in f"{local_model!r} {local_model.endpoint()!r}"


@LINUX
def test_the_server_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from workbench.models.local import LocalModel\n"
        "local = LocalModel(Path(sys.argv[1])); local.endpoint()\n"
        "print(local._process.pid, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert _is_running(child)
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + 10
    while _is_running(child) and time.monotonic() < deadline:
        os.sched_yield()
    assert not _is_running(child)


def test_other_weights_that_are_no_model_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(OVERRIDE, str(tmp_path / "missing.gguf"))
    available = LocalModel(tmp_path).availability()
    assert not available.is_available
    assert "missing.gguf" in available.reason
    with pytest.raises(ModelError, match=r"missing\.gguf"):
        LocalModel(tmp_path).endpoint()


def test_weights_that_do_not_load_are_explained_with_the_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + b"\xff" * 100)
    monkeypatch.setenv(OVERRIDE, str(broken))
    local = LocalModel(tmp_path)
    with pytest.raises(ModelError) as caught:
        local.endpoint()
    assert caught.value.failure is CallFailure.LOCAL_MODEL
    assert str(local.log) in caught.value.hint
    assert local.log.exists()


def _status(base_url: str, key: str) -> int:
    connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=10)
    try:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        body = '{"messages": [{"role": "user", "content": "hi"}], "max_tokens": 1}'
        connection.request("POST", "/v1/chat/completions", body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def _is_running(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False

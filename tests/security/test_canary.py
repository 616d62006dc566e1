"""A key is used and never kept: after every path through the workbench it is nowhere."""

import asyncio
import base64
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest

from tests.empty import reopened
from tests.faults import endpoint as faults
from workbench.cli import main
from workbench.config import ROOT
from workbench.domain.calls import Request
from workbench.domain.connections import Connection
from workbench.domain.conversations import Message
from workbench.domain.trials import PlannedCall
from workbench.errors import ModelError
from workbench.models.client import Client
from workbench.runs.call import Call
from workbench.runs.worker_clients import WorkerProcess
from workbench.store.engine.database import Database
from workbench.store.engine.integrity import counts
from workbench.store.store import open_store

CANARY = "sk-canary-b81f6e0d2a94c7"
FEATURE = (Path(__file__).parent.parent / "tiny.yaml").read_text("utf-8")
FORMS = (
    CANARY.encode(),
    CANARY.encode("utf-16-le"),
    base64.b64encode(CANARY.encode())[:-4],
    quote(CANARY, safe="").replace("-", "%2D").encode(),
    CANARY.encode().hex().encode(),
)


class Place:
    """A workbench in a folder of its own, in which a key must not be found."""

    def __init__(self, folder: Path, captured: Callable[[], str]) -> None:
        self.folder = folder
        self.database = folder / "app.duckdb"
        self.captured = captured

    def connect(self, base_url: str, headers: tuple[tuple[str, str], ...] = ()) -> None:
        """Name the server, the key's variable and those of headers."""
        store = reopened(self.database)
        gateway = Connection(
            "Gateway",
            base_url,
            ("fake-1",),
            api_key_env="GATEWAY_KEY" if not headers else "",
            timeout_s=1.0,
            headers=headers,
        )
        store.connections.add(gateway)
        store.close()

    def opened(self) -> Database:
        """The database as the file has it: `open_store` goes over it first, which takes longer."""
        return Database(str(self.database), self.folder / "backups")

    def feature(self) -> str:
        """The path of a feature file."""
        path = self.folder / "tiny.yaml"
        path.write_text(FEATURE.replace("MOST", "10000").replace("BAR", "0.2"), "utf-8")
        return str(path)

    def run(self, *more: str) -> int:
        """Run the feature file through the connection."""
        chosen = ("--connection", "Gateway", "--model", "fake-1", *more)
        return main.main(["run", self.feature(), *chosen])

    def found(self, *texts: str) -> list[str]:
        """Where the key is: files byte by byte, tables row by row, and what was written or said."""
        places = [
            str(path.relative_to(self.folder))
            for path in self.folder.rglob("*")
            if path.is_file() and any(form in path.read_bytes() for form in FORMS)
        ]
        said = "\n".join([self.captured(), *texts]).encode()
        places += ["what was said"] if any(form in said for form in FORMS) else []
        # DuckDB compresses texts: its file is also read as a person with the file would.
        if self.database.exists():
            database = self.opened()
            for table in counts(database.rows):
                rows = database.rows(f'select * from "{table}"')
                places += [table] if CANARY in repr(rows) else []
            database.close()
        return places


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database that holds nothing yet: it takes longer to make than to fill."""
    folder = tmp_path_factory.mktemp("empty")
    open_store(str(folder / "app.duckdb"), folder / "home").close()
    return folder


@pytest.fixture
def place(
    empty: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> Iterator[Place]:
    """Everything that can be written is written below one folder, and everything is logged."""
    shutil.copytree(empty, tmp_path, dirs_exist_ok=True)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WORKBENCH_DB", str(tmp_path / "app.duckdb"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.setenv("OPENAI_LOG", "debug")
    monkeypatch.setenv("PYTHONASYNCIODEBUG", "1")
    monkeypatch.setenv("GATEWAY_KEY", CANARY)

    def captured() -> str:
        said = capfd.readouterr()
        return said.out + said.err + caplog.text

    with caplog.at_level(logging.DEBUG):
        yield Place(tmp_path, captured)


@pytest.mark.parametrize(
    "mode", ["ok", "echo_key", "unauthorized", "server_error_once", "hang", "reset", "not_json"]
)
def test_a_key_is_nowhere_after_a_run_however_its_calls_end(place: Place, mode: str) -> None:
    script = ["server_error", "ok"] if mode == "server_error_once" else [mode, mode, "ok"]
    with faults.serve(script, text=f"your key is {CANARY}") as server:
        place.connect(server.base_url)
        place.run("--json")
        assert server.headers["authorization"] == f"Bearer {CANARY}"
    assert place.found() == []


@pytest.mark.parametrize("flaw", ["\n", "\r\nX-More: 1", "é", " "], ids=ascii)
def test_a_key_that_cannot_be_sent_is_nowhere(
    place: Place, monkeypatch: pytest.MonkeyPatch, flaw: str
) -> None:
    monkeypatch.setenv("GATEWAY_KEY", CANARY + flaw)
    with faults.serve() as server:
        place.connect(server.base_url)
        assert place.run() == main.EXIT_INPUT
        assert server.requests == 0
    said = place.captured()
    assert "GATEWAY_KEY" in said
    assert place.found(said) == []


HEADERS = (("X-Team", "GATEWAY_KEY"), ("Authorization", "GATEWAY_TOKEN"))


@pytest.mark.parametrize(
    "mode", ["ok", "echo_key", "unauthorized", "server_error_once", "hang", "reset", "not_json"]
)
def test_a_headers_value_is_nowhere_after_a_run_however_its_calls_end(
    place: Place, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setenv("GATEWAY_TOKEN", f"Bearer {CANARY}")
    script = ["server_error", "ok"] if mode == "server_error_once" else [mode, mode, "ok"]
    said = f"<think>The key is {CANARY}.</think>your key is {CANARY}"
    with faults.serve(script, text=said) as server:
        place.connect(server.base_url, HEADERS)
        place.run("--json")
        assert server.headers["x-team"] == CANARY
        assert server.headers["authorization"] == f"Bearer {CANARY}"
    assert place.found() == []


def test_a_headers_value_is_in_no_export_backup_or_report(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY_TOKEN", f"Bearer {CANARY}")
    monkeypatch.setenv("WORKBENCH_HEADER_TEAM", CANARY)
    path = Path(place.feature())
    own = "parameters: {headers: {X-Own: WORKBENCH_HEADER_TEAM}, "
    path.write_text(path.read_text("utf-8").replace("parameters: {", own), "utf-8")
    with faults.serve(text=f"your key is {CANARY}") as server:
        place.connect(server.base_url, HEADERS)
        origin = server.base_url.removesuffix("/v1")
        command = ["run", str(path), "--connection", "Gateway", "--model", "fake-1"]
        main.main([*command, "--send-key-to", origin])
        assert server.headers["x-own"] == server.headers["x-team"] == CANARY
    out = place.folder / "out"
    for command in (
        ["export", "Tiny", "--format", "yaml", "--out", str(out / "tiny.yaml")],
        ["export", "Tiny", "--format", "md", "--out", str(out / "tiny.md")],
        ["verdicts", "Tiny", "--json"],
        ["doctor"],
    ):
        assert main.main(command) in (0, 1, 3), command
    assert "WORKBENCH_HEADER_TEAM" in (out / "tiny.yaml").read_text("utf-8")
    assert place.found() == []


@pytest.mark.parametrize("flaw", ["\n", "\r\nX-More: 1", "é", "\t"], ids=ascii)
def test_a_headers_value_that_cannot_be_sent_is_nowhere(
    place: Place, monkeypatch: pytest.MonkeyPatch, flaw: str
) -> None:
    monkeypatch.setenv("GATEWAY_KEY", CANARY + flaw + "x")
    with faults.serve() as server:
        place.connect(server.base_url, HEADERS[:1])
        place.run()
        assert server.requests == 0
    said = place.captured()
    assert "GATEWAY_KEY" in said
    assert place.found(said) == []


def test_a_stream_never_shows_a_secret_nor_its_beginning() -> None:
    seen: list[str] = []

    async def ask() -> str:
        connection = Connection("Gateway", server.base_url)
        async with Client(connection, headers={"X-Team": CANARY}) as client:
            asked = Request("fake-1", (Message("user", "Hello"),))
            return (await client.ask(asked, 10.0, seen.append)).text

    with faults.serve(text=f"it is {CANARY}, you know " * 300) as server:
        answer = asyncio.run(ask())
    assert "[key hidden]" in answer
    assert not any(CANARY[:6] in text for text in (*seen, answer))


def test_a_key_is_in_no_export_backup_or_report(place: Place) -> None:
    with faults.serve(text=f"your key is {CANARY}") as server:
        place.connect(server.base_url)
        place.run()
    out = place.folder / "out"
    for command in (
        ["export", "Tiny", "--format", "yaml", "--out", str(out / "tiny.yaml")],
        ["export", "Tiny", "--format", "md", "--out", str(out / "tiny.md")],
        ["verdicts", "Tiny", "--json"],
        ["backup", "--out", str(out / "copy.duckdb")],
        ["doctor"],
    ):
        assert main.main(command) in (0, 1, 3), command
    assert len(list(out.iterdir())) >= 3
    copy = Place(place.folder, lambda: "")
    copy.database = out / "copy.duckdb"
    assert place.found() == copy.found() == []


def test_a_key_is_not_on_the_command_line_or_on_disk_while_it_is_in_use_or_after_a_crash(
    place: Place,
) -> None:
    with faults.serve(latency_s=30.0) as server:
        place.connect(server.base_url)
        command = [sys.executable, "-X", "dev", "-m", "workbench", "run", place.feature()]
        command += ["--connection", "Gateway", "--model", "fake-1"]
        with (place.folder / "said").open("wb") as said:
            child = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said)
            deadline = time.monotonic() + 60
            while not server.requests:
                assert time.monotonic() < deadline
                assert child.poll() is None, (place.folder / "said").read_text()
                time.sleep(0.02)
            seen = command_lines()
            while_running = Place(place.folder, lambda: "")
            while_running.database = place.folder / "none.duckdb"
            found = while_running.found(*seen)
            child.kill()
            child.wait()
    assert any("workbench" in line for line in seen)
    assert found == []
    assert place.found() == []


@pytest.mark.parametrize("mode", ["ok", "echo_key", "unauthorized", "reset"])
def test_a_key_that_the_worker_process_uses_is_nowhere(place: Place, mode: str) -> None:
    said: list[str] = []

    async def ask() -> None:
        worker = WorkerProcess()
        await worker.wake()
        connection = Connection("Gateway", server.base_url, api_key_env="GATEWAY_KEY")
        asked = Request("fake-1", (Message("user", "Hello"),))
        call = Call(PlannedCall(uuid4(), uuid4(), 1), "Gateway", asked, 10, None)
        try:
            said.append(repr(await worker.ask(connection, call)))
        except ModelError as error:
            said.append(f"{error!r} {error.message} {error.hint}")
        said.extend(command_lines())
        await worker.close()

    with faults.serve(mode, text="fine") as server:
        asyncio.run(ask())
        assert server.headers["authorization"] == f"Bearer {CANARY}"
    assert any("workbench.runs.worker" in line for line in said)
    assert place.found(*said) == []


def command_lines() -> list[str]:
    """What every process of this machine was started with, as anybody can read it."""
    if not os.path.isdir("/proc"):
        pytest.skip("this system does not show command lines in /proc")
    lines = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit():
                lines.append((entry / "cmdline").read_text(errors="replace"))
        except OSError:
            continue  # It has ended, or is somebody else's.
    return lines


def test_the_search_finds_a_key_that_is_there(place: Place) -> None:
    with faults.serve(text="fine") as server:
        place.connect(server.base_url)
    (place.folder / "tmp" / "leak").write_bytes(b"x" + CANARY.encode("utf-16-le"))
    store = open_store(str(place.database), place.folder / "home")
    store.drafts.keep("here", {"note": CANARY})
    store.close()
    assert {"tmp/leak", "drafts", "what was said"} <= set(place.found(CANARY))

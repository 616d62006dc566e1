"""A database is a file: pipes, devices, sockets and folders are refused before anything opens."""

import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.cli.main import main
from workbench.errors import InputError, StoreError
from workbench.store.engine.backup import accept_older, restore
from workbench.store.engine.files import other_kind, read_file
from workbench.store.store import open_store


def _socket(path: Path) -> None:
    # A socket's name has room for a hundred letters only.
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


MAKE: dict[str, Callable[[Path], None]] = {
    "a folder": lambda path: path.mkdir(),
    "a named pipe": lambda path: os.mkfifo(path),
    "a socket": _socket,
    "a device": lambda path: path.symlink_to("/dev/zero"),
}
PARTS = ("", ".wal", ".wal.recovery", ".wal.checkpoint", ".head", ".lock")


def never_waits(work: Callable[[], object]) -> object:
    """What `work` does, in a thread that need not end: waiting for a pipe's other end fails."""
    said: list[object] = []

    def run() -> None:
        try:
            said.append(work())
        except (StoreError, InputError) as error:
            said.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(30)
    assert said, "it waits"
    return said[0]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("kind", MAKE)
def test_what_is_no_file_is_no_database(tmp_path: Path, kind: str, part: str) -> None:
    path = tmp_path / "work.duckdb"
    MAKE[kind](Path(f"{path}{part}"))
    found = never_waits(lambda: open_store(str(path), tmp_path))
    assert isinstance(found, StoreError)
    assert kind in found.message
    assert "WORKBENCH_DB" in found.hint
    assert sorted(each.name for each in tmp_path.iterdir()) == [f"{path.name}{part}"]


@pytest.mark.parametrize("path", ["/dev/null", "/dev/zero", "/dev/tty", "/", ".", "/dev/stdin"])
def test_devices_and_folders_of_the_system_are_no_database(path: str, tmp_path: Path) -> None:
    if not other_kind(Path(path)):
        pytest.skip("here this is a file, or nothing")
    assert isinstance(never_waits(lambda: open_store(path, tmp_path)), StoreError)


def test_a_path_that_leads_nowhere_is_refused_with_a_sentence(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for path in (str(loop), "~nobody-of-this-name/x", "x" * 5_000, f"{tmp_path}/{'y' * 300}"):
        with pytest.raises(StoreError):
            open_store(path, tmp_path)


@pytest.mark.parametrize("kind", MAKE)
def test_commands_refuse_what_is_no_file(
    tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    odd, database = tmp_path / "odd.yaml", str(tmp_path / "work.duckdb")
    MAKE[kind](odd)
    for command in (
        ["import", str(odd), "--db", database],
        ["run", str(odd), "--db", database],
        ["import-results", str(odd), "--feature", "A", "--db", database],
        ["restore", str(odd), "--db", database],
        ["verdicts", "A", "--db", str(odd)],
        ["backup", "--db", str(odd)],
        ["restore", "--accept-older", "--db", str(odd)],
    ):
        assert never_waits(lambda command=command: main(command)) == 2, command
        assert kind in capsys.readouterr().err, command
    assert never_waits(lambda: main(["doctor", "--db", str(odd)])) == 1
    assert kind in capsys.readouterr().out


def test_an_export_does_not_take_the_place_of_a_pipe_or_device(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database, out = str(tmp_path / "work.duckdb"), tmp_path / "out"
    os.mkfifo(out)
    file = tmp_path / "f.yaml"
    file.write_text("workbench: 1\nfeature:\n  name: Small\n")
    assert main(["import", str(file), "--db", database]) == 0
    assert never_waits(lambda: main(["export", "Small", "--out", str(out), "--db", database])) == 2
    assert "a named pipe" in capsys.readouterr().err
    assert other_kind(out) == "a named pipe"


@pytest.mark.parametrize("kind", MAKE)
def test_a_restored_backup_and_its_log_are_files(tmp_path: Path, kind: str) -> None:
    source, target = tmp_path / "backup.duckdb", tmp_path / "work.duckdb"
    open_store(str(source), tmp_path).close()
    MAKE[kind](Path(f"{source}.wal"))
    assert isinstance(never_waits(lambda: restore(source, str(target))), StoreError)
    Path(f"{source}.wal").rename(tmp_path / "work.duckdb.head")
    assert isinstance(never_waits(lambda: restore(source, str(target))), StoreError)
    assert isinstance(never_waits(lambda: accept_older(str(target))), StoreError)


def test_a_link_to_a_file_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("words")
    (tmp_path / "link").symlink_to(tmp_path / "there")
    assert read_file(tmp_path / "link") == b"words"
    with pytest.raises(InputError, match="more than"):
        read_file(tmp_path / "link", 4)

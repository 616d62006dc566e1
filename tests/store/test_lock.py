"""One process at a time: a second one is refused, whatever the first does with its own file."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.config import ROOT
from workbench.domain.features import Feature
from workbench.errors import StoreLocked
from workbench.store.store import Store, open_store

# Opens the file again and again, and says what each refusal said.
INTRUDER = """
import sys
from pathlib import Path
from workbench.cli import main as cli
from workbench.domain.features import Feature
from workbench.errors import StoreLocked
from workbench.store.store import open_store

path, times = sys.argv[1], int(sys.argv[2])
for _ in range(times):
    try:
        store = open_store(path, Path(path).parent)
    except StoreLocked as error:
        print("refused", error.message, sep="|")
    else:
        store.features.add(Feature("Intruder"))
        print("opened", "", sep="|")
code = cli.main(["export", "Hot", "--db", path])
print("code", code, sep="|")
"""
# Keeps a feature, says so, and waits with the file open.
HOLDER = """
import sys, time
from pathlib import Path
from workbench.domain.features import Feature
from workbench.store.store import open_store

store = open_store(sys.argv[1], Path(sys.argv[1]).parent)
store.features.add(Feature("Acknowledged"))
print("ready", flush=True)
sys.stdin.read()
"""


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    """A second process of the workbench."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_second_process_is_refused_even_after_the_first_read_copied_and_hashed_its_file(
    tmp_path: Path,
) -> None:
    path = tmp_path / "app.duckdb"
    store = open_store(str(path), tmp_path)
    kept = 0
    child = start(INTRUDER, str(path), "50")
    while child.poll() is None:
        hashlib.sha256(path.read_bytes()).hexdigest()
        shutil.copy(path, tmp_path / "copy")
        store.features.add(Feature(f"Feature {kept}"))
        kept += 1
    said, errors = child.communicate()
    lines = [line.split("|") for line in said.splitlines()]
    assert len(lines) == 51
    for word, message in lines[:50]:
        assert word == "refused"
        assert f"PID {os.getpid()}" in message
        assert str(path) in message
    assert lines[50] == ["code", "2"]
    assert f"PID {os.getpid()}" in errors
    assert "Traceback" not in errors
    store.close()
    reopened = open_store(str(path), tmp_path)
    assert len(reopened.features.all()) == kept > 0
    reopened.close()


def test_a_file_cannot_be_opened_twice_in_one_process(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "app.duckdb"), tmp_path)
    with pytest.raises(StoreLocked, match=str(os.getpid())):
        open_store(str(tmp_path / "app.duckdb"), tmp_path)
    store.close()


def test_the_lock_is_given_back_on_close(tmp_path: Path) -> None:
    for _ in range(3):
        open_store(str(tmp_path / "app.duckdb"), tmp_path).close()
    assert (tmp_path / "app.duckdb.lock").read_text() == ""


def test_the_lock_is_given_back_when_opening_fails(tmp_path: Path) -> None:
    path = tmp_path / "app.duckdb"
    path.write_bytes(b"not a database at all")
    for _ in range(2):
        with pytest.raises(Exception, match="is not a DuckDB database"):
            open_store(str(path), tmp_path)
    path.unlink()
    open_store(str(path), tmp_path).close()


def test_a_killed_process_leaves_the_lock_free_and_its_rows_kept(tmp_path: Path) -> None:
    path = tmp_path / "app.duckdb"
    child = start(HOLDER, str(path))
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    with pytest.raises(StoreLocked, match=f"PID {child.pid}"):
        open_store(str(path), tmp_path)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    store = open_store(str(path), tmp_path)
    assert names(store) == ["Acknowledged"]
    store.close()


def test_two_files_are_open_at_once_without_harm(tmp_path: Path) -> None:
    one = open_store(str(tmp_path / "one.duckdb"), tmp_path)
    two = open_store(str(tmp_path / "two.duckdb"), tmp_path)
    one.features.add(Feature("One"))
    assert names(two) == []
    one.close()
    two.close()


def names(store: Store) -> list[str]:
    return [feature.name for feature in store.features.all()]

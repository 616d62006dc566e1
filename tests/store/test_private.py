"""What the workbench makes is its owner's alone, whatever the umask, as a library too."""

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench import private
from workbench.actions import exporting
from workbench.config import ROOT
from workbench.store.engine import backup
from workbench.store.store import Store, open_store


@pytest.fixture(params=[0o000, 0o022, 0o277], ids=["open", "usual", "strange"])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def wide(folder: Path) -> dict[str, str]:
    """What below a folder others may use in any way, or its owner may not."""
    found = {}
    for path in folder.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode != (private.FOLDER if path.is_dir() else private.FILE):
            found[str(path.relative_to(folder))] = oct(mode)
    return found


def wrote(store: Store, text: str) -> None:
    store.drafts.keep(text, {"note": "Words of somebody."})


def test_a_database_and_all_that_lies_beside_it(tmp_path: Path, umask: int) -> None:
    path = tmp_path / "deep" / "down" / "app.duckdb"
    store = open_store(str(path), tmp_path / "home")
    wrote(store, "a")
    assert path.with_name("app.duckdb.wal").stat().st_size > 0
    assert wide(tmp_path) == {}
    store.database.checkpoint()
    wrote(store, "b")
    assert wide(tmp_path) == {}
    store.backups.create()
    store.backups.create(tmp_path / "elsewhere" / "copy.duckdb")
    assert wide(tmp_path) == {}
    store.close()
    backup.restore(tmp_path / "elsewhere" / "copy.duckdb", str(path))
    open_store(str(path), tmp_path / "home").close()
    assert wide(tmp_path) == {}
    assert not path.with_name("app.duckdb.tmp").exists()


def test_a_log_is_never_for_others_not_even_for_a_moment(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = open_store(str(tmp_path / "app.duckdb"), tmp_path)
        seen, done = set[int](), threading.Event()

        def watch() -> None:
            while not done.is_set():
                for path in tmp_path.glob("app.duckdb*"):
                    try:
                        found = path.stat()
                    except FileNotFoundError:
                        continue
                    if stat.S_ISREG(found.st_mode):
                        seen.add(stat.S_IMODE(found.st_mode))

        watching = threading.Thread(target=watch)
        watching.start()
        for number in range(40):
            wrote(store, str(number))
            store.database.checkpoint()
        done.set()
        watching.join()
        store.close()
    finally:
        os.umask(before)
    assert seen == {private.FILE}


def test_what_an_older_workbench_left_open_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "app.duckdb"
    store = open_store(str(path), tmp_path)
    store.backups.create()
    wrote(store, "a")
    for each in (path, path.with_name("app.duckdb.wal"), path.with_name("app.duckdb.head")):
        each.chmod(0o644)
    (tmp_path / "backups").chmod(0o755)
    copy = tmp_path / "killed" / "app.duckdb"
    copy.parent.mkdir()
    copy.parent.chmod(0o755)
    for end in ("", ".wal", ".head"):
        Path(f"{copy}{end}").write_bytes(Path(f"{path}{end}").read_bytes())
        Path(f"{copy}{end}").chmod(0o644)
    store.close()
    again = open_store(str(copy), tmp_path)
    wrote(again, "b")
    assert wide(copy.parent) == {}
    assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o755
    again.close()


SPILLS = """
import os, sys
from pathlib import Path
from workbench.store.store import open_store
os.umask(0)
store = open_store(sys.argv[1], Path(sys.argv[2]))
print(store.database.value("select current_setting('temp_directory')"))
"""


def test_what_does_not_fit_into_memory_goes_to_a_folder_of_the_owner(tmp_path: Path) -> None:
    path = tmp_path / "app.duckdb"
    ended = subprocess.run(
        [sys.executable, "-c", SPILLS, str(path), str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    # The process left without closing: the folder is still there.
    folder = Path(ended.stdout.strip())
    assert folder == path.with_name("app.duckdb.tmp")
    assert stat.S_IMODE(folder.stat().st_mode) == private.FOLDER


def test_an_exported_file_is_the_owners_unless_it_was_there(tmp_path: Path, umask: int) -> None:
    new, known = tmp_path / "out" / "new.md", tmp_path / "known.md"
    known.write_text("before")
    known.chmod(0o640)
    exporting.write_whole(new, "text")
    exporting.write_whole(known, "text")
    assert stat.S_IMODE(new.stat().st_mode) == private.FILE
    assert stat.S_IMODE(new.parent.stat().st_mode) == private.FOLDER
    assert stat.S_IMODE(known.stat().st_mode) == 0o640


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path, umask: int) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    made = private.folder(shared / "a" / "b")
    assert stat.S_IMODE(shared.stat().st_mode) == 0o755
    assert {stat.S_IMODE(each.stat().st_mode) for each in (made, made.parent)} == {0o700}


def test_a_file_that_others_could_read_is_closed_before_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.touch(0o644)
    path.chmod(0o644)
    private.write(path, "text")
    assert stat.S_IMODE(path.stat().st_mode) == private.FILE

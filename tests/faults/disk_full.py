"""Fill the disk under an open database, free it again, and hold what was acknowledged against it.

    python -m tests.faults.disk_full

The disk is a file system of 8 MB in memory, mounted in a name space of its own (Linux; root, or
user name spaces). It is filled while commits are made, under a checkpoint, an export, a backup and
a log; once another process takes the file meanwhile. In each scene, when space is there again:

- every commit that returned is in the file exactly once, and none that did not;
- commits work again within 10 seconds, without a restart;
- reads find what was committed, or say that the store is unavailable;
- no half export is left, and the export that was there is whole.

Prints one line a scene. Exits with 1 if one does not hold, with 77 where no such disk can be had.
"""

import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from workbench.actions.exporting import write_whole
from workbench.errors import StoreError, StoreUnavailable
from workbench.store.store import Store, open_store

NO_DISK = 77
ROOT = Path(__file__).parent.parent.parent
MOST_HEAL_S = 10.0
_INSIDE = "WORKBENCH_TEST_SMALL_DISK"
_TEXT = "x" * 20_000
# Has the file open by DuckDB alone, until its input ends.
_INTRUDER = """
import sys
import duckdb

with duckdb.connect(sys.argv[1]):
    print("taken", flush=True)
    sys.stdin.read()
"""


class Disk:
    """A small disk that can be filled to the last block, and freed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self, but: int = 0) -> None:
        """Leave so many bytes free."""
        free = os.statvfs(self.folder).f_bavail * os.statvfs(self.folder).f_frsize
        with self._ballast.open("ab") as file:
            file.write(b"\0" * max(0, free - but))

    def free(self) -> None:
        """Take the ballast away."""
        self._ballast.unlink(missing_ok=True)


class Ledger:
    """Commits as a run does, trying again while the store is unavailable; knows what was kept."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.kept: list[str] = []
        self.refusals = 0
        self.said = ""

    def commit(self) -> bool:
        """One more row; whether it was acknowledged."""
        name = str(len(self.kept))
        try:
            self.store.database.append("preferences", ("name", "value"), [(name, _TEXT)])
        except StoreUnavailable as error:
            self.refusals += 1
            self.said = error.message
            return False
        self.kept.append(name)
        return True

    def until_refused(self) -> None:
        """Commit until the disk is full."""
        while self.commit():
            pass

    def heals_s(self) -> float:
        """How long after now until a commit works."""
        started = time.monotonic()
        while not self.commit():
            time.sleep(0.05)
        return time.monotonic() - started

    def check(self, scene: str, healed_s: float) -> None:
        """Hold the file against what was acknowledged, now and after it is opened afresh."""
        path = Path(self.store.database.path)
        for _ in range(2):
            rows = self.store.database.rows("select name from preferences order by name::int")
            assert [name for (name,) in rows] == self.kept, f"{scene}: rows differ"
            self.store.close()
            self.store = open_store(str(path), path.parent)
        assert healed_s <= MOST_HEAL_S, f"{scene}: healed after {healed_s:.1f} s"
        print(
            f"{scene}: {len(self.kept)} kept, 0 lost, {self.refusals} refused while the disk was "
            f"full, healed {healed_s:.2f} s after space was freed",
            flush=True,
        )
        self.store.close()


def at_commit(disk: Disk, ledger: Ledger) -> None:
    """The disk is full when commits are made, and stays so for a while."""
    disk.fill(but=1_000_000)
    ledger.until_refused()
    until = time.monotonic() + 1.5
    while time.monotonic() < until:
        assert not ledger.commit()
        assert ledger.store.database.value("select count(*) from preferences") == len(ledger.kept)
        time.sleep(0.02)
    disk.free()
    ledger.check("commit", ledger.heals_s())


def at_checkpoint(disk: Disk, ledger: Ledger) -> None:
    """The disk is full when the log is folded into the file: DuckDB stops itself."""
    database = ledger.store.database
    for _ in range(60):
        assert ledger.commit()
    disk.fill()
    stop, wrong, slowest = threading.Event(), list[object](), 0.0

    def read() -> None:
        nonlocal slowest
        while not stop.is_set():
            started, least = time.monotonic(), len(ledger.kept)
            try:
                found = database.value("select count(*) from preferences")
            except StoreUnavailable:
                found = least
            except StoreError as error:
                found = -1
                wrong.append(error)
            slowest = max(slowest, time.monotonic() - started)
            if not least <= found <= len(ledger.kept) + 1:
                wrong.append(found)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    before = database.generation
    for _ in range(3):
        try:
            database.checkpoint()
        except StoreUnavailable:
            ledger.refusals += 1
        time.sleep(0.3)
    assert ledger.refusals == 3, "a checkpoint on a full disk went through"
    assert not ledger.commit()
    disk.free()
    healed_s = ledger.heals_s()
    stop.set()
    for reader in readers:
        reader.join()
    assert not wrong, f"a read found {wrong[:3]}"
    assert slowest < 1.0 + MOST_HEAL_S, f"a read took {slowest:.1f} s"
    assert database.generation > before + 1
    database.checkpoint()
    ledger.check("checkpoint", healed_s)


def at_reopening(disk: Disk, ledger: Ledger) -> None:
    """Another process takes DuckDB's lock before the database that stopped itself opens again."""
    for _ in range(60):
        assert ledger.commit()
    disk.fill()
    assert _is_refused(ledger.store.database.checkpoint)
    path = Path(ledger.store.database.path)
    # Closing any handle of the file drops the lock that DuckDB has on it.
    path.open("rb").close()
    command = [sys.executable, "-c", _INTRUDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as intruder:
        assert intruder.stdin is not None
        assert intruder.stdout is not None
        assert intruder.stdout.readline() == b"taken\n"
        disk.free()
        assert not ledger.commit()
        assert f"PID {intruder.pid}" in ledger.said, ledger.said
        intruder.stdin.close()
    ledger.check("reopening", ledger.heals_s())


def at_export(disk: Disk, ledger: Ledger) -> None:
    """The disk is full when a feature is exported and a backup is made."""
    store, out = ledger.store, disk.folder / "out" / "spec.md"
    write_whole(out, "whole")
    for _ in range(60):
        assert ledger.commit()
    store.database.checkpoint()
    disk.fill(but=400_000)
    refused = [_is_refused(lambda: write_whole(out, "y" * 500_000))]
    refused.append(_is_refused(lambda: store.backups.create()))
    refused.append(_is_refused(lambda: store.backups.create(out.with_name("b.duckdb"))))
    assert refused == [True] * 3, "an export was written to a full disk"
    assert out.read_text() == "whole"
    assert [file.name for file in out.parent.iterdir()] == ["spec.md"]
    assert not list(store.database.backups.iterdir())
    disk.free()
    healed_s = ledger.heals_s()
    write_whole(out, "new")
    assert store.backups.create().exists()
    ledger.check("export", healed_s)


def at_log(disk: Disk, ledger: Ledger) -> None:
    """What is logged and said goes to a file on the full disk; the command ends as it would."""
    handler = logging.FileHandler(disk.folder / "app.log")
    logger = logging.getLogger("a page")
    logger.addHandler(handler)
    assert ledger.commit()
    path = ledger.store.database.path
    ledger.store.close()
    with (disk.folder / "stderr").open("w") as stderr:
        disk.fill()
        command = [sys.executable, "-m", "workbench", "export", "Nothing", "--db", path]
        code = subprocess.run(command, cwd=ROOT, stderr=stderr, timeout=60).returncode
        assert code == 2, f"the command ended with {code}"
        former, sys.stderr = sys.stderr, stderr
        try:
            for _ in range(100):
                logger.error("%s", "z" * 5_000)
        finally:
            sys.stderr = former
            disk.free()
    logger.removeHandler(handler)
    handler.close()
    ledger.store = open_store(path, disk.folder)
    ledger.check("log", ledger.heals_s())


SCENES: tuple[Callable[[Disk, Ledger], None], ...] = (
    at_commit,
    at_checkpoint,
    at_reopening,
    at_export,
    at_log,
)


def _is_refused(write: Callable[[], object]) -> bool:
    try:
        write()
    except StoreError:
        return True
    return False


def main() -> int:
    """Get a small disk, then play the scenes on it."""
    if _INSIDE not in os.environ:
        return _in_a_name_space()
    with tempfile.TemporaryDirectory() as folder:
        for scene in SCENES:
            if subprocess.call(["mount", "-t", "tmpfs", "-o", "size=8m", "small", folder]):
                return NO_DISK
            try:
                scene(Disk(Path(folder)), Ledger(open_store(f"{folder}/app.duckdb", Path(folder))))
            finally:
                subprocess.call(["umount", "--lazy", folder])
    return 0


def _in_a_name_space() -> int:
    """Start again where mounting is allowed and ends with the process."""
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "-r", "--mount"]
    try:
        if subprocess.call([*unshare, "true"], stderr=subprocess.DEVNULL):
            return NO_DISK
    except FileNotFoundError:
        return NO_DISK
    command = [*unshare, sys.executable, "-m", "tests.faults.disk_full"]
    return subprocess.call(command, cwd=ROOT, env={**os.environ, _INSIDE: "yes"})


if __name__ == "__main__":
    sys.exit(main())

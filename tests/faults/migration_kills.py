"""Kill the upgrade of an old file at every step, and see that the next start completes it.

    python -m tests.faults.migration_kills

For each schema that there was, a file of it is opened by a child process that is killed by SIGKILL
as it starts its first, second, third … statement, and as it commits. Then the file is opened again:
it has every step once, and everything that it held. `--schema N` tries one of them.

Prints how many kills there were. Exits with 1 if a file was not old or new after one.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from workbench.store.engine import database
from workbench.store.engine.migrations import known
from workbench.store.store import open_store

_COUNTED = (database.Database.execute.__code__, database.Database.checkpoint.__code__)
_MOST = 200
"""More statements than an upgrade has."""


def kills(folder: Path, schemas: list[int]) -> tuple[int, list[str]]:
    """How many kills there were, and what did not hold after one."""
    n_kills, wrong = 0, []
    for schema in schemas:
        old = folder / f"old-{schema}.duckdb"
        _in_child(lambda path=old, at=schema: _made(path, at))  # type: ignore[misc]
        for nth in range(1, _MOST):
            for ends in (False, True):
                path = folder / "now" / "app.duckdb"
                shutil.rmtree(path.parent, ignore_errors=True)
                path.parent.mkdir()
                shutil.copy(old, path)
                status = _in_child(lambda p=path, n=nth, e=ends: _upgraded(p, n, ends=e))  # type: ignore[misc]
                was_killed = os.WIFSIGNALED(status)
                n_kills += was_killed
                if _in_child(lambda p=path: _checked(p)):  # type: ignore[misc]
                    wrong.append(f"schema {schema}, killed at statement {nth}, at its end: {ends}")
            if not was_killed:
                break
    return n_kills, wrong


def _in_child(work: Callable[[], None]) -> int:
    """Do this in a process of its own, which has no database open yet; how it ended."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1]


def _made(path: Path, schema: int) -> None:
    """A file as the workbench of that schema left it, with a row to be kept."""
    import duckdb

    from tests.store.schemas import made_at_schema

    made_at_schema(path, schema)
    with duckdb.connect(str(path)) as connection:
        connection.execute("insert into preferences values ('kept', 'yes')")
        connection.execute(
            "insert into outputs select i::varchar, repeat('x', 100) from range(2000) t(i)"
        )


def _upgraded(path: Path, nth: int, *, ends: bool) -> None:
    """Open it, and be killed as the nth statement begins, or as it has returned."""
    left = nth

    def watch(frame: FrameType, event: str, _: Any) -> None:
        nonlocal left
        if frame.f_code in _COUNTED and event == ("return" if ends else "call"):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(watch)
    open_store(str(path), path.parent)


def _checked(path: Path) -> None:
    """Open it once more: every step is there once, and so is what it held."""
    store = open_store(str(path), path.parent)
    applied = store.database.rows("select number from schema_migrations order by number")
    assert applied == [(step.number,) for step in known()], applied
    assert store.drafts.preference("kept") == "yes"
    assert store.database.value("select count(*) from outputs") == 2000
    assert store.audits.now().is_whole
    assert not Path(f"{path}.wal").exists() or Path(f"{path}.wal").stat().st_size < 1_000_000
    store.close()


def main() -> int:
    """Kill at every step of the schemas asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--schema", type=int, action="append")
    schemas = parser.parse_args().schema or [step.number for step in known()][:-1]
    with tempfile.TemporaryDirectory() as folder:
        n_kills, wrong = kills(Path(folder), schemas)
    print(f"{n_kills} kills in upgrades from {len(schemas)} schemas, {len(wrong)} wrong")
    for one in wrong:
        print(one)
    return 1 if wrong or not n_kills else 0


if __name__ == "__main__":
    sys.exit(main())

"""Stores in memory, each its own: empty as `open_store` makes it, in less than half of its time; or
with a scene that was built once. And files, opened again in a third of the time."""

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, TypeVar

from workbench.store.engine.database import MEMORY, Database, Row
from workbench.store.engine.head import Head
from workbench.store.engine.integrity import counts
from workbench.store.engine.lock import FileLock
from workbench.store.keys import new_id
from workbench.store.seals import Seals
from workbench.store.store import Store, open_store

Made = TypeVar("Made")


def empty_store(home: Path) -> Store:
    """A store of its own in which nothing was ever kept.

    Its schema is copied from one that went through all steps: most of their time goes into what a
    later step makes anew, and the rest into reading SQL. `tests/store/test_empty.py` holds the copy
    to the original.
    """
    template = _template()
    database = _copied(template.file, home)
    head = Head(str(new_id()), 0)
    with database.transaction():
        database.append("schema_migrations", ("number", "name", "applied_at"), template.applied)
        database.append("head", ("database", "sequence"), [head])
    # What following them would read: a sixth of the time is saved by knowing it.
    database.seals, database.head = template.seals, head
    return Store(database)


def store_with(home: Path, scene: Callable[[Store], Made]) -> tuple[Store, Made]:
    """A store of its own that holds a scene, and what the scene made of it (which may name no
    store). The scene is built once in a process, and copied row by row for who wants to change it.
    """
    file, tables, made = _built(scene)
    return _followed(_copied(file, home, tables)), made


def reopened(file: Path) -> Store:
    """The store in a file that this process made and closed, or in a copy of it: nobody has to look
    whether it is a workbench's, nor to bring it up to date."""
    lock = FileLock(file)
    lock.acquire()
    return _followed(Database(str(file), file.parent / "backups", lock))


def _followed(database: Database) -> Store:
    database.follow_seals()
    database.follow_head()
    return Store(database)


def _copied(file: bytes, home: Path, tables: Iterable[str] = ()) -> Database:
    """A database in memory with the schema of a file, and the rows of these tables."""
    backups = home / "backups"
    is_made = not backups.exists()
    backups.mkdir(parents=True, exist_ok=True)
    # In the only folder that a store in memory may read from.
    with TemporaryDirectory(dir=backups) as folder:
        template = Path(folder) / "template.duckdb"
        template.write_bytes(file)
        database = Database(MEMORY, backups)
        database.rows(f"attach '{template}' as template (read_only)")
        database.rows("copy from database template to memory (schema)")
        for table in tables:
            database.rows(f"insert into {table} from template.{table}")
        database.rows("detach template")
    if is_made:
        backups.rmdir()
    return database


class _Template(NamedTuple):
    """A store's file, the steps that it stands for, and what seals rows of its tables."""

    file: bytes
    applied: tuple[Row, ...]
    seals: Seals


@cache
def _template() -> _Template:
    with TemporaryDirectory() as folder:
        store = open_store(MEMORY, Path(folder))
        applied = store.database.rows("select number, name, applied_at from schema_migrations")
        seals = store.database.seals
        assert seals is not None
        return _Template(_closed(store), tuple(applied), seals)


@cache
def _built(scene: Callable[[Store], Made]) -> tuple[bytes, tuple[str, ...], Made]:
    with TemporaryDirectory() as folder:
        store = empty_store(Path(folder))
        made = scene(store)
        held = tuple(table for table, (n, _) in counts(store.database.rows).items() if n)
        return _closed(store), held, made


def _closed(store: Store) -> bytes:
    """The file that holds what a store in memory held."""
    file = store.database.backups / "template.duckdb"
    file.parent.mkdir(exist_ok=True)
    store.database.copy_to(file)
    store.close()
    return file.read_bytes()

"""An empty store in memory as `open_store` makes it, in less than half of its time."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from workbench.store.engine.database import MEMORY, Database, Row
from workbench.store.keys import new_id
from workbench.store.store import Store, open_store


def empty_store(home: Path) -> Store:
    """A store of its own in which nothing was ever kept.

    Its schema is copied from one that went through all steps: most of their time goes into what a
    later step makes anew, and the rest into reading SQL. `tests/store/test_empty.py` holds the copy
    to the original.
    """
    template = _template()
    backups = home / "backups"
    is_made = not backups.exists()
    backups.mkdir(parents=True, exist_ok=True)
    # In the only folder that a store in memory may read from.
    with TemporaryDirectory(dir=backups) as folder:
        file = Path(folder) / "template.duckdb"
        file.write_bytes(template.file)
        database = Database(MEMORY, backups)
        database.rows(f"attach '{file}' as template (read_only)")
        database.rows("copy from database template to memory (schema)")
        database.rows("detach template")
    if is_made:
        backups.rmdir()
    with database.transaction():
        database.append("schema_migrations", ("number", "name", "applied_at"), template.applied)
        database.append("head", ("database", "sequence"), [(new_id(), 0)])
    database.follow_seals()
    database.follow_head()
    return Store(database)


class _Template(NamedTuple):
    """A store's file, and the steps that it stands for."""

    file: bytes
    applied: tuple[Row, ...]


@cache
def _template() -> _Template:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "backups" / "template.duckdb"
        file.parent.mkdir()
        store = open_store(MEMORY, Path(folder))
        applied = store.database.rows("select number, name, applied_at from schema_migrations")
        store.database.copy_to(file)
        store.close()
        return _Template(file.read_bytes(), tuple(applied))

"""Whether a file that anybody may have made is a workbench's: its tables and views, and no others.

A file can hold a view in a table's place, a macro with the name of a function, a default or a check
that calls one, a table whose name is read as SQL. So it is looked at from outside: attached to an
empty database, read-only, with nothing but itself within reach, and only its catalogue is read.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import duckdb

from workbench.errors import StoreError
from workbench.say import plain
from workbench.store.engine import opening
from workbench.store.engine.opening import MEMORY, connect, translated

RECORD = (
    "create table if not exists schema_migrations (number integer primary key, "
    "name varchar not null, applied_at timestamptz not null)"
)
"""The table of applied steps, which comes before all of them."""

_DEADLINE_S = 60.0
"""No catalogue of ours takes a second to read."""
_NAMED = 3
PLACE = "looked_at"
"""What a file is attached as while it is looked at."""


class Part(NamedTuple):
    """Something of a catalogue: what it is, in which schema, and what it is called."""

    noun: str
    schema: str
    name: str

    def __str__(self) -> str:
        where = "" if self.schema == "main" else f" in the schema “{plain(self.schema)}”"
        return f"{self.noun} “{plain(self.name)}”{where}"


Shape = dict[Part, str]
"""The parts of a catalogue with their definitions."""

RECORDED = Part("table", "main", "schema_migrations")
"""The part of every workbench's catalogue that tells its steps."""

KNOWN = Path(__file__).parent.parent / "migrations" / "shape.sha256"
"""The digest of what all steps make, beside them. Making it anew costs a tenth of a second, at each
opening; where the digest is another one, because of a newer DuckDB say, that is done."""


@contextmanager
def looking_at(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that has the file attached as `looked_at` and can reach nothing else.

    It is interrupted when it takes over a minute. Raises StoreError.
    """
    connection = opening.looking_at(path, PLACE)
    alarm = threading.Timer(_DEADLINE_S, connection.interrupt)
    alarm.daemon = True
    alarm.start()
    try:
        yield connection
    except duckdb.InterruptException as error:
        raise StoreError(
            f"{path} was not read in {_DEADLINE_S:.0f} seconds.", "Restore another backup."
        ) from error
    except duckdb.Error as error:
        raise translated(error, str(path), is_opening=True) from error
    finally:
        alarm.cancel()
        connection.close()


def steps_of(connection: duckdb.DuckDBPyConnection) -> tuple[Shape, list[int]]:
    """What is in the file's catalogue, and its applied steps in their order.

    No steps where it has no table of them, exactly as ours is: nothing is read then.
    """
    found = _shape(connection, PLACE)
    if RECORDED not in found:
        return found, []
    if not is_known(found) and found[RECORDED] != of_steps(())[RECORDED]:
        return found, []
    rows = connection.execute(
        f"select number from {PLACE}.main.schema_migrations order by applied_at, number"
    ).fetchall()
    return found, [number for (number,) in rows]


def is_known(found: Shape) -> bool:
    """Whether this is exactly what all our steps make, by its digest."""
    return digest(found) == KNOWN.read_text("ascii").strip()


def digest(found: Shape) -> str:
    """The SHA-256 of all parts and their definitions."""
    parts = sorted((*part, definition) for part, definition in found.items())
    return sha256(json.dumps(parts).encode()).hexdigest()


@lru_cache(maxsize=8)
def of_steps(steps: tuple[str, ...]) -> Shape:
    """What is in a catalogue to which these steps were applied. Raises duckdb.Error."""
    connection = connect(MEMORY, Path("backups"))
    try:
        connection.execute(RECORD)
        for sql in steps:
            connection.execute(sql)
        return _shape(connection, "memory")
    finally:
        connection.close()


def differences(found: Shape, expected: Shape) -> str:
    """What is otherwise than expected, in words; empty where nothing is."""
    said = [f"{part} is missing" for part in expected.keys() - found.keys()]
    said += [f"{part} is no part of a workbench" for part in found.keys() - expected.keys()]
    said += [
        f"{part} is not defined as the workbench defines it"
        for part in expected.keys() & found.keys()
        if expected[part] != found[part]
    ]
    said.sort()
    more = f"; and {len(said) - _NAMED} more" if len(said) > _NAMED else ""
    return "; ".join(said[:_NAMED]) + more


def _shape(connection: duckdb.DuckDBPyConnection, database: str) -> Shape:
    """Everything in one database's catalogue that DuckDB did not put there.

    Columns of DuckDB's own functions, sorted out here: a query of ours that used a function or
    an operator could be made to use another one of that name.
    """
    found: Shape = {}
    for noun, function, schema, name, definition in _CATALOGUES:
        internal = "false" if noun in _NEVER_INTERNAL else "internal"
        columns = ", ".join(("database_name", internal, schema, name, *definition))
        for row in connection.execute(f"select {columns} from system.main.{function}()").fetchall():
            there, is_internal, *one = row
            if there == database and not is_internal:
                part = Part(noun, str(one[0]), str(one[1]))
                said = "; ".join(map(str, one[2:]))
                # A macro has a row for each number of its arguments.
                found[part] = f"{found[part]}; {said}" if part in found else said
    return found


_CATALOGUES = (
    ("table", "duckdb_tables", "schema_name", "table_name", ("temporary", "sql")),
    ("view", "duckdb_views", "schema_name", "view_name", ("temporary", "sql")),
    ("index", "duckdb_indexes", "schema_name", "index_name", ("table_name", "sql")),
    ("sequence", "duckdb_sequences", "schema_name", "sequence_name", ("sql",)),
    ("trigger", "duckdb_triggers", "schema_name", "trigger_name", ("sql",)),
    ("schema", "duckdb_schemas", "schema_name", "schema_name", ()),
    ("type", "duckdb_types", "schema_name", "type_name", ("logical_type", "labels")),
    (
        "function",
        "duckdb_functions",
        "schema_name",
        "function_name",
        ("function_type", "parameters", "macro_definition"),
    ),
)
"""What a file may hold, DuckDB's function that lists it, and the columns that say what it is."""
_NEVER_INTERNAL = frozenset({"index", "sequence", "trigger"})
"""What DuckDB makes none of, and does not say of."""

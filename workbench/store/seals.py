"""Checksums of evidence: written with the rows, and held against them before they are relied on.

Each commit adds one row to `seals` for each table that it added evidence to: the columns that it
covers and a checksum of every row. A row whose checksum is not there was changed since; a checksum
whose row is not there tells of one that is gone. DuckDB checks its own blocks, but only those that
it reads, and a program that opens the file may write what it likes.

They find accidents and edits, not a forger: whoever can write rows can write checksums.

The checksum is DuckDB's `hash`, a fiftieth of the time of a cryptographic one. It may differ in
another version of DuckDB, so each seal says which function made it (`made_by`, the checksum of
known values). A file that was last sealed by another function is sealed anew when it is opened.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

SEALED: Mapping[str, tuple[str, ...]] = {
    "requirements": ("archived_at", "archived_by", "archived_why"),
    "requirement_revisions": (),
    "revision_evidence": (),
    "criteria": ("archived_at", "archived_by", "archived_why"),
    "criterion_versions": ("scorer",),
    "datasets": (),
    "dataset_versions": (),
    "cases": (),
    "dataset_cases": (),
    "prompts": (),
    "prompt_versions": (),
    "variants": (),
    "candidates": (),
    "experiments": (),
    "experiment_variants": (),
    "experiment_criteria": (),
    "experiment_cases": (),
    "runs": (),
    "outputs": (),
    "trials": (),
    "turns": (),
    "scores": (),
    "judge_calls": (),
    "pair_preferences": (),
    "judge_controls": (),
    "judge_pair_controls": (),
    "notes": (),
    # Its bytes prove themselves by their SHA-256; a preview is no evidence.
    "attachments": ("data", "preview"),
}
"""The tables of evidence, each with its columns that are set or renewed later and so not sealed."""

_OWN_ROWS = 36028797018960000
"""From here on DuckDB numbers the rows that a transaction has added and not committed yet."""
_AT_ONCE = 100_000
"""How many rows one seal covers when a whole table is sealed."""
_KNOWN = (
    "select hash('seal', 1, 2.5::double, true, '2020-01-01 00:00:00+00'::timestamptz, ['a', null])"
)


class Seals:
    """What seals the rows of one open database."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self.layouts = layouts(cursor)
        self.made_by = function(cursor)
        self._statements: dict[frozenset[str], str] = {}

    def add(self, cursor: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> None:
        """Seal what the cursor's transaction has added to these tables, at its end."""
        wanted = frozenset(tables)
        if wanted not in self._statements:
            selects = " union all ".join(
                self._select(table, f"where rowid >= {_OWN_ROWS}") for table in sorted(wanted)
            )
            self._statements[wanted] = f"insert into seals {selects}"
        cursor.execute(self._statements[wanted]).fetchall()

    def renew(self, cursor: duckdb.DuckDBPyConnection) -> bool:
        """Seal every row where the newest seal is of another function, or where there is none.

        Returns whether that was so: then nothing can be said about the rows from before.
        """
        last = cursor.execute("select made_by from seals order by rowid desc limit 1").fetchone()
        if last == (self.made_by,):
            return False
        for (table,) in cursor.execute(holding(self.layouts)).fetchall():
            select = self._select(table, f"group by rowid // {_AT_ONCE}")
            cursor.execute(f"insert into seals {select}").fetchall()
        return last is not None

    def anew(self, cursor: duckdb.DuckDBPyConnection, table: str) -> None:
        """Seal every row of a table as it is now, in the place of what vouched for it before."""
        cursor.execute("delete from seals where table_name = ?", [table]).fetchall()
        select = self._select(table, f"group by rowid // {_AT_ONCE}")
        cursor.execute(f"insert into seals {select}").fetchall()

    def _select(self, table: str, rest: str) -> str:
        columns = self.layouts[table]
        return (
            f"select '{table}', '{','.join(columns)}', {self.made_by}::ubigint, "
            f"list({checksum(columns)}), now() from {table} {rest} having count(*) > 0"
        )


def layouts(cursor: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, ...]]:
    """The columns that are sealed now, by table."""
    found: dict[str, tuple[str, ...]] = dict.fromkeys(SEALED, ())
    for table, column in cursor.execute(
        """
        select table_name, column_name from duckdb_columns()
        where database_name = current_database() and schema_name = 'main'
        order by table_name, column_index
        """
    ).fetchall():
        if column not in SEALED.get(table, (column,)):
            found[table] = (*found[table], column)
    return {table: columns for table, columns in found.items() if columns}


def function(cursor: duckdb.DuckDBPyConnection) -> int:
    """What tells this DuckDB's checksums from those of one that computes them otherwise."""
    row: Any = cursor.execute(_KNOWN).fetchone()
    return int(row[0])


def checksum(columns: Iterable[str]) -> str:
    """The checksum of a row, as an expression. The columns are names of this schema."""
    return f"hash({', '.join(quoted(column) for column in columns)})"


def holding(tables: Iterable[str]) -> str:
    """The query for those tables of this schema that hold any row: one for all, because each
    question takes longer to plan than an empty table to read."""
    return " union all ".join(f"(select '{table}' from {table} limit 1)" for table in tables)


def quoted(name: str) -> str:
    """A name out of a catalogue as SQL reads it: never as a word of its own, or as a function."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def literal(text: str) -> str:
    """A text as SQL reads it, where no parameter can be."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"

"""A file is opened only when it is ours; what is not ours, or newer, is left as it is."""

import hashlib
import sqlite3
import stat
from pathlib import Path

import duckdb
import pytest

from tests.building import loop
from workbench.domain.scores import Outcome
from workbench.errors import StoreError, StoreTooNew
from workbench.evidence import verdicts
from workbench.store.engine.database import Database
from workbench.store.engine.integrity import counts
from workbench.store.engine.migrations import known, migrate
from workbench.store.store import open_store


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def refused(path: Path, kind: type[StoreError] = StoreError) -> str:
    """What the refusal to open a file says, after a look that its bytes did not change."""
    before = sha256(path)
    with pytest.raises(kind) as caught:
        open_store(str(path), path.parent)
    assert sha256(path) == before
    assert caught.value.hint
    return caught.value.message


def test_a_file_of_a_newer_workbench_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "app.duckdb"
    store = open_store(str(path), tmp_path)
    store.database.execute("insert into schema_migrations values (9999, 'future', now())")
    store.close()
    message = refused(path, StoreTooNew)
    assert "newer workbench (schema 9999" in message
    assert "It was not touched." in message


def test_somebody_elses_duckdb_file_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "sales.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table sales as select 1 as amount")
    assert "not a workbench's" in refused(path)


def test_a_view_that_reads_files_is_not_run_when_a_foreign_file_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "trap.duckdb"
    (tmp_path / "secret.csv").write_text("number\n1\n")
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            f"create view schema_migrations as from read_csv('{tmp_path}/secret.csv')"
        )
    assert "not a workbench's" in refused(path)


def test_a_sqlite_file_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "app.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("create table features (name text)")
    connection.commit()
    connection.close()
    assert "is not a DuckDB database" in refused(path)


@pytest.mark.parametrize("content", [b"", b"x", b"PK\x03\x04" * 99, b"\0" * 5000], ids=repr)
def test_garbage_is_refused_untouched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "garbage.duckdb"
    path.write_bytes(content)
    assert "is not a DuckDB database" in refused(path)


@pytest.mark.parametrize("length", [12, 100, 4096, 5000, 20_000, 200_000])
def test_a_truncated_file_is_refused_untouched(tmp_path: Path, length: int) -> None:
    path = tmp_path / "app.duckdb"
    store = open_store(str(path), tmp_path)
    loop(store, n_cases=50)
    store.close()
    path.write_bytes(path.read_bytes()[:length])
    assert str(path) in refused(path)


def test_a_folder_in_the_files_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "app.duckdb").mkdir()
    with pytest.raises(StoreError, match="is a folder, not a file"):
        open_store(str(tmp_path / "app.duckdb"), tmp_path)


def test_reopening_keeps_every_row(tmp_path: Path) -> None:
    path = str(tmp_path / "app.duckdb")
    store = open_store(path, tmp_path)
    loop(store, n_cases=50).run([])
    before = counts(store.database.rows)
    store.close()
    for _ in range(3):
        reopened = open_store(path, tmp_path)
        assert counts(reopened.database.rows) == before
        reopened.close()


def test_each_step_is_applied_once_with_its_record(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "app.duckdb"), tmp_path)
    migrate(store.database)
    applied = store.database.rows("select number, name from schema_migrations order by number")
    assert applied == [(step.number, step.name) for step in known()]
    store.close()


def test_a_step_that_fails_leaves_no_part_of_itself(tmp_path: Path) -> None:
    database = Database(":memory:", tmp_path)
    with pytest.raises(StoreError), database.transaction():
        database.execute("create table half (a integer); create table half (a integer)")
    assert database.rows("show tables") == []
    database.close()


def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "app.duckdb"
    open_store(str(path), tmp_path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for beside in ("app.duckdb.lock", "app.duckdb.head"):
        assert stat.S_IMODE((tmp_path / beside).stat().st_mode) == 0o600


def test_a_file_of_the_first_schema_is_brought_up_to_date_with_all_it_holds(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "new.duckdb"), tmp_path)
    made = loop(store, 20)
    made.run([Outcome.PASS] * 20)
    before = verdicts.of_feature(store, made.feature_id)
    store.close()
    path = tmp_path / "app.duckdb"
    _as_the_first_schema_holds_it(tmp_path / "new.duckdb", path)
    again = open_store(str(path), tmp_path)
    assert [number for number, *_ in again.database.rows("from schema_migrations order by 1")] == [
        step.number for step in known()
    ]
    assert verdicts.of_feature(again, made.feature_id) == before
    (experiment,) = again.experiments.of(made.feature_id)
    assert not experiment.is_sequential
    text = made.requirement.draft
    revised = again.requirements.revise(made.requirement.id, text, 1, "Ada", "Why", expects="More")
    assert revised.revision.expects == "More"
    again.close()
    assert list(tmp_path.glob("app.duckdb.before-*"))


def _as_the_first_schema_holds_it(newest: Path, first: Path) -> None:
    """The rows of a file in a file of schema 1, with the columns that there were then."""
    with duckdb.connect(str(first)) as connection:
        connection.execute(known()[0].sql)
        connection.execute(
            "create table schema_migrations (number integer primary key, name varchar not null, "
            "applied_at timestamptz not null)"
        )
        connection.execute("insert into schema_migrations values (1, 'foundation', now())")
        connection.execute("delete from head")
        connection.execute(f"attach '{newest}' as newest (read_only)")
        old, new = (
            {
                table: connection.execute(
                    "select column_name from duckdb_columns() where database_name = ? and "
                    "table_name = ? order by column_index",
                    [database, table],
                ).fetchall()
                for (table,) in connection.execute(
                    "select table_name from duckdb_tables() where database_name = ?", [database]
                ).fetchall()
            }
            for database in (first.stem, "newest")
        )
        for table in old.keys() - {"schema_migrations"}:
            both = ", ".join(name for (name,) in old[table] if (name,) in new[table])
            connection.execute(
                f"insert into {table} ({both}) select {both} from newest.main.{table}"
            )

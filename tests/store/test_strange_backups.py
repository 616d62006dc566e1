"""A backup that somebody else made is looked at, never run; what is not ours replaces nothing."""

from pathlib import Path

import duckdb
import pytest

from tests.building import loop
from tests.store.schemas import of_every_schema
from workbench.errors import StoreError
from workbench.store.engine.backup import accept_older, restore
from workbench.store.engine.integrity import counts
from workbench.store.engine.migrations import inspect_backup, known
from workbench.store.store import open_store

STRANGE = {
    "a view in a table's place": "drop table notes; create view notes as select 1 as id",
    "a table more": "create table more (a integer)",
    "a table named as a command": 'create table "features; drop table notes" (a integer)',
    "a table named as a query": 'create table "(select 1) t; drop table scores; --" (a integer)',
    "a table named like a function": "create table range (a integer)",
    "a table named like a word of SQL": 'create table "select" (a integer)',
    "a table with a quote in its name": 'create table "a""b\'c" (a integer)',
    "a column more": "alter table notes add column more varchar",
    "a column less": "alter table notes drop column text",
    "a column of another type": "alter table notes alter text type blob",
    "a column that is computed": """
        drop table preferences;
        create table preferences (name varchar primary key,
            value varchar generated always as (upper(name)) virtual)""",
    "a default that calls": "alter table notes alter text set default current_setting('threads')",
    "a constraint less": "alter table notes alter author drop not null",
    "a check more": """
        drop table preferences;
        create table preferences (name varchar primary key,
            value varchar not null check (value > ''))""",
    "a view more": "create view more as select 1 as one",
    "a view that is another": """
        drop view outcomes; create view outcomes as
        select trial_id, criterion_id, scorer, 'pass' as outcome, 1.0 as value, '' as reason,
            1 as n_raters from scores""",
    "a macro more": "create macro more() as 1",
    "a macro in a function's place": "create macro count(a) as 7",
    "a macro in the catalogue's place": """
        create macro duckdb_tables() as table select 'main' as schema_name, 'x' as table_name""",
    "a macro that is another": """
        drop view outcomes; drop macro majority; create macro majority(outcome) as 'pass'""",
    "a sequence": "create sequence numbers",
    "an index": "create index by_author on notes (author)",
    "a type": "create type mood as enum ('good', 'bad')",
    "a schema": "create schema other; create table other.t (a integer)",
    "an empty schema": "create schema other",
    "steps that are a view": """
        create table steps as select * from schema_migrations; drop table schema_migrations;
        create view schema_migrations as select * from steps""",
    "steps that are computed": """
        drop table schema_migrations; create table schema_migrations (number integer,
            name varchar generated always as ('x') virtual, applied_at timestamptz)""",
    "a step of no number of ours": "insert into schema_migrations values (-5, 'other', now())",
    "a step less": "delete from schema_migrations where number = 6",
    "no steps": "delete from schema_migrations",
}


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("backup")
    store = open_store(str(folder / "app.duckdb"), folder)
    loop(store)
    made = store.backups.create().read_bytes()
    store.close()
    return made


@pytest.mark.parametrize("sql", STRANGE.values(), ids=STRANGE.keys())
def test_a_backup_that_is_not_as_we_make_them_replaces_nothing(
    tmp_path: Path, backup: bytes, sql: str
) -> None:
    path, source = tmp_path / "app.duckdb", tmp_path / "strange.duckdb"
    path.write_bytes(backup)
    source.write_bytes(backup)
    with duckdb.connect(str(source)) as connection:
        connection.execute(sql)
    strange = source.read_bytes()
    with pytest.raises(StoreError) as caught:
        restore(source, str(path))
    assert "not as a workbench makes them" in caught.value.message
    assert caught.value.hint
    assert path.read_bytes() == backup
    assert source.read_bytes() == strange


@pytest.mark.parametrize("sql", STRANGE.values(), ids=STRANGE.keys())
def test_a_file_that_is_not_as_we_make_them_is_not_opened(
    tmp_path: Path, backup: bytes, sql: str
) -> None:
    path = tmp_path / "app.duckdb"
    path.write_bytes(backup)
    with duckdb.connect(str(path)) as connection:
        connection.execute(sql)
    strange = path.read_bytes()
    with pytest.raises(StoreError) as caught:
        open_store(str(path), tmp_path)
    assert "not as a workbench makes them" in caught.value.message or (
        "a workbench's" in caught.value.message and sql == STRANGE["steps that are a view"]
    )
    assert "WORKBENCH_DB" in caught.value.hint
    assert path.read_bytes() == strange
    # It can be looked at again: nothing holds it.
    with pytest.raises(StoreError, match="but not a"):
        open_store(str(path), tmp_path)


def test_an_older_state_that_is_accepted_must_be_ours_too(tmp_path: Path, backup: bytes) -> None:
    path = tmp_path / "app.duckdb"
    path.write_bytes(backup)
    with duckdb.connect(str(path)) as connection:
        connection.execute("drop view current_trials; create macro current_trials() as 1")
    with pytest.raises(StoreError, match="not as a workbench makes them"):
        accept_older(str(path))


def test_an_empty_file_of_duckdb_becomes_a_workbenchs(tmp_path: Path) -> None:
    path = tmp_path / "app.duckdb"
    duckdb.connect(str(path)).close()
    store = open_store(str(path), tmp_path)
    assert store.features.all() == []
    store.close()


def test_the_refusal_names_what_is_strange_on_one_line(tmp_path: Path, backup: bytes) -> None:
    source = tmp_path / "strange.duckdb"
    source.write_bytes(backup)
    with duckdb.connect(str(source)) as connection:
        connection.execute('create table "\x1b[31mred\n" (a integer); create sequence numbers')
    with pytest.raises(StoreError) as caught:
        inspect_backup(source, tmp_path / "backups")
    assert "table “?[31mred?” is no part of a workbench" in caught.value.message
    assert "sequence “numbers” is no part of a workbench" in caught.value.message


def test_nothing_outside_is_reached_while_a_strange_file_is_looked_at(
    tmp_path: Path, backup: bytes
) -> None:
    source, secret = tmp_path / "strange.duckdb", tmp_path / "secret.csv"
    source.write_bytes(backup)
    secret.write_text("number\n1\n")
    with duckdb.connect(str(source)) as connection:
        connection.execute(
            f"drop view current_trials; create view current_trials as from '{secret}'"
        )
    with pytest.raises(StoreError, match="not as a workbench makes them"):
        restore(source, str(tmp_path / "app.duckdb"))
    assert not (tmp_path / "app.duckdb").exists()


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> dict[int, bytes]:
    return of_every_schema(tmp_path_factory.mktemp("older") / "app.duckdb")


@pytest.mark.parametrize("newest", [step.number for step in known()])
def test_a_file_of_any_schema_is_taken_as_ours(
    tmp_path: Path, older: dict[int, bytes], newest: int
) -> None:
    source = tmp_path / "old.duckdb"
    source.write_bytes(older[newest])
    done = restore(source, str(tmp_path / "app.duckdb"))
    assert done.unconfirmed == ()
    # Nothing is put beside it: it may be where nobody may write.
    assert list(tmp_path.glob("old.duckdb*")) == [source]
    store = open_store(str(tmp_path / "app.duckdb"), tmp_path)
    assert store.audits.now().is_whole
    store.close()


HOSTILE_NAMES = (
    "range",
    "select",
    "a b",
    'a"b',
    "a'b",
    "x; drop table notes",
    "--",
    "é",
    "duckdb_tables",
)


def test_a_table_of_any_name_beside_ours_is_counted_and_not_run(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "app.duckdb"), tmp_path)
    for name in HOSTILE_NAMES:
        doubled = name.replace('"', '""')
        store.database.execute(f'create table "{doubled}" as select 1 as one')
    found = counts(store.database.rows)
    assert all(found[name][0] == 1 for name in HOSTILE_NAMES)
    frame = store.reports.home.tables()
    assert (
        dict.fromkeys(HOSTILE_NAMES, 1).items()
        <= dict(zip(frame["table"], frame["rows"], strict=True)).items()
    )
    assert "notes" in found
    store.close()

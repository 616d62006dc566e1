"""A statement's text is parsed once, and what is asked with it is true each time."""

from pathlib import Path

import duckdb
import pytest

from tests.empty import empty_store
from workbench.errors import StoreError
from workbench.store.engine import parsed as module
from workbench.store.engine.parsed import parsed
from workbench.store.store import Store


def test_a_text_is_parsed_once_for_all_connections() -> None:
    text = "select 1 as only_here"
    with duckdb.connect() as one, duckdb.connect() as other:
        found = parsed(one, text)
        assert isinstance(found, duckdb.Statement)
        assert parsed(other, text) is found
        assert one.execute(found).fetchall() == other.execute(found).fetchall() == [(1,)]


def test_a_statement_that_was_parsed_before_sees_the_columns_of_now(store: Store) -> None:
    database = store.database
    with database.transaction():
        database.execute("create table things (name varchar)")
        database.execute("insert into things values ('first')")
        assert database.rows("select * from things") == [("first",)]
        database.execute("alter table things add column size integer default 7")
        assert database.rows("select * from things") == [("first", 7)]


def test_each_run_of_a_statement_has_parameters_of_its_own(store: Store) -> None:
    for given in (1, "two", None, [3]):
        assert store.database.value("select ?", [given]) == given
        assert store.database.value("select $it", {"it": given}) == given


def test_several_statements_in_one_text_all_run(store: Store) -> None:
    database = store.database
    with database.transaction():
        database.rows("create table things (name varchar); insert into things values ('first')")
        assert database.rows("select name from things") == [("first",)]


def test_what_cannot_be_parsed_is_refused_each_time(store: Store) -> None:
    for _ in "12":
        with pytest.raises(StoreError):
            store.database.rows("selec 1")


def test_no_more_texts_are_kept_than_a_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST", 20)
    monkeypatch.setattr(module, "_known", {})
    store = empty_store(tmp_path)
    for number in range(50):
        assert store.database.value(f"select {number}") == number
        assert len(module._known) <= 20
    store.close()

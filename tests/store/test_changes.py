"""What was read is known to be true until a table that it was read from is committed to."""

import threading
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from tests.building import Loop, loop
from workbench.domain.requirements import RequirementDraft
from workbench.domain.scores import Outcome
from workbench.evidence import bets, comparisons, economy, guards, origins, verdicts
from workbench.evidence.counting import READS, Counted
from workbench.evidence.pairing import Pairing
from workbench.store.engine.changes import EVERYTHING, Read
from workbench.store.store import Store

PASS = Outcome.PASS


def read(store: Store, sql: str, feature: UUID | None = None) -> tuple[frozenset[Read], int]:
    """What a statement is read from, and after how many commits."""
    with store.database.changes.reading(feature) as rests:
        store.database.rows(sql)
    return frozenset(rests.reads), rests.since


def test_what_is_read_holds_until_its_table_is_committed_to(store: Store) -> None:
    made = loop(store)
    changes = store.database.changes
    known = read(store, "select * from requirements")
    store.drafts.prefer("theme", "dark")
    assert changes.hold(*known)
    store.requirements.add(made.feature_id, RequirementDraft("Replies soon"), "Ada")
    assert not changes.hold(*known)


@pytest.mark.parametrize(
    ("sql", "table"),
    [
        pytest.param("select count(*) from current_trials", "trials", id="a view"),
        pytest.param("select count(*) from experiment_trials", "experiment_cases", id="of views"),
        pytest.param("SELECT count(*) FROM Experiment_Trials", "trials", id="in capitals"),
        pytest.param(
            "select * from outcomes_of('00000000-0000-0000-0000-000000000000'::uuid, 'x')",
            "scores",
            id="a macro",
        ),
        pytest.param('select count(*) from main."trials"', "trials", id="in quotes"),
        pytest.param("with trials_ as (from trials) from trials_", "trials", id="inside of with"),
    ],
)
def test_tables_behind_a_name_are_read_too(store: Store, sql: str, table: str) -> None:
    reads, since = read(store, sql)
    assert Read(table) in reads
    store.database.changes.committed(frozenset({table}))
    assert not store.database.changes.hold(reads, since)


@pytest.mark.parametrize("sql", ["select 1", "select table_name from duckdb_tables()"])
def test_what_is_read_from_no_table_that_is_known_may_change_at_any_commit(
    store: Store, sql: str
) -> None:
    reads, since = read(store, sql)
    assert EVERYTHING in reads
    store.drafts.prefer("theme", "dark")
    assert not store.database.changes.hold(reads, since)


@pytest.mark.parametrize(
    "sql",
    [
        "create table unheard_of (id integer)",
        "with one as (select 1) insert into preferences select 'a', 'b' from one",
        "delete from preferences; delete from habits",
        "update requirements set key = key",
    ],
)
def test_a_statement_of_which_nobody_knows_what_it_changes_ends_all_that_is_known(
    store: Store, sql: str
) -> None:
    loop(store)
    known = read(store, "select * from prompts")
    store.database.execute(sql)
    assert not store.database.changes.hold(*known)


def test_what_was_undone_changes_nothing(store: Store) -> None:
    made = loop(store)
    known = read(store, "select * from requirements")

    def undone() -> None:
        with store.transaction():
            store.requirements.add(made.feature_id, RequirementDraft("Replies soon"), "Ada")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    assert store.database.changes.hold(*known)
    store.drafts.prefer("theme", "dark")
    assert store.database.changes.hold(*known)


def test_rows_of_one_feature_leave_what_was_read_of_another(store: Store) -> None:
    mine, other = uuid4(), uuid4()
    changes = store.database.changes
    of_mine = read(store, "select count(*) from trials", mine)
    of_all = read(store, "select count(*) from trials")
    with store.transaction(feature=other):
        store.database.execute("insert into preferences values ('a', 'b')")
    assert changes.hold(*of_mine)
    changes.committed(frozenset({"trials"}), other)
    assert changes.hold(*of_mine)
    assert not changes.hold(*of_all)
    changes.committed(frozenset({"trials"}), mine)
    assert not changes.hold(*of_mine)


def test_rows_of_any_feature_end_what_was_read_of_one(store: Store) -> None:
    known = read(store, "select count(*) from trials", uuid4())
    store.database.changes.committed(frozenset({"trials"}))
    assert not store.database.changes.hold(*known)


def test_what_is_read_inside_of_a_reading_is_read_for_both(store: Store) -> None:
    changes, mine = store.database.changes, uuid4()
    with changes.reading() as outer:
        store.database.rows("select * from prompts")
        with changes.reading(mine) as inner:
            store.database.rows("select * from requirements")
        store.database.rows("select * from datasets")
    assert inner.reads == {Read("requirements", mine)}
    assert outer.reads == {Read("prompts"), Read("requirements", mine), Read("datasets")}


def test_another_thread_reads_for_itself(store: Store) -> None:
    with store.database.changes.reading() as rests:
        other = threading.Thread(target=store.database.rows, args=("select * from prompts",))
        other.start()
        other.join()
    assert rests.reads == set()


Reading = Callable[[Store, Loop], object]
READINGS: dict[str, Reading] = {
    "experiments": lambda store, made: store.experiments.of(made.feature_id),
    "all verdicts": lambda store, made: verdicts.of_feature(store, made.feature_id),
    "an experiment's verdicts": lambda store, made: [
        verdicts.of_experiment(store, one) for one in store.experiments.of(made.feature_id)
    ],
    "comparisons": lambda store, made: [
        comparisons.of_experiment(store, one, Pairing(store, Counted(store)))
        for one in store.experiments.of(made.feature_id)
    ],
    "guards": lambda store, made: [
        guards.of_experiment(store, one, verdicts.of_experiment(store, one))
        for one in store.experiments.of(made.feature_id)
    ],
    "costs": lambda store, made: [
        economy.of_experiment(store, one) for one in store.experiments.of(made.feature_id)
    ],
    "bets": lambda store, made: bets.of_feature(store, made.feature_id, Counted(store)),
    "origins": lambda store, made: [
        origins.of_experiment(store, one) for one in store.experiments.of(made.feature_id)
    ],
}


@pytest.mark.parametrize("what", READINGS)
def test_all_that_verdicts_are_read_from_is_named(store: Store, what: str) -> None:
    made = loop(store)
    made.run([PASS, Outcome.FAIL, None], trials=2)
    made.run([PASS] * 3)
    with store.database.changes.reading() as rests:
        READINGS[what](store, made)
    # `attempts` is a column of trials, too; an audit holds until rows are rewritten, which ends
    # all that is known (it alone reads notes and pairs); the schema's history is not written to
    # while a file is open.
    beside = {"attempts", "seals", "schema_migrations", "notes", "pair_preferences"}
    assert {one.table for one in rests.reads} - beside <= set(READS)

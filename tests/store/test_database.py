"""All or nothing, in one place: transactions, threads, and what SQL may not reach."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from workbench.domain.features import Feature
from workbench.errors import Conflict, InputError, StoreError
from workbench.store.engine.backup import restore
from workbench.store.store import Store, open_store


def names(store: Store) -> list[str]:
    return [feature.name for feature in store.features.all()]


def test_an_error_undoes_everything_in_its_transaction(store: Store) -> None:
    def two_of_one_name() -> None:
        with store.transaction():
            store.features.add(Feature("First"))
            store.features.add(Feature("first"))

    with pytest.raises(InputError):
        two_of_one_name()
    assert names(store) == []


def test_an_error_that_was_caught_inside_still_undoes_the_whole_and_is_raised(
    store: Store,
) -> None:
    def go_on_after_an_error() -> None:
        with store.transaction():
            store.features.add(Feature("First"))
            with pytest.raises(duckdb.Error):
                store.database.rows("select * from nowhere")
            store.features.add(Feature("Second"))

    with pytest.raises(StoreError, match="refused"):
        go_on_after_an_error()
    assert names(store) == []


def test_one_of_our_errors_that_was_caught_inside_is_raised_again_at_the_end(store: Store) -> None:
    def go_on_after_an_error() -> None:
        with store.transaction():
            store.features.add(Feature("First"))
            with pytest.raises(InputError):
                store.features.add(Feature("FIRST"))

    # The inner call joined this transaction: what it did before it failed cannot be undone alone.
    with pytest.raises(InputError, match="already"):
        go_on_after_an_error()
    assert names(store) == []


def test_an_append_that_fails_undoes_what_came_before_it(store: Store) -> None:
    def append_a_row_that_is_there() -> None:
        with store.transaction():
            store.drafts.prefer("person", "Ada")
            rows = [("other", "x"), ("person", "y")]
            store.database.append("preferences", ("name", "value"), rows)

    with pytest.raises(StoreError):
        append_a_row_that_is_there()
    assert store.drafts.preference("person") == ""


def test_nested_transactions_are_one(store: Store) -> None:
    before = store.database.generation
    with store.transaction():
        with store.transaction():
            store.features.add(Feature("First"))
        store.features.add(Feature("Second"))
        assert names(store) == ["First", "Second"]
    assert names(store) == ["First", "Second"]
    assert store.database.generation == before + 1


def test_nobody_sees_a_transaction_before_it_is_whole(store: Store) -> None:
    with ThreadPoolExecutor(1) as other, store.transaction():
        store.features.add(Feature("First"))
        assert other.submit(names, store).result() == []
    assert names(store) == ["First"]


def test_the_store_works_on_after_a_failed_transaction(store: Store) -> None:
    with pytest.raises(StoreError):
        store.database.execute("insert into nowhere values (1)")
    with pytest.raises(InputError), store.transaction():
        store.features.add(Feature(""))
    store.features.add(Feature("Kept"))
    assert names(store) == ["Kept"]


def test_a_failed_transaction_counts_as_no_change(store: Store) -> None:
    before = store.database.generation
    with pytest.raises(StoreError):
        store.database.execute("insert into nowhere values (1)")
    assert store.database.generation == before


def test_eight_threads_each_get_their_own_rows(store: Store) -> None:
    def work(thread: int) -> int:
        wrong = 0
        for i in range(80):
            if i % 2:
                found = store.drafts.preference(f"{thread}-{i - 1}")
                wrong += found != f"value {thread} {i - 1}"
            else:
                store.drafts.prefer(f"{thread}-{i}", f"value {thread} {i}")
                read = store.database.rows("select ?, range from range(?)", [thread, thread + 1])
                wrong += read != [(thread, n) for n in range(thread + 1)]
        return wrong

    assert together(work) == [0] * 8


def test_no_increment_of_a_hot_row_is_lost(store: Store) -> None:
    def work(thread: int) -> int:
        for _ in range(50):
            with store.transaction():
                store.drafts.prefer("hot", str(int(store.drafts.preference("hot", "0")) + 1))
        return 50

    assert sum(together(work)) == 400
    assert store.drafts.preference("hot") == "400"


def test_of_saves_made_at_once_every_accepted_one_is_kept(store: Store) -> None:
    feature = store.features.add(Feature("Hot", goal="0"))
    assert feature.id is not None
    feature_id = feature.id

    def work(thread: int) -> int:
        refused = 0
        for _ in range(20):
            while True:
                read = store.features.get(feature_id)
                try:
                    store.features.save(
                        Feature(
                            "Hot", goal=str(int(read.goal) + 1), id=read.id, revision=read.revision
                        )
                    )
                except Conflict:
                    refused += 1
                else:
                    break
        return refused

    together(work)
    last = store.features.get(feature_id)
    assert (last.goal, last.revision) == ("160", 161)


def together(work: Callable[[int], int]) -> list[int]:
    """What eight threads that start at the same moment return."""
    start = threading.Barrier(8)

    def one(thread: int) -> int:
        start.wait()
        return work(thread)

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(one, range(8)))


# `{folder}` holds the database, a secret file beside it, and the backups folder.
ESCAPES = """
select * from read_csv('{folder}/secret.csv')
select * from read_csv_auto('file://{folder}/secret.csv')
select * from sniff_csv('{folder}/secret.csv')
select * from read_text('{folder}/secret.csv')
select * from read_text('/etc/passwd')
select * from read_text('/proc/self/environ')
select * from read_text('{folder}/backups/../secret.csv')
select * from read_blob('{folder}/secret.csv')
select * from read_json('{folder}/secret.csv')
select * from read_json_auto('{folder}/secret.csv')
select * from read_json_objects('{folder}/secret.csv')
select * from read_ndjson('{folder}/secret.csv')
select * from read_ndjson_objects('{folder}/secret.csv')
select * from read_parquet('{folder}/secret.csv')
select * from parquet_metadata('{folder}/secret.csv')
select * from parquet_schema('{folder}/secret.csv')
select * from read_duckdb('{folder}/secret.csv')
select * from read_xlsx('{folder}/secret.csv')
select * from glob('{folder}/*')
select * from '{folder}/secret.csv'
select * from query('select * from read_text(''{folder}/secret.csv'')')
select * from query_table('{folder}/secret.csv')
select * from python_frame
summarize '{folder}/secret.csv'
create view peek as select * from read_csv('{folder}/secret.csv')
create macro peek() as table select * from read_text('{folder}/secret.csv')
create table peek as from '{folder}/secret.csv'
prepare peek as select * from read_text('{folder}/secret.csv')
copy features from '{folder}/secret.csv'
copy features to '{folder}/out.csv'
copy features to '{folder}/out.parquet' (format parquet)
copy (select 1) to '{folder}/backups/../out.csv'
copy (select 1) to '/dev/stdout'
export database '{folder}/out'
import database '{folder}/out'
select * from read_csv('http://127.0.0.1:9/x.csv')
select * from 'https://127.0.0.1:9/x.parquet'
select * from read_text('s3://bucket/key')
attach '{folder}/other.duckdb'
attach '{folder}/other.duckdb' as other (read_only)
attach '{folder}/other.sqlite' as other (type sqlite)
attach 'postgres:host=127.0.0.1' as other (type postgres)
attach 'http://127.0.0.1:9/x.duckdb' as other
attach 'quack:127.0.0.1:9' as other
install httpfs
install httpfs from community
force install httpfs
install '{folder}/x.duckdb_extension'
load httpfs
load '{folder}/x.duckdb_extension'
update extensions
call start_ui()
set enable_external_access = true
set lock_configuration = false
set allowed_directories = ['/']
set allowed_paths = ['/etc/passwd']
set temp_directory = '{folder}/out'
set home_directory = '{folder}'
set file_search_path = '{folder}'
set secret_directory = '{folder}'
set extension_directory = '{folder}'
set custom_extension_repository = 'http://127.0.0.1:9'
set allow_unsigned_extensions = true
set autoinstall_known_extensions = true
set autoload_known_extensions = true
set allow_community_extensions = true
set python_enable_replacements = true
set http_proxy = 'http://127.0.0.1:9'
set log_query_path = '{folder}/out'
set profiling_output = '{folder}/out'
reset enable_external_access
reset lock_configuration
pragma enable_profiling
pragma profiling_output = '{folder}/out'
call enable_logging('QueryLog')
call enable_logging('QueryLog', storage = 'file', storage_config = {{'path': '{folder}/out'}})
create secret peek (type s3, key_id 'a', secret 'b')
create persistent secret peek (type s3, key_id 'a', secret 'b')
select * from duckdb_secrets()
select getenv('HOME')
""".strip().splitlines()


def test_sql_reaches_no_file_address_extension_or_setting(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    store = open_store(str(tmp_path / "app.duckdb"), tmp_path)
    assert len(ESCAPES) >= 37
    try:
        assert accepted(store, tmp_path) == []
    finally:
        store.close()
    assert_nothing_new(tmp_path)


def test_sql_is_as_confined_in_a_database_that_was_reopened_or_restored(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    path = tmp_path / "app.duckdb"
    store = open_store(str(path), tmp_path)
    backup = store.backups.create()
    store.close()
    reopened = open_store(str(path), tmp_path)
    assert accepted(reopened, tmp_path) == []
    reopened.close()
    restore(backup, str(path))
    restored = open_store(str(path), tmp_path)
    assert accepted(restored, tmp_path) == []
    restored.close()


def test_the_backups_folder_is_the_one_place_that_sql_may_write_to(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "app.duckdb"), tmp_path)
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups-of-others").mkdir()
    store.database.rows(f"copy (select 1) to '{tmp_path}/backups/fine.csv'")
    for place in (tmp_path, tmp_path / "backups-of-others", tmp_path.parent, Path("/tmp")):
        with pytest.raises(StoreError, match="Permission"):
            store.database.rows(f"copy (select 1) to '{place}/out.csv'")
        assert not (place / "out.csv").exists()
    store.close()
    assert (tmp_path / "backups" / "fine.csv").exists()


def accepted(store: Store, folder: Path) -> list[str]:
    """The escapes that the database did not refuse."""
    python_frame = [(1,)]
    assert python_frame
    found = []
    for escape in ESCAPES:
        sql = escape.format(folder=folder)
        try:
            store.database.rows(sql)
        except StoreError:
            continue
        found.append(sql)
    return found


def assert_nothing_new(folder: Path) -> None:
    assert {file.name for file in folder.iterdir()} <= {
        "secret.csv",
        "app.duckdb",
        "app.duckdb.head",
        "app.duckdb.lock",
    }

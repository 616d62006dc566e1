"""A backup is the whole database, taken while it is in use; restoring it loses nothing."""

import shutil
import stat
import threading
from pathlib import Path

import pytest

from tests.building import loop
from workbench.domain.features import Feature
from workbench.errors import InputError, StoreError, StoreLocked
from workbench.store.engine.backup import restore
from workbench.store.engine.integrity import counts, orphans
from workbench.store.store import Store, open_store


def content(path: Path) -> dict[str, tuple[int, int]]:
    """Rows and hashes of a database file."""
    store = open_store(str(path), path.parent)
    try:
        assert orphans(store.database) == []
        return counts(store.database.rows)
    finally:
        store.close()


def test_backups_under_load_are_whole_and_restore_to_the_same_rows(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "app.duckdb"), tmp_path)
    loop(store, n_cases=30).run([])
    stop = threading.Event()

    def load() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with store.transaction():
                store.drafts.prefer("first", str(number))
                store.drafts.prefer("second", str(number))
                store.features.add(Feature(f"Feature {number}"))

    writer = threading.Thread(target=load)
    writer.start()
    try:
        backups = [store.backups.create(tmp_path / "out" / f"{n}.duckdb") for n in range(3)]
    finally:
        stop.set()
        writer.join()
    with pytest.raises(StoreLocked):
        open_store(str(tmp_path / "app.duckdb"), tmp_path)
    store.close()
    for number, backup in enumerate(backups):
        place = tmp_path / "restored" / f"{number}.duckdb"
        assert restore(backup, str(place)).kept is None
        restored = open_store(str(place), tmp_path)
        assert orphans(restored.database) == []
        assert counts(restored.database.rows) == content(backup)
        first, second = (restored.drafts.preference(name) for name in ("first", "second"))
        n_features = len(restored.features.all())
        restored.close()
        assert first == second
        assert n_features == 1 + int(first or 0)


def test_a_backup_equals_the_database_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    store = filled(tmp_path / "app.duckdb")
    before = counts(store.database.rows)
    backup = store.backups.create()
    assert store.backups.all() == [backup]
    assert backup.parent == tmp_path / "backups"
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert [file.name for file in backup.parent.iterdir()] == [backup.name]
    store.close()
    assert content(backup) == before


def test_the_order_of_things_survives_a_backup(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "app.duckdb"), tmp_path)
    for n in range(50):
        store.features.add(Feature(f"Feature {n}"))
    made = loop(store, n_cases=3)
    keys = [store.experiments.add(made.feature_id, made.plan(n), "Ada").key for n in range(1, 20)]
    backup = store.backups.create()
    store.close()
    restored = open_store(str(backup), tmp_path)
    assert [e.key for e in restored.experiments.of(made.feature_id)] == keys
    restored.close()


@pytest.mark.parametrize("name", ["a\"b'c", "select", "é; drop table notes"])
def test_a_database_of_any_name_is_backed_up_and_restored(tmp_path: Path, name: str) -> None:
    path = tmp_path / name / f"{name}.duckdb"
    store = filled(path)
    before = counts(store.database.rows)
    backup = store.backups.create(tmp_path / name / f"copy of {name}.duckdb")
    store.close()
    restore(backup, str(tmp_path / name / f"new {name}.duckdb"))
    assert content(tmp_path / name / f"new {name}.duckdb") == before


def test_a_backup_replaces_no_file(tmp_path: Path) -> None:
    store = filled(tmp_path / "app.duckdb")
    taken = tmp_path / "taken"
    taken.write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        store.backups.create(taken)
    assert taken.read_text() == "mine"
    store.close()


def test_a_database_in_use_cannot_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "app.duckdb"
    store = filled(path)
    backup = store.backups.create()
    with pytest.raises(StoreLocked, match="in use"):
        restore(backup, str(path))
    store.features.add(Feature("Still here"))
    store.close()
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "app.duckdb",
        "app.duckdb.head",
        "app.duckdb.lock",
        "backups",
    ]


def test_the_former_database_is_kept_beside_the_restored_one(tmp_path: Path) -> None:
    path = tmp_path / "app.duckdb"
    store = filled(path)
    backup = store.backups.create()
    store.features.add(Feature("Later"))
    store.close()
    kept = restore(backup, str(path)).kept
    assert kept is not None
    assert kept.parent == tmp_path
    restored, former = open_store(str(path), tmp_path), open_store(str(kept), tmp_path)
    assert [f.name for f in restored.features.all()] == ["Support replies"]
    assert [f.name for f in former.features.all()] == ["Support replies", "Later"]
    restored.close()
    former.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_rows_that_are_still_in_the_log_of_a_copy_are_restored_too(tmp_path: Path) -> None:
    path = tmp_path / "app.duckdb"
    store = filled(path)
    store.database.checkpoint()
    store.features.add(Feature("In the log"))
    # What kill -9 leaves: a file and a log that was never folded into it.
    shutil.copy(path, tmp_path / "left.duckdb")
    shutil.copy(f"{path}.wal", tmp_path / "left.duckdb.wal")
    before = counts(store.database.rows)
    store.close()
    restore(tmp_path / "left.duckdb", str(tmp_path / "new.duckdb"))
    assert content(tmp_path / "new.duckdb") == before


@pytest.mark.parametrize("bad", ["missing", "garbage", "truncated"])
def test_a_bad_backup_replaces_nothing(tmp_path: Path, bad: str) -> None:
    path = tmp_path / "app.duckdb"
    store = filled(path)
    backup = store.backups.create()
    before = counts(store.database.rows)
    store.close()
    source = tmp_path / "bad.duckdb"
    if bad == "garbage":
        source.write_bytes(b"garbage " * 1000)
    if bad == "truncated":
        source.write_bytes(backup.read_bytes()[:20_000])
    with pytest.raises((StoreError, InputError)):
        restore(source, str(path))
    assert content(path) == before


def test_a_database_is_not_restored_from_itself(tmp_path: Path) -> None:
    path = tmp_path / "app.duckdb"
    filled(path).close()
    with pytest.raises(InputError, match="is the database itself"):
        restore(path, str(path))
    assert path.exists()


def test_a_database_in_memory_cannot_be_restored(tmp_path: Path) -> None:
    store = filled(tmp_path / "app.duckdb")
    backup = store.backups.create()
    store.close()
    with pytest.raises(InputError, match="in memory"):
        restore(backup, ":memory:")


def filled(path: Path) -> Store:
    store = open_store(str(path), path.parent)
    loop(store)
    return store

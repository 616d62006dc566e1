"""Upkeep as deeds: a backup and what was left out are on record with who did it."""

from pathlib import Path

import pytest

from tests.actions import lines
from tests.empty import empty_store, store_with
from tests.store.test_seals import fill, first_of
from workbench.actions import permission, upkeep
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.errors import InputError, WorkbenchError
from workbench.store.store import Store

MIRA = Person("browser-1", "Mira")


def test_a_backup_is_made_and_on_record(store: Store, tmp_path: Path) -> None:
    made = upkeep.back_up(store, MIRA, tmp_path / "out" / "copy.duckdb")
    assert made.is_file()
    (line,) = lines.of_all(store)
    assert (line.person_id, line.deed, line.key) == ("browser-1", Deed.BACKUP_MAKE, "copy.duckdb")
    assert line.what == f"Backed up to {made}"


def test_a_backup_that_was_not_made_is_not_on_record(store: Store, tmp_path: Path) -> None:
    taken = tmp_path / "copy.duckdb"
    taken.write_bytes(b"mine")
    with pytest.raises(InputError, match="exists already"):
        upkeep.back_up(store, MIRA, taken)
    assert taken.read_bytes() == b"mine"
    assert lines.of_all(store) == []


def test_who_may_not_gets_no_copy(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(who: Person, deed: Deed, feature_id: object) -> None:
        raise WorkbenchError(f"{who.name} may not {deed}.", "Ask somebody else.")

    monkeypatch.setattr(permission, "ask", refuse)
    with pytest.raises(WorkbenchError, match="may not backup"):
        upkeep.back_up(store, MIRA, tmp_path / "copy.duckdb")
    assert not (tmp_path / "copy.duckdb").exists()


def test_a_file_that_can_only_be_read_is_copied_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = empty_store(tmp_path)
    monkeypatch.setattr(store.database, "unwritable", "its folder can't be written to")
    made = upkeep.back_up(store, MIRA, tmp_path / "copy.duckdb")
    assert made.is_file()
    assert lines.of_all(store) == []
    store.close()


@pytest.mark.parametrize("table", ["scores", "trials", "outputs", "criterion_versions"])
def test_what_was_changed_is_left_out_and_on_record(tmp_path: Path, table: str) -> None:
    store, _ = store_with(tmp_path, fill)
    store.database.execute(first_of(table))
    assert not store.audits.now().is_whole
    done = upkeep.leave_out_changed(store, MIRA)
    assert store.audits.now().is_whole
    line = lines.of_all(store)[-1]
    assert (line.person, line.deed) == ("Mira", Deed.CHANGED_ROWS_SET_ASIDE)
    assert f"{done.trials:,} answer" in line.what
    assert {author for author, _, _ in store.leaving_out.all()} == {"Mira"}
    store.close()


def test_where_nothing_was_changed_nothing_is_left_out(tmp_path: Path) -> None:
    store, _ = store_with(tmp_path, fill)
    before = lines.of_all(store)
    with pytest.raises(InputError, match="No row"):
        upkeep.leave_out_changed(store, MIRA)
    assert lines.of_all(store) == before
    store.close()

"""A file that is behind what was committed is refused, and stays as it is until one decides."""

import hashlib
import shutil
from pathlib import Path

import pytest

from tests.building import loop
from workbench.cli import main
from workbench.domain.features import Feature
from workbench.errors import StoreError
from workbench.store.engine.backup import accept_older, restore
from workbench.store.store import Store, open_store

POINTS = 30


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a kill leaves of a database: the file, a log with 40 commits, and the head."""
    folder = tmp_path_factory.mktemp("killed")
    store = open_store(str(folder / "app.duckdb"), folder)
    loop(store, n_cases=5)
    store.database.checkpoint()
    for number in range(40):
        store.features.add(Feature(f"Feature {number}"))
    copied(folder, folder / "left")
    store.close()
    return folder / "left"


@pytest.fixture
def left(killed: Path, tmp_path: Path) -> Path:
    """A copy of that, to spoil."""
    copied(killed, tmp_path / "left")
    return tmp_path / "left" / "app.duckdb"


def copied(source: Path, target: Path) -> None:
    target.mkdir()
    for suffix in ("", ".wal", ".head"):
        if Path(f"{source}/app.duckdb{suffix}").exists():
            shutil.copy(f"{source}/app.duckdb{suffix}", target)


def content(folder: Path) -> dict[str, str]:
    """Names and hashes of the files in a folder; the lock says who looked last."""
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.iterdir()
        if file.is_file() and file.suffix != ".lock"
    }


def refusal(path: Path, times: int = 2) -> str:
    """How opening is refused: always alike, with every file left as it was."""
    before = content(path.parent)
    said = set()
    for _ in range(times):
        with pytest.raises(StoreError) as refused:
            open_store(str(path), path.parent)
        said.add(str(refused.value))
    assert content(path.parent) == before
    (only,) = said
    return only


def sequence(path: Path) -> int:
    return int(Path(f"{path}.head").read_text("ascii").split()[2])


def opened(path: Path) -> Store:
    return open_store(str(path), path.parent)


def n_features(path: Path) -> int:
    store = opened(path)
    try:
        return len(store.features.all())
    finally:
        store.close()


def test_a_file_that_a_kill_left_opens_with_every_commit(left: Path) -> None:
    assert n_features(left) == 41


@pytest.mark.parametrize("how", ["deleted", "emptied"])
def test_a_log_that_was_deleted_or_emptied_is_noticed(left: Path, how: str) -> None:
    wal = Path(f"{left}.wal")
    wal.unlink() if how == "deleted" else wal.write_bytes(b"")
    n = sequence(left)
    said = refusal(left)
    assert f"expected sequence >= {n}, found {n - 40}" in said
    assert "python -m workbench restore" in said


def test_a_log_that_was_cut_short_is_noticed_wherever_it_was_cut(left: Path) -> None:
    wal = Path(f"{left}.wal")
    whole = wal.read_bytes()
    found = []
    for point in range(POINTS):
        wal.write_bytes(whole[: len(whole) * point // POINTS])
        found.append("expected sequence" in refusal(left, times=1))
    wal.write_bytes(whole[:-1])
    found.append("expected sequence" in refusal(left, times=1))
    assert found == [True] * (POINTS + 1)
    wal.write_bytes(whole)
    assert n_features(left) == 41


@pytest.mark.parametrize("is_folded", [False, True])
def test_an_older_copy_of_the_file_is_noticed(left: Path, tmp_path: Path, is_folded: bool) -> None:
    older = tmp_path / "older"
    copied(left.parent, older)
    store = opened(left)
    if is_folded:
        store.database.checkpoint()
    store.features.add(Feature("The newest"))
    newest = tmp_path / "newest"
    copied(left.parent, newest)
    store.close()
    shutil.copy(newest / "app.duckdb.head", older)
    assert "found" in refusal(older / "app.duckdb")


def test_another_database_in_its_place_is_noticed(left: Path, tmp_path: Path) -> None:
    other = open_store(str(tmp_path / "other.duckdb"), tmp_path)
    for number in range(60):
        other.features.add(Feature(f"Other {number}"))
    other.close()
    Path(f"{left}.wal").unlink()
    shutil.copy(tmp_path / "other.duckdb", left)
    assert "another database" in refusal(left)


def test_a_file_that_is_gone_is_not_replaced_by_an_empty_one(left: Path) -> None:
    left.unlink()
    Path(f"{left}.wal").unlink()
    assert "it is missing" in refusal(left)


def test_a_head_that_lags_behind_is_no_matter(left: Path) -> None:
    head = Path(f"{left}.head")
    lagging = head.read_text("ascii")
    store = opened(left)
    store.features.add(Feature("After the head"))
    store.close()
    head.write_text(lagging, "ascii")
    assert n_features(left) == 42
    assert sequence(left) > int(lagging.split()[2])


@pytest.mark.parametrize("damage", ["gone", "empty", "garbage", "changed"])
def test_a_head_that_cannot_be_read_is_noted_and_written_anew(left: Path, damage: str) -> None:
    head = Path(f"{left}.head")
    text = head.read_text("ascii")
    n = sequence(left)
    head.unlink()
    if damage != "gone":
        texts = {"empty": "", "garbage": "\x00\xff garbage", "changed": text.replace("4", "5")}
        head.write_text(texts[damage])
    store = opened(left)
    assert ("not there" if damage == "gone" else "unreadable") in store.database.head_note
    assert len(store.features.all()) == 41
    store.close()
    assert sequence(left) == n


def test_every_commit_raises_the_sequence_and_what_writes_nothing_does_not(tmp_path: Path) -> None:
    path = tmp_path / "app.duckdb"
    store = opened(path)
    start = sequence(path)
    store.features.add(Feature("First"))
    store.drafts.keep("requirement", {"statement": "half writ"})
    assert sequence(path) == start + 2
    store.drafts.drop("nothing of this name")
    store.features.all()
    with pytest.raises(StoreError):
        store.database.execute("insert into nowhere values (1)")
    assert sequence(path) == start + 2
    store.close()


def test_an_older_state_is_accepted_when_somebody_says_so(
    left: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(f"{left}.wal").unlink()
    old_head = Path(f"{left}.head").read_text("ascii")
    assert main.main(["export", "Nothing", "--db", str(left)]) == 2
    assert "Recent work is missing" in capsys.readouterr().err
    assert main.main(["restore", "--accept-older", "--db", str(left)]) == 0
    (kept,) = left.parent.glob("app.duckdb.head.*")
    assert str(kept) in capsys.readouterr().out
    assert kept.read_text("ascii") == old_head
    assert n_features(left) == 1
    assert n_features(left) == 1
    assert accept_older(str(left)) is not None


def test_a_restored_backup_opens_although_it_is_older(tmp_path: Path) -> None:
    path = tmp_path / "app.duckdb"
    store = opened(path)
    store.features.add(Feature("First"))
    backup = store.backups.create()
    store.features.add(Feature("Second"))
    store.close()
    kept = restore(backup, str(path)).kept
    assert kept is not None
    assert (n_features(path), n_features(kept)) == (1, 2)


def test_the_refusal_names_the_newest_backup_and_restoring_it_ends_it(left: Path) -> None:
    store = opened(left)
    backup = store.backups.create()
    store.close()
    left.unlink()
    assert str(backup) in refusal(left)
    restore(backup, str(left))
    assert n_features(left) == 41


def test_a_restore_that_was_cut_between_its_files_is_noticed(left: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    restore(left, str(target / "app.duckdb"))
    # The copy has its log folded in: what can be missing is the file, whose head comes first.
    assert [file.name for file in target.glob("app.duckdb.wal")] == []
    (target / "app.duckdb").unlink()
    assert "expected sequence" in refusal(target / "app.duckdb")


def test_a_backup_that_is_itself_cut_short_is_not_restored(left: Path, tmp_path: Path) -> None:
    Path(f"{left}.wal").unlink()
    with pytest.raises(StoreError, match="Recent work is missing"):
        restore(left, str(tmp_path / "new.duckdb"))
    assert not (tmp_path / "new.duckdb").exists()

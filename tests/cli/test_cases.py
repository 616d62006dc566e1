"""`import-cases`: cases from a table, mapped as the Data page maps them, whole or not at all."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests import building
from tests.cli.conftest import copied
from tests.pictures import pdf, png
from workbench.cli import main
from workbench.domain.datasets import CaseDraft
from workbench.domain.history import Deed
from workbench.exchange.archives import zips
from workbench.store.engine.integrity import counts
from workbench.store.store import open_store

FEATURE = "Support replies"
TABLE = "id;Message;Expected;category;note\n1;Where is it?;At the depot.;late;x\n2;Thanks!;;;y\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a feature whose prompt asks for {{message}}."""
    folder = tmp_path_factory.mktemp("built")
    store = open_store(str(folder / "app.duckdb"), folder / "home")
    building.loop(store)
    store.close()
    return folder


@pytest.fixture
def database(built: Path, home: Path) -> str:
    """One of one's own with it."""
    copied(built, home)
    return str(home / "app.duckdb")


def ran(text: str, *more: str, name: str = "cases.csv", folder: Path) -> int:
    """Import a text into the dataset “Mail”."""
    file = folder / name
    file.write_text(text, "utf-8")
    return main.main(["import-cases", str(file), "--feature", FEATURE, "--dataset", "Mail", *more])


def kept(database: str) -> list[CaseDraft]:
    """The cases of the newest version of “Mail”."""
    store = open_store(database, Path(database).parent / "home")
    feature = store.features.named(FEATURE)
    assert feature is not None
    assert feature.id is not None
    (mail,) = [one for one in store.datasets.of(feature.id) if one.name == "Mail"]
    found = [case.draft() for case in store.datasets.cases(mail.id)]
    store.close()
    return found


def everything(database: str) -> dict[str, tuple[int, int]]:
    """What every table holds."""
    store = open_store(database, Path(database).parent / "home")
    found = counts(store.database.rows)
    store.close()
    return found


def test_columns_are_told_by_their_names_and_by_the_prompts(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(TABLE, folder=tmp_path) == 0
    assert kept(database) == [
        CaseDraft("1", {"message": "Where is it?", "note": "x"}, "At the depot.", ("late",)),
        CaseDraft("2", {"message": "Thanks!", "note": "y"}),
    ]
    said = capsys.readouterr().out
    assert "Created “Mail”. It has 2 cases." in said
    assert "id as key, Message as message, Expected as reference, category as tags, note." in said


def test_what_a_column_becomes_can_be_said(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = ("--map", "note=source", "--map", "category=topic", "--map", "Expected=")
    assert ran(TABLE, *said, folder=tmp_path) == 0
    first, _ = kept(database)
    assert first == CaseDraft("1", {"message": "Where is it?", "topic": "late"}, source="x")
    assert "Left out: Expected." in capsys.readouterr().out


def test_a_part_that_was_said_takes_the_place_of_one_that_was_guessed(
    database: str, tmp_path: Path
) -> None:
    assert ran(TABLE, "--map", "note=reference", folder=tmp_path) == 0
    first, _ = kept(database)
    assert first.reference == "x"
    assert first.variables["Expected"] == "At the depot."


def test_the_deed_is_on_record_with_who_did_it(database: str, tmp_path: Path) -> None:
    assert ran(TABLE, folder=tmp_path) == 0
    more = TABLE.replace("Thanks!", "Thank you!")
    assert ran(more, "--note", "From the inbox", folder=tmp_path) == 0
    store = open_store(database, tmp_path / "home")
    feature = store.features.named(FEATURE)
    assert feature is not None
    assert feature.id is not None
    newer, older = store.history.lately(feature.id)[:2]
    store.close()
    assert (older.deed, newer.deed) == (Deed.DATASET_ADD, Deed.DATASET_EDIT)
    assert (newer.key, newer.why) == ("Mail", "From the inbox")
    assert newer.person_id.startswith("account:")


@pytest.mark.parametrize(
    "text", [TABLE, TABLE.replace("id;", "").replace("1;", "").replace("2;", "")]
)
def test_the_same_file_again_changes_nothing(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    assert ran(text, folder=tmp_path) == 0
    before = everything(database)
    assert ran(text, folder=tmp_path) == 0
    assert everything(database) == before
    assert "holds all of it already: version 1 stays" in capsys.readouterr().out


def test_a_case_with_a_key_that_is_there_takes_its_place_and_others_are_added(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(TABLE, folder=tmp_path) == 0
    assert ran("id,message,note\n2,Merci!,y\n3,Hi,z\n", folder=tmp_path) == 0
    assert [case.variables["message"] for case in kept(database)] == [
        "Where is it?",
        "Merci!",
        "Hi",
    ]
    assert (
        "Saved version 2 of “Mail”: 1 added, 1 edited. It has 3 cases." in capsys.readouterr().out
    )


def test_all_cases_can_be_replaced(database: str, tmp_path: Path) -> None:
    assert ran(TABLE, folder=tmp_path) == 0
    assert ran('{"key": "a", "message": "Hi"}\n', "--replace", name="c.jsonl", folder=tmp_path) == 0
    assert kept(database) == [CaseDraft("a", {"message": "Hi"})]


def test_a_program_is_told_what_became_of_the_file(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "message,note\nHi,a\nHi,a\n"
    assert ran(text, "--map", "note=", "--json", folder=tmp_path) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)["imported"]
    assert found.pop("notes") == []
    assert found == {
        "dataset": "Mail",
        "version": 1,
        "is_new": True,
        "cases": 2,
        "added": 2,
        "edited": 0,
        "removed": 0,
        "repeated_inputs": 1,
        "columns": {"message": "message"},
        "left_out": ["note"],
        "personal_data": {},
        "masked": False,
    }


def test_data_of_people_is_counted_and_masked_on_demand(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "message\nI am ada@shop.example\n"
    assert ran(text, folder=tmp_path) == 0
    assert "Data of people: 1 e-mail address (kept" in capsys.readouterr().out
    assert ran(text, "--mask", "--replace", folder=tmp_path) == 0
    assert "1 e-mail address (masked)" in capsys.readouterr().out
    assert [case.variables for case in kept(database)] == [{"message": "I am [e-mail address 1]"}]


@pytest.mark.parametrize(
    ("text", "more", "problem"),
    [
        ("id,message\n1,a\n1,b\n", (), "Rows 1 and 2 have the same key, “1”"),
        ("message\na\n", ("--map", "body=message"), "The table has no column “body”"),
        ("a,b\n1,2\n", ("--map", "a=x", "--map", "a=y"), "can't be both x and y"),
        ("message\na\n", ("--feature", "Other"), "There is no feature named “Other”"),
        ("message\na\n", ("--dataset", "inbox"), "There is a dataset named “inbox” already"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    database: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    text: str,
    more: tuple[str, ...],
    problem: str,
) -> None:
    before = everything(database)
    assert ran(text, *more, folder=tmp_path) == 2
    assert problem in capsys.readouterr().err
    assert everything(database) == before


@pytest.mark.parametrize("said", ["message", "=message", ""])
def test_a_mapping_that_is_none_is_refused(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], said: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        ran(TABLE, "--map", said, folder=tmp_path)
    assert ended.value.code == 2
    assert "is not COLUMN=VARIABLE" in capsys.readouterr().err


def test_a_missing_file_is_named(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = str(tmp_path / "gone.csv")
    assert main.main(["import-cases", gone, "--feature", FEATURE, "--dataset", "Mail"]) == 2
    assert "There is no file" in capsys.readouterr().err


def test_how_a_file_is_read_can_be_said(database: str, tmp_path: Path) -> None:
    text = json.dumps({"old": [{"message": "a"}], "new": [{"message": "b"}]})
    assert ran(text, name="c.json", folder=tmp_path) == 2
    assert ran(text, "--rows-at", "new", name="c.json", folder=tmp_path) == 0
    assert [case.variables for case in kept(database)] == [{"message": "b"}]


def test_files_that_a_table_names_come_from_its_folder_or_its_zip(
    database: str, tmp_path: Path
) -> None:
    text = "id,Message,attachments\n1,What is it?,shots/a.png\n2,And this?,b.pdf\n"
    (tmp_path / "shots").mkdir()
    (tmp_path / "shots" / "a.png").write_bytes(png())
    (tmp_path / "b.pdf").write_bytes(pdf("Pay"))
    assert ran(text, folder=tmp_path) == 0
    first = kept(database)
    assert [[one.name for one in case.attachments] for case in first] == [["a.png"], ["b.pdf"]]
    packed = {"t.csv": text.encode(), "a.png": png(), "b.pdf": pdf("Pay")}
    (tmp_path / "t.zip").write_bytes(zips.pack(packed))
    wanted = ["--feature", FEATURE, "--dataset", "Mail"]
    assert main.main(["import-cases", str(tmp_path / "t.zip"), *wanted]) == 0
    assert kept(database) == first


def test_a_table_whose_file_is_missing_keeps_nothing(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = everything(database)
    assert ran("id,Message,attachments\n1,What?,gone.png\n", folder=tmp_path) == 2
    assert "Case “1” names the file “gone.png”, which was not given." in capsys.readouterr().err
    assert everything(database) == before

"""`draft`: a text becomes suggestions that wait for people; nothing is accepted."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.actions.drafts import replying
from tests.faults import endpoint as faults
from workbench.cli import main
from workbench.store.store import open_store

TEXT = "The bot must never promise a refund. Answer within 3 s. We are twelve people."


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workbench of its own, and the text in a file."""
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WORKBENCH_DB", str(tmp_path / "app.duckdb"))
    (tmp_path / "brief.txt").write_text(TEXT, "utf-8")
    return tmp_path


def drafted(
    home: Path, capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[int, dict[str, Any]]:
    """The exit code, and the draft that was printed."""
    file = str(home / "brief.txt")
    code = main.main(["draft", file, "--feature", "Support", "--json", *more])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)["draft"]
    return code, found


def test_rules_suggest_and_keep_without_a_model(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = drafted(home, capsys)
    assert code == 0
    said = [each for each in found["suggestions"] if each["about"] == "requirement"]
    assert [each["statement"] for each in said] == [
        "The bot never promises a refund.",
        "The answer is there within 3 s.",
    ]
    assert found["left_out"] == ["We are twelve people."]
    store = open_store(str(home / "app.duckdb"), home / "home")
    feature = store.features.named("Support")
    assert feature is not None
    assert feature.id is not None
    assert store.requirements.of(feature.id) == []
    assert len(store.drafting.rounds(feature.id)) == 1
    store.close()


def test_a_criterion_names_the_place_of_its_requirement(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, found = drafted(home, capsys)
    late = next(each for each in found["suggestions"] if each.get("title") == "There within 3 s")
    assert found["suggestions"][late["of"]]["statement"] == "The answer is there within 3 s."


def test_a_model_is_asked_where_one_is_named(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with faults.serve(reply=replying()) as server:
        target = ("--base-url", server.base_url, "--model", "fake-1")
        code, found = drafted(home, capsys, *target)
    assert (code, found["source"], found["unreadable"]) == (0, "fake-1", "")
    assert [each["about"] for each in found["suggestions"][:2]] == ["requirement", "criterion"]


def test_a_part_that_cannot_be_read_is_named_beside_what_was_suggested(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with faults.serve(reply=replying(cases="Certainly!")) as server:
        target = ("--base-url", server.base_url, "--model", "fake-1")
        code, found = drafted(home, capsys, *target)
    assert code == 4
    assert found["unreadable"].startswith("Cases: What the model suggests could not be read")
    assert len(found["suggestions"]) == 4


def test_a_reply_that_cannot_be_read_is_told_by_the_exit_code(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with faults.serve(text="Certainly!") as server:
        target = ("--base-url", server.base_url, "--model", "fake-1")
        code, found = drafted(home, capsys, *target)
    assert (code, found["suggestions"]) == (4, [])
    assert "could not be read" in found["unreadable"]


def test_the_text_says_what_waits(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["draft", str(home / "brief.txt"), "--feature", "Support"]) == 0
    said = capsys.readouterr().out
    assert "none accepted yet" in said
    assert "from “Answer within 3 s.”" in said
    assert "There within 3 s: latency, at least 95%" in said


def test_a_file_that_is_not_there_is_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["draft", str(home / "gone.txt"), "--feature", "Support"]) == 2
    assert "can't be read" in capsys.readouterr().err


@pytest.mark.parametrize("asked", [["--model", "gpt-9"], ["--api-key-env", "OPENAI_API_KEY"]])
def test_a_model_that_was_named_without_its_place_is_not_left_for_the_rules(
    home: Path, capsys: pytest.CaptureFixture[str], asked: list[str]
) -> None:
    file = str(home / "brief.txt")
    assert main.main(["draft", file, "--feature", "Support", *asked]) == 2
    assert "Add --connection NAME or --base-url URL" in capsys.readouterr().err
    assert not (home / "app.duckdb").exists()


@pytest.mark.parametrize("option", ["--answer", "--user-connection", "--user-model"])
def test_drafting_takes_no_option_that_it_would_leave_unread(home: Path, option: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(["draft", str(home / "brief.txt"), "--feature", "Support", option, "x"])
    assert ended.value.code == 2

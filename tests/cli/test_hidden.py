"""The command line shows what could hide words, and no escape reaches the terminal."""

import json
from pathlib import Path

import pytest

from workbench.cli import main

TINY = Path(__file__).parent.parent / "tiny.yaml"
HIDING = "\u202e\u200b\x1b\u2067\u3164\x9b"


@pytest.fixture
def feature(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A feature with names that hide something, in the database. Its name."""
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WORKBENCH_DB", str(tmp_path / "home" / "workbench.duckdb"))
    text = TINY.read_text("utf-8").replace("MOST", "100").replace("BAR", "0.5")
    text = text.replace("name: Tiny", r'name: "Tiny\u202e\u200b"')
    text = text.replace("title: Brief", r'title: "Brief \e[31m \u2067 \u3164 \x9b2J"')
    file = tmp_path / "tiny.yaml"
    file.write_text(text, encoding="utf-8")
    assert main.main(["import", str(file)]) == 0
    return "Tiny\u202e\u200b"


def test_what_people_wrote_is_named_where_it_hides_something(
    feature: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    main.main(["verdicts", feature])
    main.main(["verdicts", "no such\u202e\x1b[31m feature"])
    said = capsys.readouterr()
    assert not set(HIDING) & set(said.out + said.err)
    assert "Brief ⟨U+001B⟩[31m ⟨U+2067⟩" in said.out
    assert "⟨U+202E⟩" in said.err


def test_json_means_the_same_and_hides_nothing(
    feature: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    main.main(["verdicts", feature, "--json"])
    said = capsys.readouterr().out
    assert not set(HIDING) & set(said)
    assert json.loads(said)["feature"] == feature

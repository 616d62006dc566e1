"""`run` has the outputs judged too, within the same budget."""

import json
from pathlib import Path

import pytest

from tests.empty import empty_store
from tests.faults import endpoint as faults
from tests.pictures import png
from tests.runs import file_scenes, judge_scenes
from workbench.actions import exporting
from workbench.cli.main import main
from workbench.domain.connections import Connection
from workbench.store.store import open_store

TINY = (Path(__file__).parent.parent / "tiny.yaml").read_text("utf-8")


def test_run_lets_the_judges_look_and_keeps_to_the_calls_of_its_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    database = str(tmp_path / "w.duckdb")
    feature = tmp_path / "feature.yaml"
    settings = ", ".join(f"{name}: '{value}'" for name, value in judge_scenes.RUBRIC.items())
    text = TINY.replace("kind: length", "kind: judge").replace("BAR", "0.8")
    text = text.replace("unit: characters, max: MOST", settings)
    text = text.replace("Local model", "Judges").replace("SmolLM2-135M-Instruct", "fake-1")
    feature.write_text(text, "utf-8")
    with faults.serve(reply=judge_scenes.reply) as server:
        store = open_store(database, tmp_path)
        store.connections.add(Connection("Judges", server.base_url, ("fake-1", "judge-1")))
        store.close()
        command = ["run", str(feature), "--db", database, "--json"]
        assert main([*command, "--max-calls", "5"]) == 2
        assert server.requests == 5
        assert "budget of 5 calls is used up" in capsys.readouterr().err
        assert main(command) == 3
        assert server.requests == 6
        assert len(judge_scenes.asked_of_judge(server)) == 2
    assert '"verdict": "not_enough_evidence"' in capsys.readouterr().out


def test_run_shows_the_judge_the_files_that_come_with_a_feature(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    database = str(tmp_path / "w.duckdb")
    packed = tmp_path / "receipts.zip"
    with faults.serve(reply=judge_scenes.reply) as server:
        made = empty_store(tmp_path)
        experiment, _ = file_scenes.planned(made, server)
        packed.write_bytes(exporting.feature_zip(made, experiment.feature_id))
        made.close()
        store = open_store(database, tmp_path)
        for name, model in (("Fake", "fake-1"), ("Judges", "judge-1")):
            store.connections.add(Connection(name, server.base_url, (model,)))
        store.close()
        assert main(["run", str(packed), "--db", database, "--json"]) == 3
        (shown,) = file_scenes.asked(server)["with"]
    assert file_scenes.pictures_of(shown) == [png()]
    assert file_scenes.LETTER in file_scenes.text_of(shown)
    said = json.loads(capsys.readouterr().out)["verdicts"]
    assert "on 1 output it saw the case's files, too" in json.dumps(said)

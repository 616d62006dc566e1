"""`run` and `check` on cases with simulated users: who plays them is named, or asked for."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.faults import endpoint as faults
from tests.runs.test_simulated_users import planned, talking
from workbench.cli import exit_codes, main
from workbench.domain.connections import Connection
from workbench.exchange.feature import file as feature_file
from workbench.store.store import Store, open_store

NOWHERE = "http://127.0.0.1:9/v1"


@pytest.fixture
def feature(store: Store, home: Path) -> str:
    """A feature file whose case has a user whom no variant lets anybody play."""
    experiment = planned(store, NOWHERE, player=None)
    path = home / "feature.yaml"
    path.write_text(feature_file.export(store, experiment.feature_id), "utf-8")
    return str(path)


def test_a_run_names_who_plays_the_users_and_a_second_one_asks_nothing(
    feature: str, home: Path
) -> None:
    with faults.serve(canned=talking("When?", "DONE")) as server:
        asked = ["run", feature, "--base-url", server.base_url, "--model", "fake-1"]
        asked += ["--user-model", "person-1", "--json"]
        first = main.main(asked)
        assert server.requests == 4
        assert main.main(asked) == first == exit_codes.UNDECIDED
        assert server.requests == 4
    kept = open_store(str(home / "app.duckdb"), home)
    (found,) = kept.features.all()
    assert found.id is not None
    questions = [each.question for each in kept.experiments.of(found.id)]
    kept.close()
    said = "fake-1 through Command line, users played by person-1"
    assert questions == ["Does it help?", f"Does it help? ({said})"]


def test_a_run_that_names_nobody_is_refused_before_anything_is_asked(
    feature: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with faults.serve(canned=talking()) as server:
        asked = ["run", feature, "--base-url", server.base_url, "--model", "fake-1"]
        assert main.main(asked) == exit_codes.INPUT
        assert server.requests == 0
    said = capsys.readouterr().err
    assert "“anna” has a simulated user" in said
    assert "--user-model" in said


TALKS: dict[str, Any] = {
    "workbench": 1,
    "pack": {"key": "talks", "version": 1, "licence": "CC0-1.0"},
    "feature": {"name": "Talks"},
    "requirements": [
        {
            "key": "R1",
            "statement": "Answers.",
            "criteria": [
                {
                    "key": "C1",
                    "title": "Answers",
                    "scorer": {"kind": "contains", "settings": {"texts": ["Answer"]}},
                    "bar": 0.5,
                }
            ],
        }
    ],
    "datasets": [
        {
            "name": "People",
            "cases": [
                {
                    "key": "anna",
                    "variables": {"message": "Where is it?"},
                    "simulated_user": {"persona": "Anna", "goal": "Know when", "turns": 2},
                }
            ],
        }
    ],
    "prompts": [{"name": "Help", "versions": [{"system": "Help.", "user": "{{message}}"}]}],
}


def pack(home: Path) -> str:
    """A capability pack whose case has a user."""
    path = home / "talks.yaml"
    path.write_text(json.dumps(TALKS), "utf-8")
    return str(path)


def test_a_check_lets_the_named_model_play_the_users_of_a_pack(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with faults.serve(canned=talking("When?", "DONE")) as server:
        asked = ["check", pack(home), "--base-url", server.base_url, "--model", "fake-1"]
        assert main.main([*asked, "--quiet"]) == exit_codes.INPUT
        assert "has a simulated user" in capsys.readouterr().err
        assert server.requests == 0
        main.main([*asked, "--user-model", "person-1", "--json"])
        assert server.requests == 4
    (found,) = json.loads(capsys.readouterr().out)["capabilities"]
    assert found["n_trials"] == 1
    assert found["n_unscored"] == 0


def test_a_run_whose_player_moved_has_its_users_played_there_in_a_plan_of_its_own(
    store: Store, home: Path
) -> None:
    path = home / "feature.yaml"
    path.write_text(feature_file.export(store, planned(store, NOWHERE).feature_id), "utf-8")
    file = str(home / "app.duckdb")
    with faults.serve(canned=talking("DONE")) as here, faults.serve(text="DONE") as there:
        kept = open_store(file, home)
        people = Connection("People", here.base_url, ("person-1",))
        kept.connections.add(people)
        kept.connections.add(Connection("Fake", here.base_url, ("fake-1",)))
        kept.close()
        asked = ["run", str(path), "--quiet"]
        assert main.main(asked) == exit_codes.UNDECIDED
        kept = open_store(file, home)
        people = kept.connections.named("People")
        kept.connections.save(replace(people, base_url=there.base_url), author="Grace")
        kept.close()
        assert main.main(asked) == main.main(asked) == exit_codes.UNDECIDED
        assert (here.requests, there.requests) == (3, 1)
    kept = open_store(file, home)
    (found,) = kept.features.all()
    assert found.id is not None
    questions = [each.question for each in kept.experiments.of(found.id)]
    kept.close()
    assert questions == ["Does it help?", "Does it help? (after People moved)"]

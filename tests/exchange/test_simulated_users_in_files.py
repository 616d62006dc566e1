"""Simulated users in feature files, tables and exports: what goes out comes back."""

import json
from pathlib import Path

import pytest

from tests.empty import empty_store
from tests.faults import endpoint as faults
from tests.runs.test_simulated_users import ANNA, planned, run, talking
from workbench.domain.simulated_users import Player
from workbench.errors import InputError
from workbench.exchange.feature import file as feature_file
from workbench.exchange.results import outputs
from workbench.exchange.tables import case_files, personal
from workbench.exchange.tables.mapping import guess_mapping, to_cases
from workbench.exchange.tables.reading import read
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs.jobs import Jobs
from workbench.store.store import Store

NOWHERE = "http://127.0.0.1:9/v1"


def test_a_feature_with_a_simulated_user_comes_back_byte_for_byte(
    store: Store, tmp_path: Path
) -> None:
    text = feature_file.export(store, planned(store, NOWHERE).feature_id)
    assert "simulated_user:" in text
    elsewhere = empty_store(tmp_path)
    again = feature_file.import_feature(elsewhere, text, "Bo")
    assert again.id is not None
    assert feature_file.export(elsewhere, again.id) == text
    (variant,) = elsewhere.variants.of(again.id)
    assert variant.parameters.user == Player("People", "person-1")
    elsewhere.close()


def test_a_user_of_too_many_turns_is_refused_with_the_line(store: Store) -> None:
    text = feature_file.export(store, planned(store, NOWHERE).feature_id)
    wrong = text.replace("turns: 3", "turns: 13", 1).replace("name: Parcels", "name: B", 1)
    assert wrong != text
    with pytest.raises(InputError, match="turns"):
        feature_file.import_feature(store, wrong, "Bo")


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_simulated_users_come_back_from_tables(store: Store, form: str) -> None:
    experiment = planned(store, NOWHERE)
    drafts = [c.draft() for c in store.datasets.cases(experiment.dataset_version_id)]
    assert drafts[0].user == ANNA
    made = case_files.csv_text(drafts) if form == "csv" else case_files.jsonl_text(drafts)
    table = read(f"cases.{form}", made.encode())
    assert list(to_cases(table, guess_mapping(table))) == drafts


def test_a_table_says_in_which_row_a_user_has_no_goal() -> None:
    table = read("cases.csv", b"message,simulated_user\nHi,Persona: Anna\n")
    with pytest.raises(InputError, match="Row 1: The simulated user has no goal"):
        to_cases(table, guess_mapping(table))


def test_what_is_personal_in_a_persona_is_found_and_masked() -> None:
    user = b'message,simulated_user\nHi,"Persona: ann@example.org\nGoal: Know"\n'
    table = read("cases.csv", user)
    cases = to_cases(table, guess_mapping(table))
    assert personal.found(cases).total() == 1
    (masked,) = personal.masked(cases)
    assert masked.user is not None
    assert "example.org" not in masked.user.persona


def test_exports_have_the_user_and_all_that_was_said(store: Store, tmp_path: Path) -> None:
    jobs = Jobs(store, Models(LocalModel(tmp_path)))
    with faults.serve(canned=talking("When?", "DONE")) as server:
        experiment = planned(store, server.base_url)
        run(store, jobs, experiment)
    jobs.close()
    row = json.loads(outputs.as_jsonl(store, experiment.id))
    assert row["input"]["simulated user"] == ANNA.plain()
    said = [message["content"] for message in row["transcript"]]
    assert said == ["Answer 1", "When?", "Answer 2", "DONE"]

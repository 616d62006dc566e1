"""Tools and their replies in feature files, tables and exports: what goes out comes back."""

import json
from pathlib import Path

import pytest

from tests.empty import empty_store
from tests.faults import endpoint as faults
from tests.runs.test_tools import planned, run, weather
from workbench.actions.exporting import exported
from workbench.domain.tool_replies import ToolReply
from workbench.errors import InputError
from workbench.exchange.feature import file as feature_file
from workbench.exchange.results import outputs
from workbench.exchange.tables import case_files
from workbench.exchange.tables.mapping import guess_mapping, to_cases
from workbench.exchange.tables.reading import read
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs.jobs import Jobs
from workbench.store.store import Store

REPLIES = (ToolReply("get_weather", "Rain"), ToolReply("get_weather", "Snow", {"city": "Oslo"}))


def test_a_feature_with_tools_comes_back_byte_for_byte(store: Store, tmp_path: Path) -> None:
    experiment = planned(store, "http://127.0.0.1:9/v1", REPLIES)
    text = feature_file.export(store, experiment.feature_id)
    assert "tool_replies:" in text
    assert "    - name: get_weather" in text
    elsewhere = empty_store(tmp_path)
    again = feature_file.import_feature(elsewhere, text, "Bo")
    assert again.id is not None
    assert feature_file.export(elsewhere, again.id) == text
    elsewhere.close()
    assert "Tools (the model calls as it likes" in exported(store, experiment.feature_id, "md") or (
        "No variant is chosen yet." in exported(store, experiment.feature_id, "md")
    )


def test_a_tool_that_no_server_takes_is_refused_with_its_line(store: Store) -> None:
    text = feature_file.export(store, planned(store, "http://127.0.0.1:9/v1").feature_id)
    wrong = text.replace("    tools:\n", "    tool_choice: other\n    tools:\n", 1)
    assert wrong != text
    with pytest.raises(InputError, match="other"):
        feature_file.import_feature(store, wrong.replace("name: Weather", "name: B", 1), "Bo")


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_replies_come_back_from_tables(store: Store, form: str) -> None:
    experiment = planned(store, "http://127.0.0.1:9/v1", REPLIES)
    drafts = [c.draft() for c in store.datasets.cases(experiment.dataset_version_id)]
    made = case_files.csv_text(drafts) if form == "csv" else case_files.jsonl_text(drafts)
    table = read(f"cases.{form}", made.encode())
    assert list(to_cases(table, guess_mapping(table))) == drafts


def test_exports_have_the_calls_and_all_that_was_said(store: Store, tmp_path: Path) -> None:
    jobs = Jobs(store, Models(LocalModel(tmp_path)))
    with faults.serve(canned=weather) as server:
        experiment = planned(store, server.base_url)
        run(store, jobs, experiment)
    jobs.close()
    row = json.loads(outputs.as_jsonl(store, experiment.id))
    assert row["tool_calls"] == [{"name": "get_weather", "arguments": {"city": "Oslo"}}]
    assert [message["role"] for message in row["transcript"]] == ["assistant", "tool", "assistant"]
    assert row["input"]["replies of tools"] == [{"tool": "get_weather", "reply": "Rain"}]
    assert "tool_calls [json]" in outputs.as_csv(store, experiment.id)

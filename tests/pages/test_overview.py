"""The Overview: the feature, its requirements with their verdicts, and the first run."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import sessions
from workbench.domain.experiments import RunState
from workbench.domain.features import Feature
from workbench.domain.history import Deed
from workbench.models.local import OVERRIDE
from workbench.ui.parts.resources import services

SAMPLE = "Support reply assistant"

SMALL = """\
workbench: 1
feature:
  name: Greeter
requirements:
- key: R1
  statement: An answer is short.
  criteria:
  - key: C1
    title: At most 200 words
    scorer: {kind: length, settings: {unit: words, min: 1, max: 200}}
    bar: 0.5
datasets:
- name: Greetings
  cases:
  - {key: hello, variables: {message: Hello}}
  - {key: bye, variables: {message: Goodbye}}
prompts:
- name: Greet
  versions:
  - {number: 1, system: Be brief., user: "{{ message }}"}
variants:
- label: A
  prompt: Greet
  version: 1
  connection: Local model
  model: SmolLM2-135M-Instruct
  parameters: {temperature: 0.0, max_tokens: 8}
experiments:
- key: E1
  question: Are greetings short?
  dataset: Greetings
  variants: [A]
  criteria: [C1]
  trials: 1
"""


@pytest.fixture
def app(app: AppTest) -> AppTest:
    """The app on its first page, drawn."""
    return app.run()


def words(app: AppTest) -> str:
    """Everything that is written on the page."""
    kinds = ("markdown", "caption", "info", "warning", "error", "success", "subheader", "code")
    found: list[Any] = [element for kind in kinds for element in app.get(kind)]
    return "\n".join(str(element.value) for element in found)


def keys(app: AppTest) -> set[str]:
    """The keys of the buttons on the page."""
    return {str(button.key) for button in app.button}


def named(name: str) -> Feature:
    """A feature as it is saved now."""
    found = services().store.features.named(name)
    assert found is not None
    return found


def feature_id(name: str) -> UUID:
    """The id of a feature."""
    found = named(name).id
    assert found is not None
    return found


def pasted(app: AppTest, text: str, name: str = "") -> AppTest:
    """The app after a feature file was pasted into the import dialog."""
    app.button(key="overview_import").click().run()
    app.text_area(key="overview_pasted").input(text)
    app.text_input(key="overview_import_name").input(name)
    return app.button(key="overview_import_now").click().run()


def test_a_file_beside_a_pasted_text_is_not_taken_for_both(app: AppTest) -> None:
    app.button(key="overview_import").click().run()
    app.file_uploader(key="overview_file").upload("a.yaml", SMALL.encode())
    said = pasted(app, SMALL)
    assert "There is a file, and a pasted text." in words(said)
    assert len(services().store.features.all()) == 1


def test_every_requirement_is_a_row_with_its_criteria_and_their_bars(app: AppTest) -> None:
    labels = [b.label for b in app.button if str(b.key).startswith("overview_requirement_")]
    assert [label.split("**")[1] for label in labels] == ["R1", "R2", "R3", "R4", "R5", "R6"]
    assert "**C1** Names the order number it was given: no result, bar at least 80%" in words(app)


def test_it_says_whose_verdicts_are_shown(app: AppTest) -> None:
    assert "For the candidate, variant **B**" in words(app)
    pasted(app, SMALL)
    assert "No candidate is chosen: every variant" in words(app)


def test_a_requirement_opens_in_requirements(app: AppTest) -> None:
    store = services().store
    second = store.requirements.of(feature_id(SAMPLE))[1]
    app.button(key=f"overview_requirement_{second.id}").click().run()
    assert app.header[0].value == "Requirements"


def test_the_feature_is_edited_and_its_new_name_stays_open(app: AppTest) -> None:
    app.button(key="overview_edit").click().run()
    app.text_input(key="overview_field_name").input("Reply helper").run()
    app.text_area(key="overview_field_goal").input("Answer within the hour.").run()
    app.button(key="overview_save").click().run()
    assert named("Reply helper").goal == "Answer within the hour."
    assert app.session_state["feature"] == "Reply helper"
    assert "overview_save" not in keys(app)


def test_what_was_half_written_is_there_after_a_reload(app: AppTest) -> None:
    app.button(key="overview_edit").click().run()
    app.text_area(key="overview_field_stakes").input("Half a sen").run()
    reloaded = sessions.opened().run()
    assert "unsaved edits" in "\n".join(str(m.value) for m in reloaded.markdown)
    reloaded.button(key="overview_edit").click().run()
    assert reloaded.text_area(key="overview_field_stakes").value == "Half a sen"
    reloaded.button(key="overview_discard").click().run()
    assert named(SAMPLE).stakes != "Half a sen"


def test_a_conflict_shows_both_texts_and_overwrites_nothing(app: AppTest) -> None:
    app.button(key="overview_edit").click().run()
    app.text_area(key="overview_field_goal").input("Mine").run()
    services().store.features.save(replace(named(SAMPLE), goal="Theirs"))
    app.button(key="overview_save").click().run()
    assert named(SAMPLE).goal == "Theirs"
    assert "goal: Mine" in words(app)
    assert "goal: Theirs" in words(app)
    app.button(key="overview_save_mine").click().run()
    assert named(SAMPLE).goal == "Mine"


def test_taking_theirs_drops_the_draft(app: AppTest) -> None:
    app.button(key="overview_edit").click().run()
    app.text_area(key="overview_field_goal").input("Mine").run()
    services().store.features.save(replace(named(SAMPLE), goal="Theirs"))
    app.run()
    app.button(key="overview_load_theirs").click().run()
    assert app.text_area(key="overview_field_goal").value == "Theirs"


def test_a_new_feature_is_open_and_says_what_to_do_first(app: AppTest) -> None:
    app.button(key="overview_new").click().run()
    app.text_input(key="overview_field_name").input("Ticket sorter").run()
    app.button(key="overview_save").click().run()
    assert app.session_state["feature"] == "Ticket sorter"
    assert "There is no requirement yet" in words(app)
    assert "Still to say: problem, user, job to be done, goal, stakes" in words(app)


def test_a_feature_without_a_name_is_refused_with_what_to_do(app: AppTest) -> None:
    app.button(key="overview_new").click().run()
    app.button(key="overview_save").click().run()
    assert "The feature has no name" in words(app)
    assert [feature.name for feature in services().store.features.all()] == [SAMPLE]


def test_a_feature_file_is_imported_under_another_name(app: AppTest) -> None:
    text = SMALL.replace("Greeter", SAMPLE)
    pasted(app, text)
    assert "There is a feature named “Support reply assistant” already" in words(app)
    app.text_input(key="overview_import_name").input("Greeter two")
    app.button(key="overview_import_now").click().run()
    assert app.session_state["feature"] == "Greeter two"


def test_a_file_that_is_no_feature_file_is_refused_and_keeps_nothing(app: AppTest) -> None:
    pasted(app, "not: [a feature")
    assert app.error
    assert len(services().store.features.all()) == 1


def test_another_feature_is_opened_from_the_list(app: AppTest) -> None:
    pasted(app, SMALL)
    app.button(key=f"overview_open_{feature_id(SAMPLE)}").click().run()
    assert app.session_state["feature"] == SAMPLE


def test_without_a_feature_the_sample_is_one_click_away(app: AppTest) -> None:
    app.button(key=f"overview_archive_{feature_id(SAMPLE)}").click().run()
    app.button(key="overview_archive_now").click().run()
    assert services().store.features.all() == []
    app.button(key="overview_sample").click().run()
    assert named(SAMPLE)
    assert "overview_run_now" in keys(app)


def test_an_archived_feature_is_restored_by_one_button(app: AppTest) -> None:
    app.button(key=f"overview_archive_{feature_id(SAMPLE)}").click().run()
    assert app.button(key="overview_archive_now").proto.type != "primary"
    assert app.button(key="overview_archive_cancel").proto.type == "primary"
    sample_id = feature_id(SAMPLE)
    app.button(key="overview_archive_now").click().run()
    assert "overview_sample" in keys(app), "there is no feature left"
    app.button(key=f"overview_restore_{sample_id}").click().run()
    assert feature_id(SAMPLE) == sample_id
    assert app.session_state["feature"] == SAMPLE
    assert f"overview_restore_{sample_id}" not in keys(app)


def test_a_feature_whose_name_is_taken_by_now_is_restored_under_another(app: AppTest) -> None:
    sample_id = feature_id(SAMPLE)
    app.button(key=f"overview_archive_{sample_id}").click().run()
    app.button(key="overview_archive_now").click().run()
    pasted(app, SMALL, SAMPLE)
    app.button(key=f"overview_restore_{sample_id}").click().run()
    assert "There is a feature named “Support reply assistant” already" in words(app)
    app.text_input(key=f"overview_restore_name_{sample_id}").input("Old sample")
    app.button(key="overview_restore_now").click().run()
    assert feature_id("Old sample") == sample_id
    assert app.session_state["feature"] == "Old sample"


def test_a_name_that_was_not_used_is_given_to_no_other_feature(app: AppTest) -> None:
    store, sample_id = services().store, feature_id(SAMPLE)
    other = store.features.add(Feature("Other"))
    for archived in (sample_id, other.id):
        store.features.archive(archived)
    store.features.add(Feature(SAMPLE))
    app.run().button(key=f"overview_restore_{sample_id}").click().run()
    app.text_input(key=f"overview_restore_name_{sample_id}").input("Old sample").run()
    app.button(key="overview_restore_cancel").click().run()
    app.button(key=f"overview_restore_{other.id}").click().run()
    assert feature_id("Other") == other.id


def test_what_is_done_here_is_in_the_history_with_who_did_it(app: AppTest) -> None:
    store = services().store
    (first,) = store.history.lately(feature_id(SAMPLE))
    assert (first.deed, first.person) == (Deed.FEATURE_IMPORT, "Sample")
    app.button(key="overview_edit").click().run()
    app.text_area(key="overview_field_goal").input("Answer within the hour.").run()
    app.button(key="overview_save").click().run()
    assert store.history.lately(feature_id(SAMPLE))[0].what == "Feature edited: goal"


def test_every_page_explains_its_words(app: AppTest) -> None:
    assert "**Slice**: The cases that carry one tag" in words(app)


def test_what_changed_lately_is_listed(app: AppTest) -> None:
    assert "**Imported from support-reply.yaml: " in words(app)


def test_the_first_run_brings_verdicts(app: AppTest) -> None:
    if not services().models.local.availability().is_available:
        pytest.skip(services().models.local.availability().reason)
    pasted(app, SMALL)
    (experiment,) = services().store.experiments.of(feature_id("Greeter"))
    assert "How long it takes shows after the first answers" in words(app)
    app.button(key="overview_run_now").click().run()
    assert services().jobs.wait(experiment.id, 60)
    app.run()
    run = services().store.runs.latest(experiment.id)
    assert run is not None
    assert run.state == RunState.FINISHED
    assert "overview_run_now" not in keys(app)
    assert "**C1** At most 200 words: 100% (" in words(app)
    assert "2 cases" in words(app)


def test_a_run_that_was_stopped_can_go_on(app: AppTest) -> None:
    store = services().store
    first = store.experiments.of(feature_id(SAMPLE))[0]
    run = store.runs.start(first.id, "Ada")
    store.runs.note(run.id, RunState.STOPPED, "Stopped on request; it can be resumed.")
    app.run()
    assert "**E1 was stopped** after 0 of 56 answers" in words(app)
    assert app.button(key="overview_run_now").label == "Go on"


def test_a_missing_local_model_is_said_with_what_to_do(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(OVERRIDE, "/nowhere/model.gguf")
    app.run()
    assert app.button(key="overview_run_now").disabled
    assert "The local model is not available" in words(app)
    assert "not a readable GGUF file" in words(app)

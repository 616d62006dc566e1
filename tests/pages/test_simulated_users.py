"""Simulated users on the pages: who plays is chosen before anything starts, and talks are read."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from tests.actions.scenes import MIRA
from tests.cli.test_simulated_users import TALKS
from tests.faults import endpoint as faults
from tests.pages.folds import unfolded
from tests.pages.results import sample_id
from tests.pages.test_capabilities import chosen_packs
from tests.runs.test_simulated_users import ANNA, talking
from workbench.actions import packs
from workbench.domain.calls import Parameters
from workbench.domain.connections import Connection
from workbench.domain.datasets import CaseDraft
from workbench.domain.prompts import PromptText
from workbench.domain.simulated_users import Player
from workbench.store.store import Store
from workbench.ui.data import grid
from workbench.ui.parts.resources import services

EXPERIMENTS, PLAYGROUND = "pages/experiment/experiments.py", "pages/experiment/playground.py"
PEOPLE = "People · person-1"


def store() -> Store:
    return services().store


def feature_id() -> UUID:
    return sample_id(store())


@pytest.fixture
def server() -> Iterator[faults.Endpoint]:
    with faults.serve(canned=talking("When?", "DONE")) as found:
        yield found


@pytest.fixture
def page(app: AppTest, server: faults.Endpoint) -> AppTest:
    """The app with a dataset whose one case has a user, and a variant to be asked."""
    store().connections.add(Connection("Fake", server.base_url, ("fake-1",)))
    store().connections.add(Connection("People", server.base_url, ("person-1",)))
    case = CaseDraft("anna", {"message": "Where is it?"}, user=ANNA)
    dataset = store().datasets.add(feature_id(), "Talks", [case], "ada")
    prompt = store().prompts.save(feature_id(), "Talk", PromptText("", "{{message}}"), "ada")
    variant = store().variants.save(prompt, "Fake", "fake-1", Parameters())
    app.switch_page(EXPERIMENTS).run()
    app.button("experiments_new_button").click().run()
    app.selectbox("experiments_setup_dataset").set_value(str(dataset.dataset_id))
    app.multiselect("experiments_setup_variants").set_value([str(variant.id)])
    app.text_area("experiments_setup_question").set_value("Does it talk?").run()
    assert not app.exception
    return app


def said(page: AppTest) -> str:
    drawn: list[Any] = [*page.markdown, *page.caption, *page.error]
    return "\n".join(str(one.value) for one in drawn)


def test_an_experiment_does_not_start_before_somebody_plays_the_users(page: AppTest) -> None:
    assert page.button("experiments_setup_start").disabled
    assert page.button("experiments_setup_start").label == "Start 1 trial"
    assert "A conversation takes up to 7 requests, 4 to the tested model and 3 to" in said(page)
    assert "Choose before you start" in said(page)
    page.selectbox("experiments_setup_player").set_value(PEOPLE).run()
    assert not page.button("experiments_setup_start").disabled
    assert "users played by person-1" in str(page.multiselect("experiments_setup_variants").options)


def test_a_conversation_is_run_and_shown_with_how_it_ended(
    page: AppTest, server: faults.Endpoint
) -> None:
    page.selectbox("experiments_setup_player").set_value(PEOPLE).run()
    page.button("experiments_setup_start").click().run()
    newest = store().experiments.of(feature_id())[-1]
    assert services().jobs.wait(newest.id, 30)
    assert server.requests == 4
    assert newest.variants[0].parameters.user == Player("People", "person-1")
    (trial,) = store().trials.of_experiment(newest.id)
    page.segmented_control(key="experiments_view").set_value("Outputs")
    page.session_state["experiments_trial"] = str(trial.id)
    page.run()
    assert not page.exception
    shown = [code.value for code in page.code]
    assert [text for text in shown if text in ("Answer 1", "When?", "Answer 2", "DONE")] == [
        *("Answer 1", "When?", "Answer 2", "DONE")
    ]
    assert "The simulated user ended the conversation" in said(page)


def test_a_pack_with_users_runs_once_somebody_is_chosen_to_play_them(
    app: AppTest, server: faults.Endpoint, tmp_path: Path
) -> None:
    store().connections.add(Connection("Fake", server.base_url, ("fake-1",)))
    store().connections.add(Connection("People", server.base_url, ("person-1",)))
    path = tmp_path / "talks.yaml"
    path.write_text(json.dumps(TALKS), "utf-8")
    packs.bring_in(store(), MIRA, packs.read(path))
    page = app.switch_page("pages/experiment/capabilities.py").run()
    chosen_packs(page).set_value(["robust-to-wording@1"]).run()
    assert not [one for one in page.selectbox if one.key == "capabilities_player"]
    chosen_packs(page).set_value(["talks@1"]).run()
    page.multiselect(key="capabilities_models").set_value(["Fake · fake-1"]).run()
    assert page.button("capabilities_run").disabled
    assert "Some of these packs are conversations: choose" in said(page)
    page.selectbox("capabilities_player").set_value(PEOPLE).run()
    assert page.button("capabilities_run").label == "Run 1 trial"
    assert "A conversation takes up to 5 requests" in said(page)
    page.button("capabilities_run").click().run()
    for experiment_id in services().jobs.live():
        assert services().jobs.wait(experiment_id, 60)
    assert not page.exception
    assert server.requests == 4


def test_the_playground_says_where_to_choose_who_plays(page: AppTest) -> None:
    (dataset,) = (d for d in store().datasets.of(feature_id()) if d.name == "Talks")
    page.switch_page(PLAYGROUND).run()
    page.selectbox("playground_dataset").set_value(str(dataset.dataset_id))
    page.multiselect("playground_models").set_value(["Fake · fake-1"])
    page.text_area("playground_user").set_value("{{message}}").run()
    assert "choose who plays it, under Parameters" in said(page)
    unfolded(page, "Parameters").selectbox("playground_player").set_value(PEOPLE).run()
    assert "choose who plays it" not in said(page)


def test_a_user_typed_into_the_playground_talks_there_and_is_kept_with_the_case(
    page: AppTest, server: faults.Endpoint
) -> None:
    page.switch_page(PLAYGROUND).run()
    page.segmented_control("playground_mode").set_value("Type an input").run()
    page.multiselect("playground_models").set_value(["Fake · fake-1"]).run()
    page.text_area("playground_user").set_value("{{message}}").run()
    page.text_area("playground_typed_message").set_value("Where is it?").run()
    page.text_area("playground_typed_persona").set_value(ANNA.persona).run()
    assert "Complete the simulated user first: The simulated user has no goal." in said(page)
    page.text_area("playground_typed_goal").set_value(ANNA.goal).run()
    page.number_input("playground_typed_turns").set_value(ANNA.turns).run()
    assert "choose who plays it, under Parameters" in said(page)
    unfolded(page, "Parameters").selectbox("playground_player").set_value(PEOPLE).run()
    assert "A conversation takes up to 7 requests" in said(page)
    page.button("playground_ask").click().run()
    for experiment_id in services().jobs.live():
        assert services().jobs.wait(experiment_id, 30)
    page.run()
    assert not page.exception
    assert server.requests == 4
    (make,) = (b for b in page.button if str(b.key).startswith("playground_case_"))
    make.click().run()
    kept = [
        case.user
        for version in store().datasets.of(feature_id())
        for case in store().datasets.cases(version.id)
        if case.source.startswith("playground")
    ]
    assert kept == [ANNA]


def test_a_user_typed_into_the_grid_is_kept_and_one_that_can_not_be_read_is_said() -> None:
    row = grid.SlotRow("saved: anna", CaseDraft("anna", {"message": "Hi"}))
    written = {"edited_rows": {0: {"simulated_user": ANNA.written()}}}
    assert grid.edits([row], written, ["message"], "x").rows["saved: anna"].user == ANNA
    (flaw,) = grid.flaws([row], {"edited_rows": {0: {"simulated_user": "Persona: Anna"}}})
    assert flaw.startswith("anna: The simulated user has no goal.")

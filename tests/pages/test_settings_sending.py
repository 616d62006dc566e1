"""Settings: what goes along with every request, and what was learnt of a server."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.faults import endpoint as faults
from tests.faults.picky import MAX_TOKENS, picky
from tests.pages.test_settings import CANARY, edit, kept, now, settings, words
from workbench.domain.adaptations import Adaptation
from workbench.ui.parts.resources import services

__all__ = ["settings"]


def test_headers_and_fields_are_kept_by_name_and_said_on_the_card(
    settings: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_HEADER_TEAM", CANARY)
    edit(settings, kept())
    settings.text_area(key="settings_headers").input(
        "X-Team: WORKBENCH_HEADER_TEAM\nX-Org: WORKBENCH_HEADER_ORG"
    ).run()
    settings.text_area(key="settings_extra_body").input('{"top_k": 40}').run()
    settings.button(key="settings_save").click().run()
    assert now().headers == (("X-Org", "WORKBENCH_HEADER_ORG"), ("X-Team", "WORKBENCH_HEADER_TEAM"))
    assert now().body == {"top_k": 40}
    said = words(settings)
    assert "X-Team from WORKBENCH\\_HEADER\\_TEAM" in said
    assert "WORKBENCH\\_HEADER\\_ORG for X-Org cannot be sent" in said
    assert "WORKBENCH\\_HEADER\\_TEAM for X-Team cannot be sent" not in said
    assert CANARY not in said


def test_a_value_in_place_of_a_variables_name_is_not_saved(settings: AppTest) -> None:
    edit(settings, kept())
    settings.text_area(key="settings_headers").input(f"X-Team: {CANARY}").run()
    assert "holds a value, not the name of a variable" in words(settings)
    assert settings.button(key="settings_save").disabled
    assert now().headers == ()


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("settings_headers", "Host: WORKBENCH_HEADER_TEAM", "Host is set by the workbench"),
        ("settings_headers", "Authorization: WORKBENCH_HEADER_TEAM", "names a key already"),
        ("settings_headers", "X-Team", "not a name and a variable"),
        ("settings_extra_body", "{top_k: 40}", "is not JSON"),
        ("settings_extra_body", "[1]", "not a JSON object"),
        ("settings_extra_body", '{"model": "other"}', "can't set “model”"),
        ("settings_extra_body", '{"a": 1, "a": 2}', "has “a” twice"),
        ("settings_extra_body", '{"a": NaN}', "NaN"),
    ],
)
def test_what_cannot_go_along_is_refused_with_what_to_do(
    settings: AppTest, field: str, text: str, said: str
) -> None:
    edit(settings, kept())
    settings.text_area(key=field).input(text).run()
    settings.button(key="settings_save").click().run()
    assert said in words(settings).replace("\\", "")
    assert settings.text_area(key=field).value == text
    assert (now().headers, now().extra_body) == ((), "")


def test_a_new_address_loses_the_headers(settings: AppTest) -> None:
    edit(settings, kept())
    settings.text_area(key="settings_headers").input("X-Team: WORKBENCH_HEADER_TEAM").run()
    settings.text_input(key="settings_url").input("https://other.example.com/v1").run()
    assert settings.text_area(key="settings_headers").value == ""
    assert "the headers were cleared" in words(settings)
    settings.button(key="settings_save").click().run()
    assert now().headers == ()


def test_a_test_learns_says_what_and_can_be_made_to_forget(settings: AppTest) -> None:
    with faults.serve(canned=picky([MAX_TOKENS])) as server:
        connection = kept(server.base_url, "")
        settings.run()
        settings.button(key=f"settings_test_{connection.id}").click().run(timeout=30)
        assert "**It answers**" in words(settings)
        assert "max\\_tokens is sent as max\\_completion\\_tokens" in words(settings)
        assert "from the server" in words(settings)
    assert len(services().store.habits.of(connection)) == 1
    settings.button(key=f"settings_forget_{connection.id}_m-1").click().run()
    assert services().store.habits.of(connection) == []
    assert "max\\_completion\\_tokens" not in words(settings)


def test_what_is_known_of_a_model_stands_on_its_connections_card(settings: AppTest) -> None:
    connection = kept()
    lessons = [(Adaptation("temperature"), "it refuses"), (Adaptation("system", "user"), "no")]
    services().store.habits.learn(connection, "gpt-5", lessons)
    said = words(settings.run())
    assert "**gpt-5**: temperature is not sent" in said
    assert "before the first user message" in said

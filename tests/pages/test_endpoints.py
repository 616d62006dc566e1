"""A product's endpoint in Settings: written down in the drawer, tried on its card."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.faults import endpoint as faults
from workbench.domain.products import Product
from workbench.ui.parts.resources import services


def echo(body: dict[str, Any]) -> bytes:
    return faults.http(json.dumps({"reply": {"text": f"You said {body['message']}"}}))


@pytest.fixture
def settings(app: AppTest) -> AppTest:
    return app.switch_page("pages/setup/settings.py").run()


def written(app: AppTest, url: str, answer: str = "$.reply.text") -> AppTest:
    app.button(key="settings_add").click().run()
    app.text_input(key="settings_name").input("Shop").run()
    app.selectbox(key="settings_kind").set_value("endpoint").run()
    app.text_input(key="settings_url").input(url).run()
    app.text_input(key="settings_answer").input(answer).run()
    return app.button(key="settings_save").click().run()


def test_an_endpoint_is_kept_and_shows_what_was_sent_and_what_came_back(settings: AppTest) -> None:
    with faults.serve(canned=echo) as server:
        written(settings, f"http://127.0.0.1:{server.port}/api/reply")
        assert not settings.exception
        known = services().store.connections.named("Shop")
        assert known.product == Product("$.reply.text")
        assert known.models == ("endpoint",)
        settings.button(key=f"settings_try_send_{known.id}").click().run()
    shown = [code.value for code in settings.code]
    assert '{"reply": {"text": "You said Hello"}}' in shown
    assert "You said Hello" in shown
    assert "It answers" in " ".join(one.value for one in settings.success)


def test_a_path_that_leads_nowhere_says_so_beside_the_reply(settings: AppTest) -> None:
    with faults.serve(canned=echo) as server:
        written(settings, f"http://127.0.0.1:{server.port}/api/reply", "$.other")
        known = services().store.connections.named("Shop")
        settings.button(key=f"settings_try_send_{known.id}").click().run()
    assert '{"reply": {"text": "You said Hello"}}' in [code.value for code in settings.code]
    assert "The reply has no answer at" in " ".join(one.value for one in settings.error)


def test_a_path_that_can_not_be_read_is_not_kept(settings: AppTest) -> None:
    written(settings, "https://shop.example.com/api", "$.answer[")
    assert "path of the answer" in " ".join(one.value for one in settings.error)
    assert [one.name for one in services().store.connections.all()] == ["Local model"]

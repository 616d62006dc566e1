"""Conversations on the pages: a prompt gets a place for them, and cases are read as such."""

from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import results
from tests.pages.folds import unfolded
from workbench.domain.conversations import Message
from workbench.domain.datasets import CaseDraft
from workbench.domain.experiments import Purpose
from workbench.domain.prompts import CONVERSATION, MessageTemplate
from workbench.store.store import Store
from workbench.ui.parts.resources import services

PAGE = "pages/experiment/playground.py"
SAID = (
    Message("user", "Where is my parcel?"),
    Message("assistant", "Which order is it?"),
    Message("user", "TB-2118"),
)


def store() -> Store:
    return services().store


def feature_id() -> UUID:
    return results.sample_id(store())


@pytest.fixture
def page(app: AppTest) -> AppTest:
    """The playground with a case that is a conversation, and nothing else."""
    dataset = store().datasets.add(
        feature_id(), "Chats", [CaseDraft("chat-1", messages=SAID)], "ada"
    )
    app.switch_page(PAGE).run()
    app.selectbox("playground_dataset").set_value(str(dataset.dataset_id)).run()
    unfolded(app, "Parameters").number_input("playground_max_tokens").set_value(6)
    app.text_area("playground_user").set_value("").run()
    assert not app.exception
    return app


def shown(page: AppTest) -> list[str]:
    return [code.value for code in page.code]


def test_a_conversation_without_a_place_says_what_to_do(page: AppTest) -> None:
    page.text_area("playground_user").set_value("Hello").run()
    assert "no place for it" in " ".join(error.value for error in page.error)


def test_a_conversation_asks_when_the_prompt_has_a_place_for_it(page: AppTest) -> None:
    page.button("playground_place").click().run()
    assert [text for text in shown(page) if text in {m.content for m in SAID}] == [
        m.content for m in SAID
    ]
    page.button("playground_ask").click().run()
    assert not page.exception
    (asked,) = store().experiments.of(feature_id(), Purpose.PLAYGROUND)
    assert services().jobs.wait(asked.id, 30)
    assert asked.variants[0].prompt.text.messages == (MessageTemplate(CONVERSATION),)
    (trial,) = store().trials.of_experiment(asked.id)
    assert trial.output is not None


def test_a_typed_conversation_is_kept_as_a_case(page: AppTest) -> None:
    page.button("playground_place").click().run()
    page.segmented_control("playground_mode").set_value("Type an input").run()
    written = "User: Hi\nAssistant: Hello.\nUser: Where is it?"
    page.text_area("playground_typed_conversation").set_value(written).run()
    page.button("playground_ask").click().run()
    assert not page.exception
    (asked,) = store().experiments.of(feature_id(), Purpose.PLAYGROUND)
    (case,) = store().experiments.cases(asked.id)
    assert [message.content for message in case.messages] == ["Hi", "Hello.", "Where is it?"]
    assert services().jobs.wait(asked.id, 30)


def test_an_example_is_asked_before_the_case(page: AppTest) -> None:
    page.button("playground_place").click().run()
    page.button("playground_example").click().run()
    question, answer = (area for area in page.text_area if str(area.label).startswith("Example"))
    question.set_value("Where is it?").run()
    answer = next(a for a in page.text_area if "assistant" in str(a.label))
    answer.set_value("Tell me the order.").run()
    texts = [text for text in shown(page) if text != "(none)"]
    assert texts.index("Where is it?") < texts.index("Tell me the order.")
    assert texts.index("Tell me the order.") < texts.index(SAID[0].content)

"""On Failures a model suggests failure modes; each is accepted, edited or rejected by a person."""

import json
import threading
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.faults import endpoint as faults
from tests.pages import results
from workbench.actions import failures
from workbench.domain.connections import Connection
from workbench.domain.failures import ModeDraft
from workbench.domain.people import Person
from workbench.store.store import Store
from workbench.ui.parts.resources import services

PAGE = "pages/score/failures.py"
MIRA = Person("browser-1", "Mira")
REPLY = json.dumps(
    {
        "groups": [
            {"name": "Promises money", "definition": "It promises a refund.", "notes": [1, 2]},
            {"name": "Too long", "definition": "It rambles.", "notes": [3]},
        ]
    }
)


def _store() -> Store:
    return services().store


def _shown(app: AppTest) -> str:
    assert not app.exception
    kinds = (app.markdown, app.caption, app.warning, app.error)
    return "\n".join(str(each.value) for kind in kinds for each in kind)


def _press(app: AppTest, label: str) -> AppTest:
    button: Any = next(each for each in app.button if each.label == label)
    return button.click().run()


def _asked(app: AppTest, base_url: str) -> AppTest:
    """The page once the model that was asked has replied, or has not."""
    page = _press(_opened(app, base_url), "Suggest failure modes for 3 notes")
    errand = services().errands.of(("failure_modes", results.sample_id(_store())))
    assert errand is not None
    assert errand.wait(60)
    return page.run()


def _opened(app: AppTest, base_url: str) -> AppTest:
    """The notes of three outputs, and a connection that is chosen."""
    store = _store()
    experiment = results.answered(store, labels=("ZEBRA",))
    texts = ("Promises a refund", "Pays back", "Too long")
    for trial, text in zip(store.trials.of_experiment(experiment.id), texts, strict=True):
        failures.read(store, MIRA, experiment.feature_id, trial.id, text)
    priced = Connection("Fake", base_url, ("fake_1",), price_in=1.0, price_out=2.0)
    store.connections.add(priced)
    app.session_state["failures_view"] = "modes"
    app.session_state["failures_ask_connection"] = "Fake"
    return app.switch_page(PAGE).run()


def test_suggestions_are_accepted_edited_or_rejected_one_by_one(app: AppTest) -> None:
    with faults.serve(text=REPLY) as server:
        page = _asked(app, server.base_url)
        assert "in one call: about" in _shown(page)
    assert "2 suggestions to look at" in _shown(page)
    assert _store().failures.of(results.sample_id(_store())) == []
    name: Any = next(each for each in page.text_input if each.value == "Promises money")
    page = name.set_value("Promises a refund").run()
    page = _press(page, "Accept with 2 notes")
    (kept,) = _store().failures.of(results.sample_id(_store()))
    assert (kept.draft.name, kept.draft.definition) == (
        "Promises a refund",
        "It promises a refund.",
    )
    assert "1 suggestion to look at" in _shown(page)
    page = _press(page, "Reject")
    assert "0 suggestions to look at" in _shown(page)
    assert len(_store().failures.of(results.sample_id(_store()))) == 1


def test_a_reply_that_cannot_be_read_says_so(app: AppTest) -> None:
    with faults.serve(text="I would group them like this: …") as server:
        page = _asked(app, server.base_url)
    assert "could not be read" in _shown(page)


def test_a_model_that_does_not_answer_is_said_to(app: AppTest) -> None:
    with faults.serve("server_error") as server:
        page = _asked(app, server.base_url)
    assert "it burns" in _shown(page)


@pytest.mark.parametrize(
    ("mode", "text", "said"),
    [
        ("ok", REPLY, "0 suggestions to look at"),
        ("ok", "I would group them like this: …", "could not be read"),
        ("server_error", "", "it burns"),
    ],
)
def test_what_came_of_a_model_is_said_where_all_notes_were_sorted_meanwhile(
    app: AppTest, mode: str, text: str, said: str
) -> None:
    with faults.serve(mode, text=text) as server:
        page = _asked(app, server.base_url)
    store, feature_id = _store(), results.sample_id(_store())
    notes = store.reports.failures.notes(feature_id)
    failures.add_mode(store, MIRA, feature_id, ModeDraft("Sorted meanwhile"), notes)
    shown = _shown(page.run())
    assert "Every note is in a failure mode." in shown
    assert r"fake\_1 at Fake was asked" in shown
    assert said in shown
    assert "failures_ask" not in {button.key for button in page.button}


def test_asking_shows_how_far_it_is_can_be_stopped_and_outlives_its_tab(app: AppTest) -> None:
    may_answer = threading.Event()

    def reply(_: dict[str, Any]) -> str:
        may_answer.wait(60)
        return REPLY

    with faults.serve(reply=reply) as server:
        try:
            page = _press(_opened(app, server.base_url), "Suggest failure modes for 3 notes")
            assert "You can close this tab" in _shown(page)
            ask: Any = next(b for b in page.button if b.key == "failures_ask")
            assert ask.disabled
            errand = services().errands.of(("failure_modes", results.sample_id(_store())))
            assert errand is not None
            assert errand.is_live
            stop: Any = next(b for b in page.button if b.key == "failures_suggesting_stop")
            stop.click().run()
            assert errand.stop.is_asked
        finally:
            may_answer.set()
        assert errand.wait(60)
    ask = next(b for b in page.run().button if b.key == "failures_ask")
    assert not ask.disabled

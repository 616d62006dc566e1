"""On Requirements a text becomes a draft: suggestions, accepted, edited or rejected one by one."""

import json
import threading
from typing import Any
from uuid import UUID

from streamlit.testing.v1 import AppTest

from tests.actions.drafts import replying
from tests.faults import endpoint as faults
from tests.faults.endpoint import Endpoint
from workbench.actions import opinions
from workbench.domain.connections import Connection
from workbench.domain.drafting import Resolution, Suggestion
from workbench.domain.features import Feature
from workbench.store.store import Store
from workbench.ui.parts.resources import services

PAGE = "pages/define/requirements.py"
TEXT = "The assistant must never promise a refund. Answer within 3 s. It must be kind."


def _store() -> Store:
    return services().store


def _shown(app: AppTest) -> str:
    assert not app.exception
    kinds = (app.markdown, app.caption, app.warning, app.error, app.info)
    return "\n".join(str(each.value) for kind in kinds for each in kind)


def _press(app: AppTest, key: str) -> AppTest:
    button: Any = next(each for each in app.button if each.key == key)
    return button.click().run()


def _drafted(app: AppTest, text: str = TEXT) -> AppTest:
    _store().features.add(Feature("Replies"))
    app.run()
    app.session_state["feature"] = "Replies"
    app.session_state["requirements_view"] = "draft"
    page = app.switch_page(PAGE).run()
    page.text_area(key="requirements_draft_text").set_value(text).run()
    return _press(page, "requirements_draft_rules")


def _feature_id() -> UUID:
    feature = _store().features.named("Replies")
    assert feature is not None
    assert feature.id is not None
    return feature.id


def _suggestions() -> list[Suggestion]:
    store = _store()
    return store.drafting.of_round(store.drafting.rounds(_feature_id())[0].id)


def test_a_draft_shows_each_suggestion_with_the_sentence_that_it_came_from(app: AppTest) -> None:
    said = _shown(_drafted(app))
    assert "The assistant never promises a refund." in said
    assert "From “Answer within 3 s.”" in said
    assert "suggested by rules" in said
    assert "Nothing is part of the feature before you accept it." in said


def test_a_requirement_is_accepted_with_its_criteria_and_says_its_key(app: AppTest) -> None:
    page = _drafted(app)
    first = _suggestions()[0]
    page = _press(page, f"requirements_draft_accept_{first.id}")
    assert _suggestions()[0].resolution is Resolution.ACCEPTED
    said = _shown(page)
    assert "**R1** The assistant never promises a refund." in said
    assert "the rules: 3 of 3 judged were kept." in said


def test_what_is_edited_in_the_drawer_is_what_is_accepted(app: AppTest) -> None:
    page = _drafted(app)
    first = _suggestions()[0]
    page = _press(page, f"requirements_draft_edit_{first.id}")
    field = page.text_area(key=f"requirements_draft_{first.id}_form_statement")
    field.set_value("No reply promises money.").run()
    page = _press(page, "requirements_draft_accept_edited")
    found = _suggestions()[0]
    assert (found.resolution, found.made) == (Resolution.EDITED, "R1")
    assert "**R1** No reply promises money." in _shown(page)


def test_a_rejected_suggestion_can_be_taken_up_again(app: AppTest) -> None:
    page = _drafted(app)
    first = _suggestions()[0]
    page = _press(page, f"requirements_draft_reject_{first.id}")
    assert not _suggestions()[0].is_open
    _press(page, f"requirements_draft_again_{first.id}")
    assert _suggestions()[0].is_open


def test_all_cases_that_have_words_are_accepted_at_once(app: AppTest) -> None:
    page = _press(_drafted(app), "requirements_draft_cases_all")
    store = _store()
    feature = store.features.named("Replies")
    assert feature is not None
    assert feature.id is not None
    (dataset,) = store.datasets.of(feature.id)
    assert dataset.name == "Drafted cases"
    assert "accepted into “Drafted cases”" in _shown(page)


def test_a_text_without_a_promise_says_what_to_write(app: AppTest) -> None:
    said = _shown(_drafted(app, "Hello there."))
    assert "No promise was found in this text." in said


def test_an_empty_text_is_asked_for(app: AppTest) -> None:
    assert "There is no text to read." in _shown(_drafted(app, ""))


def test_a_feature_starts_from_a_text_on_the_overview(app: AppTest) -> None:
    app.session_state["overview_dialog"] = "from_text"
    page = app.run()
    page.text_input(key="overview_from_text_form_name").set_value("Replies").run()
    page.text_area(key="overview_from_text_form_text").set_value(TEXT).run()
    page = _press(page, "overview_from_text_draft")
    assert "The assistant never promises a refund." in _shown(page)
    assert len(_suggestions()) > 5


def _asked(app: AppTest, server: Endpoint) -> AppTest:
    """The page when a model has been asked for a draft."""
    _store().features.add(Feature("Replies"))
    priced = Connection("Fake", server.base_url, ("fake-1",), price_in=1.0, price_out=2.0)
    _store().connections.add(priced)
    app.run()
    app.session_state["feature"] = "Replies"
    app.session_state["requirements_view"] = "draft"
    app.session_state["requirements_draft_connection"] = "Fake"
    page = app.switch_page(PAGE).run()
    page.text_area(key="requirements_draft_text").set_value(TEXT).run()
    assert "in 4 small calls" in _shown(page)
    page = _press(page, "requirements_draft_ask")
    (found,) = _store().drafting.rounds(_feature_id())
    errand = services().errands.of(("draft", found.id))
    assert errand is not None
    assert errand.wait(60)
    return page.run()


def test_what_a_model_drafts_is_shown_as_its_own_with_what_it_took(app: AppTest) -> None:
    with faults.serve(reply=replying()) as server:
        page = _asked(app, server)
    said = _shown(page)
    assert "fake-1 at Fake took 4 calls" in said
    assert "suggested by fake-1" in said
    assert "The bot promises no refund." in said
    assert not [each for each in page.button if each.key == "requirements_draft_go_on"]


def test_a_part_that_cannot_be_read_is_shown_beside_the_others_and_asked_again(
    app: AppTest,
) -> None:
    replies = {"cases": "Certainly! Here is your draft."}
    with faults.serve(reply=lambda body: replying(**replies)(body)) as server:
        page = _asked(app, server)
        said = _shown(page)
        assert "**Cases**: What the model suggests could not be read" in said
        assert any(str(each.value) == replies["cases"] for each in page.code)
        assert "The bot promises no refund." in said
        replies.clear()
        page = _press(page, "requirements_draft_go_on")
        (found,) = _store().drafting.rounds(_feature_id())
        errand = services().errands.of(("draft", found.id))
        assert errand is not None
        assert errand.wait(60)
        page = page.run()
    said = _shown(page)
    assert "could not be read" not in said
    assert "Refund me now!" in said


def test_a_draft_that_was_stopped_says_so_and_offers_the_rest(app: AppTest) -> None:
    at_work, hold = threading.Event(), threading.Event()

    def canned(_: dict[str, Any]) -> bytes:
        at_work.set()
        hold.wait(60)
        return b""

    _store().features.add(Feature("Replies"))
    with faults.serve(canned=canned) as server:
        _store().connections.add(Connection("Slow", server.base_url, ("slow-1",)))
        app.run()
        app.session_state["feature"] = "Replies"
        app.session_state["requirements_view"] = "draft"
        app.session_state["requirements_draft_connection"] = "Slow"
        page = app.switch_page(PAGE).run()
        page.text_area(key="requirements_draft_text").set_value(TEXT).run()
        page = _press(page, "requirements_draft_ask")
        assert at_work.wait(60)
        page = page.run()
        assert any("Asking slow-1" in str(each.proto.text) for each in page.get("progress"))
        page = _press(page, "requirements_draft_stop")
        (found,) = _store().drafting.rounds(_feature_id())
        errand = services().errands.of(("draft", found.id))
        assert errand is not None
        assert errand.wait(60)
        hold.set()
        page = page.run()
    assert "stopped before the model had answered" in _shown(page)
    wanted = "Ask for what is missing: requirements, criteria, cases, failure modes"
    assert wanted in [each.label for each in page.button]


def test_conflicts_and_gaps_are_shown_beside_what_the_prompt_leaves_unsaid(app: AppTest) -> None:
    app.run()
    app.session_state["requirements_view"] = "gaps"
    said = _shown(app.switch_page(PAGE).run())
    assert "Found by rules" in said
    assert "Met by luck: unsaid, and met on two models or phrasings or more" in said
    assert "not tried yet" in said


def test_a_model_gives_its_opinion_beside_what_rules_find_until_people_judge_it(
    app: AppTest,
) -> None:
    doubt = {
        "kind": "ambiguous",
        "requirements": ["R1"],
        "what": "What is a promise?",
        "advice": "Name the words.",
    }
    view = {
        "requirement": "R1",
        "standing": "missing",
        "words": "",
        "against": [],
        "why": "It is unsaid.",
    }
    with faults.serve(text=json.dumps({"findings": [doubt], "prompt": [view]})) as server:
        _store().connections.add(Connection("Fake", server.base_url, ("fake-1",)))
        app.run()
        feature = _store().features.all()[0]
        app.session_state["requirements_view"] = "gaps"
        app.session_state["requirements_opinion_connection"] = "Fake"
        page = app.switch_page(PAGE).run()
        assert "are sent to Fake in one call" in _shown(page)
        page = _press(page, "requirements_opinion_ask")
        errand = services().errands.of(("opinion", feature.id))
        assert errand is not None
        assert errand.wait(60)
        page = page.run()
    said = _shown(page)
    assert "fake-1 thinks" in said
    assert "What is a promise? Name the words." in said
    assert "It is unsaid." in said
    assert "The model says nothing of it." in said
    given = opinions.newest(_store(), feature.id)
    assert given is not None
    page = _press(page, f"requirements_opinion_accepted_{given.call.id}_0")
    said = _shown(page)
    assert "accepted by" in said
    assert "fake-1: 1 of 1 opinion" in said
    page = _press(page, f"requirements_opinion_revise_{given.call.id}_0_R1")
    assert page.session_state["requirements_open"] == "R1"
    (brought,) = [m.value for m in page.markdown if ":material/attachment:" in m.value]
    assert "fake-1 thinks, accepted by" in brought
    assert brought.endswith("ambiguous: R1. What is a promise? Name the words.")


def test_an_opinion_that_could_not_be_read_is_said_to_be_so_and_shown(app: AppTest) -> None:
    with faults.serve(text="Looks fine to me!") as server:
        _store().connections.add(Connection("Fake", server.base_url, ("fake-1",)))
        app.run()
        feature = _store().features.all()[0]
        app.session_state["requirements_view"] = "gaps"
        app.session_state["requirements_opinion_connection"] = "Fake"
        page = _press(app.switch_page(PAGE).run(), "requirements_opinion_ask")
        errand = services().errands.of(("opinion", feature.id))
        assert errand is not None
        assert errand.wait(60)
        page = page.run()
    said = _shown(page)
    assert "could not be read" in said
    assert "Looks fine to me!" in [each.value for each in page.code]
    assert "fake-1 thinks" not in said
    assert "It names no conflict" not in said, "nothing was read, so nothing was found"
    assert not [b for b in page.button if str(b.key).startswith("requirements_opinion_accepted_")]
    ask: Any = next(b for b in page.button if b.key == "requirements_opinion_ask")
    assert not ask.disabled


def test_without_a_requirement_nothing_can_conflict(app: AppTest) -> None:
    _store().features.add(Feature("Replies"))
    app.run()
    app.session_state["feature"] = "Replies"
    app.session_state["requirements_view"] = "gaps"
    assert "nothing can conflict" in _shown(app.switch_page(PAGE).run())


def test_another_draft_closes_the_box_that_its_text_was_typed_in(app: AppTest) -> None:
    page = _drafted(app)
    assert page.get_by_key("requirements_draft_another_1")
    page.text_area(key="requirements_draft_text").set_value("Never name a price.").run()
    page = _press(page, "requirements_draft_rules")
    box = page.get_by_key("requirements_draft_another_2")
    assert not box.proto.expanded

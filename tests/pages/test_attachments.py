"""Pictures and documents on the pages: attached, shown from previews, taken off, asked with."""

from dataclasses import replace
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import results
from tests.pictures import pdf, png
from workbench.actions import datasets
from workbench.domain.datasets import Case
from workbench.domain.people import Person
from workbench.exchange.archives import zips
from workbench.ui.parts.resources import services

ADA = Person("a", "Ada")


def feature_id() -> UUID:
    return results.sample_id(services().store)


def newest(name: str = "Customer messages") -> list[Case]:
    store = services().store
    (version,) = [one for one in store.datasets.of(feature_id()) if one.name == name]
    return store.datasets.cases(version.id)


def captions(app: AppTest) -> str:
    return "\n".join(caption.value for caption in app.caption)


@pytest.fixture
def data(app: AppTest) -> AppTest:
    return app.switch_page("pages/define/data.py").run()


def attached(data: AppTest, *files: tuple[str, bytes]) -> AppTest:
    (uploader,) = [u for u in data.file_uploader if str(u.key).startswith("data_attach_files")]
    for name, content in files:
        uploader.upload(name, content)
    data.run()
    return data.button(key="data_attach_add").click().run()


def test_files_are_attached_to_a_case_and_kept_with_the_next_version(data: AppTest) -> None:
    attached(data, ("receipt.png", png()), ("letter.pdf", pdf("Pay")))
    assert not data.exception
    assert "receipt.png · 30 × 20" in captions(data)
    assert "letter.pdf · 1 page" in captions(data)
    assert not any(case.attachments for case in newest())
    data.button(key="data_save").click().run()
    first = newest()[0]
    assert [one.name for one in first.attachments] == ["receipt.png", "letter.pdf"]
    assert services().store.attachments.data(first.attachments[0]) == png()


def test_a_file_that_is_taken_off_is_gone_from_the_next_version_only(data: AppTest) -> None:
    attached(data, ("receipt.png", png()))
    data.button(key="data_save").click().run()
    (off,) = [one for one in data.button if str(one.key).startswith("data_detach_")]
    off.click().run()
    data.button(key="data_save").click().run()
    assert newest()[0].attachments == ()
    spans = services().store.datasets.spans(newest()[0].dataset_id)
    assert any(span.case.attachments for span in spans)


def test_what_can_not_be_attached_is_said_and_changes_nothing(data: AppTest) -> None:
    attached(data, ("receipt.png", b"GIF89a no picture of ours"))
    said = " ".join(error.value for error in data.error)
    assert "receipt.png: It is none of the files that can be attached" in said
    assert data.button(key="data_save").disabled


def test_a_zip_brings_a_table_with_its_files(data: AppTest) -> None:
    packed = zips.pack({"mail.csv": b"id,message,attachments\n1,What?,a.png\n", "a.png": png()})
    data.segmented_control(key="data_view").set_value("import").run()
    data.file_uploader(key="data_upload_0").upload("mail.zip", packed).run()
    assert "1 file to attach" in captions(data)
    data.button(key="data_create").click().run()
    assert not data.exception
    (case,) = newest("mail")
    assert services().store.attachments.data(case.attachments[0]) == png()


def test_a_picture_is_shown_beside_what_the_model_will_see(app: AppTest) -> None:
    store = services().store
    picture = datasets.attach(store, ADA, feature_id(), "receipt.png", png())
    first = newest()[0].draft()
    case = replace(first, attachments=(picture,))
    made = datasets.create(store, ADA, feature_id(), "Receipts", [case]).version
    app.switch_page("pages/experiment/playground.py").run()
    app.selectbox("playground_dataset").set_value(str(made.dataset_id)).run()
    assert not app.exception
    assert "receipt.png · 30 × 20" in captions(app)


def test_a_typed_input_keeps_the_files_that_go_with_it(app: AppTest) -> None:
    app.switch_page("pages/experiment/playground.py").run()
    app.segmented_control("playground_mode").set_value("Type an input").run()
    app.file_uploader(key="playground_files").upload("receipt.png", png()).run()
    assert not app.exception
    assert "receipt.png · 30 × 20" in captions(app)
    assert not app.button(key="playground_ask").disabled


def test_nothing_is_asked_without_a_file_that_was_given_but_could_not_be_read(
    app: AppTest,
) -> None:
    app.switch_page("pages/experiment/playground.py").run()
    app.segmented_control("playground_mode").set_value("Type an input").run()
    app.text_area("playground_typed_message").set_value("What is on it?").run()
    given = app.file_uploader(key="playground_files")
    given.upload("a.png", b"no picture").upload("b.pdf", b"no document")
    given.upload("receipt.png", png()).run()
    assert [error.value.partition(":")[0] for error in app.error] == ["**a.png", "**b.pdf"]
    assert "receipt.png · 30 × 20" in captions(app)
    assert app.button(key="playground_ask").disabled
    assert "what could not be read: a.png, b.pdf" in captions(app)


def test_nothing_is_asked_without_a_conversation_that_could_not_be_read(app: AppTest) -> None:
    app.switch_page("pages/experiment/playground.py").run()
    app.segmented_control("playground_mode").set_value("Type an input").run()
    app.button(key="playground_place").click().run()
    app.text_area("playground_typed_message").set_value("What is on it?").run()
    app.text_area("playground_typed_conversation").set_value('[{"x": 1}]').run()
    assert app.button(key="playground_ask").disabled
    assert "what could not be read: the conversation" in captions(app)


def test_a_rater_sees_what_the_model_was_shown(app: AppTest) -> None:
    store = services().store
    picture = datasets.attach(store, ADA, feature_id(), "receipt.png", png())
    (mail,) = [d for d in store.datasets.of(feature_id()) if d.name == "Customer messages"]
    drafts = [replace(case.draft(), attachments=(picture,)) for case in newest()]
    datasets.save(store, ADA, feature_id(), mail, drafts)
    results.answered(store)
    app.session_state["person"] = "Ada"
    app.switch_page("pages/score/rating.py").run()
    assert not app.exception
    assert "receipt.png · 30 × 20" in captions(app)

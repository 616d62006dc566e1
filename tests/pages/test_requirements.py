"""The Requirements page: write, read the hints, measure, save with a reason, never lose a word."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import results, sessions
from tests.pages.folds import CRITERIA, REVISIONS, turned_to
from workbench.domain.criteria import ScorerKind
from workbench.domain.requirements import Requirement
from workbench.store.store import Store
from workbench.ui.parts import redline
from workbench.ui.parts.resources import services

PAGE = "pages/define/requirements.py"


@pytest.fixture
def page(app: AppTest) -> AppTest:
    """The page, opened by Ada."""
    return opened_by("Ada", app)


def opened_by(person: str, app: AppTest) -> AppTest:
    app.session_state["person"] = person
    return turned_to(app.switch_page(PAGE), CRITERIA)


def again(person: str) -> AppTest:
    """Another session on the same store, as a second tab or a reload makes one."""
    return opened_by(person, sessions.opened())


def store() -> Store:
    return services().store


def requirement(key: str = "R1") -> Requirement:
    (feature,) = store().features.all()
    assert feature.id is not None
    return next(found for found in store().requirements.of(feature.id) if found.key == key)


def field(page: AppTest, name: str, token: UUID | str) -> str:
    return str(page.get_by_key(f"requirements_{token}_{name}").value)


def write(page: AppTest, name: str, token: UUID | str, text: str) -> None:
    page.get_by_key(f"requirements_{token}_{name}").set_value(text).run()


def shown(page: AppTest) -> str:
    assert not page.exception
    kinds = (page.markdown, page.caption, page.error, page.info, page.code, page.warning)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def feature_token() -> str:
    return f"new_{requirement().feature_id}"


def revised_by_ben(text: str = "Ben's text.") -> None:
    found = requirement()
    store().requirements.revise(
        found.id, replace(found.draft, statement=text), found.revision.number, "Ben", "I know"
    )


def test_the_most_worthwhile_requirement_is_open_and_all_are_listed(page: AppTest) -> None:
    labels = [button.label for button in page.button]

    assert page.session_state["requirements_open"] == "R1"
    for number in range(1, 7):
        assert any(f"**R{number}**" in label for label in labels)
    assert "**Now**" in shown(page)


def test_a_draft_gets_hints_as_it_is_written(page: AppTest) -> None:
    page.button(key="requirements_new").click().run()
    write(page, "statement", feature_token(), "Should be fast, always.")

    said = shown(page)
    for words in ("“fast”", "“Should”", "“always”", "No measure yet", "No failure behaviour"):
        assert words in said


def test_what_is_behind_a_tab_is_drawn_once_it_is_opened_beside_the_text(app: AppTest) -> None:
    def keys(page: AppTest) -> list[str | None]:
        return [button.key for button in page.button]

    page = app.switch_page(PAGE).run()
    write(page, "statement", requirement().id, "Half of a")
    assert "requirements_criterion_add" not in keys(page)
    assert "**Revision 1**" not in shown(page)
    measured = turned_to(page, CRITERIA)
    assert "requirements_criterion_add" in keys(measured)
    assert "**Revision 1**" not in shown(measured)
    revised = turned_to(page, REVISIONS)
    assert "requirements_criterion_add" not in keys(revised)
    assert "**Revision 1**" in shown(revised)
    assert revised.get_by_key(f"requirements_{requirement().id}_statement").value == "Half of a"


def test_a_requirement_is_written_measured_revised_and_compared(page: AppTest) -> None:
    page.button(key="requirements_new").click().run()
    write(page, "statement", feature_token(), "A draft greets the customer by name.")
    page.button(key="requirements_save").click().run()
    assert page.session_state["requirements_open"] == "R7"
    kept = requirement("R7")
    assert kept.revision.number == 1

    page.button(key="requirements_criterion_add").click().run()
    token = f"criterion_new_{kept.id}"
    page.get_by_key(f"requirements_{token}_kind").set_value("contains").run()
    write(page, "title", token, "Says Dear or Hello")
    write(page, "texts", token, "dear\nhello")
    page.get_by_key(f"requirements_{token}_mode").set_value("any").run()
    write(page, "example", token, "Hello Ada, your tea is on its way.")
    assert ":green[:material/check_circle: pass]. Contains" in shown(page)
    page.button(key="requirements_criterion_save").click().run()
    (criterion,) = [
        found for found in store().criteria.of(kept.feature_id) if found.requirement_id == kept.id
    ]
    assert criterion.draft.scorer.settings["texts"] == ["dear", "hello"]

    write(page, "statement", kept.id, "A draft greets the reader by name.")
    page.button(key="requirements_save").click().run()
    assert "Say why it changes." in shown(page)
    assert requirement("R7").revision.number == 1

    write(page, "why", kept.id, "Not every reader is a customer")
    page.button(key="requirements_save").click().run()
    assert requirement("R7").revision.number == 2
    said = shown(turned_to(page, REVISIONS))
    assert ":red-background[~~customer~~] :green-background[**reader**]" in said
    assert "Not every reader is a customer" in said


def test_a_stale_save_shows_both_texts_and_keeps_ones_own(page: AppTest) -> None:
    token = requirement().id
    write(page, "statement", token, "Ada's text.")
    write(page, "why", token, "Ada knows best")
    revised_by_ben()

    page.button(key="requirements_save").click().run()

    said = shown(page)
    assert "R1 was revised by Ben while you were editing it." in said
    assert any("Ada's text." in code.value for code in page.code)
    assert any("Ben's text." in code.value for code in page.code)
    assert field(page, "statement", token) == "Ada's text."
    assert requirement().draft.statement == "Ben's text."
    draft = store().drafts.get(f"requirement:{token}:Ada")
    assert draft is not None
    assert draft.body["statement"] == "Ada's text."


def test_mine_can_be_saved_on_top_of_theirs(page: AppTest) -> None:
    token = requirement().id
    write(page, "statement", token, "Ada's text.")
    write(page, "why", token, "Ada knows best")
    revised_by_ben()
    page.run()

    page.button(key="requirements_save_mine").click().run()

    said = [found.draft.statement for found in store().requirements.revisions(token)]
    assert said[-2:] == ["Ben's text.", "Ada's text."]
    assert store().drafts.get(f"requirement:{token}:Ada") is None


def test_a_conflict_shows_what_differs_and_says_when_mine_is_not_saved_yet(page: AppTest) -> None:
    token = requirement().id
    write(page, "statement", token, "Ada's text.")
    revised_by_ben()
    page.run()
    assert any(
        ":red-background[~~Ben's~~] :green-background[**Ada's**] text" in m.value
        for m in page.markdown
    )
    page.button(key="requirements_save_mine").click().run()
    assert [toast.value for toast in page.toast] == ["Not saved yet. Say why it changes."]
    assert requirement().draft.statement == "Ben's text."


def test_two_people_who_change_different_fields_keep_both(page: AppTest) -> None:
    token = requirement().id
    write(page, "rationale", token, "Ada's reason.")
    write(page, "why", token, "Ada knows best")
    revised_by_ben()
    page.run()
    assert "while you were editing" not in shown(page)
    assert field(page, "statement", token) == "Ben's text."
    page.button(key="requirements_save").click().run()
    kept = requirement().draft
    assert (kept.statement, kept.rationale) == ("Ben's text.", "Ada's reason.")


def test_theirs_can_be_loaded_instead(page: AppTest) -> None:
    token = requirement().id
    write(page, "statement", token, "Ada's text.")
    revised_by_ben()
    page.run()

    page.button(key="requirements_load_theirs").click().run()

    assert field(page, "statement", token) == "Ben's text."
    assert requirement().draft.statement == "Ben's text."


def test_a_form_nobody_typed_in_follows_what_others_save(page: AppTest) -> None:
    revised_by_ben()

    page.run()

    assert field(page, "statement", requirement().id) == "Ben's text."
    assert "while you were editing" not in shown(page)


def test_a_draft_survives_a_new_session_and_can_be_given_up(page: AppTest) -> None:
    token = requirement().id
    before = requirement().draft.statement
    write(page, "statement", token, "Half a sent")

    reloaded = again("Ada")
    assert field(reloaded, "statement", token) == "Half a sent"
    assert "Unsaved draft restored" in shown(reloaded)

    reloaded.button(key="requirements_discard").click().run()
    assert field(reloaded, "statement", token) == before
    assert "Unsaved draft restored" not in shown(again("Ada"))


def test_a_draft_from_before_a_colleagues_save_comes_back_as_a_conflict(page: AppTest) -> None:
    token = requirement().id
    write(page, "statement", token, "Ada's text.")
    revised_by_ben()

    reloaded = again("Ada")

    assert "while you were editing it" in shown(reloaded)
    assert field(reloaded, "statement", token) == "Ada's text."


def test_two_tabs_of_one_person_that_write_different_fields_keep_both(page: AppTest) -> None:
    token = requirement().id
    other = again("Ada")
    write(page, "statement", token, "From the first tab")
    write(other, "rationale", token, "From the second tab")

    assert field(other, "statement", token) == "From the first tab"
    reloaded = again("Ada")
    assert field(reloaded, "statement", token) == "From the first tab"
    assert field(reloaded, "rationale", token) == "From the second tab"


def test_two_tabs_of_one_person_that_write_one_field_are_asked_and_lose_neither_text(
    page: AppTest,
) -> None:
    token = requirement().id
    other = again("Ada")
    write(page, "statement", token, "From the first tab")
    write(other, "statement", token, "From the second tab")

    assert field(other, "statement", token) == "From the second tab"
    assert "Another tab of yours" in shown(other)
    assert "From the first tab" in shown(other)
    reloaded = again("Ada")
    assert "From the first tab" in shown(reloaded)

    button(reloaded, "draft_use_").click().run()
    assert field(reloaded, "statement", token) == "From the first tab"
    assert "From the second tab" in shown(reloaded)
    button(reloaded, "draft_forget_").click().run()
    assert "Another tab of yours" not in shown(reloaded)
    assert field(again("Ada"), "statement", token) == "From the first tab"


def test_a_tab_that_saves_leaves_what_another_tab_wrote(page: AppTest) -> None:
    token = requirement().id
    other = again("Ada")
    write(page, "statement", token, "Saved by the first tab")
    write(page, "why", token, "Because")
    write(other, "rationale", token, "Still being written")

    page.button(key="requirements_save").click().run()

    assert requirement().draft.statement == "Saved by the first tab"
    assert field(again("Ada"), "rationale", token) == "Still being written"


def button(page: AppTest, start: str) -> Any:
    return next(found for found in page.button if str(found.key).startswith(start))


def test_a_colleague_does_not_see_my_draft(page: AppTest) -> None:
    token = requirement().id
    write(page, "statement", token, "Half a sent")

    assert field(again("Ben"), "statement", token) == requirement().draft.statement


def test_evidence_that_was_brought_along_is_saved_with_the_revision(page: AppTest) -> None:
    token = requirement().id
    piece = {"summary": "C1 missed its bar", "experiment": "E1", "output": "Dear nobody"}
    page.session_state["requirements_evidence"] = [piece, {"summary": "A second look"}]
    page.run()
    assert "C1 missed its bar" in shown(page)

    page.button(key="requirements_remove_1").click().run()
    write(page, "why", token, "E1 showed it")
    page.button(key="requirements_save").click().run()

    (kept,) = requirement().revision.evidence
    assert (kept.summary, kept.experiment, kept.output) == tuple(piece.values())
    assert "requirements_evidence" not in page.session_state
    assert "attached" not in shown(page)


def test_the_playground_can_suggest_a_criterion(page: AppTest) -> None:
    page.session_state["requirements_new_criterion"] = {
        "title": "Invents no address",
        "example_output": "12 Made-up Lane",
        "origin": "Playground, case-003",
        "lane": "discovered",
    }
    page.run()

    token = f"criterion_new_{requirement().id}"
    assert field(page, "title", token) == "Invents no address"
    assert field(page, "example", token) == "12 Made-up Lane"
    write(page, "texts", token, "Lane")
    page.button(key="requirements_criterion_save").click().run()
    kept = store().criteria.of(requirement().feature_id)[-1]
    assert (kept.draft.lane, kept.draft.origin) == ("discovered", "Playground, case-003")


def test_a_pattern_that_cannot_be_used_is_refused_with_the_reason(page: AppTest) -> None:
    page.button(key="requirements_criterion_add").click().run()
    token = f"criterion_new_{requirement().id}"
    before = len(store().criteria.of(requirement().feature_id))
    page.get_by_key(f"requirements_{token}_kind").set_value("regex").run()
    write(page, "title", token, "Looks ahead")
    write(page, "pattern", token, "(?=order)")
    page.button(key="requirements_criterion_save").click().run()

    assert "cannot be used" in shown(page)
    assert len(store().criteria.of(requirement().feature_id)) == before


def test_a_save_that_is_refused_says_why_once(page: AppTest) -> None:
    page.button(key="requirements_criterion_add").click().run()
    token = f"criterion_new_{requirement().id}"
    page.get_by_key(f"requirements_{token}_kind").set_value("contains").run()
    write(page, "title", token, "Says the order number")
    write(page, "example", token, "Your order is on its way")
    lacks = page.info[-1].value.split(".")[0]
    assert shown(page).count(lacks) == 1, "as it is typed"
    page.button(key="requirements_criterion_save").click().run()

    assert lacks in page.error[0].value
    assert shown(page).count(lacks) == 1
    write(page, "example", token, "Another answer")
    assert shown(page).count(lacks) == 1, "until it is whole"


def test_a_new_title_keeps_the_scorer_and_its_scores(page: AppTest) -> None:
    criterion = store().criteria.of(requirement().feature_id)[0]
    page.button(key=f"requirements_criterion_edit_{criterion.id}").click().run()
    write(page, "title", f"criterion_{criterion.id}", "Another title")
    page.button(key="requirements_criterion_save").click().run()

    kept = store().criteria.get(criterion.id)
    assert (kept.number, kept.draft.title) == (2, "Another title")
    assert kept.draft.scorer.fingerprint() == criterion.draft.scorer.fingerprint()


def test_a_difference_shows_hostile_text_as_it_was_written() -> None:
    said = redline.of("see ](http://evil.example) **x**", "![a](http://evil.example/p.png) :red[x]")

    assert "![" not in said
    assert "](http" not in said
    assert ":red[x]" not in said


def test_every_kind_of_scorer_can_be_chosen_and_is_drawn(page: AppTest) -> None:
    page.button(key="requirements_criterion_add").click().run()
    token = f"criterion_new_{requirement().id}"
    for kind in ScorerKind:
        page.get_by_key(f"requirements_{token}_kind").set_value(kind.value).run()
        said = shown(page)
        assert kind.entry.meaning in said
        for drawn in kind.entry.fields():
            if not drawn.only_with:
                assert page.get_by_key(f"requirements_{token}_{drawn.name}").label == drawn.label


def test_what_a_model_judges_says_where_it_gets_judged(page: AppTest) -> None:
    page.button(key="requirements_criterion_add").click().run()
    token = f"criterion_new_{requirement().id}"
    page.get_by_key(f"requirements_{token}_kind").set_value("judge").run()
    assert "Experiments offers to let the judge score them" in shown(page)


def test_a_rubric_is_tried_on_ten_outputs_before_it_is_kept(page: AppTest) -> None:
    results.answered(store(), cases=12)
    page.button(key="requirements_criterion_add").click().run()
    token = f"criterion_new_{requirement().id}"
    write(page, "title", token, "Fit to send")
    page.get_by_key(f"requirements_{token}_kind").set_value("rating").run()
    tried = [each for each in page.button_group if "Your rating" in each.label]
    assert len(tried) == 10
    for each, word in zip(tried, ["Pass"] * 6 + ["Fail"] * 4, strict=True):
        each.set_value(word)
    page.run()
    assert "6 pass, 4 fail. Nothing of it is kept." in shown(page)
    page.get_by_key(f"requirements_{token}_is_scale").set_value(True).run()
    page.get_by_key(f"requirements_{token}_passes_from").set_value(3.0).run()
    write(page, "levels", token, "1: Rude\n> <i>No.</i>\n3: Right\n5: Kind")
    tried = [each for each in page.button_group if "Your rating" in each.label]
    assert [each.value for each in tried] == [None] * 10, "another rubric is tried anew"
    for each in tried:
        each.set_value("3")
    page.run()
    assert "No output was 1 or 5: are these levels needed" in shown(page)
    assert "<i>No.</i>" in [block.value for block in page.code]
    page.button(key="requirements_criterion_save").click().run()
    assert not page.exception
    of_feature = store().criteria.of(requirement().feature_id)
    kept = next(c for c in of_feature if c.draft.title == "Fit to send")
    assert [level.description for level in kept.draft.scorer.levels] == ["Rude", "Right", "Kind"]
    assert store().database.rows("select * from scores where rater <> ''") == []


def test_a_criterion_says_in_plain_words_what_it_looks_at(page: AppTest) -> None:
    page.button(key="requirements_criterion_add").click().run()
    token = f"criterion_new_{requirement().id}"
    page.get_by_key(f"requirements_{token}_kind").set_value("contains").run()
    write(page, "texts", token, "coat")
    write(page, "title", token, "Thinks of the coat")
    looks = page.get_by_key(f"requirements_{token}_looks_at")
    assert looks.options[0] == "The last answer"
    looks.set_value("reasoning").run()
    assert "looking at the model's reasoning" in shown(page)
    page.button(key="requirements_criterion_save").click().run()
    (kept,) = (c for c in store().criteria.of(requirement().feature_id) if "coat" in c.draft.title)
    assert kept.draft.scorer.settings["looks_at"] == "reasoning"


def test_an_older_revision_is_taken_up_again_with_a_reason(page: AppTest) -> None:
    first = requirement().draft.statement
    revised_by_ben()
    revised = turned_to(page, REVISIONS)
    keys = [button.key for button in revised.button]
    assert "requirements_again_2" not in keys, "it is the text that counts now"
    revised.button("requirements_again_1").click().run()
    assert field(revised, "statement", requirement().id) == first
    assert requirement().draft.statement == "Ben's text.", "nothing is saved yet"
    write(revised, "why", requirement().id, "Ben was wrong")
    revised.button("requirements_save").click().run()
    assert requirement().draft.statement == first
    assert (requirement().revision.number, requirement().revision.why) == (3, "Ben was wrong")


def test_an_older_revision_replaces_no_text_that_is_not_saved(page: AppTest) -> None:
    revised_by_ben()
    page.run()
    write(page, "statement", requirement().id, "Half written")
    revised = turned_to(page, REVISIONS)
    assert revised.button("requirements_again_1").disabled

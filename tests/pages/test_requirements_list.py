"""The list of requirements: found among many, copied, moved, put away and brought back."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests import sixty
from tests.pages import results, sessions
from tests.pages.folds import CRITERIA, turned_to, unfolded
from workbench.domain.features import Feature
from workbench.domain.requirements import Kind
from workbench.store.store import Store, open_store
from workbench.ui.parts.resources import services
from workbench.ui.requirements import listing

ROOT = Path(__file__).parent.parent.parent
PAGE = "pages/define/requirements.py"


@pytest.fixture
def page(app: AppTest) -> AppTest:
    """The page with the sample's six requirements."""
    app.session_state["person"] = "Ada"
    return turned_to(app.switch_page(PAGE), CRITERIA)


@pytest.fixture(scope="module")
def sixty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the grown feature, made once."""
    folder = tmp_path_factory.mktemp("sixty")
    opened = open_store(str(folder / "workbench.duckdb"), folder)
    sixty.feature(opened)
    opened.close()
    return folder / "workbench.duckdb"


@pytest.fixture
def grown(
    sixty_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first_start: Path
) -> Iterator[AppTest]:
    """The page with sixty requirements."""
    shutil.copyfile(sixty_file, tmp_path / "workbench.duckdb")
    monkeypatch.setenv("WORKBENCH_DB", str(tmp_path / "workbench.duckdb"))
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    st.cache_resource.clear()
    found = sessions.opened()
    found.session_state["feature"] = sixty.NAME
    yield found.switch_page(PAGE).run()
    st.cache_resource.clear()


def store() -> Store:
    return services().store


def feature_id() -> UUID:
    return results.sample_id(store())


def listed(page: AppTest) -> list[str]:
    """The keys in the list, from top to bottom."""
    assert not page.exception
    rows = [b for b in page.button if str(b.key).startswith("requirements_open_")]
    return [row.label.split("**")[1] for row in rows]


def shown(page: AppTest) -> str:
    assert not page.exception
    kinds = (page.markdown, page.caption, page.error, page.info)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def press(page: AppTest, key: str) -> None:
    page.button(key=key).click().run()


def the_button(page: AppTest, start: str) -> Any:
    return next(found for found in page.button if str(found.key).startswith(start))


def test_sixty_requirements_are_a_line_each(grown: AppTest) -> None:
    assert len(listed(grown)) == sixty.REQUIREMENTS
    rows = [b.label for b in grown.button if str(b.key).startswith("requirements_open_")]
    assert all("\n" not in label for label in rows)
    assert "of 60" not in shown(grown)


def test_a_search_finds_by_key_text_and_criterion(grown: AppTest) -> None:
    grown.text_input(key="requirements_search").set_value("R17").run()
    assert listed(grown) == ["R17"]
    assert "1 of 60 fit." in shown(grown)
    grown.text_input(key="requirements_search").set_value("LUGGAGE promises").run()
    assert listed(grown) == ["R52"]
    grown.text_input(key="requirements_search").set_value("Latency of replies").run()
    assert len(listed(grown)) == 6
    assert grown.session_state["requirements_open"] != "R17"


def test_filters_narrow_together_and_are_lifted_at_once(grown: AppTest) -> None:
    grown.get_by_key("requirements_filter_kind").set_value(["safety"]).run()
    assert len(listed(grown)) == 12
    grown.get_by_key("requirements_filter_horizon").set_value(["later", "now"]).run()
    some = listed(grown)
    assert 0 < len(some) < 12
    grown.get_by_key("requirements_filter_verdict").set_value(["no criterion yet"]).run()
    assert listed(grown) == []
    assert "None of 60 fits." in shown(grown)
    press(grown, "requirements_show_all")
    assert len(listed(grown)) == 60


def test_every_standing_can_be_asked_for_and_they_make_up_the_whole(grown: AppTest) -> None:
    found = []
    for standing in ("met", "not met", "not enough evidence", "not evaluated", "no criterion yet"):
        grown.get_by_key("requirements_filter_verdict").set_value([standing]).run()
        part = listed(grown)
        assert part, standing
        found += part
    assert len(found) == len(set(found)) == 60


def test_the_open_requirement_stays_open_while_the_list_is_narrowed(grown: AppTest) -> None:
    opened = grown.session_state["requirements_open"]
    grown.text_input(key="requirements_search").set_value("nothing has this").run()
    assert grown.session_state["requirements_open"] == opened
    assert any(opened in str(heading.value) for heading in grown.subheader)


def test_a_copy_is_opened_with_its_criteria(page: AppTest) -> None:
    press(page, "requirements_duplicate")
    assert page.session_state["requirements_open"] == "R7"
    copy = next(r for r in store().requirements.of(feature_id()) if r.key == "R7")
    original = next(r for r in store().requirements.of(feature_id()) if r.key == "R1")
    assert copy.draft == original.draft
    copied = [c.draft for c in store().criteria.of(feature_id()) if c.requirement_id == copy.id]
    assert copied == [
        c.draft for c in store().criteria.of(feature_id()) if c.requirement_id == original.id
    ]


def test_an_arranged_list_is_moved_within_its_horizon(page: AppTest) -> None:
    assert not [b for b in page.button if b.key == "requirements_move_down"]
    page.get_by_key("requirements_order").set_value("As arranged").run()
    before = listed(page)
    opened = page.session_state["requirements_open"]
    place = before.index(opened)
    press(page, "requirements_move_down")
    after = listed(page)
    assert after.index(opened) == place + 1
    assert sorted(after) == sorted(before)
    press(page, "requirements_move_up")
    assert listed(page) == before
    (first,) = (b for b in page.button if b.key == "requirements_move_up")
    assert first.disabled is (place == 0)


def test_keeping_is_the_first_button_and_archiving_asks_for_a_reason(page: AppTest) -> None:
    keep = the_button(page, "requirements_archive_keep_")
    away = next(b for b in page.button if b.label == "Archive R1")
    assert (keep.proto.type, away.proto.type) == ("primary", "secondary")
    assert away.disabled
    keep.click().run()
    assert "R1" in listed(page)


def test_an_archived_requirement_keeps_why_and_is_restored_below_the_list(page: AppTest) -> None:
    first = store().requirements.of(feature_id())[0]
    page.text_input(key=f"requirements_archive_why_{first.id}").set_value("Nobody asks").run()
    press(page, f"requirements_archive_{first.id}")
    assert "R1" not in listed(page)
    assert page.session_state["requirements_open"] != "R1"
    assert "Ada: Nobody asks" in shown(page)

    press(page, f"requirements_restore_{first.id}")
    assert "R1" in listed(page)
    assert page.session_state["requirements_open"] == "R1"
    assert "Ada: Nobody asks" not in shown(page)


def test_an_archived_criterion_is_restored_below_the_others(page: AppTest) -> None:
    criterion = store().criteria.of(feature_id())[0]
    why = f"requirements_criterion_archive_why_{criterion.id}"
    page.text_input(key=why).set_value("Covered").run()
    keep = page.button(key=f"requirements_criterion_archive_keep_{criterion.id}")
    assert keep.proto.type == "primary"
    press(page, f"requirements_criterion_archive_{criterion.id}")
    assert criterion.key not in [c.key for c in store().criteria.of(feature_id())]
    assert "Ada: Covered" in shown(page)

    press(page, f"requirements_criterion_restore_{criterion.id}")
    assert criterion.key in [c.key for c in store().criteria.of(feature_id())]


@pytest.mark.parametrize(
    ("kind", "scorer", "measure"),
    [
        (Kind.LATENCY, "latency", "pass_rate"),
        (Kind.SAFETY, "not_contains", "fail_rate"),
        (Kind.CONSISTENCY, "equals", "agreement"),
    ],
)
def test_the_drawer_starts_as_the_kind_of_requirement_asks(
    page: AppTest, kind: Kind, scorer: str, measure: str
) -> None:
    press(page, "requirements_new")
    token = f"new_{feature_id()}"
    page.get_by_key(f"requirements_{token}_statement").set_value("A draft is there.")
    page.get_by_key(f"requirements_{token}_kind").set_value(kind.value)
    press(page, "requirements_save")
    press(page, "requirements_criterion_add")
    made = store().requirements.of(feature_id())[-1]
    drawer = f"requirements_criterion_new_{made.id}"
    assert page.get_by_key(f"{drawer}_kind").value == scorer
    assert page.get_by_key(f"{drawer}_measure").value == measure
    assert f"Proposed for a {kind} requirement" in shown(page)


def test_a_drawer_nobody_wrote_in_follows_the_requirement_to_another_kind(page: AppTest) -> None:
    press(page, "requirements_criterion_add")
    first = store().requirements.of(feature_id())[0]
    drawer = f"requirements_criterion_new_{first.id}"
    before = page.get_by_key(f"{drawer}_kind").value
    page.get_by_key(f"requirements_{first.id}_kind").set_value("cost")
    page.get_by_key(f"requirements_{first.id}_why").set_value("It is about money")
    press(page, "requirements_save")
    assert page.get_by_key(f"{drawer}_kind").value == "cost" != before


def test_the_bar_says_what_it_takes_for_the_cases_that_it_is_about(page: AppTest) -> None:
    press(page, "requirements_criterion_add")
    first = store().requirements.of(feature_id())[0]
    drawer = f"requirements_criterion_new_{first.id}"
    page.get_by_key(f"{drawer}_bar").set_value(90.0).run()
    every = next(line for line in shown(page).splitlines() if "Takes 29 cases" in line)
    assert "you have none" not in every
    page.get_by_key(f"{drawer}_bar").set_value(99.0).run()
    assert "Takes 299 cases without a failure" in shown(page)
    assert "labels by people" not in shown(page)
    page.get_by_key(f"{drawer}_kind").set_value("judge").run()
    assert "and labels by people" in shown(page)


def test_a_slice_that_no_case_has_yet_can_be_asked_for(page: AppTest) -> None:
    press(page, "requirements_criterion_add")
    first = store().requirements.of(feature_id())[0]
    drawer = f"requirements_criterion_new_{first.id}"
    page.get_by_key(f"{drawer}_kind").set_value("contains").run()
    page.get_by_key(f"{drawer}_title").set_value("Knows guests of honour").run()
    page.get_by_key(f"{drawer}_texts").set_value("welcome back").run()
    page.get_by_key(f"{drawer}_slices").set_value(["vip"]).run()
    assert "No case is tagged “vip” yet" in shown(page)
    assert "you have none yet" in shown(page)
    press(page, "requirements_criterion_save")
    kept = store().criteria.of(feature_id())[-1]
    assert kept.draft.slices == ("vip",)


def test_a_narrow_window_shows_the_list_until_one_is_asked_for(page: AppTest) -> None:
    assert page.session_state["requirements_side"] == "All requirements"
    the_button(page, "requirements_open_").click().run()
    assert page.session_state["requirements_side"] == "The open one"
    page.get_by_key("requirements_side").set_value("All requirements").run()
    assert page.session_state["requirements_side"] == "All requirements"
    # As another page does that names one.
    page.session_state["requirements_open"] = "R3"
    page.run()
    assert page.session_state["requirements_side"] == "The open one"
    third = next(r for r in store().requirements.of(feature_id()) if r.key == "R3")
    page.text_input(key=f"requirements_archive_why_{third.id}").set_value("Not now").run()
    press(page, f"requirements_archive_{third.id}")
    assert page.session_state["requirements_side"] == "All requirements"


def test_the_picture_of_priorities_shows_each_where_its_impact_and_effort_are(
    page: AppTest,
) -> None:
    (head, _, *rows) = priorities(page)
    assert head[1:] == ["low", "medium", "high"]
    assert [row[0] for row in rows] == ["high", "medium", "low"]
    for each in store().requirements.of(feature_id()):
        row = next(row for row in rows if row[0] == each.draft.impact)
        cell = row[head.index(each.draft.effort)]
        assert each.key in [key.strip("*") for key in cell.split(", ")]
    assert sum(cell.count("R") for row in rows for cell in row) == 6


def test_the_picture_of_priorities_marks_the_requirement_that_is_open(page: AppTest) -> None:
    assert "**R1**" in " ".join(cell for row in priorities(page) for cell in row)
    third = next(r for r in store().requirements.of(feature_id()) if r.key == "R3")
    press(page, f"requirements_open_{third.id}")
    said = " ".join(cell for row in priorities(page) for cell in row)
    assert "**R3**" in said
    assert "**R1**" not in said


def test_many_requirements_have_their_picture_folded_until_it_is_opened(grown: AppTest) -> None:
    assert not tables(grown)
    rows = priorities(unfolded(grown, "Priorities"))
    assert sum(cell.count("R") for row in rows for cell in row) == len(
        store().requirements.of(feature_id())
    )


def tables(page: AppTest) -> list[str]:
    """The pictures of priorities on the page."""
    return [m.value for m in page.markdown if m.value.startswith("| impact")]


def priorities(page: AppTest) -> list[list[str]]:
    """The cells of the picture, row by row."""
    (table,) = tables(page)
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in table.splitlines()]


def test_a_narrow_window_shows_the_empty_text_where_there_is_no_requirement(app: AppTest) -> None:
    services().store.features.add(Feature("Fresh"))
    app.switch_page(PAGE).run()
    assert app.session_state[listing.SIDE] == listing.LIST
    app.sidebar.selectbox(key="feature").set_value("Fresh").run()
    assert not app.exception
    assert app.session_state[listing.SIDE] == listing.TEXT

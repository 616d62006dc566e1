"""Open tabs hear of each other from the server, and ask for nothing."""

from collections.abc import Iterator

import pytest

from tests.browser.conftest import App, running
from tests.faults.visitor import Tab, Visitor

PAGE = "requirements"
SECOND = ":gray[:material/radio_button_unchecked:] **R2**"
OF_SECOND = "Cannot be shown: “never”"
"""What is read of the second requirement where it is chosen."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A workbench with the sample."""
    with running(tmp_path_factory.mktemp("app")) as started:
        yield started


@pytest.fixture
def visitor(app: App) -> Visitor:
    """A browser that was let in."""
    return Visitor(app.address)


def test_a_tab_hears_who_comes_where_they_go_and_that_they_leave(visitor: Visitor) -> None:
    with Tab(visitor.another(), PAGE) as mine:
        with Tab(visitor.another(), PAGE) as other:
            assert mine.is_told("**Somebody** is on")
            other.go("data")
            assert mine.is_drawn_by_the_server()
        assert mine.is_told_no_more("is on")


def test_a_tab_hears_what_somebody_else_does(visitor: Visitor) -> None:
    with Tab(visitor.another(), PAGE) as mine, Tab(visitor.another(), PAGE) as other:
        assert mine.is_told("is on")
        other.press("Look at this")
        assert mine.is_told("look at this")


def test_no_tab_asks_and_one_that_shows_all_there_is_is_left_alone(visitor: Visitor) -> None:
    with Tab(visitor.another(), PAGE) as mine, Tab(visitor.another(), PAGE) as other:
        assert mine.is_told("is on")
        assert other.is_told("is on")
        assert mine.stay(3.0) == 0
        mine.words = []
        assert mine.stay(3.0) == 0
        assert mine.words == []


def test_a_tab_keeps_its_address_and_what_was_chosen_when_it_is_told(visitor: Visitor) -> None:
    with Tab(visitor.another(), PAGE) as mine:
        mine.press(SECOND)
        assert any(OF_SECOND in said for said in mine.words)
        with Tab(visitor.another(), PAGE):
            assert mine.is_told("is on")
        mine.press("Look at this")
        assert any(OF_SECOND in said for said in mine.words)

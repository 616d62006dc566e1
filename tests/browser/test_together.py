"""Two people at two browsers: they see each other, what the other changes, and one note pad."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE_MS, App, known_as, running, sample_in, shoot
from tests.conftest import sample
from workbench.exchange.feature.file import keep

pytestmark = [pytest.mark.browser, pytest.mark.slow]


FEATURES = ("Shared", "Left alone", "Followed", "Pointed at")
"""A feature for each test: what two people do in one is not seen in another."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """One workbench for all."""
    folder = tmp_path_factory.mktemp("together")
    with sample_in(folder) as store:
        for name in FEATURES:
            keep(store, sample(), "Sample", name)
    with running(folder) as started:
        yield started


@pytest.fixture(scope="module")
def tabs(browser: Browser, app: App) -> Iterator[tuple[Page, Page]]:
    """Ada's and Ben's, each in a browser of their own: in a new one, what pages are drawn with is
    compiled anew."""
    pages = []
    for name in ("Ada", "Ben"):
        context = app.let_in(browser.new_context(viewport={"width": 1440, "height": 1200}))
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        known_as(page, app, name)
        pages.append(page)
    yield pages[0], pages[1]
    for page in pages:
        page.context.close()


@pytest.fixture(scope="module")
def unused() -> Iterator[str]:
    """The features that no test has opened yet."""
    return iter(FEATURES)


@pytest.fixture
def two(app: App, tabs: tuple[Page, Page], unused: Iterator[str]) -> tuple[Page, Page]:
    """Ada and Ben, on the requirements of a feature of their own."""
    feature = next(unused)
    for page in tabs:
        page.goto(f"{app.url}/requirements?feature={feature}")
        expect(page.get_by_role("heading", name="R1")).to_be_visible()
    return tabs


def begin_a_session(page: Page) -> None:
    """Begin one, on refunds."""
    page.get_by_role("button", name="Hold a session").click()
    goal = page.get_by_role("textbox", name="What do you want to know at its end?")
    goal.fill("Are refunds safe?")
    goal.press("Tab")
    page.get_by_role("button", name="Begin", exact=True).click()


def test_two_people_share_a_session_and_neither_loses_the_cursor(two: tuple[Page, Page]) -> None:
    ada, ben = two
    expect(ada.get_by_text("Ben is on")).to_be_visible()
    expect(ben.get_by_text("Ada is on")).to_be_visible()

    begin_a_session(ada)
    expect(ben.get_by_text("Are refunds safe?").first).to_be_visible()

    # Ben types, and goes on typing while what Ada does comes in.
    # A line is known as it is typed, a text once its field is left; never the words of either.
    why = ben.get_by_role("textbox", name="Why does it change?")
    why.click()
    why.press_sequentially("Clearer")
    expect(ada.get_by_text("typing in requirement R1")).to_be_visible()
    statement = ben.get_by_role("textbox", name="Statement")
    statement.click()
    statement.press("End")
    statement.press_sequentially(" before")
    ada.get_by_role("button", name="Note pad").click()
    said = ada.get_by_role("textbox", name="What was said")
    said.fill("Legal wants no dates.")
    said.press("Tab")
    ada.get_by_role("button", name="Put it on the pad").click()
    expect(ben.get_by_role("button", name="Note pad (1)")).to_be_visible()
    ben.keyboard.type(" after")
    expect(statement).to_have_value(re.compile("before after"))
    expect(statement).to_be_focused()

    # Ben looks at another requirement, and points at it.
    ben.get_by_role("button", name="R2 ").first.click()
    expect(ben.get_by_role("heading", name="R2")).to_be_visible()
    ben.get_by_role("button", name="Look at this").click()
    ada.keyboard.press("Escape")
    expect(ada.get_by_text("Ben says: look at this")).to_be_visible()
    shoot(ada, "together")
    ada.get_by_test_id("stSidebar").get_by_role("link", name="Look").click()
    expect(ada.get_by_role("heading", name="R2")).to_be_visible()

    ada.get_by_role("button", name="End the session").click()
    ada.get_by_role("link", name="Minutes of session S1").click()
    minutes = ada.get_by_role("textbox", name="Minutes, as Markdown")
    expect(minutes).to_have_value(re.compile("Legal wants no dates"))
    expect(minutes).to_be_in_viewport()
    expect(ben.get_by_role("button", name="Hold a session")).to_be_visible()
    expect(ben.get_by_role("link", name="Minutes of session S1")).to_be_visible()


def test_where_hands_are_left_alone_what_others_did_is_shown_when_asked_for(
    two: tuple[Page, Page],
) -> None:
    ada, ben = two
    ada.goto(ada.url.replace("/requirements", "/data"))
    expect(ada.get_by_text("Ben is on")).to_be_visible()
    begin_a_session(ben)
    show = ada.get_by_role("button", name="Show it")
    expect(show).to_be_visible()
    expect(ada.get_by_text("Are refunds safe?")).to_have_count(0)
    show.click()
    expect(ada.get_by_text("Are refunds safe?").first).to_be_visible()
    expect(show).to_have_count(0)


def test_whoever_follows_somebody_sees_what_they_see_and_goes_on_from_there(
    two: tuple[Page, Page],
) -> None:
    ada, ben = two
    expect(ada.get_by_text("Ben is on")).to_be_visible()
    ben.get_by_role("button", name="R2 ").first.click()
    expect(ben.get_by_role("heading", name="R2")).to_be_visible()
    follow = ada.get_by_test_id("stSidebar").get_by_role("link", name="Requirements").last
    expect(follow).to_have_attribute("href", re.compile("requirement=R2"))
    follow.click()
    expect(ada.get_by_role("heading", name="R2")).to_be_visible()
    # What the address says, the next click on the page begins with.
    expect(ada).to_have_url(re.compile("requirement=R2"))
    ada.get_by_role("button", name="R3 ").first.click()
    expect(ada).to_have_url(re.compile("requirement=R3"))
    expect(ada.get_by_role("heading", name="R3")).to_be_visible()


def test_who_points_at_a_page_is_answered_and_whoever_came_is_asked_no_more(
    two: tuple[Page, Page],
) -> None:
    ada, ben = two
    ben.get_by_role("button", name="R2 ").first.click()
    expect(ben.get_by_role("heading", name="R2")).to_be_visible()
    ben.get_by_role("button", name="Look at this").click()
    expect(ben.get_by_text("Asked Ada to look at this.")).to_be_visible()
    look = ada.get_by_test_id("stSidebar").get_by_role("link", name="Look")
    look.click()
    expect(ada.get_by_role("heading", name="R2")).to_be_visible()
    expect(look).to_have_count(0)

"""What only a browser shows of a page: Back, old links, the focus of links, paper, and an enlarged
page."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE_MS, App, running, shoot

pytestmark = pytest.mark.browser
BRIGHT = re.compile(r"^color\(srgb 0\.43")
"""The primary colour, as far as it leans to the light text of a dark page."""
_STILL = "[data-testid=stApp][data-test-script-state=notRunning]"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """One workbench for all: nothing here changes what it holds."""
    with running(tmp_path_factory.mktemp("dressing")) as started:
        yield started


@pytest.fixture(scope="module")
def tab(browser: Browser, app: App) -> Iterator[Page]:
    """One tab for all: in a new one, what pages are drawn with is compiled anew."""
    context = app.let_in(browser.new_context())
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(tab: Page, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The tab as it is on a light screen, 1440 pixels wide."""
    tab.emulate_media(media="screen", color_scheme="light")
    tab.set_viewport_size({"width": 1440, "height": 1200})
    yield tab
    shoot(tab, f"end-of-{request.node.name}"[:80])


def _at(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    page.wait_for_selector(_STILL)


def test_back_leads_to_the_page_before_and_forward_to_the_one_after(app: App, page: Page) -> None:
    def lands_on(path: str, title: str) -> None:
        # The overview has a heading for requirements, too: the address says which page it is.
        page.wait_for_url(f"{app.url}/{path}?feature=**")
        _at(page, title)

    page.goto(app.url)
    lands_on("", "Overview")
    menu = page.get_by_test_id("stSidebarNav")
    for path, name in (("requirements", "Requirements"), ("verdicts", "Decide")):
        menu.get_by_role("link", name=name, exact=True).click()
        lands_on(path, name)
    page.go_back()
    lands_on("requirements", "Requirements")
    page.go_back()
    lands_on("", "Overview")
    page.go_forward()
    lands_on("requirements", "Requirements")


def test_back_from_an_old_address_leaves_it(app: App, page: Page) -> None:
    page.goto(f"{app.url}/spec")
    _at(page, "Spec")
    page.goto(f"{app.url}/compare")
    _at(page, "Score")
    page.go_back()
    _at(page, "Spec")


def test_a_link_that_the_keyboard_is_at_has_an_outline(app: App, page: Page) -> None:
    page.goto(app.url)
    _at(page, "Overview")
    for _ in range(40):
        page.keyboard.press("Tab")
        tag, style = page.evaluate(
            "(at => [at.tagName, getComputedStyle(at).outlineStyle])(document.activeElement)"
        )
        if tag == "A":
            assert style == "solid"
            return
    raise AssertionError("no link can be reached by Tab")


def test_on_paper_a_page_is_whole_and_has_no_menu(app: App, page: Page) -> None:
    page.goto(f"{app.url}/spec")
    _at(page, "Spec")
    page.emulate_media(media="print")
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    whole, seen = page.evaluate(
        "[document.documentElement.scrollHeight, document.querySelector('[data-testid=stMain]')"
        ".getBoundingClientRect().height]"
    )
    assert seen > 1_500, "the whole spec, not what fits the window"
    assert whole >= seen


def test_on_paper_the_spec_is_the_document_alone(app: App, page: Page) -> None:
    page.goto(f"{app.url}/spec")
    _at(page, "Spec")
    tabs = page.get_by_role("tablist")
    expect(tabs).to_be_visible()
    page.emulate_media(media="print")
    expect(tabs).to_be_hidden()
    expect(page.get_by_role("heading", name="Spec", exact=True)).to_be_hidden()
    expect(page.get_by_text("open before this is ready")).to_be_hidden()
    expect(page.get_by_text("python -m workbench run").first).to_be_hidden()
    expect(page.get_by_role("heading", name="Status")).to_be_visible()


def test_on_paper_no_line_of_a_prompt_is_cut_and_no_loop_bar_is_printed(
    app: App, page: Page
) -> None:
    page.goto(f"{app.url}/spec")
    _at(page, "Spec")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 690, "height": 1000})
    expect(page.locator(".st-key-loop_bar")).to_be_hidden()
    # What draws code is loaded after the page has run: the command, and the prompt's messages.
    codes = page.get_by_test_id("stCode").locator("pre")
    expect(codes.nth(2)).to_be_attached()
    widths = codes.evaluate_all("all => all.map(one => [one.scrollWidth, one.clientWidth])")
    assert all(needed <= there for needed, there in widths)


def test_captions_are_drawn_dark_enough(app: App, page: Page) -> None:
    page.goto(app.url)
    _at(page, "Overview")
    expect(page.get_by_test_id("stCaptionContainer").first).to_have_css("opacity", "0.75")


def test_the_menu_is_open_where_there_is_room_and_closed_at_twice_the_size(
    app: App, page: Page
) -> None:
    page.goto(app.url)
    _at(page, "Overview")
    menu = page.get_by_role("link", name="Playground")
    expect(menu).to_be_in_viewport()
    page.set_viewport_size({"width": 720, "height": 600})
    page.reload()
    _at(page, "Overview")
    expect(menu).not_to_be_in_viewport()


def test_on_a_dark_page_a_button_whose_popover_is_open_can_be_read(app: App, page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(app.url)
    _at(page, "Overview")
    button = page.get_by_role("button", name="What the words mean")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(button).to_have_css("color", BRIGHT)


def test_on_a_dark_page_what_is_chosen_in_a_drawer_can_be_read(app: App, page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(f"{app.url}/requirements")
    _at(page, "Requirements")
    page.get_by_role("tab", name="Criteria").click()
    page.get_by_role("button", name="Add a criterion").click()
    chosen = page.get_by_role("radio", name="Committed before results")
    expect(chosen).to_have_css("color", BRIGHT)


def test_the_outline_of_the_spec_leads_to_its_parts(app: App, page: Page) -> None:
    page.goto(f"{app.url}/spec")
    _at(page, "Spec")
    part = page.get_by_role("heading", name="Known limits")
    expect(part).not_to_be_in_viewport()
    page.get_by_role("link", name="Known limits", exact=True).click()
    expect(part).to_be_in_viewport()
    expect(page.get_by_role("link", name="Status", exact=True)).to_be_in_viewport()


def test_a_link_to_where_score_lived_before_leads_to_it_with_all_it_says(
    app: App, page: Page
) -> None:
    page.goto(f"{app.url}/compare?experiment=E1")
    expect(page.get_by_role("heading", name="Score", exact=True)).to_be_visible()
    page.wait_for_url(f"{app.url}/rating?**experiment=E1**")

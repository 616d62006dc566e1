"""The very first visit after a start may go anywhere."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import App

pytestmark = pytest.mark.browser


def test_the_first_visit_to_a_deep_link_shows_that_page_in_the_menu(app: App, page: Page) -> None:
    flashes: list[str] = []
    page.expose_function("flashed", lambda text: flashes.append(text))
    page.add_init_script(
        """
        new MutationObserver(() => {
            if (document.body && document.body.innerText.includes("Page not found")) {
                window.flashed("Page not found");
            }
        }).observe(document, {childList: true, subtree: true, characterData: true});
        """
    )
    page.goto(f"{app.url}/verdicts")
    expect(page.get_by_role("heading", name="Decide", exact=True)).to_be_visible()
    menu = page.get_by_test_id("stSidebarNav")
    expect(menu.get_by_role("link", name="Playground")).to_be_visible()
    assert flashes == []

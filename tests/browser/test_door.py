"""The way in, as browsers take it: the printed address, a pasted token, a link from elsewhere."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import App, running

pytestmark = pytest.mark.browser
FEATURE = "Support reply assistant"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """One workbench for browsers of their own: nothing here changes what it holds."""
    with running(tmp_path_factory.mktemp("door")) as started:
        yield started


def test_a_deep_link_leads_where_it_should_once_the_address_is_pasted(
    app: App, browser: Browser
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{app.url}/verdicts?feature={quote(FEATURE)}")
    expect(page.get_by_role("heading", name="This workbench is locked")).to_be_visible()
    page.get_by_label("Or paste the token").fill("wrong")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("alert")).to_contain_text("not the token of this start")
    page.get_by_label("Or paste the token").fill(app.address)
    page.get_by_label("Or paste the token").press("Enter")
    expect(page.get_by_role("heading", name="Decide", exact=True)).to_be_visible()
    assert "token" not in page.url
    assert "feature=Support" in page.url
    assert "door" not in str(page.evaluate("document.cookie"))
    context.close()


def test_a_link_from_elsewhere_and_a_file_that_leads_here_open_the_app(
    app: App, browser: Browser, tmp_path: Path
) -> None:
    context = browser.new_context()
    page = context.new_page()
    leads = tmp_path / "open.html"
    leads.write_text(f'<meta http-equiv="refresh" content="0;url={app.address}">')
    page.goto(leads.as_uri())
    expect(page.get_by_test_id("stSidebarNavLink").first).to_be_visible()
    assert "token" not in page.url
    page.route(
        "http://elsewhere.test/*",
        lambda route: route.fulfill(
            body=f'<a href="{app.url}/spec">The spec</a>', content_type="text/html"
        ),
    )
    page.goto("http://elsewhere.test/wiki")
    page.get_by_text("The spec").click()
    expect(page.get_by_test_id("stSidebarNavLink").first).to_be_visible()
    expect(page.get_by_role("heading", name="This workbench is locked")).to_have_count(0)
    context.close()

"""Reading by keys alone: each output is read once, however fast keys come; undo gives it back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import App, running, sample_in
from tests.pages import results
from workbench.store.store import Store, open_store

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OUTPUTS = 6


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """The app on the sample with a few outputs that nobody has read."""
    with sample_in(tmp_path) as store:
        results.answered(store, cases=OUTPUTS, labels=("ZEBRA",))
    with running(tmp_path) as started:
        yield started


def opened(folder: Path) -> Store:
    return open_store(str(folder / "workbench.duckdb"), folder / "home")


def said(page: Page, read: int) -> None:
    """Wait until so many outputs are read, and the next one is on the screen: a key that is
    pressed before is for the output that was."""
    expect(page.get_by_text(re.compile(rf"\b{read} of {OUTPUTS} outputs read"))).to_be_visible()
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def test_outputs_are_read_noted_and_taken_back_by_keys_alone(
    app: App, page: Page, tmp_path: Path
) -> None:
    page.goto(f"{app.url}/failures")
    said(page, 0)
    page.get_by_role("textbox", name="What went wrong first?").click()
    page.keyboard.type("Promises a refund")
    page.keyboard.press("Control+Enter")
    said(page, 1)
    for read in (2, 3):
        page.keyboard.press("g")
        said(page, read)
    page.keyboard.press("u")
    said(page, 2)
    # A second press while the page changes is for the output that was on the screen: once is once.
    page.keyboard.press("g")
    page.keyboard.press("g")
    expect(page.get_by_text(re.compile(rf"\b[34] of {OUTPUTS} outputs read"))).to_be_visible()
    app.end()
    store = opened(tmp_path)
    doubled = store.database.value(
        """
        select count(*) from (
            select trial_id from readings
            where withdraws is null
                and id not in (select withdraws from readings where withdraws is not null)
            group by trial_id having count(*) > 1
        )
        """
    )
    assert doubled == 0
    (note,) = store.reports.failures.notes(results.sample_id(store))
    assert note.text == "Promises a refund"
    store.close()


def test_a_note_that_was_typed_and_not_kept_is_there_after_a_reload(app: App, page: Page) -> None:
    page.goto(f"{app.url}/failures")
    field = page.get_by_role("textbox", name="What went wrong first?")
    field.fill("Half a thou")
    page.get_by_text("Failures", exact=True).last.click()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text("Keep the note")).to_be_visible()
    page.reload()
    expect(field).to_have_value("Half a thou")

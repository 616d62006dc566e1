"""What survives: a closed tab, a killed app."""

import re
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import App, shoot
from workbench.store.store import open_store

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_run_goes_on_while_nobody_looks_and_a_killed_app_keeps_every_answer_and_resumes_it(
    app: App, page: Page, tmp_path: Path
) -> None:
    tab = page.context.new_page()
    tab.goto(app.url)
    tab.get_by_role("button", name="Run it now").click()
    expect(tab.get_by_text(re.compile(r"\b0 of 56"))).to_be_visible()
    tab.close()

    page.goto(app.url)
    # The first answers are in; most of the run is still to come.
    expect(page.get_by_text(re.compile(r"\b([2-9]|[1-4]\d) of 56"))).to_be_visible()
    app.end(signal.SIGKILL)
    before = answers(tmp_path)
    assert 0 < len(before) < 56

    app.start()
    page.goto(app.url)
    page.get_by_role("button", name="Go on").click()
    more = "|".join(str(n) for n in range(len(before) + 1, 57))
    expect(page.get_by_text(re.compile(rf"\b({more}) of 56"))).to_be_visible()
    shoot(page, "resumed")
    app.end()
    after = answers(tmp_path)
    assert before.items() < after.items()


def answers(folder: Path) -> dict[object, object]:
    """The calls that have an answer in the database, and which trial holds it."""
    store = open_store(str(folder / "workbench.duckdb"), folder / "home")
    try:
        rows = store.database.rows("select variant_id, case_id, number, id from trials")
    finally:
        store.close()
    found = {tuple(call): trial for *call, trial in rows}
    assert len(found) == len(rows), "a call was asked twice"
    return dict(found)

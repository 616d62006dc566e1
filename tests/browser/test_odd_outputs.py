"""Outputs that no person would write, in the page that shows them."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PATIENCE_MS, running, shoot
from tests.building import loop, trial
from workbench.store.store import open_store

pytestmark = pytest.mark.browser

_MOST_NODES = 5_000
"""Of the document that one output may take."""
_COUNT = "box => box.querySelectorAll('*').length"


@pytest.mark.parametrize(
    "text",
    ["a\n" * 100_000, "\n" * 10_000_000, "<b>**[x](y)**</b>\x1b[31m\x00 \u202e" * 100_000],
    ids=["a-hundred-thousand-lines", "ten-million-line-ends", "markup-and-controls"],
)
def test_an_output_takes_a_bounded_part_of_the_page(
    browser: Browser, tmp_path: Path, text: str
) -> None:
    store = open_store(str(tmp_path / "workbench.duckdb"), tmp_path)
    made = loop(store, 2)
    experiment = made.experiment()
    run_id = store.runs.start(experiment.id, "Ada").id
    calls = store.trials.missing(experiment.id)
    with store.transaction():
        store.trials.add([replace(trial(run_id, call), output=text) for call in calls])
    store.close()
    with running(tmp_path) as app:
        context = app.let_in(browser.new_context(viewport={"width": 1440, "height": 1200}))
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.goto(f"{app.url}/experiments?experiment=E1")
        page.get_by_role("radio", name="Outputs").click()
        expect(page.get_by_text("Select a row to read")).to_be_visible()
        # The grid is a picture: the box that selects its first row is under the heading.
        grid = page.get_by_test_id("stDataFrame").last
        grid.click(position={"x": 15, "y": 52})
        boxes = page.get_by_test_id("stCode")
        expect(boxes.first).to_be_visible()
        shoot(page, f"odd-output-{len(text)}")
        counted = [box.evaluate(_COUNT) for box in boxes.all()]
        context.close()
    assert counted
    assert max(counted) <= _MOST_NODES

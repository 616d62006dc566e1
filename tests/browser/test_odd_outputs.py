"""Outputs that no person would write, in the page that shows them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE_MS, running, shoot
from tests.building import loop, trial
from workbench.domain.calls import Parameters
from workbench.store.store import open_store

pytestmark = pytest.mark.browser

_MOST_NODES = 5_000
"""Of the document that one output may take."""
_COUNT = "box => box.querySelectorAll('*').length"


TEXTS = {
    "a-hundred-thousand-lines": "a\n" * 100_000,
    "ten-million-line-ends": "\n" * 10_000_000,
    "markup-and-controls": "<b>**[x](y)**</b>\x1b[31m\x00 \u202e" * 100_000,
}


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A tab of a workbench with an experiment for each text, E1 for the first of them."""
    folder = tmp_path_factory.mktemp("odd")
    store = open_store(str(folder / "workbench.duckdb"), folder)
    made = loop(store, 2)
    prompt = made.variant.prompt
    for seed, text in enumerate(TEXTS.values()):
        made.variant = store.variants.save(prompt, "Local model", "m", Parameters(seed=seed))
        experiment = made.experiment()
        run_id = store.runs.start(experiment.id, "Ada").id
        calls = store.trials.missing(experiment.id)
        with store.transaction():
            store.trials.add([replace(trial(run_id, call), output=text) for call in calls])
    store.close()
    with running(folder) as app:
        context = app.let_in(
            browser.new_context(base_url=app.url, viewport={"width": 1440, "height": 1200})
        )
        context.set_default_timeout(PATIENCE_MS)
        yield context.new_page()
        context.close()


@pytest.mark.parametrize("name", TEXTS)
def test_an_output_takes_a_bounded_part_of_the_page(page: Page, name: str) -> None:
    page.goto(f"/experiments?experiment=E{1 + list(TEXTS).index(name)}")
    page.get_by_role("radio", name="Outputs").click()
    expect(page.get_by_text("Select a row to read")).to_be_visible()
    # The grid is a picture: the box that selects its first row is under the heading.
    grid = page.get_by_test_id("stDataFrame").last
    grid.click(position={"x": 15, "y": 52})
    boxes = page.get_by_test_id("stCode")
    expect(boxes.first).to_be_visible()
    shoot(page, f"odd-output-{name}")
    counted = [box.evaluate(_COUNT) for box in boxes.all()]
    assert counted
    assert max(counted) <= _MOST_NODES

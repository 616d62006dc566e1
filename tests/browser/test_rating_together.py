"""Two people rate blind at two browsers, reveal together, settle, revise, and see it move."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE_MS, App, running, sample_in, shoot
from tests.browser.test_rating_keys import fewer_than, opened, press_until, score_page
from tests.pages import results
from workbench.evidence import verdicts

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CASES = 2
OUTPUTS = 2 * CASES


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """The sample with outputs of two variants, each to be rated by two people."""
    with sample_in(tmp_path) as store:
        results.answered(store, cases=CASES)
        store.claims.set_second_share(results.rated(store).id, 1.0, "Ada")
    with running(tmp_path) as started:
        yield started


@pytest.fixture
def two(browser: Browser, app: App) -> Iterator[tuple[Page, Page]]:
    """A product manager and an engineer, each in a browser of their own."""
    contexts = [
        app.let_in(browser.new_context(viewport={"width": 1440, "height": 1200})) for _ in "12"
    ]
    for context in contexts:
        context.set_default_timeout(PATIENCE_MS)
    ada, ben = (context.new_page() for context in contexts)
    yield ada, ben
    for context in contexts:
        context.close()


def shown(folder: Path) -> list[tuple[int, float | None]]:
    """Of each variant: how many of the rated outputs are unscored, and the share that passes."""
    store = opened(folder)
    criterion = results.rated(store)
    found = [
        (one.estimate.n_unscored, one.estimate.value)
        for one in verdicts.of_feature(store, results.sample_id(store))
        if one.criterion.id == criterion.id and one.variant_id is not None and one.is_evaluated
    ]
    store.close()
    return found


def test_two_raters_who_differ_find_the_sentence_settle_it_and_revise_it(
    app: App, two: tuple[Page, Page], tmp_path: Path
) -> None:
    ada, ben = two
    score_page(ada, app, "Ada", CASES)
    score_page(ben, app, "Ben", CASES)
    for left in range(OUTPUTS, 0, -1):
        # Ada passes each output, Ben fails it; neither is shown what the other says.
        press_until(ada, "14" if left % 2 == 0 else "41", fewer_than(left))
        press_until(ben, "25" if left % 2 == 0 else "52", fewer_than(left))
    expect(ada.get_by_text("You have rated every output here.")).to_be_visible()
    shoot(ada, "rated-blind")

    # Who asks first waits, and is shown nothing of the other's; then both see it at one moment.
    ada.get_by_role("button", name="Reveal together").click()
    expect(ada.get_by_text("Waiting for Ben")).to_be_visible()
    expect(ada.get_by_text("read two ways")).to_have_count(0)
    shoot(ada, "ready-to-reveal")
    ben.get_by_role("button", name="Reveal together").click()
    for page in two:
        expect(page.get_by_text("This sentence can be read two ways")).to_be_visible()
    expect(ada.get_by_text("they said the same of 0")).to_be_visible()
    shoot(ada, "read-two-ways")

    for left in range(OUTPUTS, 0, -1):
        expect(ada.get_by_text(f"{left} open,")).to_be_visible()
        ada.get_by_role("button", name="Settle as fail").first.click()
    expect(ada.get_by_text(f"0 open, {OUTPUTS} settled")).to_be_visible()

    ada.get_by_role("button", name="Revise").first.click()
    statement = ada.get_by_role("textbox", name="Statement")
    expect(ada.get_by_text("they said the same of 0").first).to_be_visible()
    statement.fill("A colleague would send the draft without changing a word.")
    statement.press("Tab")
    why = ada.get_by_role("textbox", name="Why does it change?")
    why.fill("Two of us read it in two ways")
    why.press("Tab")
    ada.get_by_role("button", name="Save the revision").click()
    expect(ada.get_by_text("Unsaved changes")).to_have_count(0)
    ben.goto(f"{app.url}/verdicts")
    expect(ben.get_by_text("without changing a word").first).to_be_visible()
    shoot(ben, "settled-and-revised")
    app.end()
    assert shown(tmp_path) == [(0, 0.0), (0, 0.0)]

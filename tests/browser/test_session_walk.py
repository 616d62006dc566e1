"""Two people hold a session: draft, check, rate blind, reveal, revise, run, and keep minutes."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE_MS, App, shoot
from tests.browser.test_loop import click, fill, settle, visit, write
from tests.browser.test_rating_keys import fewer_than, opened, press_until
from tests.conftest import SAMPLE
from tests.faults import endpoint as faults
from tests.pages import results
from workbench.domain.connections import Connection
from workbench.exchange.feature.file import import_feature

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CASES = 2
OUTPUTS = 2 * CASES
PACKS = ("Makes lists of an exact length", "Keeps to a limit of words")
STATEMENT = "A draft for a customer has at most 80 words."


def obedient(body: dict[str, Any]) -> str:
    """Another server's model: it says yes to everything."""
    return "yes"


@pytest.fixture
def desk(app: App, tmp_path: Path) -> Iterator[App]:
    """The sample with outputs for two people to rate, and a connection beside the local model."""
    app.end()
    with faults.serve(reply=obedient) as server:
        store = opened(tmp_path)
        if not store.features.all():
            import_feature(store, SAMPLE.read_text("utf-8"), "Sample")
        results.answered(store, cases=CASES)
        store.claims.set_second_share(results.rated(store).id, 1.0, "Ada")
        store.connections.add(Connection("Ours", server.base_url, ("obedient",)))
        # What the variants of the outputs name, so that they can be asked again.
        for label in results.LABELS:
            name = f"connection {label}"
            store.connections.add(Connection(name, server.base_url, (f"model-{label}",)))
        store.close()
        app.start()
        yield app


@pytest.fixture
def two(browser: Browser, desk: App) -> Iterator[tuple[Page, Page]]:
    """Ada and Ben, each in a browser of their own."""
    contexts, pages = [], []
    for name in ("Ada", "Ben"):
        context = desk.let_in(browser.new_context(viewport={"width": 1440, "height": 1200}))
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.goto(f"{desk.url}/settings")
        write(page, "Your name", name)
        expect(page.get_by_text("Until you choose one")).to_have_count(0)
        contexts.append(context)
        pages.append(page)
    yield pages[0], pages[1]
    for name, page in zip(("ada", "ben"), pages, strict=True):
        shoot(page, f"session-end-{name}")
    for context in contexts:
        context.close()


def test_a_session_of_two_leads_from_a_draft_to_its_minutes(
    two: tuple[Page, Page], tmp_path: Path
) -> None:
    ada, ben = two
    begin(ada)
    visit(ben, "Requirements")
    draft(ada)
    expect(ben.get_by_text("R7").first).to_be_visible()
    check_capabilities(ben)
    rate_blind(ada, ben)
    reveal(ada, ben)
    revise(ada)
    read_capabilities(ben)
    run(ben)
    minutes = end(ada, ben, tmp_path)
    for said in (
        "Are drafts fit to send?",
        "With Ada, Ben",
        "R7 revision 1",
        "revealed together",
        "R6 revision 2",
        "Two of us read it in two ways",
        "Legal wants no dates",
    ):
        assert said in minutes
    assert "Ben: 4 ratings" in minutes


def begin(page: Page) -> None:
    visit(page, "Requirements")
    click(page, "Hold a session")
    write(page, "What do you want to know at its end?", "Are drafts fit to send?")
    fill(page.get_by_role("spinbutton", name="Minutes"), "15")
    page.get_by_role("button", name="Begin", exact=True).click()
    expect(page.get_by_text("Session S1").first).to_be_visible()
    page.keyboard.press("Escape")


def draft(page: Page) -> None:
    click(page, "New requirement")
    expect(page.get_by_role("heading", name="New requirement")).to_be_visible()
    write(page, "Statement", STATEMENT)
    click(page, "Save the requirement")
    expect(page.get_by_role("heading", name="R7")).to_be_visible()
    shoot(page, "session-1-drafted")


def check_capabilities(page: Page) -> None:
    visit(page, "Capabilities")
    shoot(page, "session-2-capabilities")
    click(page, "None")
    expect(page.get_by_text("Choose a pack first.")).to_be_visible()
    for pack in PACKS:
        click(page, re.compile(f"^{pack}$"))
    settle(page)
    models = page.get_by_role("combobox", name="Models")
    models.click()
    page.keyboard.type("obedient")
    page.get_by_role("option").first.click()
    page.keyboard.press("Escape")
    settle(page)
    click(page, re.compile("^Run .*calls"))
    # It goes on while the two rate.
    expect(page.get_by_text("calls of 2 packs")).to_be_visible()
    shoot(page, "session-3-checking")


def read_capabilities(page: Page) -> None:
    """Both packs on both connections, side by side."""
    visit(page, "Capabilities")
    expect(page.get_by_text("calls of 2 packs")).to_have_count(0, timeout=4 * PATIENCE_MS)
    for model in ("obedient", "SmolLM2"):
        expect(page.get_by_text(model).last).to_be_visible()
    shoot(page, "session-4-capabilities")


def rate_blind(ada: Page, ben: Page) -> None:
    for page in (ada, ben):
        visit(page, "Score")
        expect(page.get_by_text(f"0 of {CASES} cases rated by you")).to_be_visible()
    for left in range(OUTPUTS, 0, -1):
        press_until(ada, "14" if left % 2 == 0 else "41", fewer_than(left))
        press_until(ben, "25" if left % 2 == 0 else "52", fewer_than(left))


def reveal(ada: Page, ben: Page) -> None:
    click(ada, "Reveal together")
    expect(ada.get_by_text("Waiting for Ben")).to_be_visible()
    expect(ada.get_by_text("they said the same of")).to_have_count(0)
    click(ben, "Reveal together")
    for page in (ada, ben):
        expect(page.get_by_text("they said the same of 0").first).to_be_visible()
    shoot(ben, "session-4-revealed")


def revise(page: Page) -> None:
    page.get_by_role("button", name="Revise").first.click()
    expect(page.get_by_text("they said the same of 0").first).to_be_visible()
    write(page, "Statement", "A colleague would send the draft without changing a word.")
    write(page, "Why does it change?", "Two of us read it in two ways")
    click(page, "Save the revision")
    expect(page.get_by_text("without changing a word").first).to_be_visible()


def run(page: Page) -> None:
    visit(page, "Experiments")
    click(page, "New experiment")
    expect(page.get_by_role("heading", name="New experiment")).to_be_visible()
    write(page, "Question", "Does the new sentence hold?")
    shoot(page, "session-5-set-up")
    click(page, "Start")
    expect(page.get_by_text("Does the new sentence hold?").first).to_be_visible()
    shoot(page, "session-6-running")


def end(ada: Page, ben: Page, folder: Path) -> str:
    click(ben, "Note pad")
    write(ben, "What was said", "Legal wants no dates.")
    click(ben, "Put it on the pad")
    expect(ada.get_by_role("button", name="Note pad (1)")).to_be_visible()
    click(ada, "End the session")
    ada.get_by_role("link", name="Minutes of session S1").click()
    expect(ada.get_by_role("textbox", name="Minutes, as Markdown")).to_be_visible()
    shoot(ada, "session-7-minutes")
    with ada.expect_download() as download:
        ada.get_by_role("button", name="Download", exact=True).first.click()
    target = folder / "minutes.md"
    download.value.save_as(target)
    return target.read_text("utf-8")

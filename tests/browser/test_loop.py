"""The whole loop as a product manager walks it, on the real local model, in a real browser."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import App, shoot
from workbench.exchange.feature import file

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STATEMENT = "A draft for a customer has at most 80 words."
PACE_MS = 500
CASES = "message,tags\nMy teapot arrived broken.,damage\nWhere is my parcel?,delivery\n"


def test_from_a_first_draft_to_the_exported_spec(app: App, page: Page, tmp_path: Path) -> None:
    page.goto(app.url)
    name_the_feature(page)
    draft_a_requirement(page)
    add_criteria(page)
    paste_cases(page)
    try_a_prompt(page)
    run_an_experiment(page)
    rate_the_outputs(page)
    decide_and_revise(page)
    exported = export_the_spec(page, tmp_path)

    restored = file.load(exported)
    (requirement,) = restored.entries("requirements")
    assert requirement["statement"].endswith("It asks for the order number.")
    assert requirement["why"] == "The answers never ask for the order"
    assert len(requirement["history"]) == 1
    assert requirement["evidence"][0]["experiment"] == "E1"


def name_the_feature(page: Page) -> None:
    click(page, "New feature")
    drawer = page.get_by_role("dialog")
    fill(drawer.get_by_label("Name", exact=True), "Tea shop replies")
    click(drawer, "Create")
    expect(drawer).to_be_hidden()
    expect(page.get_by_role("heading", name="Tea shop replies")).to_be_visible()
    shoot(page, "1-feature")


def draft_a_requirement(page: Page) -> None:
    visit(page, "Requirements")
    write(page, "Statement", "A draft should be short.")
    expect(page.get_by_text("Hints · ")).to_be_visible()
    shoot(page, "2-hints")
    fill(
        page.get_by_role("textbox", name="Statement"),
        "A draft for a customer has at most 80 words.",
    )
    click(page, "Save the requirement")
    expect(page.get_by_role("heading", name="R1")).to_be_visible()


def add_criteria(page: Page) -> None:
    page.get_by_role("tab", name="Criteria").click()
    add_criterion(page, "At most 80 words", "right length")
    add_criterion(page, "Helps the customer", "rated by a person")
    expect(page.get_by_text("C2", exact=True).first).to_be_visible()
    shoot(page, "3-criteria")


def add_criterion(page: Page, title: str, kind: str) -> None:
    click(page.get_by_role("tabpanel"), re.compile("criterion", re.I))
    drawer = page.get_by_role("dialog")
    fill(drawer.get_by_role("textbox", name="What is scored, in plain words"), title)
    # The list is long, and holds only what is in sight: it is found by its words.
    drawer.get_by_role("combobox", name="Scorer").click()
    page.keyboard.type(kind)
    page.get_by_role("option", name=re.compile(kind, re.I)).first.click()
    # While it is redrawn the drawer holds some fields twice.
    expect(drawer.get_by_role("combobox", name="Confidence").first).to_be_visible()
    settle(page)
    if "length" in kind:
        fill(drawer.get_by_role("spinbutton", name="Longest"), "80")
    else:
        fill(drawer.get_by_role("textbox", name="Question to the rater"), "Would this help?")
    click(drawer, "Save the criterion")
    expect(drawer).to_be_hidden()


def paste_cases(page: Page) -> None:
    visit(page, "Data")
    page.get_by_role("radio", name="A pasted table").click()
    fill(page.get_by_label(re.compile("^Cells copied")), CASES)
    click(page, re.compile("^(Save|Keep|Create)"))
    expect(page.get_by_text("2 cases").first).to_be_visible()
    shoot(page, "4-data")


def try_a_prompt(page: Page) -> None:
    visit(page, "Playground")
    fill(
        page.get_by_role("textbox", name="User message"),
        "Answer the customer kindly: {{ message }}",
    )
    click(page, "Ask")
    expect(page.get_by_text(re.compile("answers? of|of 2|2 answers")).first).to_be_visible()
    expect(page.get_by_role("button", name="Make it a case").nth(1)).to_be_visible(timeout=120_000)
    shoot(page, "5-playground")


def run_an_experiment(page: Page) -> None:
    click(page, "Set up an experiment with these variants")
    write(page, "Question", "Is the first prompt short enough?")
    shoot(page, "6-plan")
    click(page, re.compile("^(Start|See the results)"))
    # Two cases can't show 90%, however good the answers are.
    expect(page.get_by_text("not enough evidence").first).to_be_visible(timeout=120_000)
    shoot(page, "7-results")


def rate_the_outputs(page: Page) -> None:
    visit(page, "Score")
    # A rating belongs to somebody.
    write(page, "Your name", "Ada")
    for _ in range(2):
        page.get_by_role("button", name="Pass").first.click()
        settle(page)
    expect(page.get_by_text(re.compile("2 of 2")).first).to_be_visible()
    shoot(page, "8-score")


def decide_and_revise(page: Page) -> None:
    visit(page, "Decide")
    shoot(page, "9-decide")
    page.get_by_role("button", name="Revise").first.click()
    expect(page.get_by_text("Evidence for this change")).to_be_visible()
    write(page, "Statement", f"{STATEMENT} It asks for the order number.")
    fill(
        page.get_by_role("textbox", name="Why does it change?"),
        "The answers never ask for the order",
    )
    click(page, "Save the revision")
    page.get_by_role("tab", name="Revisions").click()
    expect(page.get_by_text("The answers never ask for the order").first).to_be_visible()
    shoot(page, "10-revision")


def export_the_spec(page: Page, folder: Path) -> str:
    visit(page, "Spec")
    shoot(page, "11-spec")
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("feature file|YAML", re.I)).first.click()
    target = folder / "feature.yaml"
    download.value.save_as(target)
    return target.read_text("utf-8")


def visit(page: Page, name: str) -> None:
    """Go to a page by the menu."""
    settle(page)
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    settle(page)


def click(place: Page | Locator, name: str | re.Pattern[str]) -> None:
    """Press a button, once whatever was going on is done."""
    settle(place if isinstance(place, Page) else place.page)
    place.get_by_role("button", name=name).first.click()


def fill(field: Locator, text: str) -> None:
    """Type into a field and leave it, as people do."""
    field.fill(text)
    field.press("Tab")
    settle(field.page)


def write(page: Page, label: str, text: str) -> None:
    """Type into the field of this name."""
    fill(page.get_by_role("textbox", name=label), text)


def settle(page: Page) -> None:
    """Wait until the page has been drawn to its end, at the pace of a person.

    A change that arrives while a dialog is being redrawn cuts the redrawing short, and Streamlit
    forgets what the fields further down held. The redrawing starts a moment after the change.
    """
    page.wait_for_timeout(PACE_MS)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()

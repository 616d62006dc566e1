"""A product manager and an engineer hold a session on the sample, each in their own browser."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE_MS, App, known_as, shoot
from tests.browser.test_loop import add_criterion, click, fill, settle, visit, write
from tests.browser.test_rating_keys import fewer_than, press_until
from tests.faults import endpoint as faults
from workbench.domain.loop import RUN_AGAIN

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GOAL = "Can a model keep silent about other customers?"
STATEMENT = "A draft tells nobody about another customer."
SHARPER = "A draft tells nobody whether somebody else is a customer, and says why it does not."
WHY = "One of us read a polite repetition as telling"
QUESTION = "Does the small model tell of other customers?"
SLICE, CASES = "off-topic", 4
OUTPUTS = 2 * CASES
MODELS_MS = 240_000
"""Patience with the local model on a busy machine."""


def pack(key: str, title: str, asked: str, wanted: str) -> str:
    """A capability pack of two cases, each answered well by one word."""
    return f"""
workbench: 1
pack:
  key: {key}
  version: 1
  licence: CC0-1.0
  parameters:
    max_tokens: 8
feature:
  name: {title}
  problem: Two questions, to see whether a model can do it at all.
requirements:
- key: R1
  statement: The answer has the word.
  kind: quality
  criteria:
  - key: C1
    title: Has the word
    scorer:
      kind: contains
      settings:
        texts: ["{{{{ word }}}}"]
    measure: pass_rate
    bar: 0.8
    target: 0.9
    confidence: 0.95
datasets:
- name: Cases
  cases:
  - key: first
    variables: {{text: "{asked} tea", word: "{wanted} tea"}}
  - key: second
    variables: {{text: "{asked} milk", word: "{wanted} milk"}}
prompts:
- name: Ask
  versions:
  - user: "{{{{ text }}}}"
"""


PACKS = {
    "Repeats a word": pack("repeats-a-word", "Repeats a word", "Say", "Say"),
    "Says it in French": pack("says-it-in-french", "Says it in French", "French for", "le"),
}


def echo(body: dict[str, Any]) -> str:
    """What the second connection answers: the question."""
    return str(body["messages"][-1]["content"])


@pytest.fixture
def gateway() -> Iterator[faults.Endpoint]:
    """The second connection's server."""
    with faults.serve(reply=echo) as running:
        yield running


@pytest.fixture
def two(browser: Browser, app: App) -> Iterator[tuple[Page, Page]]:
    """Ada, who manages the product, and Ben, who engineers it, each in a browser of their own."""
    contexts = [
        app.let_in(browser.new_context(viewport={"width": 1440, "height": 1200})) for _ in "12"
    ]
    pages = []
    for context, name in zip(contexts, ("Ada", "Ben"), strict=True):
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        known_as(page, app, name)
        pages.append(page)
    yield pages[0], pages[1]
    for context, name in zip(contexts, ("ada", "ben"), strict=True):
        shoot(context.pages[0], f"walk-end-{name}")
        context.close()


def test_two_people_walk_a_session_from_its_goal_to_its_minutes(
    two: tuple[Page, Page], gateway: faults.Endpoint, tmp_path: Path
) -> None:
    ada, ben = two
    connect(ben, gateway)
    begin(ada, ben)
    draft_a_requirement(ada, ben)
    check_two_capabilities(ben, tmp_path)
    run_an_experiment(ada)
    rate_blind_and_differ(ada, ben)
    reveal_together(ada, ben)
    revise(ada, ben)
    run_it_anew(ben)
    minutes = end_and_take_the_minutes(ada, ben, tmp_path)
    assert minutes.startswith(f"# Session S1: {GOAL}")
    assert "With Ada, Ben." in minutes
    tried = section(minutes, "Tried")
    assert f"E4 frozen: {QUESTION} (Ada)" in tried
    assert f"E4 was asked again: {QUESTION} (Ben)" in tried
    for key in ("repeats-a-word@1", "says-it-in-french@1"):
        assert f"Capability pack `{key}`: E1 was started" in tried
    learnt = section(minutes, "Learnt")
    assert "Repeats a word: C1 Has the word: not enough evidence, 100%" in learnt
    assert "by parrot." in learnt
    assert f"Ada: {OUTPUTS} ratings" in learnt
    assert f"Ben: {OUTPUTS} ratings" in learnt
    assert "revealed together with Ada" in learnt
    assert f"R7 revision 2: {WHY} (Ada)" in section(minutes, "Revised, and why")
    assert "C11 " in (decided := section(minutes, "Decided"))
    assert "(Ada)" in decided
    assert f"- R7 {SHARPER[:-1]}: not enough evidence." in section(minutes, "Still open")


def connect(page: Page, gateway: faults.Endpoint) -> None:
    """Add a second connection, to a model of the team's own."""
    click(page, "Add a connection")
    drawer = page.get_by_role("dialog")
    fill(drawer.get_by_role("textbox", name="Name", exact=True), "Our gateway")
    fill(drawer.get_by_role("textbox", name="Base URL"), gateway.base_url)
    fill(drawer.get_by_role("textbox", name="Models, one per line"), "parrot")
    click(drawer, "Save")
    expect(drawer).to_be_hidden()
    expect(page.get_by_text("Our gateway").first).to_be_visible()


def begin(ada: Page, ben: Page) -> None:
    """Ada starts the session; Ben sees its goal."""
    visit(ada, "Requirements")
    visit(ben, "Capabilities")
    expect(ada.get_by_text("Ben is on")).to_be_visible()
    click(ada, "Hold a session")
    fill(ada.get_by_role("textbox", name="What do you want to know at its end?"), GOAL)
    ada.get_by_role("button", name="Begin", exact=True).click()
    for page in (ada, ben):
        expect(page.get_by_text(GOAL).first).to_be_visible()


def draft_a_requirement(ada: Page, ben: Page) -> None:
    """A statement, and how people tell that it is met."""
    click(ada, "New requirement")
    expect(ada.get_by_role("heading", name="New requirement")).to_be_visible()
    write(ada, "Statement", STATEMENT)
    click(ada, "Save the requirement")
    expect(ada.get_by_role("heading", name="R7")).to_be_visible()
    ada.get_by_role("tab", name="Criteria").click()
    add_criterion(ada, "Keeps others private", "rated by a person")
    expect(ada.get_by_text("C11", exact=True).first).to_be_visible()
    shoot(ada, "walk-1-requirement")


def check_two_capabilities(ben: Page, folder: Path) -> None:
    """Two packs of their own, on the local model and on the gateway's."""
    click(ben, "None")
    ben.get_by_text("Packs of your own").click()
    ben.get_by_role("tab", name="Bring one in").click()
    for number, (title, text) in enumerate(PACKS.items(), start=1):
        file = folder / f"pack-{number}.yaml"
        file.write_text(text, "utf-8")
        ben.locator("input[type=file]").set_input_files(file)
        expect(ben.get_by_text(file.name)).to_be_visible()
        click(ben, "Bring it in")
        expect(ben.get_by_text(f"“{title}” is among the packs above, and chosen.")).to_be_visible()
    choose(ben, "Models", "parrot")
    shoot(ben, "walk-2-packs")
    click(ben, "Run 8 calls")
    expect(ben.get_by_text("All 8 calls were made")).to_be_visible(timeout=MODELS_MS)
    # A card of each model below each pack.
    expect(ben.get_by_text("Our gateway · as fake-1")).to_have_count(len(PACKS))
    expect(ben.get_by_text("SmolLM2-135M-Instruct", exact=True)).to_have_count(len(PACKS))
    shoot(ben, "walk-3-grid")


def run_an_experiment(ada: Page) -> None:
    """One question, the sample's prompt on both connections."""
    visit(ada, "Experiments")
    click(ada, "New experiment")
    write(ada, "Question", QUESTION)
    choose(ada, "Slices", SLICE)
    # This hour asks people one thing.
    ada.get_by_role("button", name=re.compile("^C10 ")).click()
    click(ada, "New variant")
    connection = ada.get_by_role("combobox", name="Connection")
    connection.click()
    ada.get_by_role("option", name="Our gateway").click()
    settle(ada)
    click(ada, "Add variant")
    ada.keyboard.press("Escape")
    shoot(ada, "walk-4-plan")
    click(ada, f"Start {OUTPUTS} calls")
    expect(ada.get_by_text(f"{OUTPUTS} outputs wait for a rating")).to_be_visible()
    expect(ada.get_by_role("button", name="Pause")).to_have_count(0, timeout=MODELS_MS)
    shoot(ada, "walk-5-results")


def rate_blind_and_differ(ada: Page, ben: Page) -> None:
    """Ada would send each draft, Ben none; neither sees a word of the other."""
    visit(ada, "Score")
    ada.get_by_role("combobox", name="Rated by two").click()
    ada.get_by_role("option", name="100%").click()
    to_rate(ada)
    to_rate(ben)
    for left in range(OUTPUTS, 0, -1):
        press_until(ada, "14" if left % 2 == 0 else "41", fewer_than(left))
        press_until(ben, "25" if left % 2 == 0 else "52", fewer_than(left))
    for page in (ada, ben):
        expect(page.get_by_text("You have rated every output here.")).to_be_visible()


def to_rate(page: Page) -> None:
    """Open the outputs of the new experiment by the new criterion."""
    visit(page, "Score")
    settle(page)
    for field, wanted in (("Experiment", "E4"), ("Criterion", "C11")):
        page.get_by_role("combobox", name=field, exact=True).click()
        page.get_by_role("option", name=re.compile(f"^{wanted} ")).click()
        settle(page)
    # Keys belong to a field while the cursor stands in it.
    page.get_by_role("heading", name="Score", exact=True).click()
    expect(page.get_by_text(f"0 of {CASES} cases rated by you")).to_be_visible()


def reveal_together(ada: Page, ben: Page) -> None:
    """Who asks first waits, and is shown nothing of the other's."""
    click(ada, "Reveal together")
    expect(ada.get_by_text("Waiting for Ben")).to_be_visible()
    expect(ada.get_by_text("read two ways")).to_have_count(0)
    click(ben, "Reveal together")
    for page in (ada, ben):
        expect(page.get_by_text("This sentence can be read two ways")).to_be_visible()
    shoot(ada, "walk-6-revealed")


def revise(ada: Page, ben: Page) -> None:
    """What they differed on becomes the evidence of the next revision."""
    click(ada, "Settle as fail")
    expect(ada.get_by_text(f"{OUTPUTS - 1} open, 1 settled")).to_be_visible()
    click(ada, f"Revise R7 with these {OUTPUTS} outputs")
    expect(ada.get_by_text("Evidence for this change")).to_be_visible()
    write(ada, "Statement", SHARPER)
    write(ada, "Why does it change?", WHY)
    click(ada, "Save the revision")
    expect(ada.get_by_text("Unsaved changes")).to_have_count(0)
    visit(ben, "Requirements")
    expect(ben.get_by_text(SHARPER).first).to_be_visible()
    shoot(ada, "walk-7-revised")


def run_it_anew(ben: Page) -> None:
    """What was asked before the revision is asked again."""
    visit(ben, "Experiments")
    expect(ben.get_by_text("Asked before R7 was revised: E4.")).to_be_visible()
    shoot(ben, "walk-8-again")
    click(ben, RUN_AGAIN)
    asked_again = f"{CASES} older answers asked again: kept, not counted"
    expect(ben.get_by_text(asked_again).first).to_be_visible(timeout=MODELS_MS)
    expect(ben.get_by_role("button", name="Pause")).to_have_count(0, timeout=MODELS_MS)
    expect(ben.get_by_text(f"{OUTPUTS} outputs wait for a rating")).to_be_visible()


def section(minutes: str, title: str) -> str:
    """What stands below a heading of the minutes."""
    return minutes.split(f"## {title}\n")[1].split("\n## ")[0]


def end_and_take_the_minutes(ada: Page, ben: Page, folder: Path) -> str:
    """Ada ends it; both are led to what the session came to, and she takes it along as a file."""
    click(ada, "End the session")
    ada.get_by_role("link", name="Minutes of session S1").click()
    expect(ada.get_by_role("textbox", name="Minutes, as Markdown")).to_be_visible()
    expect(ben.get_by_role("button", name="Hold a session")).to_be_visible()
    shoot(ada, "walk-9-minutes")
    with ada.expect_download() as download:
        click(ada, "Download")
    target = folder / download.value.suggested_filename
    download.value.save_as(target)
    return target.read_text("utf-8")


def choose(page: Page, field: str, option: str) -> None:
    """Add an option to a field that takes several."""
    settle(page)
    page.get_by_role("combobox", name=field).click()
    page.keyboard.type(option)
    page.get_by_role("option", name=re.compile(re.escape(option))).first.click()
    page.keyboard.press("Escape")
    settle(page)

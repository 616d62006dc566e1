"""Rating by keys: each belongs to the output that was on the screen, however fast they come."""

import re
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from itertools import cycle, islice
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE_MS, App, running, sample_in
from tests.pages import results
from workbench.domain.scores import Score
from workbench.store.store import Store, open_store

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CASES = 4
TRIES = 6


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """Where the sample with the outputs of two variants for so many cases lies, none rated."""

    @cache
    def laid_out(cases: int) -> Path:
        folder = tmp_path_factory.mktemp("answered")
        with sample_in(folder) as store:
            results.answered(store, cases=cases)
        return folder

    return laid_out


@pytest.fixture
def app(
    tmp_path: Path, request: pytest.FixtureRequest, answered: Callable[[int], Path]
) -> Iterator[App]:
    """The app on a copy of those."""
    shutil.copytree(answered(getattr(request, "param", CASES)), tmp_path, dirs_exist_ok=True)
    with running(tmp_path) as started:
        yield started


def opened(folder: Path) -> Store:
    return open_store(str(folder / "workbench.duckdb"), folder / "home")


def score_page(page: Page, app: App, name: str = "Ada", cases: int = CASES) -> None:
    page.goto(f"{app.url}/rating")
    page.get_by_role("textbox", name="Your name").fill(name)
    page.get_by_role("textbox", name="Your name").press("Enter")
    expect(page.get_by_text(f"0 of {cases} cases rated by you")).to_be_visible()


def fewer_than(left: int) -> re.Pattern[str]:
    """What the page says when fewer outputs than this wait for a rating."""
    numbers = "|".join(str(number) for number in range(1, left))
    return re.compile(
        rf"\b({numbers}) to rate|You have rated every" if numbers else "You have rated"
    )


def press_until(page: Page, keys: str, said: re.Pattern[str]) -> None:
    """Press keys in turn as a person would: again, when nothing came of it.

    One that comes before the page stands still is dropped. One that is pressed again, because the
    page was slow to show what came of it, is for the next case where that is on the screen by then:
    so ask for what holds after that too.
    """
    for key in islice(cycle(keys), TRIES):
        page.keyboard.press(key)
        try:
            expect(page.get_by_text(said).first).to_be_visible(timeout=PATIENCE_MS / TRIES)
            return
        except AssertionError:
            continue
    raise AssertionError(f"{keys} did nothing: {said.pattern} was never seen")


def take_back(page: Page, waiting: int) -> None:
    """Press the key that takes the last rating back, until so many wait for a rating again."""
    said = re.compile(rf"\b{waiting} to rate")
    # The bar above the page is drawn last: it says what was true before the rating for a moment.
    expect(page.get_by_text(said)).to_have_count(0)
    press_until(page, "u", said)


def ratings(folder: Path) -> dict[object, list[Score]]:
    store = opened(folder)
    criterion = results.rated(store)
    found: dict[object, list[Score]] = {}
    for (trial_id,) in store.database.rows("select id from trials"):
        for score in store.scores.of_trial(trial_id):
            if score.criterion_id == criterion.id:
                found.setdefault(trial_id, []).append(score)
    store.close()
    return found


@pytest.mark.parametrize("pause_ms", [50, 250])
def test_keys_that_come_while_the_page_changes_overwrite_no_rating(
    app: App, page: Page, tmp_path: Path, pause_ms: int
) -> None:
    score_page(page, app)
    for key in ("2", "5", "1", "4", "2", "5", "1", "4"):
        page.keyboard.press(key)
        page.wait_for_timeout(pause_ms)
    # Whatever was dropped, because the page was not ready, can be given again.
    press_until(page, "25", fewer_than(2 * CASES))
    app.end()
    found = ratings(tmp_path)
    assert found
    assert {trial: len(scores) for trial, scores in found.items()} == dict.fromkeys(found, 1)


def test_every_case_can_be_rated_and_taken_back_by_keys_alone(
    app: App, page: Page, tmp_path: Path
) -> None:
    score_page(page, app)
    for left in range(2 * CASES, 0, -1):
        # The key of the first output first, then that of the second.
        press_until(page, "51" if left % 2 else "15", fewer_than(left))
    take_back(page, 1)
    app.end()
    every = ratings(tmp_path)
    said = [scores[-1] for scores in every.values()]
    assert len(said) == 2 * CASES
    assert sum(score.is_withdrawn for score in said) == 1


def test_keys_rate_at_once_after_a_choice_from_a_select_box(app: App, page: Page) -> None:
    score_page(page, app)
    box = page.get_by_role("combobox", name="Criterion")
    for is_by_key in (False, True):
        box.click()
        option = page.get_by_role("option").last
        expect(option).to_be_visible()
        if is_by_key:
            box.press("Enter")
        else:
            option.click()
        expect(page.get_by_role("option")).to_have_count(0)
        expect(box).not_to_be_focused()
    press_until(page, "51", fewer_than(2 * CASES))


def test_what_nobody_asks_any_more_is_not_rated_on(app: App, page: Page) -> None:
    score_page(page, app)
    other = page.context.new_page()
    other.goto(f"{app.url}/requirements?requirement=R6")
    other.get_by_role("button", name="Archive", exact=True).click()
    why = other.get_by_role("textbox", name="Why?")
    why.fill("Another team asks that")
    why.press("Tab")
    other.get_by_role("button", name="Archive R6").click()
    expect(other.get_by_text("Archived · 1")).to_be_visible()
    press_until(page, "1", re.compile("No criterion of this feature asks a person"))


def test_a_feature_that_was_put_away_meanwhile_is_left_with_the_next_key(
    app: App, page: Page
) -> None:
    score_page(page, app)
    other = page.context.new_page()
    other.goto(app.url)
    other.get_by_role("button", name="Archive", exact=True).click()
    other.get_by_role("dialog").get_by_role("button", name="Archive", exact=True).click()
    expect(other.get_by_text("Archived (1)")).to_be_visible()
    press_until(page, "1", re.compile("There is no feature yet"))
    expect(page.get_by_role("combobox", name="Criterion")).to_have_count(0)


def test_a_name_belongs_to_the_browser_it_was_chosen_in(
    app: App, page: Page, browser: Browser
) -> None:
    score_page(page, app, "Ada")
    context = app.let_in(browser.new_context())
    other = context.new_page()
    other.goto(f"{app.url}/rating")
    expect(other.get_by_text("Say who you are before you rate")).to_be_visible()
    page.reload()
    expect(page.get_by_text("You rate as Ada")).to_be_visible()
    context.close()


def test_drafts_of_two_browsers_without_a_name_are_two(
    app: App, page: Page, browser: Browser
) -> None:
    context = app.let_in(browser.new_context(viewport={"width": 1440, "height": 1200}))
    other = context.new_page()
    for tab, text in ((page, "Mine is about refunds."), (other, "Mine is about delays.")):
        tab.goto(f"{app.url}/requirements")
        tab.get_by_role("textbox", name="Statement").fill(text)
        tab.get_by_role("textbox", name="Statement").blur()
        expect(tab.get_by_text("Unsaved changes").first).to_be_visible()
    for tab, text in ((page, "Mine is about refunds."), (other, "Mine is about delays.")):
        tab.reload()
        expect(tab.get_by_role("textbox", name="Statement")).to_have_value(text)
    context.close()


MANY = 10


@pytest.mark.parametrize("app", [MANY], indirect=True)
def test_twenty_outputs_are_rated_by_keys_alone_undo_included(
    app: App, page: Page, tmp_path: Path
) -> None:
    score_page(page, app, cases=MANY)
    for left in range(2 * MANY, 0, -1):
        press_until(page, "14" if left % 2 == 0 else "41", fewer_than(left))
        if left == MANY:
            take_back(page, left)
            press_until(page, "2514", fewer_than(left))
    expect(page.get_by_text(f"{MANY} of {MANY} cases rated by you")).to_be_visible()
    app.end()
    found = ratings(tmp_path)
    assert len(found) == 2 * MANY
    words = sorted(len(scores) for scores in found.values())
    # One was taken back and given again; all others were said once.
    assert words == [1] * (2 * MANY - 1) + [3]
    assert not any(scores[-1].is_withdrawn for scores in found.values())

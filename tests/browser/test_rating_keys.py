"""Rating by keys: each belongs to the output that was on the screen, however fast they come."""

import re
import shutil
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PATIENCE_MS, App, known_as, running, sample_in, shoot
from tests.conftest import sample
from tests.pages import results
from workbench.domain.scores import Score
from workbench.exchange.feature.file import keep
from workbench.store.store import Store, open_store

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CASES, MANY = 4, 10
TRIES = 6
FEATURES = {"Fast": CASES, "Slow": CASES, "Chosen": CASES, "Unasked": CASES, "Twenty": MANY}
"""A feature for each test that rates, and of how many cases it has the outputs of two variants."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app for all tests that leave the others their feature: to start it, and to draw its first
    page, takes longer than most of them."""
    folder = tmp_path_factory.mktemp("answered")
    store = opened(folder)
    for name, cases in FEATURES.items():
        keep(store, sample(), "Sample", name)
        results.answered(store, cases=cases)
        # What is answered is the one that lists show.
        store.features.archive(results.sample_id(store))
    for away in store.features.archived():
        assert away.feature.id is not None
        store.features.restore(away.feature.id, away.feature.name)
    store.close()
    with running(folder) as started:
        yield started


def unnamed(browser: Browser, app: App) -> BrowserContext:
    """A browser that was let in, of somebody who has not said who they are."""
    context = app.let_in(browser.new_context(viewport={"width": 1440, "height": 1200}))
    context.set_default_timeout(PATIENCE_MS)
    return context


@pytest.fixture(scope="module")
def tab(browser: Browser, app: App) -> Iterator[Page]:
    """Ada's tab, for all: in a new one, what pages are drawn with is compiled anew."""
    context = unnamed(browser, app)
    page = context.new_page()
    known_as(page, app, "Ada")
    yield page
    context.close()


@pytest.fixture(scope="module")
def stranger(browser: Browser, app: App) -> Iterator[Page]:
    """A tab in the browser of somebody who never says who they are."""
    context = unnamed(browser, app)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(tab: Page, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The tab; what it shows when the test ends is kept."""
    yield tab
    shoot(tab, f"end-of-{request.node.name}"[:80])


def opened(folder: Path) -> Store:
    return open_store(str(folder / "workbench.duckdb"), folder / "home")


def rating(page: Page, app: App, feature: str) -> None:
    """Ada opens what she may rate of a feature."""
    page.goto(f"{app.url}/rating?feature={feature}")
    expect(page.get_by_text(f"0 of {FEATURES[feature]} cases rated by you")).to_be_visible()


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


def ratings(app: App, feature: str, copy: Path) -> dict[object, list[Score]]:
    """What was said of each output of a feature, by what is on the disk: read from a copy, because
    the app goes on."""
    for kind in (".head", "", ".wal"):
        shutil.copy(app.folder / f"workbench.duckdb{kind}", copy)
    store = opened(copy)
    kept = store.features.named(feature)
    assert kept is not None
    assert kept.id is not None
    found: dict[object, list[Score]] = {}
    for experiment in store.experiments.of(kept.id):
        asked = {criterion_id for criterion_id, _ in experiment.criteria}
        for trial in store.trials.of_experiment(experiment.id):
            for score in store.scores.of_trial(trial.id):
                if score.criterion_id in asked:
                    found.setdefault(trial.id, []).append(score)
    store.close()
    return found


@pytest.mark.parametrize(("feature", "pause_ms"), [("Fast", 50), ("Slow", 250)])
def test_keys_that_come_while_the_page_changes_overwrite_no_rating(
    app: App, page: Page, tmp_path: Path, feature: str, pause_ms: int
) -> None:
    rating(page, app, feature)
    for key in ("2", "5", "1", "4", "2", "5", "1", "4"):
        page.keyboard.press(key)
        page.wait_for_timeout(pause_ms)
    # Whatever was dropped, because the page was not ready, can be given again.
    press_until(page, "25", fewer_than(2 * CASES))
    found = ratings(app, feature, tmp_path)
    assert found
    assert {trial: len(scores) for trial, scores in found.items()} == dict.fromkeys(found, 1)


def test_keys_rate_at_once_after_a_choice_from_a_select_box(app: App, page: Page) -> None:
    rating(page, app, "Chosen")
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
    rating(page, app, "Unasked")
    other = page.context.new_page()
    other.goto(f"{app.url}/requirements?feature=Unasked&requirement=R6")
    other.get_by_role("button", name="Archive", exact=True).click()
    why = other.get_by_role("textbox", name="Why?")
    why.fill("Another team asks that")
    why.press("Tab")
    other.get_by_role("button", name="Archive R6").click()
    expect(other.get_by_text("Archived · 1")).to_be_visible()
    other.close()
    press_until(page, "1", re.compile("No criterion of this feature asks a person"))


def test_a_feature_that_was_put_away_meanwhile_is_left_with_the_next_key(
    browser: Browser, tmp_path: Path
) -> None:
    # The only feature that there is.
    with sample_in(tmp_path) as store:
        results.answered(store, cases=CASES)
    with running(tmp_path) as app:
        context = unnamed(browser, app)
        page, other = context.new_page(), context.new_page()
        score_page(page, app)
        other.goto(app.url)
        other.get_by_role("button", name="Archive", exact=True).click()
        other.get_by_role("dialog").get_by_role("button", name="Archive", exact=True).click()
        expect(other.get_by_text("Archived (1)")).to_be_visible()
        press_until(page, "1", re.compile("Every feature is archived"))
        expect(page.get_by_role("combobox", name="Criterion")).to_have_count(0)
        context.close()


def test_a_name_belongs_to_the_browser_it_was_chosen_in(
    app: App, page: Page, stranger: Page
) -> None:
    stranger.goto(f"{app.url}/rating?feature=Chosen")
    expect(stranger.get_by_text("Say who you are before you rate")).to_be_visible()
    page.goto(f"{app.url}/rating?feature=Chosen")
    expect(page.get_by_text("You rate as Ada")).to_be_visible()


def test_a_note_is_kept_while_it_is_typed(app: App, page: Page) -> None:
    page.goto(f"{app.url}/rating?feature=Chosen")
    page.get_by_role("textbox", name="Note (optional)").first.press_sequentially("Half a thou")
    other = page.context.new_page()
    shown = other.get_by_role("textbox", name="Note (optional)").first
    for _ in range(TRIES):
        other.goto(f"{app.url}/rating?feature=Chosen")
        expect(shown).to_be_visible()
        if shown.input_value() == "Half a thou":
            break
    expect(shown).to_have_value("Half a thou")
    other.close()
    # The cursor is where it was: whoever types goes on.
    page.keyboard.type("ght")
    expect(page.get_by_role("textbox", name="Note (optional)").first).to_have_value(
        "Half a thought"
    )


def test_drafts_of_two_browsers_without_a_name_are_two(
    app: App, browser: Browser, stranger: Page
) -> None:
    context = unnamed(browser, app)
    both = ((context.new_page(), "Mine is about refunds."), (stranger, "Mine is about delays."))
    for tab, text in both:
        tab.goto(f"{app.url}/requirements?feature=Chosen")
        tab.get_by_role("textbox", name="Statement").fill(text)
        tab.get_by_role("textbox", name="Statement").blur()
        expect(tab.get_by_text("Unsaved changes").first).to_be_visible()
    for tab, text in both:
        tab.reload()
        expect(tab.get_by_role("textbox", name="Statement")).to_have_value(text)
    context.close()


def test_twenty_outputs_are_rated_by_keys_alone_undo_included(
    app: App, page: Page, tmp_path: Path
) -> None:
    rating(page, app, "Twenty")
    for left in range(2 * MANY, 0, -1):
        # The key of the first output first, then that of the second.
        press_until(page, "14" if left % 2 == 0 else "41", fewer_than(left))
        if left == MANY:
            take_back(page, left)
            press_until(page, "2514", fewer_than(left))
    expect(page.get_by_text(f"{MANY} of {MANY} cases rated by you")).to_be_visible()
    # The last one, too, when nothing is left to rate.
    take_back(page, 1)
    found = ratings(app, "Twenty", tmp_path)
    assert len(found) == 2 * MANY
    words = sorted(len(scores) for scores in found.values())
    # One was taken back and given again, one was taken back; all others were said once.
    assert words == [1] * (2 * MANY - 2) + [2, 3]
    assert [scores[-1].is_withdrawn for scores in found.values()].count(True) == 1
    assert not any(scores[-1].is_withdrawn for scores in found.values() if len(scores) != 2)

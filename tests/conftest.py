"""What every test may ask for: a real store, in memory or on disk, whole when the test ends."""

import gc
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from tests.browser import chromium
from tests.empty import empty_store
from workbench.exchange.feature.reader import FeatureFile, read
from workbench.models.local import LocalModel
from workbench.store.engine.integrity import orphans
from workbench.store.store import Store

# A busy machine is slow, not broken: no test counts how long an example takes.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

SKIPPED = "no Chromium for the browser tests"
SAMPLE = Path(__file__).parent.parent / "data" / "samples" / "support-reply.yaml"


@cache
def sample() -> FeatureFile:
    """The sample, for who wants to have it kept. The app has a file of its length read by another
    process, whose start takes longer than most tests."""
    return read(SAMPLE.read_text("utf-8"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store in memory. Every reference in it leads somewhere when the test ends."""
    opened = empty_store(tmp_path)
    yield opened
    assert orphans(opened.database) == []
    opened.close()


@pytest.fixture
def local(tmp_path: Path) -> Iterator[LocalModel]:
    """The real local model."""
    found = LocalModel(tmp_path)
    if not found.availability().is_available:
        pytest.skip(found.availability().reason)
    yield found
    found.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium. Where none can be had the test is skipped, loudly.

    It ends with its module: while Playwright's synchronous interface is open, an event loop counts
    as running in this thread, and whatever calls `asyncio.run` here afterwards would be refused.
    """
    path = chromium.found()
    if path is None:
        pytest.skip(SKIPPED)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=path or None,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield opened
        opened.close()


def pytest_collection() -> None:
    """Look for no garbage while modules are imported and tests made of them: all of it stays."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Nor look through it again and again while tests run: it is half a million objects."""
    gc.freeze()
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end, where nobody can miss it, that a part of the product was not tested."""
    skipped = terminalreporter.stats.get("skipped", [])
    if any(SKIPPED in str(report.longrepr) for report in skipped):
        terminalreporter.section("BROWSER TESTS WERE SKIPPED", sep="!", red=True)
        terminalreporter.line("No Chromium could be had. Install one, or set CHROMIUM to its path.")

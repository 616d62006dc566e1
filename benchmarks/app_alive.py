"""How long a page takes to open in the real app, idle and while a run goes at full speed."""

import argparse
import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect, sync_playwright

from benchmarks import fake_server
from benchmarks.engine_run import scene
from tests.browser import chromium
from tests.browser.conftest import App
from workbench.store.store import open_store

_PAGES = {
    "experiments": ("Experiments", "plan frozen as"),
    "requirements": ("Requirements", "It answers."),
    "verdicts": ("Decide", "It answers."),
}
"""Pages by path: the heading, and a text further down that is there once the page is."""
_ROUNDS = 3
_SIZE: ViewportSize = {"width": 1440, "height": 1200}


@dataclass
class Opened:
    """Seconds from the address to the whole page, by page, and how fast the runs went meanwhile."""

    idle: dict[str, list[float]] = field(default_factory=dict)
    busy: dict[str, list[float]] = field(default_factory=dict)
    calls_per_s: list[float] = field(default_factory=list)


def measure(calls: int, runs: int) -> Opened:
    """Open pages of an idle app, then of one in which a run of `calls` calls goes on."""
    found = Opened()
    with tempfile.TemporaryDirectory() as folder, fake_server.running() as server:
        names = [f"Replies {i}" for i in range(runs)]
        store = open_store(f"{folder}/workbench.duckdb", Path(folder))
        for name in names:
            scene(store, server.base_url, calls, 1, 64, name)
        store.close()
        with _running(Path(folder)) as app, _browser() as browser:
            for name in names:
                for path in _PAGES:
                    _open(browser, app, path, name)  # Whatever is read once is read now.
                for path in 2 * list(_PAGES):
                    found.idle.setdefault(path, []).append(_open(browser, app, path, name))
                _open_while_it_runs(browser, app, name, found)
    return found


def _open_while_it_runs(browser: Browser, app: App, name: str, found: Opened) -> None:
    context = app.let_in(browser.new_context())
    starting = context.new_page()
    starting.goto(_address(app, "experiments", name))
    starting.get_by_role("button", name=re.compile("Start .* call")).click()
    expect(_stop(starting)).to_be_visible()
    # Closed, as people do: a second tab that is drawn every second would be measured as well.
    context.close()
    started, answered = time.perf_counter(), 0
    for path in _ROUNDS * list(_PAGES):
        context = app.let_in(browser.new_context(viewport=_SIZE))
        page = context.new_page()
        took = _seconds(page, app, path, name)
        # What was opened as the run ended is neither.
        is_over = False
        if path == "experiments":
            expect(page.get_by_text(re.compile("outputs? ·")).first).to_be_visible()
            is_over = not _stop(page).is_visible()
            answered = answered if is_over else _answered(page)
        context.close()
        if is_over:
            break
        found.busy.setdefault(path, []).append(took)
        print(f"{path}: {took:.2f} s, {answered} calls so far", file=sys.stderr)
    found.calls_per_s.append(answered / (time.perf_counter() - started))


def _stop(page: Page) -> Locator:
    return page.get_by_test_id("stMainBlockContainer").get_by_role("button", name="Stop")


def _answered(page: Page) -> int:
    progress = page.get_by_text(re.compile(r"[\d,]+ of [\d,]+ calls")).first
    return int(progress.inner_text().split(" of ")[0].replace(",", ""))


def _open(browser: Browser, app: App, path: str, name: str) -> float:
    """Seconds until a new tab shows the page."""
    context = app.let_in(browser.new_context(viewport=_SIZE))
    took = _seconds(context.new_page(), app, path, name)
    context.close()
    return took


def _seconds(page: Page, app: App, path: str, name: str) -> float:
    started = time.perf_counter()
    page.goto(_address(app, path, name))
    _wait_for_all(page, path)
    return time.perf_counter() - started


def _wait_for_all(page: Page, path: str) -> None:
    # Not until nothing is drawn any more: while a run goes, its progress is drawn every second.
    heading, text = _PAGES[path]
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    expect(page.get_by_text(text).first).to_be_visible()


def _address(app: App, path: str, name: str) -> str:
    return f"{app.url}/{path}?feature={quote(name)}"


@contextmanager
def _running(folder: Path) -> Iterator[App]:
    app = App(folder)
    app.start()
    try:
        yield app
    finally:
        app.end()


@contextmanager
def _browser() -> Iterator[Browser]:
    path = chromium.found()
    if path is None:
        raise SystemExit("No Chromium: set CHROMIUM to the path of one.")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=path or None,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield opened
        opened.close()


def main() -> None:
    """Measure and print the seconds as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=2)
    chosen = parser.parse_args()
    print(json.dumps(asdict(measure(chosen.calls, chosen.runs))))


if __name__ == "__main__":
    main()

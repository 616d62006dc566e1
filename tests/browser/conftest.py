"""The app as people start it, in a process of its own, and a page in a real browser."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.conftest import sample
from tests.faults.visitor import free_port
from workbench.exchange.feature.file import keep
from workbench.store.store import Store, open_store

ROOT = Path(__file__).parent.parent.parent
ARTIFACTS = ROOT / "artifacts"
PATIENCE_MS = 60_000
"""How long to wait for something to be seen: a busy machine is slow, not broken."""

expect.set_options(timeout=PATIENCE_MS)


class App:
    """A running workbench: its address, its process and its database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.address = ""
        """What it printed: the address that lets a browser in."""
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it and wait for the line that says where it is."""
        command = [sys.executable, "-m", "workbench", "serve", "--no-browser"]
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port)],
            cwd=ROOT,
            env=os.environ
            | {
                "WORKBENCH_DB": str(self.folder / "workbench.duckdb"),
                "WORKBENCH_HOME": str(self.folder / "home"),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if found := re.search(r"http://\S+", line):
                self.address = found.group()
                return
        raise AssertionError("the app ended before it said where it is")

    def let_in(self, context: BrowserContext) -> BrowserContext:
        """Give a browser the cookie, as the printed address does, before anything is shown."""
        answer = context.request.get(self.address, max_redirects=0)
        assert answer.status == 303
        return context

    def end(self, by: signal.Signals = signal.SIGTERM) -> None:
        """Stop it, gently or not."""
        assert self.process is not None
        self.process.send_signal(by)
        self.process.wait(timeout=20)
        assert self.process.stdout is not None
        # Shown by pytest when the test fails.
        print(self.process.stdout.read())
        self.process.stdout.close()


@contextmanager
def running(folder: Path) -> Iterator[App]:
    """A workbench on an empty database in this folder."""
    app = App(folder)
    app.start()
    try:
        yield app
    finally:
        if app.process is not None and app.process.poll() is None:
            app.end()


@contextmanager
def sample_in(folder: Path) -> Iterator[Store]:
    """The database of a workbench that is to run in this folder, with the sample: what is added
    before its first start needs no second one."""
    store = open_store(str(folder / "workbench.duckdb"), folder / "home")
    try:
        keep(store, sample(), "Sample")
        yield store
    finally:
        store.close()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A workbench that was started a moment ago and shown to nobody yet."""
    with running(tmp_path) as started:
        yield started


@pytest.fixture
def page(browser: Browser, app: App, request: pytest.FixtureRequest) -> Iterator[Page]:
    """An empty tab of a browser that was let in, 1440 pixels wide. What it shows when the test ends
    is kept."""
    context = app.let_in(browser.new_context(viewport={"width": 1440, "height": 1200}))
    context.set_default_timeout(PATIENCE_MS)
    opened = context.new_page()
    yield opened
    shoot(opened, f"end-of-{request.node.name}"[:80])
    context.close()


def known_as(page: Page, app: App, name: str) -> None:
    """Say in Settings who sits at this browser."""
    page.goto(f"{app.url}/settings")
    field = page.get_by_role("textbox", name="Your name")
    field.fill(name)
    field.press("Enter")
    expect(page.get_by_text("Until you choose one")).to_have_count(0)


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the page for whoever looks at the build."""
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=str(ARTIFACTS / f"{name}.png"), full_page=True)

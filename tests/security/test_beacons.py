"""What people and models write never calls home: every page, with hostile text in every field."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Frame, Page

from tests.faults.visitor import free_port
from tests.security import planted
from workbench import config
from workbench.store.store import open_store
from workbench.ui.parts.browser import COOKIE

# Each page, and a field that it has to show: an empty page would prove nothing.
PAGES = {
    "overview": "statement",
    "requirements": "statement",
    "data": "dataset",
    "playground": "system",
    "experiments": "experimentquestion",
    "capabilities": "packtitle",
    "rating": "output",
    "failures": "output",
    "failures?show=modes": "modename",
    "verdicts": "statement",
    "spec": "statement",
    "settings": "connection",
}
LAUNCH = """
import sys
from workbench.server import start as server
server.run("127.0.0.1", int(sys.argv[1]), False)
"""
# What a page shows, with the values of its inputs, and what in it points to the collector.
SHOWN = """() => [document.body ? document.body.innerText : '',
  ...[...document.querySelectorAll('input, textarea')].map(e => e.value)].join('\\n')"""
LIVE = """address => {
  const bad = [];
  for (const element of document.querySelectorAll('*')) {
    for (const name of ['src', 'srcset', 'href', 'xlink:href', 'data', 'poster', 'action']) {
      const value = element.getAttribute(name) || '';
      if (value.includes(address) || /^\\s*javascript:|alert\\(/i.test(value)) {
        bad.push(`${element.tagName} ${name}=${value.slice(0, 80)}`);
      }
    }
    const style = element.getAttribute('style') || '';
    if (style.includes(address)) bad.push(`${element.tagName} style=${style.slice(0, 80)}`);
    if (element.tagName === 'STYLE' && element.textContent.includes(address)) bad.push('STYLE');
    if (element.tagName === 'META' && element.httpEquiv.toLowerCase() === 'refresh') {
      bad.push('META refresh');
    }
    if ([...element.attributes].some(each => /^on/i.test(each.name))) {
      bad.push(`${element.tagName} has a handler`);
    }
  }
  return bad;
}"""
# The script has finished, nothing is a grey placeholder, and nothing has changed for a moment. What
# never rests, like a clock, is looked at after a while; a script that runs is waited for.
SETTLED = """() => new Promise(done => {
  const idle = '[data-testid=stApp][data-test-script-state=notRunning]';
  const started = Date.now();
  let changed = started;
  const observer = new MutationObserver(() => { changed = Date.now(); });
  observer.observe(document.documentElement,
    {childList: true, subtree: true, characterData: true, attributes: true,
     attributeFilter: ['data-test-script-state', 'data-stale']});
  const clock = setInterval(() => {
    const now = Date.now();
    const loads = !document.querySelector(idle)
      || document.querySelector('[data-testid=stSkeleton]');
    if (loads) changed = now;
    if (!loads && (now - changed > 250 || now - started > 4000)) {
      clearInterval(clock);
      observer.disconnect();
      done();
    }
  }, 50);
})"""
# Opened one after another; what each shows is looked at before the next.
FOLDS = "[data-testid=stExpander] details:not([open]) > summary"
TABS = "[role=tab][aria-selected=false]"
POPOVERS = "[data-testid=stPopover] button"


@dataclass
class Collector:
    """A server that only counts who calls it."""

    address: str
    hits: list[str] = field(default_factory=list)


@contextmanager
def collecting() -> Iterator[Collector]:
    found = Collector("")

    class Count(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.hits.append(self.path)
            self.send_response(204)
            self.end_headers()

        do_POST = do_HEAD = do_OPTIONS = do_PUT = do_GET

        def log_message(self, *_ignored: object) -> None:
            """The hits are the log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Count)
    found.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Served:
    """The app on a planted database, and where its texts would call if they were live."""

    origin: str
    address: str
    collector: Collector

    def let_in(self, context: BrowserContext) -> BrowserContext:
        """Give a browser the cookie, as the printed address does."""
        context.request.get(self.address, max_redirects=0)
        return context


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("planted")
    environment = {
        **os.environ,
        "WORKBENCH_DB": str(folder / "workbench.duckdb"),
        "WORKBENCH_HOME": str(folder / "home"),
        "PYTHONPATH": str(config.ROOT),
    }
    with collecting() as collector:
        store = open_store(environment["WORKBENCH_DB"], folder / "home")
        planted.plant(store, collector.address)
        store.close()
        port = free_port()
        process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, str(port)],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line.startswith("The workbench is at ")
            yield Served(f"http://127.0.0.1:{port}", line.split()[4], collector)
        finally:
            process.terminate()
            process.wait(timeout=15)
            process.stdout.close()


@dataclass
class Visit:
    """What happened while the pages were looked at."""

    context: BrowserContext
    served: Served
    opens_all: bool
    foreign: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    moves: list[str] = field(default_factory=list)
    live: list[str] = field(default_factory=list)

    def forget(self) -> None:
        """Whatever happened before was on another page."""
        for happened in (self.foreign, self.dialogs, self.moves, self.live):
            happened.clear()
        self.served.collector.hits.clear()

    @cached_property
    def page(self) -> Page:
        """A tab, watched."""
        page = self.context.new_page()
        own = (self.served.origin, self.served.origin.replace("http", "ws"), "data:", "blob:")

        def asked(url: str) -> None:
            if not url.startswith(own):
                self.foreign.append(url)

        def moved(frame: Frame) -> None:
            if frame.url != "about:blank" and not frame.url.startswith(self.served.origin):
                self.moves.append(frame.url)

        def refuse(dialog: Dialog) -> None:
            self.dialogs.append(dialog.message)
            dialog.dismiss()

        page.on("request", lambda request: asked(request.url))
        page.on("websocket", lambda socket: asked(socket.url))
        page.on("dialog", refuse)
        page.on("framenavigated", moved)
        page.on("popup", lambda popup: self.moves.append(popup.url))
        return page

    def look(self, page: Page) -> str:
        """All that is on screen, once what is loading has been; live markup is noted."""
        page.evaluate(SETTLED)
        texts = []
        for frame in page.frames:
            self.live += [f"{page.url}: {bad}" for bad in frame.evaluate(LIVE, self.host)]
            texts.append(str(frame.evaluate(SHOWN)))
        return "\n".join(texts)

    @property
    def host(self) -> str:
        """The collector, as an address names it."""
        return self.served.collector.address.removeprefix("http://")


def open_everything(visit: Visit, page: Page) -> str:
    """Look at a page, then open its folds, tabs and popovers and look again each time."""
    seen = [visit.look(page)]
    if not visit.opens_all:
        return seen[0]
    while page.locator(FOLDS).count():
        before = page.locator(FOLDS).count()
        page.locator(FOLDS).evaluate_all("folds => folds.forEach(fold => fold.click())")
        seen.append(visit.look(page))
        if page.locator(FOLDS).count() >= before:
            break
    for n in range(page.locator("[role=tab]").count()):
        page.locator("[role=tab]").nth(n).click()
        seen.append(visit.look(page))
    for n in range(min(page.locator(POPOVERS).count(), 4)):
        button = page.locator(POPOVERS).nth(n)
        if button.is_visible() and button.is_enabled():
            button.click()
            seen.append(visit.look(page))
            page.keyboard.press("Escape")
    return "\n".join(seen)


@pytest.fixture(scope="module", params=["as served", "without the policy"])
def visitor(request: pytest.FixtureRequest, browser: Browser, served: Served) -> Iterator[Visit]:
    """A browser that obeys the pages' content security policy, and one that ignores it.

    The policy alone would stop every remote load: without it, the escaping has to hold by itself,
    so that is where everything is opened. One tab goes from page to page: in a new one, what pages
    are drawn with is compiled anew.
    """
    ignores = request.param == "without the policy"
    context = browser.new_context(bypass_csp=ignores, viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(60_000)
    served.let_in(context)
    context.add_cookies([{"name": COOKIE, "value": planted.BROWSER, "url": served.origin}])
    yield Visit(context, served, opens_all=ignores)
    context.close()


@pytest.fixture
def visit(visitor: Visit) -> Visit:
    """The visitor, of whom nothing is known yet."""
    visitor.forget()
    return visitor


@pytest.mark.browser
@pytest.mark.parametrize("path", PAGES)
def test_no_text_on_a_page_is_live(visit: Visit, path: str) -> None:
    page = visit.page
    page.goto(f"{visit.served.origin}/{path}")
    # The menu comes with the first run of the script.
    page.get_by_test_id("stSidebarNavLink").first.wait_for()
    # An address may lead on to another page, and parts of a page are loaded when first needed.
    # Not with every frame: to read all that is shown, the page is laid out anew.
    page.wait_for_function(
        f"mark => ({SHOWN})().includes(mark)",
        arg=f"{planted.MARK}{PAGES[path]}",
        polling=100,
    )
    shown = open_everything(visit, page)
    assert visit.live == []
    assert visit.served.collector.hits == []
    assert visit.foreign == []
    assert visit.dialogs == []
    assert visit.moves == []
    assert PAGES[path] in planted_fields(shown)


def planted_fields(shown: str) -> list[str]:
    """The fields whose texts are on screen."""
    return sorted(set(planted.FIELD.findall(shown)))


@pytest.mark.browser
def test_the_collector_hears_a_beacon_that_is_live(browser: Browser, served: Served) -> None:
    context = served.let_in(browser.new_context(bypass_csp=True))
    page = context.new_page()
    page.goto(f"{served.origin}/overview")
    page.evaluate(
        "at => new Promise(done => { const i = new Image(); i.onerror = done; i.onload = done;"
        " i.src = at + '/control'; })",
        served.collector.address,
    )
    context.close()
    assert served.collector.hits.pop() == "/control"

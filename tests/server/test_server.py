"""The running server: what it answers, how it starts, and how it stops."""

import http.client
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.faults.visitor import free_port
from workbench import config, logs
from workbench.server import start

APP = """
import streamlit as st
pages = {
    "Define": [st.Page("pages/define/overview.py", title="Overview", default=True)],
    "Score": [st.Page("pages/score/compare.py", title="Compare", url_path="compare")],
}
st.navigation(pages).run()
"""
OVERVIEW = "import streamlit as st\nst.title('What it must do')\n"
COMPARE = """
import altair as alt
import pandas as pd
import streamlit as st
st.title("Which is better")
rates = pd.DataFrame({"variant": ["A", "B"], "rate": [0.6, 0.7]})
st.altair_chart(alt.Chart(rates).mark_bar().encode(x="rate", y="variant", color="variant"))
st.dataframe(rates, key="rates")
st.data_editor(rates, key="edited")
st.code("print('code')", language="python")
st.markdown("![beacon](http://127.0.0.1:BEACON/x.png)")
"""
LAUNCH = """
import json, sys
from pathlib import Path
import streamlit as st
from workbench.errors import StoreLocked
from workbench.server import start as server
script, port, locked, options, asks = json.loads(sys.argv[1])
def open_all():
    if locked:
        raise StoreLocked("Process 42 has the database.", "Stop it first.")
    print("opened", flush=True)
def close_all():
    print("closed", json.dumps({name: st.get_option(name) for name in options}), flush=True)
more = {"asks_token": asks, "open_all": open_all, "close_all": close_all}
server.run("127.0.0.1", port, False, script=Path(script), **more)
"""

ELSEWHERE = """
browser.gatherUsageStats = true
server.address = "0.0.0.0"
server.enableAgentApi = true
theme.light.primaryColor = "#ff0000"
"""


@dataclass
class Served:
    """A server in its own process, and where it is."""

    process: subprocess.Popen[str]
    port: int
    line: str
    terms: str = ""
    cookie: str = ""

    @property
    def address(self) -> str:
        """The address in the line, as a person copies it."""
        return self.line.split()[4]

    def enter(self) -> None:
        """Open the address that was printed, and keep the cookie that it gives."""
        opened = urlsplit(self.address)
        answer = ask(opened.port or 0, f"{opened.path}?{opened.query}")
        assert answer.status == 303
        given = answer.headers.get_all("set-cookie") or []
        self.cookie = "; ".join(cookie.split(";")[0] for cookie in given)

    def ask(
        self, path: str, headers: dict[str, str] | None = None, method: str = "GET"
    ) -> http.client.HTTPResponse:
        """One answer, with the cookie if there is one."""
        known = {"Cookie": self.cookie} if self.cookie else {}
        return ask(self.port, path, {**known, **(headers or {})}, method)

    def handshake(self, headers: dict[str, str] | None = None) -> http.client.HTTPResponse:
        """The answer to the wish for a websocket."""
        key = {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
        upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", **key}
        return self.ask("/_stcore/stream", {**upgrade, **(headers or {})})

    def stop(self, by: signal.Signals = signal.SIGTERM) -> str:
        """End it; what it printed after its address."""
        self.process.send_signal(by)
        return self.process.communicate(timeout=10)[0]


def written(folder: Path) -> Path:
    """An app of two pages in section folders, as ours has them."""
    for section, name, text in (("define", "overview", OVERVIEW), ("score", "compare", COMPARE)):
        page = folder / "app" / "pages" / section / f"{name}.py"
        page.parent.mkdir(parents=True)
        page.write_text(text)
    script = folder / "app" / "app.py"
    script.write_text(APP)
    return script


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """That app, not started."""
    return written(tmp_path)


@pytest.fixture(scope="module")
def asked_by_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for every test that only asks it for something."""
    with serving(written(tmp_path_factory.mktemp("asked"))) as started:
        yield started


@pytest.fixture
def served(asked_by_all: Served) -> Served:
    """That server, and a visitor of one's own."""
    return replace(asked_by_all)


def launch(
    script: Path,
    port: int | None,
    locked: bool = False,
    options: Sequence[str] = (),
    asks: bool = True,
) -> subprocess.Popen[str]:
    """Start the server from a folder that is not the project's, with settings of its own."""
    given = json.dumps([str(script), port, locked, list(options), asks])
    folder = script.parent.parent
    (folder / ".streamlit").mkdir(exist_ok=True)
    (folder / ".streamlit" / "config.toml").write_text(ELSEWHERE)
    return subprocess.Popen(
        [sys.executable, "-c", LAUNCH, given],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(config.ROOT),
            "WORKBENCH_HOME": str(folder / "home"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def serving(
    script: Path, port: int | None = None, options: Sequence[str] = (), asks: bool = True
) -> Iterator[Served]:
    """A server that has said its address; killed at the end if the test has not stopped it."""
    port = free_port() if port is None else port
    process = launch(script, port or None, options=options, asks=asks)
    assert process.stdout is not None
    try:
        lines = iter(process.stdout.readline, "")
        address = next((line for line in lines if line.startswith("The workbench is at ")), "")
        served = Served(process, port, address, next(lines, ""))
        served.port = urlsplit(served.address).port or port
        if asks:
            served.enter()
        yield served
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def ask(
    port: int, path: str, headers: dict[str, str] | None = None, method: str = "GET"
) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, headers=headers or {})
    return connection.getresponse()


def test_every_route_answers_with_the_security_headers(served: Served) -> None:
    page = served.ask("/compare").read().decode()
    asset = page.split('crossorigin src=".', 1)[1].split('"', 1)[0]
    routes = ["/", "/compare", "/favicon.png", "/_stcore/health", "/_stcore/host-config"]
    answers = [served.ask(path) for path in [*routes, asset]]
    answers.append(served.handshake())
    assert [answer.status for answer in answers] == [200, 200, 200, 200, 200, 200, 101]
    answers += [served.ask("/media/none"), served.ask("/_stcore/metrics")]
    for answer in answers:
        assert "frame-ancestors 'none'" in (answer.getheader("content-security-policy") or "")
        assert answer.getheader("x-content-type-options") == "nosniff"
        assert answer.getheader("x-frame-options") == "DENY"


def test_nothing_but_health_answers_who_has_no_cookie(served: Served) -> None:
    page = served.ask("/compare").read().decode()
    asset = page.split('crossorigin src=".', 1)[1].split('"', 1)[0]
    paths = ["/", "/compare", asset, "/_stcore/host-config", "/media/x.png", "/favicon.png"]
    assert [served.ask(path).status for path in paths] == [200, 200, 200, 200, 404, 200]
    inside = served.handshake()
    assert inside.status == 101
    served.cookie = ""
    assert [served.ask(path).status for path in paths] == [403] * 6
    assert served.ask("/_stcore/upload_file/a/b", {"Content-Length": "0"}, "PUT").status == 403
    outside = served.handshake()
    assert outside.status == 403
    assert served.ask("/_stcore/health").read() == b"ok"
    inside.close()


def test_without_a_token_the_line_says_so_and_everybody_is_let_in(scratch: Path) -> None:
    with serving(scratch, asks=False) as served:
        assert "token" not in served.address
        assert served.ask("/compare").status == 200
        assert "No token is asked: whoever reaches this address" in served.terms


# Stands for a browser: says what it was told to open, which every account of a machine can read.
BROWSER = """#!/bin/sh
echo "$@" > "{folder}/asked.part"
mv "{folder}/asked.part" "{folder}/asked"
"""


@pytest.mark.skipif(sys.platform != "linux", reason="`BROWSER` is for systems with X")
def test_the_browser_is_opened_without_the_token_on_its_command_line(tmp_path: Path) -> None:
    told = tmp_path / "asked"
    (tmp_path / "browser").write_text(BROWSER.format(folder=tmp_path))
    (tmp_path / "browser").chmod(0o755)
    process = subprocess.Popen(
        [sys.executable, "-m", "workbench", "serve", "--port", str(free_port())],
        cwd=config.ROOT,
        env={
            **os.environ,
            "WORKBENCH_DB": str(tmp_path / "app.duckdb"),
            "WORKBENCH_HOME": str(tmp_path / "home"),
            "DISPLAY": ":0",
            "BROWSER": str(tmp_path / "browser"),
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split()[4]
        deadline = time.monotonic() + 60
        while not told.exists():
            assert time.monotonic() < deadline, "no browser was opened"
            time.sleep(0.02)
        opened = Path(urlsplit(told.read_text().strip()).path)
        assert address.split("=")[1] not in told.read_text()
        assert address in opened.read_text()
        assert opened.stat().st_mode & 0o777 == 0o600
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert not opened.exists()


def test_figures_and_the_agent_interface_are_not_found(served: Served) -> None:
    for path in ("/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/agent/mcp"):
        assert served.ask(path).status == 404


def test_a_foreign_handshake_is_refused_without_a_stall(served: Served) -> None:
    served.ask("/_stcore/health").read()
    took_s = []
    for number in range(20):
        began = time.perf_counter()
        answer = served.handshake({"Origin": f"http://site{number}.example"})
        took_s.append(time.perf_counter() - began)
        assert answer.status == 403
    # Two seconds each where the server asks the network what its own address is.
    assert statistics.median(took_s) < 0.5


def test_a_foreign_host_is_refused(served: Served) -> None:
    assert served.ask("/", {"Host": "evil.example"}).status == 403
    assert served.handshake({"Host": f"evil.example:{served.port}"}).status == 403


def test_a_large_upload_is_refused_before_it_is_read(served: Served) -> None:
    size = {"Content-Length": str(150 * 1024 * 1024)}
    assert served.ask("/_stcore/upload_file/a/b", size, "PUT").status == 413


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_closes_the_resources_once_even_with_a_page_open(
    scratch: Path, by: signal.Signals
) -> None:
    with serving(scratch) as served:
        page = served.handshake()
        assert page.status == 101
        assert served.stop(by).count("closed") == 1
        assert served.process.returncode == 0
        page.close()


def test_settings_and_theme_hold_in_a_folder_with_settings_of_its_own(scratch: Path) -> None:
    safe = {
        "browser.gatherUsageStats": False,
        "client.disableDataExport": True,
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "client.toolbarMode": "viewer",
        "runner.magicEnabled": False,
        "server.address": "127.0.0.1",
        "server.allowedHosts": ["127.0.0.1", "::1", "localhost"],
        "server.enableAgentApi": False,
        "server.maxUploadSize": 20,
    }
    theme = {
        name: value
        for name, value in start.file_settings(start.SETTINGS).items()
        if name.startswith("theme.")
    }
    assert theme["theme.dark.primaryColor"] != theme["theme.light.primaryColor"]
    with serving(scratch, options=[*safe, *theme]) as served:
        options = json.loads(served.stop().split("closed ")[1])
    assert options == safe | theme


def test_a_locked_store_ends_the_start_with_a_message_and_no_traceback(scratch: Path) -> None:
    process = launch(scratch, free_port(), locked=True)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (2, "")
    assert err == "Process 42 has the database.\nStop it first.\n"


def test_a_taken_port_is_named_and_nothing_is_opened(scratch: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = launch(scratch, port)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (2, "")
    assert err.startswith(f"Port {port} on 127.0.0.1 is taken, or reserved by the system.\n")


def test_without_a_port_the_next_free_one_is_taken_and_said(scratch: Path) -> None:
    is_held, line = False, ""
    # Another program may have it, and let go of it before the server looks: then once more.
    for _ in range(20):
        with socket.socket() as first:
            first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                first.bind(("127.0.0.1", start.PORTS[0]))
                first.listen()
                is_held = True
            with serving(scratch, port=0) as served:
                line = served.line
                if is_held or served.port in start.PORTS[1:]:
                    assert "(port 8501 is taken)" in line
                    assert served.port in start.PORTS[1:]
                    assert ask(served.port, "/_stcore/health").read() == b"ok"
                    return
    raise AssertionError(f"the first port was never taken while the server looked: {line}")


@pytest.mark.parametrize(
    ("host", "port", "message"),
    [
        ("203.0.113.1", 8501, "This machine cannot listen on 203.0.113.1"),
        ("127.0.0.1", 0, "0 is not a port."),
        ("127.0.0.1", 65536, "65536 is not a port."),
    ],
)
def test_an_address_that_cannot_be_had_ends_with_a_message(
    host: str,
    port: int,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path))
    with pytest.raises(SystemExit) as ending:
        start.run(host, port, False)
    logs.stop()
    assert ending.value.code == 2
    assert capsys.readouterr().err.startswith(message)


# In the page, from its first moment on: everything that was on screen.
WATCH = """
window.seen = new Set(); window.blocked = new Set();
document.addEventListener('securitypolicyviolation', e => {
  window.blocked.add(e.effectiveDirective + ' ' + e.blockedURI);
});
const look = () => {
  const text = document.body ? document.body.innerText : '';
  if (/not found/i.test(text)) window.seen.add('page not found');
  if (document.querySelector('[role=dialog]')) window.seen.add('a dialog');
  const links = [...document.querySelectorAll('[data-testid=stSidebarNavLink]')];
  if (links.length) window.seen.add('menu: ' + links.map(link => link.innerText).join(', '));
  const title = document.querySelector('h1');
  if (title && title.innerText) window.seen.add('title: ' + title.innerText);
  setTimeout(look, 2);
};
look();
"""


@pytest.mark.browser
def test_a_deep_link_as_the_first_request_shows_its_page_and_nothing_else(
    scratch: Path, browser: Browser
) -> None:
    with serving(scratch) as served:
        page = browser.new_page()
        page.add_init_script(WATCH)
        page.context.request.get(served.address, max_redirects=0)
        page.goto(f"http://127.0.0.1:{served.port}/compare")
        page.get_by_test_id("stCode").wait_for()
        # Streamlit has finished the run: a late dialog would be there by now.
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
        seen = page.evaluate("[...window.seen].sort()")
        page.close()
    assert seen == ["menu: Overview, Compare", "title: Which is better"]


@pytest.mark.browser
def test_charts_tables_and_code_work_and_nothing_remote_is_loaded(
    scratch: Path, browser: Browser
) -> None:
    with socket.socket() as beacon:
        beacon.bind(("127.0.0.1", 0))
        beacon.listen()
        beacon.setblocking(False)
        port = str(beacon.getsockname()[1])
        compare = scratch.parent / "pages" / "score" / "compare.py"
        compare.write_text(COMPARE.replace("BEACON", port))
        with serving(scratch) as served:
            page = browser.new_page()
            page.add_init_script(WATCH)
            faults: list[str] = []
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.context.request.get(served.address, max_redirects=0)
            page.goto(f"http://127.0.0.1:{served.port}/compare")
            for element in ("stDataFrameResizable", "stVegaLiteChart", "stCode", "stMarkdown"):
                page.get_by_test_id(element).first.wait_for()
            page.locator("[data-testid=stVegaLiteChart] canvas, .stVegaLiteChart svg").wait_for()
            page.wait_for_function("window.blocked.size > 0 && document.images.length > 0")
            blocked = set(page.evaluate("[...window.blocked]"))
            page.close()
        with pytest.raises(BlockingIOError):
            beacon.accept()
    assert faults == []
    # The wasm one is a faster multiplication that Streamlit's protobuf library does without.
    assert blocked - {"script-src wasm-eval"} == {f"img-src http://127.0.0.1:{port}/x.png"}

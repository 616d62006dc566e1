"""How long a key waits on Score, beside a rerun of an empty Streamlit page.

    python -m benchmarks.keys [--outputs N]

Rates outputs by keys in a real browser, and presses the same key on an empty page in another tab in
turn with it, so that both meet the same machine. Writes keys.md beside this file.
"""

import argparse
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser import chromium
from tests.browser.conftest import App
from tests.browser.test_rating_keys import score_page
from tests.conftest import SAMPLE
from tests.pages import results
from workbench.exchange.feature.file import import_feature
from workbench.store.store import open_store

_WARM = 6
"""Presses before any is counted: code is imported and pages are laid out for the first time."""
_RATE = "[class*=st-key-score_pass_]"
"""The buttons under the outputs; each has another name once its output is rated."""
_EMPTY = """
import streamlit as st
pressed = st.session_state.get("pressed", 0) + bool(st.session_state.get("key"))
st.session_state["pressed"] = pressed
st.button("Press", key="key", shortcut="1")
st.text(f"{pressed} pressed")
"""
_WATCH = """([selector]) => {
    const seen = () => [...document.querySelectorAll(selector)].map(
        each => each.className.match(/st-key-\\S*|$/)[0] || each.innerText
    ).join();
    window.waited = new Promise(resolve => {
        const before = seen();
        document.addEventListener("keydown", () => {
            const pressed = performance.now();
            const look = () => {
                if (seen() !== before) resolve(performance.now() - pressed);
                else requestAnimationFrame(look);
            };
            look();
        }, {once: true, capture: true});
    });
}"""


def measure(outputs: int) -> tuple[list[float], list[float]]:
    """Milliseconds from each key to the frame that shows what came of it: on Score, on the empty
    page."""
    with tempfile.TemporaryDirectory() as name, streamlit_app(Path(name), _EMPTY) as empty:
        folder = Path(name)
        _store(folder, outputs // 2)
        app = App(folder)
        app.start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=chromium.found() or None, args=["--no-sandbox"]
                )
                context = app.let_in(browser.new_context())
                score, bare = context.new_page(), context.new_page()
                bare.goto(empty)
                expect(bare.get_by_text("0 pressed")).to_be_visible()
                score_page(score, app, cases=outputs // 2)
                taken: tuple[list[float], list[float]] = ([], [])
                for place in range(outputs):
                    taken[0].append(_press(score, "14"[place % 2], _RATE))
                    taken[1].append(_press(bare, "1", "[data-testid=stText]"))
                browser.close()
        finally:
            app.end()
    return taken[0][_WARM:], taken[1][_WARM:]


def _press(page: Page, key: str, selector: str) -> float:
    """Press a key once the page stands still; how long until something else stands there."""
    page.bring_to_front()
    expect(page.locator("[data-test-script-state=notRunning]")).to_be_visible()
    page.evaluate(_WATCH, [selector])
    page.keyboard.press(key)
    return float(page.evaluate("() => window.waited"))


def _store(folder: Path, cases: int) -> None:
    store = open_store(str(folder / "workbench.duckdb"), folder / "home")
    import_feature(store, SAMPLE.read_text("utf-8"), "Sample")
    results.answered(store, cases=cases)
    store.close()


@contextmanager
def streamlit_app(folder: Path, source: str) -> Iterator[str]:
    """The address of a Streamlit app of this source, served as Streamlit does by itself."""
    script = folder / "empty.py"
    script.write_text(source, "utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "streamlit", "run", str(script), "--server.headless=true"),
            *("--server.address=127.0.0.1", f"--server.port={address.rpartition(':')[2]}"),
            "--browser.gatherUsageStats=false",
        ],
        stdout=subprocess.DEVNULL,
        cwd=folder,
    )
    try:
        _wait_for(address)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(address: str) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{address}/_stcore/health")
            return
        except urllib.error.URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _report(score: list[float], empty: list[float]) -> str:
    lines = [
        "# A key on Score",
        "",
        "Written by `python -m benchmarks.keys`: from the key to the frame that shows what came of "
        f"it, in a browser, {len(score)} presses each, in turn.",
        "",
        "| | median, ms | 95th percentile, ms |",
        "|---|---:|---:|",
    ]
    for name, taken in (("A rating on Score", score), ("A rerun of an empty page", empty)):
        high = statistics.quantiles(taken, n=20)[-1]
        lines.append(f"| {name} | {statistics.median(taken):.0f} | {high:.0f} |")
    ratio = statistics.median(score) / statistics.median(empty)
    return "\n".join([*lines, "", f"A rating takes {ratio:.2f} × an empty rerun.", ""])


def main() -> None:
    """Measure, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--outputs", type=int, default=50)
    report = _report(*measure(parser.parse_args().outputs))
    (Path(__file__).parent / "keys.md").write_text(report, "utf-8")
    print(report)


if __name__ == "__main__":
    main()

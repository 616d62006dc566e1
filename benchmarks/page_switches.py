"""How long a page takes to come, beside an empty page of an empty Streamlit app with as many.

    python -m benchmarks.page_switches [--rounds N]

Clicks through the menu of the app, on the sample with all that it plans answered, in a real
browser, and through that of the empty app in another tab in turn, so that both meet the same
machine. Then opens both anew, each time in a browser that has kept nothing. Writes
page_switches.md beside this file.
"""

import argparse
import os
import statistics
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from benchmarks.documented import table
from benchmarks.keys import streamlit_app
from benchmarks.large_store import SAMPLE, build
from tests.browser import chromium
from tests.browser.conftest import App, running

MOST_SWITCH, MOST_OPEN = 3.0, 1.5
"""How many times the empty page's switch, and its first opening, a page of ours may take."""
_WARM = 2
"""Rounds before any is counted: code is imported, and read once what is remembered after it."""
_SIZE: ViewportSize = {"width": 1440, "height": 900}
_TITLES = {
    "home": "Overview",
    "requirements": "Requirements",
    "data": "Data",
    "playground": "Playground",
    "experiments": "Experiments",
    "capabilities": "Capabilities",
    "rating": "Score",
    "failures": "Failures",
    "verdicts": "Decide",
    "spec": "Spec",
    "settings": "Settings",
}
"""The pages by address, in the order of the menu, and what stands above each."""
_EMPTY = f"""
import streamlit as st
titles = {_TITLES!r}
def page(path, title):
    return st.Page(lambda: st.header(title), title=title, url_path=path, default=path == "home")
st.navigation([page(*each) for each in titles.items()], expanded=True).run()
"""
_IS_WHOLE = """title => {
    const app = document.querySelector("[data-testid=stApp]");
    const shown = document.querySelector("[data-testid=stHeading] h2");
    return app?.dataset.testScriptState === "notRunning" && shown?.innerText.trim() === title;
}"""
_SWITCH = f"""([link, title]) => new Promise(resolve => {{
    const isWhole = {_IS_WHOLE};
    const clicked = performance.now();
    link.click();
    const look = () => {{
        if (isWhole(title)) resolve(performance.now() - clicked);
        else requestAnimationFrame(look);
    }};
    requestAnimationFrame(look);
}})"""
_OPENED = f"""title => new Promise(resolve => {{
    const isWhole = {_IS_WHOLE};
    const look = () => {{
        if (isWhole(title)) resolve(performance.now());
        else requestAnimationFrame(look);
    }};
    look();
}})"""


class Took(NamedTuple):
    """Milliseconds by page, of the app and of the empty one in turn with it."""

    ours: dict[str, list[float]]
    empty: dict[str, list[float]]

    def ratio(self, path: str) -> float:
        """How many times the empty one's median ours is."""
        return statistics.median(self.ours[path]) / statistics.median(self.empty[path])


def measure(rounds: int) -> tuple[Took, Took]:
    """What switches took, and what opening took."""
    with _both() as (browser, app, empty):
        switched = Took({path: [] for path in _TITLES}, {path: [] for path in _TITLES})
        ours, bare = app.let_in(browser.new_context(viewport=_SIZE)).new_page(), browser.new_page()
        ours.goto(app.url)
        bare.goto(empty)
        for number in range(_WARM + rounds):
            for path in _TITLES:
                for page, taken in ((ours, switched.ours), (bare, switched.empty)):
                    took = _switch(page, path)
                    if number >= _WARM:
                        taken[path].append(took)
        ours.context.close()
        bare.context.close()
        opened = Took({path: [] for path in _TITLES}, {path: [] for path in _TITLES})
        # Of five, the medians swung by a tenth from run to run.
        for _ in range(max(3, rounds * 3 // 5)):
            for path in _TITLES:
                opened.ours[path].append(_open(browser, app.url, path, app))
                opened.empty[path].append(_open(browser, empty, path))
    return switched, opened


def _switch(page: Page, path: str) -> float:
    """Click a page's line in the menu; how long until its title is shown and nothing runs."""
    page.bring_to_front()
    expect(page.locator("[data-test-script-state=notRunning]")).to_be_visible()
    link = page.locator(f"[data-testid=stSidebarNavLink]:has-text('{_TITLES[path]}')").first
    return float(page.evaluate(_SWITCH, [link.element_handle(), _TITLES[path]]))


def _open(browser: Browser, address: str, path: str, app: App | None = None) -> float:
    """How long from the address to the whole page in a browser that has seen nothing."""
    context = browser.new_context(viewport=_SIZE)
    if app is not None:
        app.let_in(context)
    page = context.new_page()
    page.goto(f"{address}/{path if path != 'home' else ''}", wait_until="commit")
    took = float(page.evaluate(_OPENED, _TITLES[path]))
    context.close()
    return took


@contextmanager
def _both() -> Iterator[tuple[Browser, App, str]]:
    """A browser, the app and the address of the empty one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder / "workbench.duckdb", ())
        with (
            running(folder) as app,
            streamlit_app(folder, _EMPTY) as empty,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(
                executable_path=chromium.found() or None, args=["--no-sandbox"]
            )
            yield browser, app, empty
            browser.close()


def _report(switched: Took, opened: Took) -> str:
    n_switches, n_openings = (len(took.ours["home"]) for took in (switched, opened))
    rows = [
        [title, *_figures(switched, path), *_figures(opened, path)]
        for path, title in _TITLES.items()
    ]
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        "# Pages beside an empty one\n\n"
        "Written by `python -m benchmarks.page_switches`, in milliseconds in a browser, medians: "
        f"{n_switches} switches by the menu, from the click to the frame in which the page's title "
        f"is shown and its script no longer runs, and {n_openings} openings in a browser that has "
        f"kept nothing, each in turn with an empty app of {len(_TITLES)} pages; “{SAMPLE.lower()}” "
        "has an answer to every call that it plans.\n\n"
        + table(
            ["page", "switch", "empty", "×", "first open", "empty", "×"],
            rows,
        )
        + f"\n{_most('A switch', switched, MOST_SWITCH)}\n"
        f"{_most('A first open', opened, MOST_OPEN)}\n"
        f"{os.cpu_count()} cores; the machine's load over 1, 5 and 15 minutes was {load}.\n"
    )


def _figures(took: Took, path: str) -> list[str]:
    ours, empty = statistics.median(took.ours[path]), statistics.median(took.empty[path])
    return [f"{ours:.0f}", f"{empty:.0f}", f"{took.ratio(path):.2f}"]


def _most(what: str, took: Took, most: float) -> str:
    over: Mapping[str, float] = {
        title: ratio for path, title in _TITLES.items() if (ratio := took.ratio(path)) > most
    }
    said = ", ".join(f"{title} {ratio:.2f}" for title, ratio in over.items())
    worst = max(took.ratio(path) for path in _TITLES)
    return f"{what} at most {most:g} × the empty one's: " + (
        f"no ({said})." if over else f"yes ({worst:.2f} at most)."
    )


def main() -> None:
    """Measure, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    report = _report(*measure(parser.parse_args().rounds))
    Path(__file__).with_suffix(".md").write_text(report, "utf-8")
    print(report)


if __name__ == "__main__":
    main()

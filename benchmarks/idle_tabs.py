"""What open tabs that nobody touches cost the server: twenty of them beside one.

    python -m benchmarks.idle_tabs [--tabs N] [--seconds S] [--rounds N]

Opens tabs of different people on the sample, lets all of them stay for so long (what a page asks
for by itself is asked for), and reads the CPU seconds of the serving process: with no tab, with one
and with many, in turn, so that all meet the same machine. Writes idle_tabs.md beside this file.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks.documented import table
from benchmarks.fake_server import cpu_s
from tests.browser.conftest import running
from tests.faults.visitor import Tab, Visitor
from workbench.say import count

PAGES = {"Overview": "", "Requirements": "requirements"}
MOST = 1.3
"""How many times the CPU of one tab the many may cost."""
_SETTLE_S = 12.0
"""Seconds that tabs stay before any are counted: the slowest look of one that was alone is over."""
_NONE = "none"


class Found(NamedTuple):
    """CPU seconds of the server and looks of the tabs, per minute."""

    cpu_s: float
    looks: float


def measure(tabs: int, seconds: float, rounds: int) -> dict[str, dict[int, list[Found]]]:
    """What each round cost, by page and number of tabs (0: nobody has it open)."""
    found: dict[str, dict[int, list[Found]]] = {_NONE: {0: []}}
    found |= {page: {1: [], tabs: []} for page in PAGES}
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as app:
        assert app.process is not None
        visitor, pid = Visitor(app.address), app.process.pid
        for name, page in PAGES.items():
            with Tab(visitor, page) as tab:  # What is read once for all is no tab's.
                tab.draw()
            print(f"{name} opened")
        for _ in range(rounds):
            found[_NONE][0].append(_stay(visitor, pid, "", 0, seconds))
            for name, page in PAGES.items():
                for many in (1, tabs):
                    found[name][many].append(_stay(visitor, pid, page, many, seconds))
                    print(f"{name}, {many}: {found[name][many][-1]}")
    return found


def _stay(visitor: Visitor, pid: int, page: str, many: int, seconds: float) -> Found:
    with _opened(visitor, page, many) as tabs, ThreadPoolExecutor(many + 1) as pool:

        def all_stay(for_s: float) -> int:
            # Without tabs the time goes by all the same.
            waiting = pool.submit(time.sleep, for_s)
            looked: int = sum(pool.map(lambda tab: tab.stay(for_s), tabs))
            waiting.result()
            return looked

        all_stay(_SETTLE_S)
        before_s = cpu_s(pid)
        looked = all_stay(seconds)
        spent_s = cpu_s(pid) - before_s
        errors = [error for tab in tabs for error in tab.errors]
        assert not errors, errors[:3]
    return Found(spent_s * 60 / seconds, looked * 60 / seconds)


@contextmanager
def _opened(visitor: Visitor, page: str, many: int) -> Iterator[Sequence[Tab]]:
    with ExitStack() as open_tabs:
        yield [open_tabs.enter_context(Tab(visitor.another(), page)) for _ in range(many)]


def _report(found: dict[str, dict[int, list[Found]]], seconds: float) -> str:
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    rows, ratios = [], []
    for page, by_tabs in found.items():
        one = _median(by_tabs[1]) if 1 in by_tabs else None
        for many, each in by_tabs.items():
            middle = _median(each)
            ratio = "" if one is None or many == 1 else f"{middle.cpu_s / one.cpu_s:.2f}"
            ratios += [float(ratio)] if ratio else []
            rows.append([page, many, f"{middle.cpu_s:.2f}", f"{middle.looks:.0f}", ratio])
    verdict = "yes" if max(ratios) <= MOST else "no"
    rounds = len(found[_NONE][0])
    return (
        "# Open tabs that nobody touches\n\n"
        "Written by `python -m benchmarks.idle_tabs`: CPU seconds of the serving process in a "
        f"minute, the median of {count(rounds, 'round')} of {seconds:g} s, no tab, one and many in "
        "turn; a tab asks for what its page asks for by itself. Each tab is another person's.\n\n"
        + table(["page", "tabs", "CPU s a minute", "looks a minute", "÷ one tab"], rows)
        + f"\nAt most {MOST} times what one tab takes: {verdict} "
        f"({max(ratios):.2f}). {os.cpu_count()} cores; the machine's load over 1, 5 and 15 minutes "
        f"was {load}.\n"
    )


def _median(each: Sequence[Found]) -> Found:
    return Found(
        statistics.median(one.cpu_s for one in each), statistics.median(one.looks for one in each)
    )


def main() -> None:
    """Measure, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tabs", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0, help="of each stay")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    report = _report(measure(chosen.tabs, chosen.seconds, chosen.rounds), chosen.seconds)
    Path(__file__).with_suffix(".md").write_text(report, "utf-8")
    print(report)


if __name__ == "__main__":
    main()

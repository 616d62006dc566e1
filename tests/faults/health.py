"""Set off each bomb in a running server, and see whether its health check is answered meanwhile.

    python -m tests.faults.health [--only pattern] [--write]

The bombs of the tests (templates, patterns, schemas, outputs, YAML, tables, replies) go through the
functions that the pages call, within the server's process. Another process asks `/_stcore/health`
all the while, and that of an idle app beside it. Prints a table: the slowest answers of both in
milliseconds, their ratio, and by how much the server's memory peaked; `--write` puts it into
benchmarks/health.md. What adds over 200 ms is set off again, up to three times in all, and
the best counts: others use this machine, too. Ends with 1 where one holds the app up for longer,
takes over 300 MB, or ends in what is no message.
"""

import argparse
import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.faults import bombs, hostile
from tests.faults.visitor import Tab, Visitor
from workbench.config import ROOT
from workbench.server import start as product

MOST_MS = 200.0
MOST_GROWTH_MB = 300.0
TRIES = 3
_PAGE = Path(__file__).with_name("bomb_page.py")
_EVERY_S = 0.002
_CALM_S = 0.3


class Found(NamedTuple):
    """What one bomb did: how it ended, how long it took, the slowest answers, and the memory."""

    name: str
    ending: str
    took_s: float
    worst_ms: float
    idle_ms: float
    """The slowest of an idle app at the same time."""
    growth_mb: float
    tries: int

    @property
    def held_up_ms(self) -> float:
        """What the bomb adds to the slowest answer: a busy machine makes those of both slower."""
        return max(0.0, self.worst_ms - self.idle_ms)

    @property
    def is_held(self) -> bool:
        """Whether the app stood it."""
        is_calm = self.held_up_ms <= MOST_MS and self.growth_mb <= MOST_GROWTH_MB
        return is_calm and bool(self.ending)


class Pulse(threading.Thread):
    """Asks for an app's health again and again, and keeps how long the slowest answer took."""

    def __init__(self, host: str) -> None:
        super().__init__(daemon=True)
        self._link = http.client.HTTPConnection(host, timeout=120)
        self._began, self._ended = threading.Event(), threading.Event()
        self.worst_ms = 0.0

    def run(self) -> None:
        self._ask()  # The first one opens the connection.
        self.worst_ms = 0.0
        self._began.set()
        while not self._ended.is_set():
            self._ask()
            time.sleep(_EVERY_S)
        self._link.close()

    def _ask(self) -> None:
        began = time.perf_counter()
        self._link.request("GET", "/_stcore/health")
        self._link.getresponse().read()
        self.worst_ms = max(self.worst_ms, 1000 * (time.perf_counter() - began))

    def __enter__(self) -> "Pulse":
        self.start()
        self._began.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        # The answer that is under way counts.
        self.join()


class Server(NamedTuple):
    """An app in a process of its own, a visitor of it, and the file that names its next bomb."""

    visitor: Visitor
    pid: int
    next: Path

    def forget_peak(self) -> None:
        """From now on the peak is counted anew (Linux)."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def peak_mb(self) -> float:
        """The most memory it had since then."""
        return self._mb("VmHWM")

    def resident_mb(self) -> float:
        """The memory it has now."""
        return self._mb("VmRSS")

    def _mb(self, field: str) -> float:
        status = Path(f"/proc/{self.pid}/status").read_text()
        found = re.search(rf"{field}:\s*(\d+)", status)
        assert found is not None
        return int(found[1]) / 1024


def measure(names: list[str], tries: int = TRIES, *, is_compared: bool = True) -> Iterator[Found]:
    """Set them off, one after the other, beside an app that idles where how slow the answers get
    is of interest."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as open_:
        addresses = {
            name: open_.enter_context(hostile.serve(pieces)).base_url
            for name, pieces in bombs.REPLIES.items()
            if f"reply: {name}" in names
        }
        bombed = open_.enter_context(_serving(Path(folder, "bombed"), addresses))
        idle = None
        if is_compared:
            idle = open_.enter_context(_serving(Path(folder, "idle"), {}))
        for name in names:
            best: Found | None = None
            for attempt in range(1, tries + 1):
                now = _set_off(bombed, idle, name, attempt)
                if best is None or now.held_up_ms < best.held_up_ms:
                    best = now._replace(tries=attempt)
                if best.is_held:
                    break
            assert best is not None
            yield best._replace(tries=attempt)


def _set_off(bombed: Server, idle: Server | None, name: str, attempt: int) -> Found:
    bombed.next.write_text(name, "utf-8")
    with Tab(bombed.visitor) as tab:
        tab.press("make")
        time.sleep(_CALM_S)
        before = bombed.resident_mb()
        with Pulse(bombed.visitor.host) as pulse, ExitStack() as open_:
            beside = open_.enter_context(Pulse(idle.visitor.host)) if idle else None
            bombed.forget_peak()
            began = time.perf_counter()
            tab.press("set off")
            took_s = time.perf_counter() - began
        growth_mb = bombed.peak_mb() - before
        ending = tab.texts[0] if tab.texts else ""
    idle_ms = beside.worst_ms if beside else 0.0
    return Found(name, ending, took_s, pulse.worst_ms, idle_ms, growth_mb, attempt)


@contextmanager
def _serving(folder: Path, addresses: dict[str, str]) -> Iterator[Server]:
    folder.mkdir()
    (folder / "next").write_text("", "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.health", "--serve"],
        cwd=ROOT,
        env=os.environ
        | {
            "WORKBENCH_DB": str(folder / "app.duckdb"),
            "WORKBENCH_HOME": str(folder / "home"),
            bombs.ADDRESSES: json.dumps(addresses),
            bombs.NEXT: str(folder / "next"),
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield Server(Visitor(process.stdout.readline().split()[4]), process.pid, folder / "next")
    finally:
        process.terminate()
        process.communicate(timeout=60)


def report(found: list[Found]) -> str:
    """The table, slowest first."""
    lines = [
        "# While a bomb goes off",
        "",
        "Written by `python -m tests.faults.health --write`: the slowest answer of the app's "
        "health check while each bomb of the tests goes off in the server's process, that of an "
        "idle app at the same time, their ratio, and the most memory that the server took for it. "
        "What held the app up by over 200 ms was set off again; the best of three counts.",
        "",
        f"{len(found)} bombs on {os.cpu_count()} cores, for which {os.getloadavg()[2]:.0f} "
        "processes waited: "
        f"{sum(not each.is_held for each in found)} did not hold. Slowest answers: "
        f"median {statistics.median(each.worst_ms for each in found):.0f} ms, idle "
        f"{statistics.median(each.idle_ms for each in found):.0f} ms.",
        "",
        "| bomb | slowest, ms | idle, ms | × | took, s | memory, MB | tries | ended |",
        "|---|---:|---:|---:|---:|---:|---:|---|",
    ]
    for each in sorted(found, key=lambda each: -each.held_up_ms):
        ending = re.sub(r"\s+", " ", each.ending).replace("|", "\\|")[:60] or "**an error**"
        name = each.name.replace("|", "\\|")
        lines.append(
            f"| `{name}` | {each.worst_ms:.0f} | {each.idle_ms:.0f} "
            f"| {each.worst_ms / each.idle_ms:.1f} | {each.took_s:.2f} "
            f"| {max(0.0, each.growth_mb):.0f} | {each.tries} | {ending} |"
        )
    return "\n".join([*lines, ""])


def main() -> int:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", action="append", help="bombs whose name begins with this (several times)"
    )
    parser.add_argument("--write", action="store_true", help="into benchmarks/health.md")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        product.run(open_browser=False, script=_PAGE)
        return 0
    if sys.platform != "linux":
        print("What a process takes is read in /proc.", file=sys.stderr)
        return 77
    found, begins = [], tuple(chosen.only or [""])
    for each in measure([name for name in bombs.BOMBS if name.startswith(begins)]):
        print(each, file=sys.stderr, flush=True)
        found.append(each)
    text = report(found)
    print(text)
    if chosen.write:
        (ROOT / "benchmarks" / "health.md").write_text(text, "utf-8")
    return 0 if all(each.is_held for each in found) else 1


if __name__ == "__main__":
    sys.exit(main())

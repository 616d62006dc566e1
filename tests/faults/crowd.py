"""Fifty tabs on every page, and a run beside them: is anything lost, and how slow does it get?

    python -m tests.faults.crowd                            # 50 tabs, 1,000 calls
    python -m tests.faults.crowd --tabs 5 --calls 50 --think 0.2

The app is started as people do. One tab opens each page and draws it again: that is idle. A run of
so many calls to a server of this machine goes on alone, then an equal one while the tabs come in,
stay `think` seconds on a page (what draws itself again by itself does), and go to the next one,
until the run has ended. Prints the seconds of a page, cold and again, idle and in the crowd, what
the run takes beside and without them, and the server's memory. Ends with 1 where a page shows an
error, a call is missing or was asked twice, or the run is slower by more than is allowed.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks import fake_server
from benchmarks.engine_run import scene
from tests.faults.soak import PAGES, held
from tests.faults.visitor import Tab, Visitor, free_port
from workbench.config import ROOT
from workbench.store.store import open_store

MOST_SLOWER = 0.3
MOST_MB = 600.0
_ALONE, _CROWDED = "Alone", "Crowded"
_CONCURRENCY = 8
_LATENCY_S = 0.3
"""Of an answer: models take their time, so the machine is not what bounds a run alone."""


@dataclass
class Found:
    """Seconds of pages (`cold`: a new tab; `again`: one that is open), of the two runs, and MB."""

    tabs: int
    calls: int
    idle_cold_s: list[float] = field(default_factory=list)
    idle_again_s: list[float] = field(default_factory=list)
    cold_s: list[float] = field(default_factory=list)
    again_s: list[float] = field(default_factory=list)
    looked: int = 0
    """How often parts of pages drew themselves again."""
    alone_s: float = 0.0
    crowded_s: float = 0.0
    memory_mb: float = 0.0
    crowded_cores: float = 0.0
    """How much of the machine's cores the server had in the crowd: how busy others keep them."""
    outputs: int = 0
    asked: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def slower(self) -> float:
        """By which share of its pace the run fell."""
        return 1 - self.alone_s / self.crowded_s

    def complaints(self) -> list[str]:
        """What does not hold, in words."""
        planned = 2 * self.calls
        checks = {
            f"{len(self.errors)} errors on pages: {self.errors[:3]}": bool(self.errors),
            f"{self.outputs} of {planned} calls have an output": self.outputs != planned,
            f"{self.asked} requests for {planned} calls": self.asked != planned,
            f"the run's pace fell by {self.slower:.0%}": self.slower > MOST_SLOWER,
            f"the server has {self.memory_mb:.0f} MB": self.memory_mb > MOST_MB,
        }
        return [said for said, is_wrong in checks.items() if is_wrong]

    def summary(self) -> str:
        """The figures, in sentences."""
        said = [
            f"{self.tabs} tabs: {len(self.cold_s)} opened, {len(self.again_s)} pages drawn again, "
            f"{self.looked} parts by themselves; {len(self.errors)} errors."
        ]
        for name, idle, busy in (
            ("cold", self.idle_cold_s, self.cold_s),
            ("again", self.idle_again_s, self.again_s),
        ):
            median = statistics.median(busy) / statistics.median(idle)
            said.append(
                f"A page {name}: median {statistics.median(busy):.2f} s ({median:.1f} × idle), "
                f"p95 {_p95(busy):.2f} s ({_p95(busy) / _p95(idle):.1f} × idle)."
            )
        said.append(
            f"The run of {self.calls:,} calls: {self.crowded_s:.1f} s beside them, "
            f"{self.alone_s:.1f} s alone: its pace falls by {self.slower:.0%}. "
            f"{self.outputs} of {2 * self.calls} outputs, {self.asked} requests. "
            f"At most {self.memory_mb:.0f} MB, {self.crowded_cores:.2f} cores."
        )
        return "\n".join(said)


def crowd(tabs: int, calls: int, think_s: float, idle_rounds: int = 2) -> Found:
    """Measure it; each page while nothing else goes on so many times."""
    found = Found(tabs, calls)
    with tempfile.TemporaryDirectory() as name:
        folder, ledger = Path(name), Path(name, "asked.tsv")
        ledger.touch()
        database = folder / "app.duckdb"
        with fake_server.running(_LATENCY_S, ledger=ledger) as server:
            _fill(database, folder, server.base_url, calls)
            with _serving(database, folder) as (visitor, pid):
                _look_round(visitor, found, idle_rounds)
                found.alone_s = _run(visitor, ledger, _ALONE, calls)
                is_over = threading.Event()
                with ThreadPoolExecutor(tabs + 1) as pool:
                    people = [
                        pool.submit(_visit, visitor, n, think_s, is_over, found)
                        for n in range(tabs)
                    ]
                    watching = pool.submit(_watch, pid, is_over)
                    before_s = fake_server.cpu_s(pid)
                    try:
                        found.crowded_s = _run(visitor, ledger, _CROWDED, calls)
                    finally:
                        spent_s = fake_server.cpu_s(pid) - before_s
                        is_over.set()
                    for person in people:
                        try:
                            person.result()
                        except TimeoutError:
                            found.errors.append("a page that was not answered in three minutes")
                    found.memory_mb = watching.result()
                    found.crowded_cores = spent_s / found.crowded_s
            found.asked = _asked(ledger)
            found.outputs = _outputs(database, folder)
    return found


def _fill(database: Path, folder: Path, base_url: str, calls: int) -> None:
    store = open_store(str(database), folder)
    for name in (_ALONE, _CROWDED):
        scene(store, base_url, calls, 1, _CONCURRENCY, name)
    store.close()


def _outputs(database: Path, folder: Path) -> int:
    store = open_store(str(database), folder)
    try:
        return sum(
            store.reports.progress.of(experiment.id).outputs
            for feature in store.features.all()
            if feature.id is not None
            for experiment in store.experiments.of(feature.id)
        )
    finally:
        store.close()


def _asked(ledger: Path) -> int:
    return ledger.read_bytes().count(b"\n")


def _look_round(visitor: Visitor, found: Found, idle_rounds: int) -> None:
    """Each page in a tab of its own, and first once more: what is read once for all is no tab's."""
    for rounds in range(1 + idle_rounds):
        for page in PAGES:
            cold_s, again_s = _opened(visitor, page, found)
            if rounds:
                found.idle_cold_s.append(cold_s)
                found.idle_again_s.append(again_s)


def _opened(visitor: Visitor, page: str, found: Found) -> tuple[float, float]:
    began = time.perf_counter()
    with Tab(visitor, page, query=f"feature={_CROWDED}") as tab:
        cold_s = time.perf_counter() - began
        began = time.perf_counter()
        tab.draw()
        again_s = time.perf_counter() - began
        found.errors += tab.errors
    return cold_s, again_s


def _run(visitor: Visitor, ledger: Path, feature: str, calls: int) -> float:
    """Start the feature's run from a tab that is closed then; seconds until all was asked. Returns
    when the last answers are there, too."""
    before, began = _asked(ledger), time.perf_counter()
    with Tab(visitor, "experiments", query=f"feature={feature}") as tab:
        began = time.perf_counter()
        tab.press("Start")
    while _asked(ledger) < before + calls:
        time.sleep(0.05)
    took_s = time.perf_counter() - began
    with Tab(visitor, "experiments", query=f"feature={feature}") as tab:
        while tab.looks_again:
            tab.stay(0.2)
            tab.draw()
    return took_s


def _visit(
    visitor: Visitor, number: int, think_s: float, is_over: threading.Event, found: Found
) -> None:
    """One person: opens a tab, and goes from page to page until the run has ended."""
    # Not all at the same moment: a few seconds apart, as in a meeting that begins.
    is_over.wait(think_s * (number % 10) / 10)
    began = time.perf_counter()
    page = PAGES[number % len(PAGES)]
    with Tab(visitor.another(), page, query=f"feature={_CROWDED}") as tab:
        found.cold_s.append(time.perf_counter() - began)
        step = number
        while True:
            found.looked += tab.stay(think_s)
            if is_over.is_set():
                break
            step += 1
            began = time.perf_counter()
            tab.go(PAGES[step % len(PAGES)])
            found.again_s.append(time.perf_counter() - began)
        found.errors += tab.errors


def _watch(pid: int, is_over: threading.Event) -> float:
    most_mb = 0.0
    while not is_over.wait(0.5):
        most_mb = max(most_mb, held(pid).memory_mb)
    return most_mb


@contextmanager
def _serving(database: Path, folder: Path) -> Iterator[tuple[Visitor, int]]:
    process = subprocess.Popen(
        [*(sys.executable, "-m", "workbench", "serve", "--no-browser"), f"--port={free_port()}"],
        cwd=ROOT,
        env=os.environ | {"WORKBENCH_DB": str(database), "WORKBENCH_HOME": str(folder / "home")},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield Visitor(process.stdout.readline().split()[4]), process.pid
    finally:
        process.terminate()
        process.communicate(timeout=60)


def _p95(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))]


def main() -> int:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tabs", type=int, default=50)
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--think", type=float, default=10.0, help="seconds on a page")
    parser.add_argument("--json", action="store_true", help="everything that was measured")
    chosen = parser.parse_args()
    if not Path("/proc/self/fd").is_dir():
        print("This system does not show what a process holds.", file=sys.stderr)
        return 77
    found = crowd(chosen.tabs, chosen.calls, chosen.think)
    print(json.dumps(asdict(found)) if chosen.json else found.summary())
    for complaint in found.complaints():
        print(complaint, file=sys.stderr)
    return 1 if found.complaints() else 0


if __name__ == "__main__":
    sys.exit(main())

"""What the engine costs beside the calls themselves: `python -m benchmarks.engine [--quick]`."""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import fake_server
from benchmarks.app_alive import Opened
from benchmarks.engine_run import Measured

ROOT = Path(__file__).parent.parent
CONCURRENCY = 64
_LATENCY_S = 0.05
_BARE = {
    "floor": "the floor: `aiohttp` and uvloop alone, the same rows to DuckDB in batches",
    "default": "`openai.AsyncOpenAI`, default transport, typed replies",
    "aiohttp": "`openai.AsyncOpenAI`, `DefaultAioHttpClient`, typed replies",
    "raw": "`openai.AsyncOpenAI`, `DefaultAioHttpClient`, raw replies and `json.loads`",
}


@dataclass(frozen=True)
class Size:
    """How much is measured: calls of a cheapness run, of the long run, and repetitions."""

    calls: int
    long_cases: int
    close_cases: int
    app_runs: int
    repeats: int


FULL = Size(10_000, 20_000, 1_000, 3, 3)
QUICK = Size(2_000, 2_000, 200, 1, 1)


def run(
    kind: str,
    base_url: str,
    cases: int,
    trials: int = 1,
    *,
    core: int | None = None,
    more: str = "",
) -> Measured:
    """Run `benchmarks.engine_run` in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.engine_run", kind, "--base-url", base_url]
    command += ["--cases", str(cases), "--trials", str(trials)]
    command += ["--concurrency", str(CONCURRENCY)]
    if core is not None:
        command += ["--core", str(core)]
    if more:
        command.append(more)
    said = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    found = Measured(**json.loads(said))
    print(f"  {kind}: {found.cpu_s / found.calls * 1000:.2f} ms a call, {found.wall_s:.1f} s")
    return found


def cheapness(size: Size, base_url: str) -> dict[str, list[Measured]]:
    """The engine and the bare loops, in turn, so that a busy machine slows all of them."""
    found: dict[str, list[Measured]] = {kind: [] for kind in ("engine", *_BARE)}
    for _ in range(size.repeats):
        for kind, measured in found.items():
            measured.append(run(kind, base_url, size.calls, core=0))
    return found


def ms_per_call(measured: Sequence[Measured]) -> float:
    """Milliseconds of CPU per call, the median."""
    return median(m.cpu_s / m.calls for m in measured) * 1000


def at(marks: Sequence[Sequence[float]], calls: float) -> float:
    """CPU seconds when so many calls were sent, by the straight line between two looks."""
    before = (0.0, 0.0)
    for sent, cpu, _ in marks:
        if sent >= calls:
            share = (calls - before[0]) / max(1e-9, sent - before[0])
            return before[1] + share * (cpu - before[1])
        before = (sent, cpu)
    return before[1]


def constancy(long: Measured) -> tuple[float, float, float, float]:
    """Milliseconds per call of the first and the last tenth; seconds before and after the calls.

    Those of the last tenth are what they were if the machine were as fast as in the first.
    """
    tenth, before = long.calls / 10, long.marks[0]
    # What is still in flight when the last is sent, and the last look at all of them, come after.
    end = at(long.marks, long.calls)
    first = (at(long.marks, tenth) - before[1]) / (tenth - before[0]) * 1000
    last = (end - at(long.marks, long.calls - tenth)) / tenth * 1000
    slower = _speed(long, long.calls - tenth, long.calls) / _speed(long, 0, tenth)
    return first, last / slower, before[1], long.cpu_s - end


def _speed(long: Measured, low: float, high: float) -> float:
    return median(speed for sent, _, speed in long.marks if low <= sent <= high)


def alive(size: Size) -> Opened:
    """Pages opened in the app, idle and busy."""
    command = [sys.executable, "-m", "benchmarks.app_alive"]
    command += ["--calls", str(size.calls), "--runs", str(size.app_runs)]
    said = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    # What the app itself said comes before.
    return Opened(**json.loads(said.splitlines()[-1]))


def table(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    rows = [header, ["---"] * len(header), *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def holds(value: float, most: float) -> str:
    """Whether a figure is within its target."""
    return "yes" if value <= most else "**no**"


def report(size: Size) -> str:
    """Measure everything; the Markdown page."""
    with fake_server.running(core=1) as server:
        capacity = fake_server.capacity(server)
        print("CPU per call, one core")
        cheap = cheapness(size, server.base_url)
        print("where it goes")
        shares = run("engine", server.base_url, size.calls, core=0, more="--shares")
        print("many calls")
        long = run("engine", server.base_url, size.long_cases, 5, core=0)
    print("close to the limit")
    with fake_server.running(_LATENCY_S) as server:
        calls = size.close_cases * 5
        ideal = calls * _LATENCY_S / CONCURRENCY
        sockets = calls / fake_server.capacity(server, calls, CONCURRENCY) / ideal
        close = [
            run("engine", server.base_url, size.close_cases, 5).wall_s / ideal
            for _ in range(size.repeats)
        ]
        bare, floor = (
            run(kind, server.base_url, size.close_cases, 5).wall_s / ideal
            for kind in ("raw", "floor")
        )
    print("the app")
    pages = alive(size)
    return "\n".join(
        [
            INTRO.format(
                cores=os.cpu_count(),
                machine=f"{platform.system()} {platform.machine()}, Python "
                f"{platform.python_version()}",
                calls=size.calls,
                capacity=capacity,
                times=capacity / (1000 / ms_per_call(cheap["engine"])),
            ),
            _summary(size, cheap, long, close, (sockets, floor, bare), pages),
            "## CPU per call beside a bare loop\n",
            _beside(cheap),
            _long(long),
            SHARES,
            _shares(shares, ms_per_call(cheap["engine"])),
            "## Opening a page\n",
            _pages(pages),
        ]
    )


def _summary(
    size: Size,
    cheap: dict[str, list[Measured]],
    long: Measured,
    close: list[float],
    others: tuple[float, float, float],
    pages: Opened,
) -> str:
    own, (sockets, floor, bare) = ms_per_call(cheap["engine"]), others
    first, last, _, _ = constancy(long)
    slow = max(median(pages.busy[path]) / median(pages.idle[path]) for path in pages.busy)
    near = median(close)
    lines = [
        (
            f"{size.close_cases:,} cases × 5 trials at 50 ms, concurrency 64: wall time ÷ "
            "(calls × latency ÷ concurrency)",
            f"{near:.2f} (bare sockets {sockets:.2f}, floor {floor:.2f}, bare client {bare:.2f})",
            "≤ 1.6",
            holds(near, 1.6),
        ),
        (
            f"CPU per call, {size.calls:,} calls at 0 ms, one core",
            f"{own:.2f} ms",
            "",
            "",
        ),
        (
            "the same ÷ the floor: `aiohttp` and uvloop alone, the same rows to DuckDB in batches",
            f"{own / ms_per_call(cheap['floor']):.2f}",
            "≤ 3",
            holds(own / ms_per_call(cheap["floor"]), 3),
        ),
        (
            "the same ÷ a bare loop of raw replies, which keeps nothing",
            f"{own / ms_per_call(cheap['raw']):.2f}",
            "≤ 2.0",
            holds(own / ms_per_call(cheap["raw"]), 2.0),
        ),
        (
            "the same ÷ a bare loop of typed replies, by the client's faster transport",
            f"{own / ms_per_call(cheap['aiohttp']):.2f}",
            "",
            "",
        ),
        (
            f"CPU per call, last tenth ÷ first tenth of {long.calls:,}",
            f"{last / first:.2f}",
            "≤ 1.1",
            holds(last / first, 1.1),
        ),
        (
            f"most memory in a run of {long.calls:,} calls",
            f"{long.peak_mib:.0f} MiB",
            "< 400 MiB",
            holds(long.peak_mib, 400),
        ),
        ("opening a page while a run goes ÷ idle (the slowest page)", f"{slow:.2f}", "≤ 2",
         holds(slow, 2)),
    ]  # fmt: skip
    return table(("what", "figure", "target", "holds"), lines)


def _beside(cheap: dict[str, list[Measured]]) -> str:
    own = ms_per_call(cheap["engine"])
    lines = []
    for kind, measured in cheap.items():
        cost = ms_per_call(measured)
        each = ", ".join(f"{m.cpu_s / m.calls * 1000:.2f}" for m in measured)
        start = median(m.cpu_all_s - m.cpu_s for m in measured)
        name = _BARE.get(kind, "the engine: client, checks, storage, progress")
        lines.append((name, f"{cost:.2f}", each, f"{own / cost:.2f}", f"{start:.1f} s"))
    return table(("", "ms per call", "each time", "engine ÷ this", "start-up, imports"), lines)


def _long(long: Measured) -> str:
    first, last, before, after = constancy(long)
    return (
        f"\nOf {long.calls:,} calls the first tenth cost {first:.2f} ms each and the last "
        f"{last:.2f} ms, both at the speed that the machine had during the first (a fixed loop is "
        f"timed beside them). Planning them took {before:.1f} s of CPU before the first was sent, "
        f"and what follows the last one {after:.1f} s.\n"
    )


def _shares(shares: Measured, cost: float) -> str:
    total = sum(shares.by_part.values())
    parts = sorted(shares.by_part.items(), key=lambda part: -part[1])
    lines = [(name, f"{s / total:.0%}", f"{s / total * cost:.3f}") for name, s in parts]
    # What starts in our own rooms and takes at least a hundredth, with all that it calls.
    own = [
        (f"`{name}`", f"{s / total:.0%}", f"{s / total * cost:.3f}")
        for name, s in shares.by_function.items()
        if name.startswith("workbench/") and s / total >= 0.02
    ]
    threads = ", ".join(
        f"{name} {s / total:.0%}"
        for name, s in sorted(shares.by_thread.items(), key=lambda thread: -thread[1])
    )
    return "\n".join(
        [
            table(("part", "share", "ms per call"), lines),
            f"By thread: {threads}.\n",
            "Functions, with all that they call:\n",
            table(("function", "share", "ms per call"), own),
        ]
    )


def _pages(pages: Opened) -> str:
    lines = []
    for path, busy in pages.busy.items():
        idle = pages.idle[path]
        lines.append(
            (
                path,
                f"{median(idle):.2f} s of {len(idle)}",
                f"{median(busy):.2f} s of {len(busy)}",
                f"{median(busy) / median(idle):.2f}",
            )
        )
    speed = median(pages.calls_per_s) if pages.calls_per_s else 0.0
    return (
        table(("page", "idle", "while a run goes", "ratio"), lines)
        + f"\nThe run made {speed:.0f} calls per second while pages were opened in turn.\n"
    )


INTRO = """# What the engine costs

Written by `python -m benchmarks.engine` on {cores} cores ({machine}). Everything is measured in
this one run: compare the ratios, the milliseconds are this machine's. The fake server runs in a
process (and, for the CPU figures, on a core) of its own and answers {capacity:,.0f} requests per
second when bare sockets ask it, {times:.0f} times what the engine asks for: it holds nobody up.

CPU is user and system time of the whole process, children included, from the start of a run to
its end: planning, prompts, calls, two checks on texts, storage, progress every two seconds as the
command line asks for it, and the last look at what is unscored. Imports are counted apart. The
garbage collector waits for as many new objects as in the product, for the bare loops too.
Medians of repeated runs, taken in turn.
"""

SHARES = """## Where it goes

How: every 2 ms a thread looks at all the others, reads how far each one's own CPU clock went, and
puts that down to the innermost room of the stack that it sees. The interpreter lock is asked for
every 0.2 ms meanwhile, so that threads are seen wherever they are and not only where they let go
of it. Shares of such a run, times the milliseconds of the runs without.
"""


def main() -> None:
    """Measure everything and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a fifth of the calls, once")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".md"))
    chosen = parser.parse_args()
    started = time.perf_counter()
    page = report(QUICK if chosen.quick else FULL)
    chosen.out.write_text(page, encoding="utf-8")
    print(f"{chosen.out.name} written in {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()

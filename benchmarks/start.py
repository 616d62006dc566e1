"""How long `workbench run` takes to its first call, and to its end after the last answer.

    python -m benchmarks.start [--times N]

A feature file of 40 cases is run into a new database, against a server that answers at once and one
that takes a fifth of a second, in turn with a process that imports a client library and DuckDB and
does nothing. Writes start.md.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.documented import table
from benchmarks.engine_run import scene
from benchmarks.fake_server import ROOT, running
from workbench.exchange.feature import writer
from workbench.store.store import open_store

_CASES = 40
_MOST_FIRST, _MOST_END_S = 1.3, 0.3
_BESIDE = "import openai, duckdb"
_LOOK_S = 0.002
_LATENCY_S = 0.2
_PAGE = """# What a command waits for

Written by `python -m benchmarks.start` on {cores} cores ({system}, Python {python}). Medians of
{times} runs of each, taken in turn, each of {cases} calls into a new database.

{table}
First call: from the start of `python -m workbench run` until the server has a request. The import
is of what a script needs that asks a model and keeps what it says. End: from the last answer until
the process has ended with its verdicts. What judges is loaded while answers are on their way, so
that a server which answers at once leaves no time for it.

Seconds of each: import {imports}; first call {firsts}; end, at once {ends}; end, after
{latency_s} s each {later_ends}.
"""


@dataclass(frozen=True)
class Run:
    """Seconds of one command: to its first request, and from the last answer to its end."""

    first_s: float
    end_s: float


def _ready(folder: Path, base_url: str) -> Path:
    """A feature file that can be run as it is."""
    store = open_store(str(folder / "made.duckdb"), folder)
    experiment = scene(store, base_url, _CASES, 1, concurrency=16)
    file = folder / "replies.yaml"
    file.write_text(writer.export(store, experiment.feature_id), "utf-8")
    store.close()
    return file


def _environment() -> dict[str, str]:
    """This one's, but compiled modules are kept, as they are for people."""
    kept = dict(os.environ)
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept


def _imports() -> float:
    started = time.time()
    subprocess.run([sys.executable, "-c", _BESIDE], check=True, env=_environment())
    return time.time() - started


def _run(file: Path, base_url: str, ledger: Path, latency_s: float) -> Run:
    """Run the file into a new database; the ledger gets a line with each request."""
    before = ledger.stat().st_size
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "workbench", "run", str(file), "--quiet"]
        command += ["--db", f"{home}/workbench.duckdb", "--base-url", base_url, "--model", "fake-1"]
        started = time.time()
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=_environment() | {"WORKBENCH_HOME": home},
            stdout=subprocess.DEVNULL,
        )
        while process.poll() is None and ledger.stat().st_size == before:
            time.sleep(_LOOK_S)
        first = time.time()
        process.wait()
        ended = time.time()
    lines = ledger.read_text("utf-8")[before:].count("\n")
    if lines != _CASES:
        raise RuntimeError(f"{lines} requests instead of {_CASES}; the command ended early.")
    return Run(first - started, ended - ledger.stat().st_mtime - latency_s)


def _listed(seconds: list[float]) -> str:
    return ", ".join(f"{each:.2f}" for each in seconds)


def report(times: int) -> str:
    """The page. One round before the first that counts lets files into memory."""
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept)
        ledgers = folder / "at_once", folder / "later"
        for ledger in ledgers:
            ledger.touch()
        with (
            running(ledger=ledgers[0]) as at_once,
            running(_LATENCY_S, ledger=ledgers[1]) as later,
        ):
            file = _ready(folder, at_once.base_url)
            rounds = [
                (
                    _imports(),
                    _run(file, at_once.base_url, ledgers[0], 0.0),
                    _run(file, later.base_url, ledgers[1], _LATENCY_S),
                )
                for _ in range(times + 1)
            ][1:]
    imports = [imported for imported, _, _ in rounds]
    firsts = [run.first_s for _, run, _ in rounds]
    ends = [run.end_s for _, run, _ in rounds]
    later_ends = [run.end_s for _, _, run in rounds]
    beside, first = statistics.median(imports), statistics.median(firsts)
    rows = [
        (f'`python -c "{_BESIDE}"`', f"{beside:.2f} s", "", ""),
        ("the first call", f"{first:.2f} s", f"≤ {_MOST_FIRST} × that", f"{first / beside:.2f} ×"),
        *(
            (f"the end, {said}", f"{statistics.median(them):.2f} s", f"≤ {_MOST_END_S} s", "")
            for said, them in (
                (f"answers after {_LATENCY_S} s", later_ends),
                ("answers at once", ends),
            )
        ),
    ]
    return _PAGE.format(
        cores=os.cpu_count(),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        times=times,
        cases=_CASES,
        table=table(("what", "median", "wanted", "is"), rows),
        imports=_listed(imports),
        firsts=_listed(firsts),
        ends=_listed(ends),
        latency_s=_LATENCY_S,
        later_ends=_listed(later_ends),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=9)
    page = report(parser.parse_args().times)
    Path(__file__).with_suffix(".md").write_text(page, "utf-8")
    print(page)

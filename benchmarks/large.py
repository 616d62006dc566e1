"""How long the pages and the verdicts take with a million scores, and how much they send.

    python -m benchmarks.large [--store FILE]

Makes a store of two features (or takes one that `benchmarks.large_store` made) and writes large.md
beside this file. Everything is read cold: nothing that was remembered from an earlier look.
"""

import argparse
import logging
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from streamlit.testing.v1 import AppTest

from benchmarks.large_store import FIFTH, MILLION, SAMPLE, SHAPES
from workbench.config import ROOT
from workbench.domain.criteria import Criterion, ScorerKind
from workbench.domain.experiments import Experiment
from workbench.evidence import guards, verdicts
from workbench.evidence.guards import Guard
from workbench.store.store import Store
from workbench.ui.parts.resources import close_all, services

_REPEATS = 3
_NAMES = (SAMPLE, *(shape.name for shape in SHAPES))
_RESULTS, _STAND = "Experiments, results", "… until the results stand, guards to come"
_PAGES: dict[str, tuple[str, dict[str, str]]] = {
    _RESULTS: ("experiment/experiments", {"experiments_view": "Results"}),
    "Experiments, outputs": ("experiment/experiments", {"experiments_view": "Outputs"}),
    "Score": ("score/rating", {"person": "Ada"}),
    "Failures": ("score/failures", {}),
    "Decide": ("decide/verdicts", {}),
    "Overview": ("define/overview", {}),
    "Data": ("define/data", {}),
}


class Took(NamedTuple):
    """The median of a few repetitions: seconds on the clock and of both cores together."""

    wall: float
    cpu: float


def timed(read: Callable[[], object], before: Callable[[], object] = lambda: None) -> Took:
    """How long `read` takes; `before` each time is not counted."""
    taken = []
    for _ in range(_REPEATS):
        before()
        wall, cpu = time.perf_counter(), time.process_time()
        read()
        taken.append((time.perf_counter() - wall, time.process_time() - cpu))
    walls, cpus = zip(*taken, strict=True)
    return Took(statistics.median(walls), statistics.median(cpus))


def queries(store: Store, name: str) -> dict[str, Took]:
    """What the pages read, one by one, of the first experiment of a feature."""
    feature = store.features.named(name)
    assert feature is not None
    assert feature.id is not None
    feature_id = feature.id
    experiment = store.experiments.of(feature_id)[0]
    criteria = store.criteria.of(feature_id)
    check = next(c for c in criteria if c.draft.scorer.kind is ScorerKind.CONTAINS)
    rating = next(c for c in criteria if c.draft.scorer.kind is ScorerKind.RATING)
    return {
        "All verdicts of the feature": timed(lambda: verdicts.of_feature(store, feature_id)),
        **_outputs(store, experiment, check),
        "What was answered, failed and paid": timed(
            lambda: store.reports.progress.of(experiment.id)
        ),
        "How far each experiment is": timed(lambda: store.reports.progress.of_all(feature_id)),
        "What the loop bar counts": timed(lambda: store.reports.progress.loop(feature_id)),
        "A rater's place in the cases": timed(
            lambda: store.reports.rating.queue(
                experiment.id, rating.id, rating.draft.scorer.fingerprint(), "Somebody", ()
            )
        ),
    }


def _outputs(store: Store, experiment: Experiment, check: Criterion) -> dict[str, Took]:
    def page(**filters: Any) -> Took:
        return timed(lambda: store.reports.outputs.page(experiment.id, limit=25, **filters))

    scored = {"criterion_id": check.id, "scorer": check.draft.scorer.fingerprint()}
    return {
        "Outputs, first page": page(),
        "Outputs, page 1,000": page(offset=25_000),
        "Outputs that failed a criterion": page(**scored, outcome="fail"),
        "Outputs of a slice with some words": page(tag="refund", search="3F7a"),
    }


def opened(app: AppTest, page: str, state: dict[str, str]) -> tuple[Took, int]:
    """A page drawn with nothing remembered, and how many bytes it sends to the browser."""
    app.switch_page(f"pages/{page}.py")
    for key, value in state.items():
        app.session_state[key] = value
    took = timed(app.run, before=services().memo.clear)
    if app.exception:
        raise RuntimeError(app.exception[0].message)
    return took, _sent(app._tree)


def until_results_stand(app: AppTest) -> Took:
    """How long the results of an experiment take, without what is looked for after them: what may
    flatter them is filled in when they are there."""
    look, stood = guards.of_experiment, list[Took]()
    for _ in range(_REPEATS):
        services().memo.clear()
        wall, cpu = time.perf_counter(), time.process_time()

        def noted(*given: Any, wall: float = wall, cpu: float = cpu) -> list[Guard]:
            stood.append(Took(time.perf_counter() - wall, time.process_time() - cpu))
            return look(*given)

        with mock.patch.object(guards, "of_experiment", noted):
            app.run()
    return Took(*(statistics.median(taken) for taken in zip(*stood, strict=True)))


def _sent(block: Any) -> int:
    proto = getattr(block, "proto", None)
    own = 0 if proto is None else getattr(proto, "ByteSize", int)()
    return int(own) + sum(_sent(child) for child in getattr(block, "children", {}).values())


def measure(path: Path) -> list[str]:
    """Everything, as the lines of the report."""
    os.environ["WORKBENCH_DB"], os.environ["WORKBENCH_HOME"] = str(path), str(path.parent / "home")
    # AppTest warns on every run that it is bare.
    logging.disable(logging.WARNING)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=300).run()
    store = services().store
    bare = timed(
        lambda: store.database.rows(
            "select criterion_id, outcome, count(*), max(created_at) from scores group by all"
        )
    )
    lines = [
        *_head(bare),
        *_table("Read from the store", bare, {name: queries(store, name) for name in _NAMES}, {}),
    ]
    pages: dict[str, dict[str, Took]] = {}
    sent: dict[str, int] = {}
    for feature in _NAMES:
        app.session_state["feature"] = feature
        pages[feature] = {}
        for name, (page, state) in _PAGES.items():
            pages[feature][name], sent[name] = opened(app, page, state)
            if name == _RESULTS:
                pages[feature][_STAND] = until_results_stand(app)
    lines += _table("Page, drawn by the server", bare, pages, sent)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    close_all()
    size = path.stat().st_size / 2**20
    return [
        *lines,
        f"Peak memory of the process that did all of this: {peak:,.0f} MiB; the file has "
        f"{size:,.0f} MiB.",
        "",
    ]


def _head(bare: Took) -> list[str]:
    return [
        "# A million scores",
        "",
        "Written by `python -m benchmarks.large`. One file with these features:",
        "",
        f"- {SAMPLE}, all that it plans answered",
        *(f"- {shape.name}: {shape.describe()}" for shape in SHAPES),
        "",
        f"Medians of {_REPEATS}, in seconds, on {os.cpu_count()} cores (CPU: of all cores "
        "together, which says more where the machine was busy). Nothing is remembered between two "
        f"looks. “×” is the CPU time as a multiple of a bare aggregate of all scores in the same "
        f"run ({bare.wall:.3f} s, CPU {bare.cpu:.3f} s), “× sample” that of {FIFTH.n_trials:,} "
        "outputs as a multiple of the sample's.",
        "",
    ]


def _table(
    title: str, bare: Took, found: dict[str, dict[str, Took]], sent: dict[str, int]
) -> list[str]:
    large = found[MILLION.name]
    named = " | ".join(f"{name} | CPU" for name in _NAMES)
    extra, rule = (" kB sent |", "---:|") if sent else ("", "")
    lines = [
        f"| {title} | {named} | × sample | × |{extra}",
        f"|---|{'---:|---:|' * len(_NAMES)}---:|---:|{rule}",
    ]
    for name, took in large.items():
        tail = f" {sent[name] / 1000:.0f} |" if name in sent else " |" if sent else ""
        each = [found[feature][name] for feature in _NAMES]
        figures = " | ".join(f"{one.wall:.2f} | {one.cpu:.2f}" for one in each)
        times = found[FIFTH.name][name].cpu / found[SAMPLE][name].cpu
        lines.append(f"| {name} | {figures} | {times:.1f} | {took.cpu / bare.cpu:.0f} |{tail}")
    return [*lines, ""]


def main() -> None:
    """Make the store where none was given, measure, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, help="a file that benchmarks.large_store made")
    given = parser.parse_args().store
    with tempfile.TemporaryDirectory() as folder:
        path = given or Path(folder) / "large.duckdb"
        if given is None:
            # In a process of its own: what it takes is not what reading takes.
            command = [sys.executable, "-m", "benchmarks.large_store", str(path)]
            subprocess.run(command, check=True)
        report = "\n".join(measure(path))
    (Path(__file__).parent / "large.md").write_text(report, "utf-8")
    print(report)


if __name__ == "__main__":
    main()

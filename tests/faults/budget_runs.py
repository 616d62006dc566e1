"""Spend a budget over lives, sessions and faults, and hold what was paid against it.

    python -m tests.faults.budget_runs --times 20

Two runs of one feature go on at once, 16 calls in flight, against a server that bills one dollar an
answer, loses every tenth reply after billing it, and refuses one request in five. The workbench
lives three times; each life but the last is ended by a stop, that waits for the calls in flight or
cancels them. Then, in every run:

- what was paid for, lost replies included, is at most the feature's budget: 0 overshoot;
- so is what the workbench says was spent;
- a stop ends both runs within 2 seconds, and at most 16 requests go out after it.

Prints one line a run. Exits with 1, naming what does not hold, if anything does not.
"""

import argparse
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.faults import endpoint as faults
from tests.runs import scenes
from workbench.domain.experiments import Experiment
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs.jobs import Jobs
from workbench.store.store import Store, open_store

CONCURRENCY = 16
MOST_STOP_S = 2.0
_LIVES = 3
_ROUNDING = 1e-6
_PATIENCE_S = 60.0


@dataclass
class Spent:
    """What came of one budget. `paid` is what the server billed, `counted` what we say, in USD."""

    budget: int
    paid: int = 0
    counted: float = 0.0
    sent: int = 0
    slowest_stop_s: float = 0.0
    most_after_stop: int = 0

    def complaints(self, most_stop_s: float = MOST_STOP_S) -> list[str]:
        """What does not hold."""
        found = []
        if self.paid > self.budget:
            found.append(f"{self.paid} USD were paid of {self.budget}")
        if self.counted > self.budget + _ROUNDING:
            found.append(f"{self.counted:.2f} USD are counted of {self.budget}")
        if self.slowest_stop_s > most_stop_s:
            found.append(f"a stop took {self.slowest_stop_s:.1f} s")
        if self.most_after_stop > CONCURRENCY:
            found.append(f"{self.most_after_stop} requests went out after a stop")
        return found


def spend(folder: Path, seed: int, budget: int) -> Spent:
    """Spend a budget of so many USD on twice as many calls."""
    draw, found = random.Random(seed), Spent(budget)
    mix = {"ok": 0.7, "rate_limit_at_once": 0.1, "reset": 0.1, "server_error": 0.1}
    script = faults.Mix(mix, seed=seed)
    with faults.serve(script, text=scenes.long_answer(), latency_s=0.01) as server:
        planned: list[Experiment] = []
        for life in range(_LIVES):
            store = open_store(str(folder / "app.duckdb"), folder)
            store.take_over()
            if not planned:
                first = scenes.priced(store, server.base_url, budget, CONCURRENCY)
                planned = [first, scenes.beside(store, first)]
                store.features.set_budget(first.feature_id, float(budget), scenes.AUTHOR)
            least = server.requests + draw.randint(budget // 5, budget // 2)
            _live(store, folder, planned, server, least if life < _LIVES - 1 else None, draw, found)
            found.counted = store.attempts.spent_on(planned[0].feature_id).usd
            store.close()
        # A request whose reply was lost may have been paid for: it counts in full.
        found.paid = server.served["ok"] + server.served["reset"]
        found.sent = server.requests
    return found


def _live(
    store: Store,
    home: Path,
    planned: list[Experiment],
    server: faults.Endpoint,
    until: int | None,
    draw: random.Random,
    found: Spent,
) -> None:
    """Run both until the server has had so many requests, or until they end."""
    jobs = Jobs(store, Models(LocalModel(home)))
    for experiment in planned:
        jobs.start(experiment.id, scenes.AUTHOR, retry_failed=True)
    while (live := jobs.live()) and (until is None or server.requests < until):
        jobs.wait(live[0], 0.005)
    if until is not None:
        before, started = server.requests, time.monotonic()
        is_cancelled = draw.random() < 0.5
        for experiment in planned:
            jobs.stop(experiment.id, cancel=is_cancelled)
        for experiment in planned:
            jobs.wait(experiment.id, _PATIENCE_S)
        found.slowest_stop_s = max(found.slowest_stop_s, time.monotonic() - started)
        found.most_after_stop = max(found.most_after_stop, server.requests - before)
    jobs.close()


def main() -> int:
    """Spend and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--budget", type=int, default=100, help="USD")
    chosen = parser.parse_args()
    complaints = 0
    for seed in range(chosen.times):
        with tempfile.TemporaryDirectory() as folder:
            spent = spend(Path(folder), seed, chosen.budget)
        print(
            f"run {seed + 1}: {spent.paid} of {spent.budget} USD paid, "
            f"{spent.counted:.2f} counted, {spent.sent} requests; "
            f"slowest stop {spent.slowest_stop_s:.2f} s, "
            f"{spent.most_after_stop} requests after it",
            flush=True,
        )
        for complaint in spent.complaints():
            complaints += 1
            print(complaint, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())

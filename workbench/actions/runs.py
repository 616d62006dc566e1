"""One experiment's run on the command line: what it did, and whose answers it used."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from workbench.actions import calls
from workbench.domain import clock
from workbench.domain.experiments import Experiment, Limits, Run, RunState
from workbench.errors import InputError
from workbench.evidence import origins
from workbench.evidence.origins import Origin
from workbench.runs.jobs import Jobs
from workbench.runs.planning import open_calls
from workbench.store.store import Store


@dataclass(frozen=True)
class Ran:
    """What a command did for an experiment: the requests that it sent, and where all the answers
    that count come from. `is_run` is False where nothing was to be asked."""

    experiment: str
    calls_made: int | None
    origins: Sequence[Origin]
    run_id: UUID | None = None

    def sentence(self) -> str:
        """For people: “E1: 0 calls made, 48 answers of api.example.com from 3 Nov 2026 used.”"""
        if self.calls_made is None:
            return f"{self.experiment}: {'; '.join(o.sentence() for o in self.origins)}"
        return f"{self.experiment}: {origins.said_of_calls(self.calls_made, self.origins)}."

    def as_json(self) -> dict[str, Any]:
        """For machines. What was not run has no calls."""
        new = sum(origin.new for origin in self.origins)
        asked = (
            {}
            if self.calls_made is None
            else {
                "calls_made": self.calls_made,
                "answers_new": new,
                "answers_used": sum(origin.answers for origin in self.origins) - new,
            }
        )
        return {
            "experiment": self.experiment,
            **asked,
            "calls_failed": sum(origin.failed for origin in self.origins),
            "calls_refused": sum(origin.refused for origin in self.origins),
            "origins": [origin.as_json() for origin in self.origins],
        }


def stored(store: Store, experiment: Experiment) -> Ran:
    """What is stored of an experiment, where nothing is run."""
    return Ran(experiment.key, None, origins.of_experiment(store, experiment))


def finish(
    store: Store,
    jobs: Jobs,
    experiment: Experiment,
    author: str,
    limits: Limits,
    tell: Callable[[str], None] | None,
    *,
    fresh: bool = False,
) -> Ran:
    """Run what an experiment lacks, or all of it anew, and wait for the end.

    Raises InputError where the run had to stop, after what was answered has been kept.
    """
    reports, since = store.reports.origins, clock.now()
    before, started = reports.sent(experiment.id), time.monotonic()
    # Whoever runs it again wants what failed the last time, too.
    run = jobs.start(experiment.id, author, retry_failed=True, fresh=fresh, limits=limits)
    while not jobs.wait(experiment.id, 2.0):
        if tell is not None:
            status, took = jobs.look(experiment.id), time.monotonic() - started
            trouble = f"; {status.trouble}" if status is not None and status.trouble else ""
            tell(f"{experiment.key}: {_progress(store, experiment, run)}, {took:.0f} s{trouble}")
    lost = store.attempts.lost(experiment.id)
    if lost and tell is not None:
        tell(f"{experiment.key}: {len(lost)} requests were cut off by a crash, and may be billed.")
    ended = store.runs.get(run.id)
    if ended.state is not RunState.FINISHED:
        failed = calls.of_runs(store, [run.id]).sentence()
        raise InputError(
            "\n".join(filter(None, (f"{experiment.key} ended early: {ended.message}", failed))),
            "What was answered is kept; run the command again to go on.",
        )
    made = reports.sent(experiment.id) - before
    return Ran(experiment.key, made, origins.of_experiment(store, experiment, since), run.id)


def _progress(store: Store, experiment: Experiment, run: Run) -> str:
    if run.is_fresh:
        # What was answered before is there all the while: only what is still open tells.
        left = len(open_calls(store, experiment, older_than=run.asks_again))
        return f"{experiment.n_calls - left} of {experiment.n_calls} calls"
    now = store.reports.progress.of(experiment.id)
    return f"{now.done} of {now.planned} calls"

"""One experiment's run on the command line: what it did, and whose answers it used."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from workbench.actions import calls, experiments, run_progress
from workbench.actions.run_progress import Going
from workbench.domain import clock
from workbench.domain.experiments import Experiment, Limits, RunState
from workbench.domain.people import Person
from workbench.errors import InputError
from workbench.evidence import origins
from workbench.evidence.origins import Origin
from workbench.runs.jobs import Jobs
from workbench.say import count, duration
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
        """For people: “E1: 0 requests sent, 48 answers of api.example.com from 3 Nov 2026 used.”"""
        if self.calls_made is None:
            said = "; ".join(f"{one.variant.label}: {one.clause()}" for one in self.origins)
            return f"{self.experiment}: {said}."
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
    who: Person,
    limits: Limits,
    tell: Callable[[str], None] | None,
    *,
    fresh: bool = False,
) -> Ran:
    """Run what an experiment lacks, or all of it anew, and wait for the end.

    Raises InputError where the run had to stop, after what was answered has been kept.
    """
    reports, since = store.reports.origins, clock.now()
    before = reports.sent(experiment.id)
    # Whoever runs it again wants what failed the last time, too.
    run = experiments.start(
        store, jobs, who, experiment, retry_failed=True, fresh=fresh, limits=limits
    )
    while not jobs.wait(experiment.id, 2.0):
        if tell is not None:
            now = run_progress.going(store, jobs, experiment, run)
            trouble = f"; {now.status.trouble}" if now.status and now.status.trouble else ""
            tell(f"{experiment.key}: {_progress(now)}{trouble}")
    lost = store.attempts.lost(experiment.id)
    if lost and tell is not None:
        tell(f"{experiment.key}: a crash cut off {count(len(lost), 'request')} that may be billed.")
    ended = store.runs.get(run.id)
    if ended.state is not RunState.FINISHED:
        failed = calls.of_runs(store, [run.id]).sentence()
        said = f"{experiment.key} {ended.state.ended}: {ended.message}"
        raise InputError(
            "\n".join(filter(None, (said, failed))),
            "What was answered is kept; run the command again to go on.",
        )
    made = reports.sent(experiment.id) - before
    return Ran(experiment.key, made, origins.of_experiment(store, experiment, since), run.id)


def _progress(now: Going) -> str:
    if now.to_judge:
        return now.sentence()
    left = f", about {duration(now.left_s)} to go" if now.left_s else ""
    return f"{now.done} of {count(now.planned, 'call')}, {now.elapsed_s or 0:.0f} s{left}"

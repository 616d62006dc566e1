"""A run that is going on as people see it: how far, how fast, and when it may be done."""

from dataclasses import dataclass

from workbench.domain import clock
from workbench.domain.experiments import Experiment, Run
from workbench.runs import judging
from workbench.runs.job import Status
from workbench.runs.jobs import Jobs
from workbench.runs.planning import open_calls
from workbench.say import count, duration
from workbench.store.reports.progress import Progress
from workbench.store.store import Store


@dataclass(frozen=True)
class Going:
    """A run that is going on. `elapsed_s` counts since it was last set going (None: it is being
    prepared), `ended` are the calls that ended since; `status` is None when it has just ended."""

    done: int
    planned: int
    ended: int
    elapsed_s: float | None
    status: Status | None
    to_judge: int = 0
    judged: int = 0

    @property
    def share(self) -> float:
        """How much of the plan is done, from 0 to 1; while judges look, of what they look at."""
        if self.to_judge:
            return self.judged / self.to_judge
        return min(1.0, self.done / self.planned) if self.planned else 0.0

    @property
    def left_s(self) -> float | None:
        """Seconds to the end at the pace seen since it was set going: it grows while nothing
        comes. None where no pace was seen yet, or the end does not depend on it."""
        if self.status is not None and (self.status.is_stopping or self.status.is_paused):
            return None
        if not self.ended or not self.elapsed_s:
            return None
        return (self.planned - self.done) * self.elapsed_s / self.ended

    def sentence(self) -> str:
        """Where it is in words: “12 s so far · one every 2.0 s · about 40 s to go”."""
        if self.status is not None and self.status.is_stopping:
            waits = self.status.in_flight
            return f"stopping: {count(waits, 'call')} in flight to finish" if waits else "stopping"
        if self.status is not None and self.status.is_paused:
            return "paused"
        if self.to_judge:
            return f"judges looked at {self.judged:,} of {count(self.to_judge, 'output')}"
        if self.done >= self.planned:
            return "scoring the answers"
        if self.elapsed_s is None:
            return "starting"
        parts = [f"{duration(self.elapsed_s)} so far"]
        if self.left_s is not None and self.elapsed_s:
            rate = self.ended / self.elapsed_s
            parts.append(f"{rate:.1f} a second" if rate >= 1 else f"one every {1 / rate:.1f} s")
            parts.append(f"about {duration(self.left_s)} to go")
        return " · ".join(parts)


def going(
    store: Store, jobs: Jobs, experiment: Experiment, run: Run, progress: Progress | None = None
) -> Going:
    """What is to be seen of a run now. `progress` is the experiment's where it was read already."""
    found = progress or store.reports.progress.of(experiment.id)
    status = jobs.look(experiment.id)
    to_judge = judged = 0
    if status is not None and status.to_judge:
        to_judge = status.to_judge
        judged = to_judge - judging.n_open(store, experiment, status.judges)
    pace = store.reports.experiments.pace(run.id)
    return Going(
        done(store, experiment, run, found),
        found.planned,
        pace.ended,
        None if pace.since is None else clock.since(pace.since),
        status,
        to_judge=to_judge,
        judged=judged,
    )


def done(store: Store, experiment: Experiment, run: Run, progress: Progress) -> int:
    """How many calls of its plan a run has. Of one that asks all anew only what is still open
    tells: what was answered before is there all the while."""
    if not run.is_fresh:
        return progress.done
    return progress.planned - len(open_calls(store, experiment, older_than=run.asks_again))

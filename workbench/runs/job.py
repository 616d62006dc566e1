"""A run that is going on: what the pages see of it, and what steers it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment, Limits, Purpose
from workbench.runs.budget import Purse
from workbench.runs.call import Call
from workbench.runs.lanes import ConnectionLane
from workbench.runs.recording import Recorder
from workbench.runs.runner import Control

Slot = tuple[UUID, UUID, int]
"""Variant, case, repetition: which answer a partial text belongs to."""


@dataclass(eq=False)
class Job:
    """A run that is going on. `partial` holds answers as they stream in, for whoever watches.

    Calls that were answered before `older_than` are asked again; None: none are. When its calls
    are done, the `judges` of these criteria look at the outputs; one that `is_judging` only makes
    no calls of the plan.
    """

    run_id: UUID
    experiment: Experiment
    limits: Limits
    retry_failed: bool
    cases: frozenset[UUID]
    older_than: datetime | None = None
    judges: tuple[Criterion, ...] = ()
    is_judging: bool = False
    to_judge: int = 0
    after: tuple["Job", ...] = ()
    partial: dict[Slot, str] = field(default_factory=dict)
    control: Control = field(default_factory=Control)
    recorder: Recorder | None = None
    purse: Purse | None = None
    lanes: tuple[ConnectionLane, ...] = ()
    is_stopping: bool = False
    is_decided: bool = False
    is_paused: bool = False
    ended: threading.Event = field(default_factory=threading.Event)

    def shares_calls(self, other: "Job") -> bool:
        """Whether another run may ask some of the same calls."""
        mine, theirs = ({v.id for v in job.experiment.variants} for job in (self, other))
        return not (mine.isdisjoint(theirs) or self.cases.isdisjoint(other.cases))

    def status(self) -> "Status":
        """What it is at."""
        trouble = self.recorder.trouble if self.recorder is not None else ""
        why = next((f"{lane.name}: {lane.why}" for lane in self.lanes if lane.why), "")
        mine = self.purse.budgets[0] if self.purse is not None else None
        return Status(
            in_flight=sum(lane.in_flight for lane in self.lanes),
            at_once=sum(lane.window.now for lane in self.lanes),
            at_most=sum(lane.window.most for lane in self.lanes),
            is_paused=self.is_paused,
            is_stopping=self.is_stopping,
            trouble=trouble or why,
            usd=0.0 if mine is None else mine.spent_usd,
            calls=0 if mine is None else mine.sent,
            limits=self.limits,
            to_judge=self.to_judge,
            judges=self.judges,
        )

    def listener(self) -> Callable[[Call, str], None] | None:
        """Who hears answers as they stream in; None where nobody watches."""
        if self.experiment.purpose is not Purpose.PLAYGROUND:
            return None

        def heard(call: Call, text: str) -> None:
            slot = call.planned
            self.partial[slot.variant_id, slot.case_id, slot.number] = text

        return heard


@dataclass(frozen=True)
class Status:
    """What a run that is going on is at, besides what the store knows.

    `trouble` says why nothing goes on, empty where it does; `at_once` is how many calls its
    connections bear now, of `at_most`; `usd` and `calls` are spent at most so far. `to_judge` is
    how many outputs the `judges` were to look at when they began; 0 before that.
    """

    in_flight: int
    at_once: int
    at_most: int
    is_paused: bool
    is_stopping: bool
    trouble: str
    usd: float
    calls: int
    limits: Limits
    to_judge: int = 0
    judges: tuple[Criterion, ...] = ()

"""A run that is going on: what the pages see of it, and what steers it."""

import threading
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from workbench.domain.experiments import Experiment, Limits
from workbench.runs.budget import Purse
from workbench.runs.lanes import Lane
from workbench.runs.recording import Recorder
from workbench.runs.runner import Control

Slot = tuple[UUID, UUID, int]
"""Variant, case, repetition: which answer a partial text belongs to."""


@dataclass(eq=False)
class Job:
    """A run that is going on. `partial` holds answers as they stream in, for whoever watches.

    Calls that were answered before `older_than` are asked again; None: none are.
    """

    run_id: UUID
    experiment: Experiment
    limits: Limits
    retry_failed: bool
    cases: frozenset[UUID]
    older_than: datetime | None = None
    after: tuple["Job", ...] = ()
    partial: dict[Slot, str] = field(default_factory=dict)
    control: Control = field(default_factory=Control)
    recorder: Recorder | None = None
    purse: Purse | None = None
    lanes: tuple[Lane, ...] = ()
    is_stopping: bool = False
    is_decided: bool = False
    is_paused: bool = False
    ended: threading.Event = field(default_factory=threading.Event)

    def shares_calls(self, other: "Job") -> bool:
        """Whether another run may ask some of the same calls."""
        mine, theirs = ({v.id for v in job.experiment.variants} for job in (self, other))
        return not (mine.isdisjoint(theirs) or self.cases.isdisjoint(other.cases))


@dataclass(frozen=True)
class Status:
    """What a run that is going on is at, besides what the store knows.

    `trouble` says why nothing goes on, empty where it does; `at_once` is how many calls its
    connections bear now, of `at_most`; `usd` and `calls` are spent at most so far.
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

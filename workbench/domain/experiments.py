"""A question, and the plan that answers it: frozen by hash before the first call."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from workbench.domain.prompts import Variant
from workbench.errors import InputError


class Purpose(StrEnum):
    """Why calls are made: to answer a planned question, or to look around."""

    EXPERIMENT = "experiment"
    PLAYGROUND = "playground"


class StopRule(StrEnum):
    """When a run ends by itself: when the whole plan was asked, or as soon as every bar is decided.

    It is part of the plan: which verdict holds depends on it, so it can't be chosen afterwards.
    """

    WHOLE_PLAN = "whole_plan"
    WHEN_DECIDED = "when_decided"


class RunState(StrEnum):
    """Where a run stands. `interrupted`: its process ended without saying so."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    FAILED = "failed"
    FINISHED = "finished"
    INTERRUPTED = "interrupted"

    @property
    def is_live(self) -> bool:
        """Whether its process is at work on it; a paused run only waits to be let on."""
        return self in (RunState.WAITING, RunState.RUNNING, RunState.PAUSED)

    @property
    def can_resume(self) -> bool:
        """Whether starting it again makes sense."""
        return self in _ENDED_EARLY

    @property
    def ended(self) -> str:
        """How a run ended early, in the one way that all say it: “was stopped”. One that says it is
        going on though nothing is at work on it (a file that may only be read is left as its last
        process left it) was interrupted."""
        return _ENDED_EARLY.get(self, _ENDED_EARLY[RunState.INTERRUPTED])


_ENDED_EARLY = {
    RunState.STOPPED: "was stopped",
    RunState.FAILED: "failed",
    RunState.INTERRUPTED: "was interrupted",
}


@dataclass(frozen=True)
class Plan:
    """What an experiment will do, as it is set up.

    `held_out`: None takes all cases, False leaves held-out ones out, True takes only those.
    """

    question: str
    dataset_version_id: UUID
    variant_ids: tuple[UUID, ...]
    criterion_ids: tuple[UUID, ...]
    trials: int = 1
    slices: tuple[str, ...] = ()
    held_out: bool | None = None
    case_ids: tuple[UUID, ...] | None = None
    purpose: Purpose = Purpose.EXPERIMENT
    stop_rule: StopRule = StopRule.WHOLE_PLAN

    def checked(self) -> "Plan":
        """This plan, naming nothing twice. Raises InputError naming what is missing."""
        if not self.question.strip():
            raise InputError("The experiment asks nothing.", "Write the question it answers.")
        if not self.variant_ids:
            raise InputError("No variant is chosen.", "Choose at least one prompt and model.")
        if not 1 <= self.trials <= 100:
            raise InputError(f"{self.trials} trials per case?", "Choose between 1 and 100.")
        if self.purpose is Purpose.EXPERIMENT and not self.criterion_ids:
            raise InputError(
                "No criterion is chosen.", "Say first what good means: choose at least one."
            )
        # A variant that was joined twice would have every one of its trials counted twice.
        return replace(
            self,
            variant_ids=tuple(dict.fromkeys(self.variant_ids)),
            criterion_ids=tuple(dict.fromkeys(self.criterion_ids)),
        )


@dataclass(frozen=True)
class Experiment:
    """A frozen plan. `criteria` are (criterion id, version number) pairs as they were then."""

    id: UUID
    feature_id: UUID
    key: str
    question: str
    purpose: Purpose
    dataset_version_id: UUID
    dataset: str
    dataset_number: int
    slices: tuple[str, ...]
    held_out: bool | None
    variants: tuple[Variant, ...]
    criteria: tuple[tuple[UUID, int], ...]
    trials: int
    stop_rule: StopRule
    n_cases: int
    plan_hash: str
    author: str
    created_at: datetime

    @property
    def criterion_ids(self) -> tuple[UUID, ...]:
        """The criteria that it was planned for, whatever their versions."""
        return tuple(criterion_id for criterion_id, _ in self.criteria)

    @property
    def is_sequential(self) -> bool:
        """Whether its verdicts are made to be read at any time, so that it may stop early."""
        return self.stop_rule is StopRule.WHEN_DECIDED

    @property
    def n_calls(self) -> int:
        """How many calls the whole plan is."""
        return len(self.variants) * self.n_cases * self.trials


@dataclass(frozen=True)
class Limits:
    """What a run may take: `usd` and `calls` at most (None: no limit), and how urgent it is.

    Of runs that use the same connection, the one with the higher `priority` is asked first.
    """

    usd: float | None = None
    calls: int | None = None
    priority: int = 0

    def checked(self) -> "Limits":
        """These limits. Raises InputError where one is not above nothing."""
        if self.usd is not None and not (0 < self.usd < float("inf")):
            raise InputError(f"A budget of ${self.usd:g}?", "Give an amount above 0, or none.")
        if self.calls is not None and self.calls < 1:
            raise InputError(f"At most {self.calls} calls?", "Give 1 or more, or no limit.")
        return self


@dataclass(frozen=True)
class Run:
    """One execution of an experiment. Its state comes from its events.

    One that `is_fresh` asks again what was answered before it began: the new answers count.
    """

    id: UUID
    experiment_id: UUID
    author: str
    created_at: datetime
    state: RunState
    message: str = ""
    is_fresh: bool = False

    @property
    def asks_again(self) -> datetime | None:
        """Answers that are older than this are asked for again; None where all are kept."""
        return self.created_at if self.is_fresh else None

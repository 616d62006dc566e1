"""One request as the runner takes it, how it ended, and where both are written down."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from workbench.domain.calls import Answer, Request
from workbench.domain.transcripts import Turn
from workbench.domain.trials import Attempt, FailedAttempt, PlannedCall
from workbench.errors import ModelError
from workbench.runs.patience import Way


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A planned call, ready to be asked. `lane` is the connection that it goes through.

    `tokens` is about how many tokens it takes, `most_cost` the most that it can cost in USD.
    `turns` are the requests of its trial that were answered already: it goes on after them.
    `is_user` says that it asks the model that plays the user, not the one that is tested.
    """

    planned: PlannedCall
    lane: str
    request: Request
    tokens: int
    most_cost: float | None
    turns: tuple[Turn, ...] = ()
    is_user: bool = False

    @property
    def way(self) -> Way:
        """What it shares with the calls that may fail as it does."""
        return self.lane, self.request.model


@dataclass(frozen=True, slots=True)
class Result:
    """How a call ended: an answer or an error, by its last attempt, which was sent at
    `started_at`. `cost` is in USD, None where it is unknown; `following` is the call that the
    trial goes on with, where the answer does not end it."""

    call: Call
    ended: Answer | ModelError
    attempt: Attempt
    started_at: datetime
    cost: float | None = None
    following: Call | None = None


class Book(Protocol):
    """Where everything is written down. `trouble` says why nothing can be written at present."""

    trouble: str

    def begin(self, attempts: Sequence[Attempt]) -> Awaitable[None]:
        """Write down what is about to be sent; done when it is kept."""

    def note_failed(self, failed: FailedAttempt) -> None:
        """Write down a request that brought no output."""

    def ended(self, result: Result) -> None:
        """Write down how a call ended."""

    def kept(self, result: Result) -> Awaitable[None]:
        """As `ended`; done when it is kept."""

"""Calls that are written down and paid for ahead of their turn, and not sent yet."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from workbench.domain.trials import Attempt
from workbench.runs.budget import Purse

if TYPE_CHECKING:
    from workbench.runs.call import Call


class SetAside:
    """What of a purse is set aside for calls that wait. Belongs to one event loop."""

    def __init__(self, purse: Purse) -> None:
        self._purse = purse
        self._waiting: dict[UUID, tuple[Call, Attempt]] = {}
        self._unfunded: set[UUID] = set()

    def __contains__(self, attempt: Attempt) -> bool:
        return attempt.id in self._waiting

    @property
    def is_short(self) -> bool:
        """Whether money was taken from some that wait: they come before any that would be new."""
        return bool(self._unfunded)

    def add(self, calls: Sequence[tuple["Call", Attempt]]) -> None:
        """Calls whose most was reserved."""
        self._waiting |= {attempt.id: (call, attempt) for call, attempt in calls}

    def sent(self, attempt: Attempt) -> None:
        """It waits no more: whoever sent it settles it."""
        self._waiting.pop(attempt.id)

    def lacks(self, attempt: Attempt) -> bool:
        """Whether its money was taken from it."""
        return attempt.id in self._unfunded

    def funded(self, attempt: Attempt) -> None:
        """Its most is reserved again."""
        self._unfunded.discard(attempt.id)

    def give_back(self) -> None:
        """Where a budget was lowered under what is set aside: take it from those that wait, the
        last first. Else it would be passed by calls that were only written down."""
        if not self._purse.is_over:
            return  # As nearly always: then what waits is not looked through for each call.
        for call, attempt in reversed(self._waiting.values()):
            if not self._purse.is_over:
                return
            if attempt.id not in self._unfunded:
                self._unfunded.add(attempt.id)
                self._purse.settle(call.most_cost, 0.0, is_sent=False)

    def drain(self) -> list[Attempt]:
        """None of them will be sent: all of it is free again."""
        for call, attempt in self._waiting.values():
            if attempt.id not in self._unfunded:
                self._purse.settle(call.most_cost, 0.0, is_sent=False)
        left = [attempt for _, attempt in self._waiting.values()]
        self._waiting.clear()
        self._unfunded.clear()
        return left

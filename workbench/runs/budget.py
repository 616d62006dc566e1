"""What may be spent: every request is reserved at its most before it is sent."""

import asyncio
from contextlib import suppress

from workbench.domain.trials import Spent
from workbench.say import count, money

_LOOK_S = 0.25
_ROUNDING = 1e-9
_SMALL, _TINY = 0.1, 0.0001
"""USD: with two decimals, or four, less than this would read as nothing."""
_NEXT = "Raise it to go on."


class Budget:
    """A limit that is never passed: what is spent and what is in flight at its most fit in it.

    `usd` and `calls` are None where there is no limit. Belongs to one event loop.
    """

    def __init__(self, usd: float | None, calls: int | None, spent: Spent, name: str) -> None:
        self.usd = usd
        self.calls = calls
        self.spent_usd = spent.usd
        self.sent = spent.calls
        self.name = name
        self.in_flight = 0
        self.reserved_usd = 0.0

    def has_room(self, most_usd: float | None) -> bool:
        """Whether one more request may be sent. What has no price is limited by calls alone."""
        if self.calls is not None and self.sent + 1 > self.calls:
            return False
        most = self.spent_usd + self.reserved_usd + (most_usd or 0.0)
        return self.usd is None or most <= self.usd + _ROUNDING

    @property
    def is_over(self) -> bool:
        """Whether more is set aside than it allows: it was lowered meanwhile."""
        most = self.spent_usd + self.reserved_usd
        is_dear = self.usd is not None and most > self.usd + _ROUNDING
        return is_dear or (self.calls is not None and self.sent > self.calls)

    def said(self) -> str:
        """Why it has no room, for people."""
        if self.usd is not None and (self.calls is None or self.sent + 1 <= self.calls):
            limit = money(self.usd) if self.usd < _SMALL else f"${self.usd:,.2f}"
            spent = self.spent_usd
            return (
                f"{self.name} of {limit} leaves no room for another call: "
                f"{money(spent) if spent < _TINY else f'${spent:,.4f}'} is spent. {_NEXT}"
            )
        return f"{self.name} of {count(self.calls or 0, 'call')} is used up. {_NEXT}"


class Purse:
    """The budgets that a run draws on together: its own, and that of its feature."""

    def __init__(self, budgets: list[Budget]) -> None:
        self.budgets = budgets
        self._settled = asyncio.Event()

    def reserve(self, most_usd: float | None) -> bool:
        """Set aside the most that a request can cost. False when a budget has no room for it."""
        if not all(budget.has_room(most_usd) for budget in self.budgets):
            return False
        for budget in self.budgets:
            budget.sent += 1
            budget.in_flight += 1
            budget.reserved_usd += most_usd or 0.0
        return True

    def settle(self, most_usd: float | None, cost: float | None, *, is_sent: bool = True) -> None:
        """A request that was reserved has ended: what it cost (None: unknown, so all of it)."""
        for budget in self.budgets:
            budget.in_flight -= 1
            budget.reserved_usd -= most_usd or 0.0
            budget.spent_usd += (most_usd or 0.0) if cost is None else cost
            budget.sent -= not is_sent
        self._settled.set()

    @property
    def is_over(self) -> bool:
        """Whether one of the budgets allows less than what is set aside."""
        return any(budget.is_over for budget in self.budgets)

    async def changed(self, most_usd: float | None) -> bool:
        """Wait until a request is settled. False when a budget stays full: none of its is out."""
        if any(not (budget.in_flight or budget.has_room(most_usd)) for budget in self.budgets):
            return False
        self._settled.clear()
        # Another run of the same feature settles in its own purse: so look again now and then.
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_S):
                await self._settled.wait()
        return True

    def full(self, most_usd: float | None) -> str:
        """Which budget has no room, in words."""
        return next((b.said() for b in self.budgets if not b.has_room(most_usd)), "")

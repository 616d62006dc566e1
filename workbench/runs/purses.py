"""Which budgets a run draws on: its own, and that of its feature, which all its runs share."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from workbench.domain.experiments import Limits
from workbench.runs.budget import Budget, Purse
from workbench.store.store import Store


@dataclass
class _Shared:
    budget: Budget
    holders: int = 0


class Purses:
    """The budgets of the runs that go on. Belongs to one event loop."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._features: dict[UUID, _Shared] = {}
        self._counting = asyncio.Lock()

    @asynccontextmanager
    async def open(self, run_id: UUID, feature_id: UUID, limits: Limits) -> AsyncIterator[Purse]:
        """What a run may spend. Leave it when all that was spent stands in the store."""
        spent = await asyncio.to_thread(self._store.attempts.spent, run_id)
        own = Budget(limits.usd, limits.calls, spent, "This run's budget")
        shared = await self._share(feature_id)
        try:
            yield Purse([own, shared.budget])
        finally:
            shared.holders -= 1
            if not shared.holders:
                del self._features[feature_id]

    def limit(self, feature_id: UUID, usd: float | None) -> None:
        """The budget of a feature has changed: it holds for the runs that go on too."""
        if feature_id in self._features:
            self._features[feature_id].budget.usd = usd

    async def _share(self, feature_id: UUID) -> _Shared:
        # One at a time: two runs that start together would each count what is spent, and then
        # each spend the whole rest from a budget of its own.
        async with self._counting:
            if feature_id not in self._features:
                spent = await asyncio.to_thread(self._store.attempts.spent_on, feature_id)
                budget = Budget(None, None, spent, "The feature's budget")
                self._features[feature_id] = _Shared(budget)
            shared = self._features[feature_id]
            shared.holders += 1
            # Read once it is known to `limit`, so that no change falls in between.
            usd = await asyncio.to_thread(self._store.features.budget, feature_id)
            shared.budget.usd = usd
            return shared

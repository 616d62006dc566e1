"""The open clients of a run: one per connection, and a new one when the local model restarts."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from workbench.domain.calls import Answer
from workbench.domain.connections import Connection
from workbench.errors import CallFailure, ModelError
from workbench.models.client import Client
from workbench.models.connect import Models
from workbench.runs.call import Call
from workbench.runs.worker_clients import WorkerProcess

Place = tuple[str, int]
"""A connection's name, and which of the processes behind it: the built-in model has two."""


class Clients:
    """Answers calls: `async with Clients(…) as clients`, then `await clients.ask(call)`.

    With a `worker` it makes the calls, but for those to the built-in model.
    """

    def __init__(
        self,
        models: Models,
        connections: dict[str, Connection],
        on_text: Callable[[Call, str], None] | None = None,
        worker: WorkerProcess | None = None,
    ) -> None:
        self._models = models
        self._connections = connections
        self._on_text = on_text
        self._worker = worker
        self._clients: dict[Place, Client] = {}
        self._open = Counter[Place]()
        self._stack = AsyncExitStack()
        self._opening = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    async def ask(self, call: Call) -> Answer:
        """The answer to a call, streamed where somebody watches. Raises ModelError."""
        connection, worker = self._connections[call.lane], self._worker
        if worker is not None and not connection.is_local and await worker.is_there():
            return await worker.ask(connection, call)
        place = self._place(call.lane)
        self._open[place] += 1
        try:
            return await self._ask(place, call)
        finally:
            self._open[place] -= 1

    async def _ask(self, place: Place, call: Call) -> Answer:
        client = await self._client(place)
        on_text = self._on_text
        is_heard = on_text is not None and not call.is_user
        heard = (lambda text: on_text(call, text)) if on_text and is_heard else None
        try:
            return await client.ask(call.request, on_text=heard)
        except ModelError as error:
            if self._connections[call.lane].is_local and error.failure is CallFailure.CONNECTION:
                # The local model's process died. A new one has a new address and key.
                await self._drop(place, client)
            raise

    def _place(self, lane: str) -> Place:
        """Of the built-in model's processes the one with fewer calls, the first where both have
        as many: for one call at a time one process is enough."""
        first, second = (lane, 0), (lane, 1)
        is_local = self._connections[lane].is_local
        return second if is_local and self._open[second] < self._open[first] else first

    async def _client(self, place: Place) -> Client:
        async with self._opening:
            if place not in self._clients:
                lane, number = place
                # Starting the local model takes a second: not on the loop.
                made = await asyncio.to_thread(self._models.client, self._connections[lane], number)
                self._clients[place] = await self._stack.enter_async_context(made)
            return self._clients[place]

    async def _drop(self, place: Place, client: Client) -> None:
        async with self._opening:
            if self._clients.get(place) is client:
                del self._clients[place]

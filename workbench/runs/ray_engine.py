"""Calls made by the workers of a Ray cluster: the same `ask`, the same rules, other machines.

The runner stays where the store is: it reserves, writes down, paces and stops. Only the request
itself travels, with the *name* of its key: the key is read from the worker's own environment.
"""

import asyncio
import itertools
import os
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from workbench.domain.calls import Answer, Request
from workbench.domain.connections import Connection
from workbench.errors import CallFailure, InputError, ModelError
from workbench.models.client import Client
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs.call import Call

if TYPE_CHECKING:
    from workbench.runs.asking import Clients

_PACKAGE = Path(__file__).parent.parent
_AT_ONCE = 1000

Reply = Answer | tuple[Any, ...]
"""An answer, or the parts of a ModelError: exceptions do not travel well."""


class RayWorker:
    """One process of the cluster, with one open client per connection."""

    def __init__(self) -> None:
        # The built-in model is never asked through Ray, so its home is of no matter.
        self._models = Models(LocalModel(Path()))
        self._clients: dict[Connection, Client] = {}

    async def ask(self, connection: Connection, request: Request) -> Reply:
        """The answer to one request, or why there is none."""
        try:
            if connection not in self._clients:
                self._clients[connection] = await self._models.client(connection).__aenter__()
            return await self._clients[connection].ask(request)
        except ModelError as error:
            return error.parts()


class RayClients:
    """Answers calls through a Ray cluster: `async with RayClients(…) as clients`.

    The cluster is the one that RAY_ADDRESS names, or one that is started on this machine. The
    built-in model is asked from here by `own`. Raises InputError where Ray is not installed.
    """

    def __init__(self, own: "Clients", connections: dict[str, Connection]) -> None:
        self._own = own
        self._connections = connections
        self._workers: list[Any] = []
        self._next: itertools.cycle[Any] = itertools.cycle(())

    async def __aenter__(self) -> Self:
        await self._own.__aenter__()
        self._workers = await asyncio.to_thread(_started)
        self._next = itertools.cycle(self._workers)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        import ray

        for worker in self._workers:
            ray.kill(worker)
        await self._own.__aexit__(kind, error, trace)

    async def ask(self, call: Call) -> Answer:
        """The answer to a call. Raises ModelError."""
        import ray

        connection = self._connections[call.lane]
        if connection.is_local:
            return await self._own.ask(call)
        asked = next(self._next).ask.remote(connection, call.request)
        try:
            reply: Reply = await asked
        except asyncio.CancelledError:
            ray.cancel(asked)
            raise
        except ray.exceptions.RayError as error:
            raise ModelError(
                CallFailure.CONNECTION,
                f"The Ray worker that made the call was lost ({type(error).__name__}).",
                "It is started again; look at the cluster if it happens often.",
            ) from None
        if isinstance(reply, Answer):
            return reply
        raise ModelError.of_parts(reply)


def _started() -> list[Any]:
    """The cluster's workers, one per core of its machines."""
    try:
        import ray
    except ImportError:
        raise InputError(
            "Ray is not installed.", "pip install -r requirements-ray.txt, or leave --engine out."
        ) from None
    if not ray.is_initialized():
        # Ray must not report home, and must not open a dashboard beside the app.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        ray.init(
            include_dashboard=False,
            log_to_driver=False,
            configure_logging=False,
            runtime_env={"py_modules": [str(_PACKAGE)]},
        )
    n_workers = max(1, int(ray.cluster_resources().get("CPU", 1)))
    # A lost worker is started again; its calls are not repeated by Ray: each is paid for.
    remote = ray.remote(max_concurrency=_AT_ONCE, max_restarts=-1, max_task_retries=0)(RayWorker)
    return [remote.remote() for _ in range(n_workers)]

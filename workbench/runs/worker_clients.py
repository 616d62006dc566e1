"""The near end of the worker process: the same `ask`, answered elsewhere."""

import asyncio
import json
from dataclasses import asdict
from itertools import count
from typing import Any

from workbench import logs
from workbench.domain.calls import Answer
from workbench.domain.connections import Connection
from workbench.domain.tools import ToolCall
from workbench.errors import CallFailure, ModelError
from workbench.models import reached
from workbench.runs.beside import Begun, begin, cores
from workbench.runs.call import Call
from workbench.runs.worker import MOST_LINE, READ, Lines, as_line

_FLOOD, _MANY = 1000, 16
"""So many calls, so many at once: a process of their own is worth its start of a second or two,
where there is a core for it."""


class WorkerProcess:
    """One worker for all runs of this process, begun again if it dies. Belongs to one event loop.

    It takes a second to wake, a quarter of what a run of some thousands of calls may take: whoever
    has calls meanwhile makes them itself. One that was `begun` already is waited for: it wakes
    before this process could have loaded what calls need.
    """

    def __init__(self, begun: Begun | None = None) -> None:
        self._begun, self._is_early = begun, begun is not None
        self._process: Begun | None = None
        self._pipe: asyncio.StreamWriter | None = None
        self._lines: Lines | None = None
        self._awake = asyncio.Event()
        self._waking: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Future[Answer]] = {}
        self._known: list[Connection] = []
        self._numbers = count()
        self._reader: asyncio.Task[None] | None = None

    @property
    def is_awake(self) -> bool:
        """Whether it answers without delay."""
        return self._awake.is_set()

    @property
    def is_begun(self) -> bool:
        """Whether there is a process to end."""
        return self._pipe is not None

    def is_worth(self, n_calls: int, at_once: int) -> bool:
        """Whether so many calls should be made there."""
        return self._is_early or (n_calls >= _FLOOD and at_once >= _MANY and cores() > 1)

    async def is_there(self) -> bool:
        """Whether it can be asked now; it is woken up where it can't."""
        if not self.is_awake:
            waking = self.wake()
            if self._is_early:
                await asyncio.wait([waking])
        return self.is_awake

    def wake(self) -> "asyncio.Task[None]":
        """Start it if it does not run; done when it is awake, cancelled when it does not wake."""
        if self._waking is None:
            self._waking = asyncio.get_running_loop().create_task(self._start())
        return self._waking

    async def ask(self, connection: Connection, call: Call) -> Answer:
        """The answer to a call, by a worker that is awake. Raises ModelError."""
        lines = self._lines
        if lines is None or not self.is_awake:
            raise _gone()
        if connection not in self._known:
            described = asdict(connection) | {"id": None, "archived_at": None}
            said = {"connection": described, "lane": len(self._known)}
            self._known.append(connection)
            lines.say(json.dumps(said).encode() + b"\n")
        number = next(self._numbers)
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        lines.say(as_line(number, self._known.index(connection), call.request))
        reached.first.set()
        try:
            return await answer
        except asyncio.CancelledError:
            lines.say(json.dumps({"cancel": number}).encode() + b"\n")
            raise
        finally:
            self._waiting.pop(number, None)

    async def close(self) -> None:
        """End the worker."""
        process, pipe = self._process, self._pipe
        if process is not None and pipe is not None:
            pipe.close()
            await asyncio.to_thread(process.wait)

    async def _start(self) -> None:
        process, self._begun = self._begun or begin(), None
        loop, said = asyncio.get_running_loop(), asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(said), process.stdout)
        pipe, protocol = await loop.connect_write_pipe(
            asyncio.streams.FlowControlMixin, process.stdin
        )
        self._process, self._pipe = process, asyncio.StreamWriter(pipe, protocol, None, loop)
        self._lines, self._known = Lines(self._pipe), []
        self._reader = loop.create_task(self._read(process, said))
        await self._awake.wait()

    async def _read(self, process: Begun, said: asyncio.StreamReader) -> None:
        rest = b""
        while chunk := await said.read(READ):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self._hear(line)
            if len(rest) > MOST_LINE:
                break
        process.kill()  # It has ended; or it says what can't be read.
        await asyncio.to_thread(process.wait)
        self._is_early = self._is_early and self.is_awake
        self._awake.clear()
        if self._waking is not None:
            self._waking.cancel()
            self._waking = None
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(_gone())

    def _hear(self, line: bytes) -> None:
        said = json.loads(line)
        if "awake" in said:
            self._awake.set()
            return
        answer = self._waiting.get(said["id"])
        if answer is None or answer.done():
            return
        if "answer" in said:
            answer.set_result(_answer(said["answer"]))
        else:
            answer.set_exception(ModelError.of_parts(said["error"]))


def _answer(parts: dict[str, Any]) -> Answer:
    calls = tuple(ToolCall(**call) for call in parts["calls"])
    return Answer(**parts | {"adaptations": tuple(parts["adaptations"]), "calls": calls})


def _gone() -> ModelError:
    return ModelError(
        CallFailure.CONNECTION,
        "The process that makes the calls ended.",
        f"It is started again. {logs.place()}",
    )

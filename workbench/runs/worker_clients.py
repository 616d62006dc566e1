"""The near end of the worker process: the same `ask`, answered elsewhere."""

import asyncio
import json
import os
import sys
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import Any

from workbench import logs
from workbench.domain.calls import Answer
from workbench.domain.connections import Connection
from workbench.domain.tools import ToolCall
from workbench.errors import CallFailure, ModelError
from workbench.runs.call import Call
from workbench.runs.worker import MOST_LINE, READ, Lines, as_line

_ROOT = Path(__file__).parent.parent.parent


class WorkerProcess:
    """One worker for all runs of this process, begun again if it dies. Belongs to one event loop.

    It takes a second to wake, a quarter of what a run of some thousands of calls may take: whoever
    has calls meanwhile makes them itself while `is_awake` is False.
    """

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
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
        try:
            return await answer
        except asyncio.CancelledError:
            lines.say(json.dumps({"cancel": number}).encode() + b"\n")
            raise
        finally:
            self._waiting.pop(number, None)

    async def close(self) -> None:
        """End the worker."""
        process = self._process
        if process is not None and process.stdin is not None:
            process.stdin.close()
            await process.wait()

    async def _start(self) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "workbench.runs.worker"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=_ROOT,
            # Ctrl-C in the terminal is its owner's business: it ends when its input does.
            start_new_session=True,
        )
        assert process.stdin is not None
        self._process, self._lines, self._known = process, Lines(process.stdin), []
        self._reader = asyncio.get_running_loop().create_task(self._read(process))
        await self._awake.wait()

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        rest = b""
        while chunk := await process.stdout.read(READ):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self._hear(line)
            if len(rest) > MOST_LINE:
                break
        await process.wait()
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


def cores() -> int:
    """How many cores this process may use. On one, a second process only costs."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _answer(parts: dict[str, Any]) -> Answer:
    calls = tuple(ToolCall(**call) for call in parts["calls"])
    return Answer(**parts | {"adaptations": tuple(parts["adaptations"]), "calls": calls})


def _gone() -> ModelError:
    return ModelError(
        CallFailure.CONNECTION,
        "The process that makes the calls ended.",
        f"It is started again. {logs.place()}",
    )

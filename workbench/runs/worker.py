"""A process of its own for a flood of calls: lines of JSON in, lines of JSON out.

Python runs one thread at a time, and asking is half of what a call costs. In a process
beside the one that draws pages and keeps answers, it takes nothing from either. Started by
`worker_clients`; ends when its input does.
"""

import asyncio
import base64
import gc
import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from workbench import config, logs
from workbench.domain import transcripts
from workbench.domain.adaptations import Adaptation
from workbench.domain.attachments import Attachment
from workbench.domain.calls import Answer, Parameters, Request
from workbench.domain.connections import Connection
from workbench.domain.tools import Tools
from workbench.errors import CallFailure, ModelError
from workbench.models.client import Client
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs.loop import new_loop

_log = logging.getLogger("workbench.runs.worker")

READ = 1024 * 1024
"""Bytes that are read at once: many lines, where many come."""

MOST_LINE = 64 * 1024 * 1024
"""Bytes: an answer of 1 MiB, or a prompt of some, as JSON escapes with room to spare."""


class Lines:
    """Lines into a pipe: all that come up in one turn of the loop go in one write, because each is
    a call of the system, and wakes who reads."""

    def __init__(self, pipe: asyncio.StreamWriter) -> None:
        self._pipe = pipe
        self._waiting: list[bytes] = []

    def say(self, line: bytes) -> None:
        """Write a line, soon."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._write)
        self._waiting.append(line)

    def _write(self) -> None:
        said, self._waiting = b"".join(self._waiting), []
        if not self._pipe.is_closing():  # Else nobody hears it, which whoever reads is told.
            self._pipe.write(said)


class Worker:
    """Answers what is asked of it, any number at once."""

    def __init__(self, say: Callable[[bytes], None]) -> None:
        self._say = say
        # The built-in model is never asked through here, so its home is of no matter.
        self._models = Models(LocalModel(Path()))
        self._connections: dict[int, Connection] = {}
        self._clients: dict[int, Client] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def hear(self, said: dict[str, Any]) -> None:
        """Take one line: a connection, a request, or the wish to cancel one."""
        if "connection" in said:
            self._connections[said["lane"]] = Connection(**said["connection"])
        elif "cancel" in said:
            task = self._tasks.get(said["cancel"])
            if task is not None:
                task.cancel()
        else:
            task = asyncio.get_running_loop().create_task(self._answer(said))
            self._tasks[said["id"]] = task
            task.add_done_callback(partial(self._ended, said["id"]))

    def _ended(self, number: int, task: "asyncio.Task[None]") -> None:
        self._tasks.pop(number, None)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            # Whoever asked must not wait for ever for what we did not foresee.
            found = logs.report(_log, error, "A call ended unexpectedly, in the worker")
            said = f"The call ended unexpectedly ({type(error).__name__}, number {found})."
            hint = logs.place()
            self._reply(number, {"error": ModelError(CallFailure.MALFORMED, said, hint).parts()})

    def _reply(self, number: int, said: dict[str, Any]) -> None:
        line = json.dumps({"id": number, **said}, separators=(",", ":"))
        self._say(line.encode() + b"\n")

    async def _answer(self, said: dict[str, Any]) -> None:
        try:
            client = await self._client(said["lane"])
            answer = await client.ask(_request(said))
            reply: dict[str, Any] = {"answer": _parts(answer)}
        except ModelError as error:
            reply = {"error": error.parts()}
        self._reply(said["id"], reply)

    async def _client(self, lane: int) -> Client:
        if lane not in self._clients:
            self._clients[lane] = await self._models.client(self._connections[lane]).__aenter__()
        return self._clients[lane]


def as_line(number: int, lane: int, request: Request) -> bytes:
    """A request as the worker hears it. `lane` is the number of a connection as it is: one that
    was moved meanwhile has another, so that no call goes where another one was to go."""
    said = {
        "id": number,
        "lane": lane,
        "model": request.model,
        "messages": transcripts.dump(request.messages),
        "files": [list(map(_packed, message.attachments)) for message in request.messages],
        "parameters": request.parameters.compact(),
        "adaptations": list(map(str, request.adaptations)),
        "tools": request.tools.plain(),
    }
    return json.dumps(said, separators=(",", ":")).encode() + b"\n"


def _request(said: dict[str, Any]) -> Request:
    messages = tuple(
        replace(message, attachments=tuple(map(_unpacked, files)))
        for message, files in zip(transcripts.load(said["messages"]), said["files"], strict=True)
    )
    adaptations = tuple(map(Adaptation.parse, said["adaptations"]))
    parameters = Parameters.parse(said["parameters"])
    return Request(said["model"], messages, parameters, adaptations, Tools.parse(said["tools"]))


def _parts(answer: Answer) -> dict[str, Any]:
    # Most answers call nothing, and taking one apart in full costs ten times as much.
    return vars(answer) if not answer.calls else asdict(answer)


def _packed(file: Attachment) -> list[str]:
    content = base64.b64encode(file.content or b"").decode()
    return [file.name, file.media_type, file.sha256, content]


def _unpacked(said: Sequence[str]) -> Attachment:
    name, media_type, digest, content = said
    return Attachment(name, media_type, digest, base64.b64decode(content))


async def _serve() -> None:
    # It takes a while to load: better now than with the first call.
    import workbench.models.transport  # noqa: F401

    logs.start(config.load().logs)
    loop = asyncio.get_running_loop()
    heard = asyncio.StreamReader(limit=MOST_LINE)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(heard), sys.stdin)
    pipe, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, sys.stdout)
    say = asyncio.StreamWriter(pipe, protocol, None, loop)
    worker = Worker(Lines(say).say)
    # What was imported stays: the collector would look at all of it every few thousand calls, and
    # hold up those in flight for a tenth of a second.
    gc.collect()
    gc.freeze()
    say.write(b'{"awake": true}\n')
    rest = b""
    while chunk := await heard.read(READ):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            worker.hear(json.loads(line))
    # Whoever asked is gone: nobody waits for what is still in flight.
    os._exit(0)


if __name__ == "__main__":
    gc.set_threshold(config.NEW_OBJECTS)
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(_serve())

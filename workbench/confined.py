"""Work on what outsiders bring, in a child process that can be stopped: never in the app itself.

Libraries in C hold up every thread while they run, and some input makes them run for ever or take
all memory. A child has a deadline, a limit of memory and of CPU, none of our keys and no network;
what it took ends with it. `run` is for one large piece of work, `Warm` for many small ones.

It has a session of its own: Ctrl-C in the terminal is its parent's business. It would end the child
in the middle of a question, whose output would then be kept as unscored.
"""

import json
import math
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent

# What a child needs to start; everything else, keys above all, stays here.
_ENVIRONMENT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
# Each may take much memory: two at a time, the others wait their turn.
_ROOM = threading.BoundedSemaphore(2)
_START_S = 60.0
_LENGTH = 8


class Overtime(Exception):
    """The child was stopped at its deadline."""


class Broken(Exception):
    """The child ended without an answer: out of memory or CPU, or the library in it crashed."""


class Busy(Exception):
    """Other children work, and went on working while this one waited."""


class Limits(NamedTuple):
    """What a child may take: address space in bytes, CPU in seconds, wall time in seconds."""

    memory: int
    cpu_s: int
    wall_s: float


def run(module: str, order: Mapping[str, Any], data: bytes, limits: Limits) -> bytes:
    """What `python -m module` answers on stdout to `data` on stdin; it asks `begin` for the order.

    Raises Overtime, Broken and Busy.
    """
    if not _ROOM.acquire(timeout=2 * limits.wall_s):
        raise Busy
    try:
        done = subprocess.run(
            _command(module, order, limits),
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            timeout=limits.wall_s,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            start_new_session=True,
        )
    except subprocess.TimeoutExpired as error:
        raise Overtime from error
    finally:
        _ROOM.release()
    if done.returncode != 0:
        raise Broken
    return done.stdout


class Warm:
    """One child that stays and answers one question after another (`answer_questions` in it).

    It is started by the first question, killed when one takes too long, and started anew by the
    next; it ends when this process does.
    """

    def __init__(self, module: str, memory: int, order: Mapping[str, Any] | None = None) -> None:
        self._module = module
        self._memory = memory
        self._order = order or {}
        self._turn = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process that would answer now; None where there is none."""
        child = self._child
        return child.pid if child is not None and child.poll() is None else None

    def ask(self, question: bytes, seconds: float) -> bytes:
        """The answer. One asks at a time. Raises Overtime and Broken; then the child is gone."""
        with self._turn:
            child = self._child
            if child is None or child.poll() is not None:
                self._end()
                child = self._started()
            budget = math.ceil(seconds * 1000).to_bytes(_LENGTH, "big")
            answer = _exchange(child, budget + question, seconds)
            if answer.said is None or answer.is_late:
                self._end()
            if answer.said is None:
                raise Overtime if answer.is_late else Broken
            return answer.said

    def close(self) -> None:
        """End the child."""
        with self._turn:
            self._end()

    def _started(self) -> "subprocess.Popen[bytes]":
        limits = Limits(self._memory, 0, 0.0)
        child = subprocess.Popen(
            _command(self._module, self._order, limits),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            start_new_session=True,
        )
        self._child = child
        # It says that it is ready: what it takes to start is no part of a question's time.
        if _exchange(child, None, _START_S).said is None:
            self._end()
            raise Broken
        return child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                _close(pipe)


class _Answer(NamedTuple):
    said: bytes | None
    is_late: bool


def _exchange(child: "subprocess.Popen[bytes]", question: bytes | None, seconds: float) -> _Answer:
    """Send a question and read the answer; a child that is late is killed, which ends the read."""
    assert child.stdin is not None
    assert child.stdout is not None
    late = threading.Event()

    def stop() -> None:
        late.set()
        child.kill()

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        if question is not None:
            _write(child.stdin, question)
        said = _read(child.stdout)
    except OSError:
        # It ended while it was told.
        said = None
    finally:
        timer.cancel()
        timer.join()
    return _Answer(said, late.is_set())


def _command(module: str, order: Mapping[str, Any], limits: Limits) -> list[str]:
    told = json.dumps({"memory": limits.memory, "cpu_s": limits.cpu_s, "order": order})
    return [sys.executable, "-P", "-m", module, told]


def _environment() -> dict[str, str]:
    found = {key: os.environ[key] for key in _ENVIRONMENT if key in os.environ}
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return found | {
        "PYTHONPATH": os.pathsep.join(paths),
        # Arrow's own allocators reserve address space far beyond what they use.
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }


# From here on: what the child itself calls.


def begin() -> dict[str, Any]:
    """In the child: take on its limits, close the network, and return the order."""
    told = json.loads(sys.argv[1])
    sys.addaudithook(_refuse_network)
    _limit("RLIMIT_AS", told["memory"])
    _limit("RLIMIT_FSIZE", 0)
    _limit("RLIMIT_CORE", 0)
    if told["cpu_s"]:
        _limit("RLIMIT_CPU", told["cpu_s"])
    order: dict[str, Any] = told["order"]
    return order


def answer_questions(answer: Any, *, opens_files: bool = False) -> None:
    """In a warm child: answer until nobody asks any more. From now on it opens no file or socket;
    with `opens_files` no socket, and it writes to no file.

    `answer` takes bytes and returns bytes. Each question brings its own limit of CPU, so that a
    child whose parent was killed ends too.
    """
    if not opens_files:
        _limit("RLIMIT_NOFILE", 0)
    asked, said = sys.stdin.buffer, sys.stdout.buffer
    _write(said, b"ready")
    while (question := _read(asked)) is not None:
        seconds = int.from_bytes(question[:_LENGTH], "big") / 1000
        _limit("RLIMIT_CPU", math.ceil(time.process_time() + seconds) + 1, is_for_good=False)
        _write(said, answer(question[_LENGTH:]))


def _limit(name: str, most: int, *, is_for_good: bool = True) -> None:
    """Bound a resource where the platform can; elsewhere the parent's clock must do."""
    try:
        import resource
    except ImportError:
        return
    which = getattr(resource, name)
    hard = resource.getrlimit(which)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    try:
        resource.setrlimit(which, (most, most if is_for_good else hard))
    except (ValueError, OSError):
        # macOS knows RLIMIT_AS but does not always take it.
        return


def _refuse_network(event: str, _: tuple[Any, ...]) -> None:
    if event.startswith("socket."):
        raise PermissionError("A child that reads what outsiders bring has no network.")


def _write(pipe: IO[bytes], message: bytes) -> None:
    pipe.write(len(message).to_bytes(_LENGTH, "big") + message)
    pipe.flush()


def _read(pipe: IO[bytes]) -> bytes | None:
    """The next message; None where the other side has ended."""
    length = pipe.read(_LENGTH)
    if len(length) < _LENGTH:
        return None
    size = int.from_bytes(length, "big")
    message = pipe.read(size)
    return message if len(message) == size else None


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is None:
        return
    try:
        pipe.close()
    except OSError:
        # What was still to be written has nobody to read it.
        return

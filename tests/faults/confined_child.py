"""A child that does what it is told: what its limits are for. For tests/test_confined.py."""

import os
import socket
import sys
from collections.abc import Callable

from workbench import confined


def _spin() -> bytes:
    while True:
        pass


def _take_memory() -> bytes:
    try:
        return bytes([0]) * (8 << 30)
    except MemoryError:
        return b"no memory"


def _call() -> bytes:
    try:
        socket.socket().connect(("127.0.0.1", 9))
    except PermissionError as error:
        return str(error).encode()
    except OSError:
        return b"it tried"
    return b"it called"


def _open() -> bytes:
    try:
        with open("/etc/hostname", "rb") as file:
            return b"it read " + file.read()
    except OSError:
        return b"no file"


def _write() -> bytes:
    try:
        with open(os.devnull + "x", "wb") as file:
            file.write(b"x")
            file.flush()
    except OSError:
        return b"no file"
    return b"it wrote"


def _crash() -> bytes:
    os.abort()


DO: dict[str, Callable[[], bytes]] = {
    "spin": _spin,
    "memory": _take_memory,
    "call": _call,
    "keys": lambda: "\n".join(sorted(os.environ)).encode(),
    "open": _open,
    "session": lambda: str(os.getsid(0)).encode(),
    "write": _write,
    "crash": _crash,
    "pid": lambda: str(os.getpid()).encode(),
}

if __name__ == "__main__":
    told = confined.begin().get("do")
    if told is None:
        confined.answer_questions(lambda question: DO[question.decode()]())
    else:
        given = sys.stdin.buffer.read()
        sys.stdout.buffer.write(given if told == "echo" else DO[told]())

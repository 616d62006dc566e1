"""What is loaded beside this thread, and beside this process.

Python does one thing at a time. A command that is to ask begins that process first: it loads what
calls need while the command loads all else.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from workbench import config

_LIBRARY = "aiohttp"

Begun = subprocess.Popen[bytes]
"""A process that loads what calls need, and then answers what `worker_clients` asks of it."""


def begin() -> Begun:
    """Start one. It ends when its input does."""
    return subprocess.Popen(
        [sys.executable, "-m", "workbench.runs.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=config.ROOT,
        # Ctrl-C in the terminal is its owner's business.
        start_new_session=True,
    )


@contextmanager
def begun_early() -> Iterator[Begun | None]:
    """Inside, there is one that was begun at once. None where that would win nothing: on one core,
    or where this process has loaded the library already."""
    process = begin() if cores() > 1 and _LIBRARY not in sys.modules else None
    try:
        yield process
    finally:
        if process is not None:
            process.kill()
            process.wait()


def load() -> None:
    """Begin to load what calls need, while the caller waits for other things."""
    needed = ("workbench.models.transport",)
    threading.Thread(target=import_module, args=needed, name="loading", daemon=True).start()


def cores() -> int:
    """How many cores this process may use. On one, a second process only costs."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

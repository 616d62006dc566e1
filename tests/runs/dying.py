"""A process that runs something and is killed for it."""

import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def run_and_kill(module: str, file: str, home: Path, least: int) -> int:
    """Run a module in a process of its own, which prints how much it has kept, and kill -9 it when
    that is enough; returns what it had said was kept."""
    child = subprocess.Popen(
        [sys.executable, "-m", module, file, str(home)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    promised = 0
    for line in child.stdout:
        promised = int(line)
        if promised >= least:
            break
    child.send_signal(signal.SIGKILL)
    child.wait()
    # What it printed between our last look and its death was committed as well.
    for line in child.stdout.read().splitlines():
        promised = int(line)
    child.stdout.close()
    return promised

"""Tabs that come and go, and uploads, for half an hour: memory and file handles must stay flat.

    python -m tests.faults.soak                        # 30 minutes, 200 uploads
    python -m tests.faults.soak --minutes 1 --uploads 10

Ends with 1 where they grew, with 77 where this system does not show them.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tests.faults.visitor import Tab, Visitor, free_port
from workbench.config import ROOT

PAGES = (
    *("", "requirements", "data", "playground", "experiments", "capabilities", "rating"),
    *("failures", "verdicts", "spec"),
)
MOST_GROWTH_MB = 50.0
MOST_HANDLES = 10
WARM_UP_TABS = 40
"""Tabs until everything that is read once was read."""
_UPLOAD_BYTES = 1024 * 1024


class Held(NamedTuple):
    """What a process holds: resident memory in MB, and open handles."""

    memory_mb: float
    handles: int


class Found(NamedTuple):
    """What was done, and what the server held after the warm-up, at most, and in the end."""

    tabs: int
    uploads: int
    before: Held
    most: Held
    after: Held

    def is_flat(self) -> bool:
        """Whether what it holds stayed within the bounds."""
        growth_mb = self.after.memory_mb - self.before.memory_mb
        return (
            growth_mb <= MOST_GROWTH_MB and self.after.handles - self.before.handles <= MOST_HANDLES
        )


def soak(seconds: float, uploads: int, warm_up: int = WARM_UP_TABS) -> Found:
    """Open and close tabs of the app for so long, with the uploads spread over the time."""
    with tempfile.TemporaryDirectory() as folder:
        process = _serve(Path(folder))
        try:
            assert process.stdout is not None
            visitor = Visitor(process.stdout.readline().split()[4])
            for number in range(warm_up):
                _visit(visitor, number, is_uploading=number % 4 == 0)
            before = most = held(process.pid)
            started, tabs, sent = time.monotonic(), 0, 0
            while (spent := time.monotonic() - started) < seconds or sent < uploads:
                is_due = sent < uploads and spent >= seconds * sent / uploads
                sent += _visit(visitor, tabs, is_uploading=is_due)
                tabs += 1
                now = held(process.pid)
                most = Held(max(most.memory_mb, now.memory_mb), max(most.handles, now.handles))
            return Found(tabs, sent, before, most, _settled(process.pid, before))
        finally:
            process.terminate()
            process.communicate(timeout=60)


def held(pid: int) -> Held:
    """What a process of this machine holds now."""
    status = Path(f"/proc/{pid}/status").read_text()
    kilobytes = re.search(r"VmRSS:\s*(\d+)", status)
    assert kilobytes is not None
    return Held(int(kilobytes[1]) / 1024, len(os.listdir(f"/proc/{pid}/fd")))


def _settled(pid: int, before: Held) -> Held:
    """What it holds once the last tab's handles are back, or half a minute is over."""
    deadline = time.monotonic() + 30
    while held(pid).handles > before.handles and time.monotonic() < deadline:
        time.sleep(0.1)
    return held(pid)


def _visit(visitor: Visitor, number: int, *, is_uploading: bool) -> bool:
    """Open a page, perhaps upload something of a megabyte, and close the tab."""
    with Tab(visitor, PAGES[number % len(PAGES)]) as tab:
        if is_uploading:
            assert tab.upload(os.urandom(_UPLOAD_BYTES)) == 204
    return is_uploading


def _serve(folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*(sys.executable, "-m", "workbench", "serve", "--no-browser"), f"--port={free_port()}"],
        cwd=ROOT,
        env={
            **os.environ,
            "WORKBENCH_DB": str(folder / "app.duckdb"),
            "WORKBENCH_HOME": str(folder / "home"),
        },
        stdout=subprocess.PIPE,
        text=True,
    )


def main() -> int:
    """Run it and print what was found as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--uploads", type=int, default=200)
    chosen = parser.parse_args()
    if not Path("/proc/self/fd").is_dir():
        print("This system does not show what a process holds.", file=sys.stderr)
        return 77
    found = soak(chosen.minutes * 60, chosen.uploads)
    print(json.dumps({**found._asdict(), "is_flat": found.is_flat()}))
    return 0 if found.is_flat() else 1


if __name__ == "__main__":
    sys.exit(main())

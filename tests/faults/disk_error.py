"""Let the disk fail under an open database, and hold what was acknowledged against the file.

    python -m tests.faults.disk_error --points 60

A process commits one row after the other and folds the log in between. With strace its writes and
its waits for the disk end with an input/output error: the Nth one of a thread, or all from the Nth
on. While the store is unavailable the process does the same commit again, as a run does. Then, with
a disk that works, the file must hold every commit that returned, exactly once; and where the disk
failed once only, the process must have come to its end by itself.

Exits with 1, naming what does not hold, if anything does not; with 77 where strace can't be used.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from workbench.errors import StoreUnavailable
from workbench.store.store import open_store

NO_STRACE = 77
ROOT = Path(__file__).parent.parent.parent
CALLS = ("fdatasync", "write", "pwrite64")
_N_COMMITS = 40
_FOLD_EVERY = 8
_LAST_POINT = 24
_PATIENCE_S = 5.0
"""How long a process may go on whose disk fails for good."""


@dataclass
class Outcome:
    """What the failures did."""

    runs: int = 0
    hit: int = 0
    acknowledged: int = 0
    complaints: list[str] = field(default_factory=list)


def torture(folder: Path, points: int, seed: int = 0) -> Outcome:
    """So many failures, spread over the calls, at random places, half of them for good."""
    found, draw = Outcome(), random.Random(seed)
    for point in range(points):
        call = CALLS[point % len(CALLS)]
        is_for_good = bool(point // len(CALLS) % 2)
        at = draw.randint(1, _LAST_POINT)
        place = folder / str(point)
        place.mkdir()
        _one(place, call, at, is_for_good, found)
    return found


def _one(place: Path, call: str, at: int, is_for_good: bool, found: Outcome) -> None:
    path, where = place / "app.duckdb", f"{call} {at}{'+' if is_for_good else ''}"
    open_store(str(path), place).close()
    strace = ["strace", "-f", "-qq", "-o", str(place / "trace"), "-P", str(path), "-P"]
    strace += [f"{path}.wal", "-e", f"trace={call}", "-e"]
    strace += [f"inject={call}:error=EIO:when={at}{'+' if is_for_good else ''}"]
    command = [*strace, sys.executable, "-m", "tests.faults.disk_error", "--commit", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    said = done.stdout.split()
    store = open_store(str(path), place)
    names = [name for (name,) in store.database.rows("select name from preferences")]
    store.close()
    found.runs += 1
    found.hit += "INJECTED" in (place / "trace").read_text("utf-8")
    found.acknowledged += len(said)
    lost = set(said) - set(names)
    if lost:
        found.complaints.append(f"{where}: {len(lost)} acknowledged commits are lost")
    if len(names) != len(set(names)) or len(names) > len(said) + 1:
        found.complaints.append(f"{where}: {len(names)} rows of {len(said)} acknowledged commits")
    if not is_for_good and (done.returncode or len(said) != _N_COMMITS):
        found.complaints.append(f"{where}: ended with {done.returncode}: {done.stderr[-400:]}")


def commit(path: Path) -> None:
    """Commit until done, or until the disk has failed for too long."""
    store = open_store(str(path), path.parent)
    for number in range(_N_COMMITS):
        until = time.monotonic() + _PATIENCE_S
        while True:
            try:
                store.database.append("preferences", ("name", "value"), [(str(number), "kept")])
                break
            except StoreUnavailable:
                if time.monotonic() > until:
                    os._exit(0)
                time.sleep(0.1)
        print(number, flush=True)
        if number % _FOLD_EVERY == _FOLD_EVERY - 1:
            try:
                store.database.checkpoint()
            except StoreUnavailable:
                continue
    store.close()


def can_trace() -> bool:
    """Whether strace is there and may look at processes."""
    try:
        command = ["strace", "-qq", "-o", os.devnull, "true"]
        return subprocess.call(command, stderr=subprocess.DEVNULL) == 0
    except FileNotFoundError:
        return False


def main() -> int:
    """Fail and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--points", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--commit", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.commit is not None:
        commit(chosen.commit)
        return 0
    if not can_trace():
        return NO_STRACE
    with tempfile.TemporaryDirectory() as folder:
        found = torture(Path(folder), chosen.points, chosen.seed)
    print(
        f"{found.runs} runs, the disk failed in {found.hit}: {found.acknowledged} commits "
        f"acknowledged, {len(found.complaints)} complaints"
    )
    for complaint in found.complaints:
        print(complaint, file=sys.stderr)
    return 1 if found.complaints else 0


if __name__ == "__main__":
    sys.exit(main())

"""Kill a run again and again, and hold the ledger to what was promised and paid for.

    python -m tests.faults.kill_run --times 50

A feature with 600 cases × 5 trials is run by `python -m workbench run …` against a fake server
that is paid for every request from the moment it arrives, except the 10% that it refuses with a
429. Each life of the command ends by SIGKILL at a random moment: mostly once calls go out, now and
then while it still starts. When it was killed as often as asked, it may finish. Then:

- what a copy of the file held after each kill is in it at the end, unchanged: 0 lost;
- no call has two trials that count: 0 doubled;
- every paid request is a trial's output, or is listed as lost (a failed attempt): each case was
  paid for as often as it has outputs and listed losses, no more;
- no more was paid for twice than was in flight at the kills: 4 each time, so 200 in 50 kills;
- the file opens in 2 seconds after every kill, and all lives together take 180 at most.

Exits with 1, naming what does not hold, if anything does not.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import fake_server
from workbench.store.store import open_store

ROOT = Path(__file__).parent.parent.parent
MOST_OPEN_S = 2.0
_LATENCY_S = 0.04
_REFUSED = 0.1
_START_S = 60.0
_IN_EVERY = 8
"""One kill in so many comes while the command starts."""

Kept = dict[Any, tuple[Any, ...]]


@dataclass
class Outcome:
    """What the kills did. `paid` counts requests that were paid for, by what was asked."""

    calls: int
    concurrency: int
    kills: int = 0
    lost: int = 0
    doubled: int = 0
    unlisted: int = 0
    paid_twice: int = 0
    listed: int = 0
    outputs: int = 0
    slowest_open_s: float = 0.0
    took_s: float = 0.0
    broken: list[str] = field(default_factory=list)

    def complaints(self, most_s: float, most_open_s: float = MOST_OPEN_S) -> list[str]:
        """What does not hold, in words."""
        most_twice = self.kills * self.concurrency
        checks = {
            f"{self.lost} trials that were kept are gone or changed": self.lost > 0,
            f"{self.doubled} calls have two trials that count": self.doubled > 0,
            f"{self.unlisted} paid requests are neither an output nor listed": self.unlisted > 0,
            f"{self.paid_twice} calls paid twice, at most {most_twice} were in flight": (
                self.paid_twice > most_twice
            ),
            f"{self.outputs} of {self.calls} calls have an output": self.outputs != self.calls,
            f"opening took {self.slowest_open_s:.1f} s": self.slowest_open_s > most_open_s,
            f"it took {self.took_s:.0f} s, at most {most_s:.0f}": self.took_s > most_s,
        }
        return [*self.broken, *(said for said, is_wrong in checks.items() if is_wrong)]


def torture(
    folder: Path, times: int, cases: int, trials: int, concurrency: int = 4, seed: int = 0
) -> Outcome:
    """Run cases × trials calls in this folder, killed `times` times."""
    found = Outcome(cases * trials, concurrency)
    draw, ledger = random.Random(seed), folder / "paid.tsv"
    file, home = folder / "w.duckdb", folder / "home"
    feature = folder / "feature.json"
    feature.write_text(json.dumps(_feature(cases, trials)), "utf-8")
    ledger.touch()
    with fake_server.running(_LATENCY_S, _REFUSED, ledger) as server:
        command = [sys.executable, "-m", "workbench", "run", str(feature), "--db", str(file)]
        command += ["--base-url", server.base_url, "--model", "fake-1", "--experiment", "E1"]
        command += ["--concurrency", str(concurrency), "--json"]
        kept: Kept = {}
        while found.kills < times:
            started, lives_left = time.monotonic(), times - found.kills
            was_killed = _life(command, ledger, found.calls, lives_left, draw)
            found.took_s += time.monotonic() - started
            if not was_killed:
                break
            found.kills += 1
            now = _look(file, folder / "copy", found)
            found.lost += sum(now.get(trial) != row for trial, row in kept.items())
            kept = now
        if found.kills < times:
            found.broken.append(f"it was done after {found.kills} kills: more calls are needed")
        # A call that was refused four times in a row is asked again when the command is.
        for _ in range(4):
            started = time.monotonic()
            done = subprocess.run(command, cwd=ROOT, env=_env(home), capture_output=True, text=True)
            found.took_s += time.monotonic() - started
            now = _look(file, folder / "copy", found)
            found.lost += sum(now.get(trial) != row for trial, row in kept.items())
            kept = now
            if done.returncode == 2:
                found.broken.append(f"it does not resume: {done.stderr.strip()[-300:]}")
                break
            if found.outputs == found.calls:
                break
    _reckon(file, home, ledger, trials, found)
    return found


def _life(
    command: list[str], ledger: Path, calls: int, lives_left: int, draw: random.Random
) -> bool:
    """Start the command and kill it at a random moment. False when it ended by itself."""
    paid_before = _paid(ledger)
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=_env(ledger.parent / "home"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        if draw.randrange(_IN_EVERY) == 0:
            _pass(process, draw.uniform(0, 1.5))
        else:
            # So many calls in this life that the work lasts for all lives, on average.
            share = draw.uniform(0, 2) * (calls - paid_before) / (lives_left + 1)
            deadline = time.monotonic() + _START_S
            while process.poll() is None and _paid(ledger) < paid_before + max(1, share):
                if time.monotonic() > deadline:
                    break
                time.sleep(0.002)
            _pass(process, draw.uniform(0, _LATENCY_S))
        has_ended = process.poll() is not None
        process.kill()
    return not has_ended


def _pass(process: subprocess.Popen[bytes], seconds: float) -> None:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return


def _env(home: Path) -> dict[str, str]:
    return os.environ | {"WORKBENCH_HOME": str(home)}


def _paid(ledger: Path) -> int:
    return ledger.read_bytes().count(b"\n")


def _look(file: Path, copy: Path, found: Outcome) -> Kept:
    """What the file holds, read from a copy: the file itself stays as the kill left it."""
    if not file.exists():
        return {}
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    for part in file.parent.glob(f"{file.name}*"):
        if part.is_file() and not part.name.endswith(".lock"):
            shutil.copy(part, copy / part.name)
    started = time.monotonic()
    store = open_store(str(copy / file.name), copy)
    found.slowest_open_s = max(found.slowest_open_s, time.monotonic() - started)
    rows = store.database.rows(
        """
        select id, variant_id, case_id, number, output, failure, cost, started_at, created_at
        from trials
        """
    )
    found.outputs = store.database.value(
        "select count(*) from current_trials where output is not null"
    )
    store.close()
    return {trial: tuple(row) for trial, *row in rows}


def _reckon(file: Path, home: Path, ledger: Path, trials: int, found: Outcome) -> None:
    """Hold the trials and the list of lost calls against what the server was paid for."""
    store = open_store(str(file), home)
    rows = store.database.rows(
        """
        select c.key, t.number, t.variant_id, o.body
        from current_trials t
        join cases c on c.id = t.case_id
        join outputs o on o.hash = t.output
        """
    )
    found.doubled = len(rows) - len({row[:3] for row in rows})
    # A request may be listed that never arrived: it was killed between its record and its sending.
    listed: Counter[str] = Counter(
        dict(
            store.database.rows(
                """
                select c.key, count(*)
                from failed_attempts f
                join attempts a on a.id = f.attempt_id
                join cases c on c.id = a.case_id
                where f.failure = 'lost' group by c.key
                """
            )
        )
    )
    store.close()
    answers = {body.removeprefix("pong ") for *_, body in rows}
    paid = dict(line.split("\t") for line in ledger.read_text("utf-8").splitlines())
    unseen = Counter(asked for number, asked in paid.items() if number not in answers)
    found.listed = listed.total()
    found.unlisted = (unseen - listed).total()
    found.paid_twice = sum(max(0, n - trials) for n in Counter(paid.values()).values())


def _feature(cases: int, trials: int) -> dict[str, Any]:
    """A feature file: each case asks for itself by its key."""
    keys = [f"ping-{n:04d}" for n in range(cases)]
    scorer = {"kind": "contains", "settings": {"texts": ["pong"]}}
    criterion = {"key": "C1", "title": "Says pong", "scorer": scorer, "bar": 0.8}
    return {
        "workbench": 1,
        "feature": {"name": "Killed"},
        "requirements": [{"key": "R1", "statement": "It answers.", "criteria": [criterion]}],
        "datasets": [
            {"name": "Pings", "cases": [{"key": k, "variables": {"text": k}} for k in keys]}
        ],
        "prompts": [{"name": "Ask", "versions": [{"number": 1, "user": "{{ text }}"}]}],
        "variants": [
            {
                "label": "A",
                "prompt": "Ask",
                "version": 1,
                "connection": "Local model",
                "model": "SmolLM2-135M-Instruct",
            }
        ],
        "experiments": [
            {
                "key": "E1",
                "question": "Does it answer?",
                "dataset": "Pings",
                "variants": ["A"],
                "criteria": ["C1"],
                "trials": trials,
            }
        ],
    }


def main() -> int:
    """Kill and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--cases", type=int, default=600)
    parser.add_argument("--trials", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=180.0, help="what it may take")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = torture(Path(folder), chosen.times, chosen.cases, chosen.trials, seed=chosen.seed)
    print(
        f"{found.kills} kills in {found.calls:,} calls: {found.lost} lost, "
        f"{found.doubled} doubled, {found.paid_twice} paid twice, {found.listed} listed as lost, "
        f"{found.unlisted} not accounted for; slowest open {found.slowest_open_s:.2f} s; "
        f"{found.took_s:.0f} s in all lives together"
    )
    complaints = found.complaints(chosen.seconds)
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())

"""Kill judges again and again, and hold their words to what was promised and paid for.

    python -m tests.faults.judge_kills --outputs 10000 --times 10

So many stored outputs wait for a judge: a fake server, which notes what it was paid for from the
moment a request arrives. A process lets the judge look and ends by SIGKILL at a random moment; the
next one goes on; when it was killed as often as asked, the last may finish. Then:

- what the file held after each kill is in it at the end, unchanged: 0 lost;
- no output has two words of the judge: 0 doubled;
- every paid request is a word, or is listed as lost: 0 unlisted;
- no more was paid for twice than was in flight at the kills: 4 each time.

Exits with 1, naming what does not hold, if anything does not.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.faults import endpoint as faults
from tests.faults import obedient_judge
from tests.runs import dying, judge_scenes, scenes
from workbench.domain.experiments import RunState
from workbench.domain.trials import PlannedCall, Trial
from workbench.scoring import controls
from workbench.store.engine.integrity import orphans
from workbench.store.keys import new_id
from workbench.store.store import open_store

_AT_ONCE = 4
_LATENCY_S = 0.005
_MODULE = "tests.runs.dying_judges"

Kept = dict[Any, tuple[Any, ...]]


@dataclass
class Outcome:
    """What the kills did."""

    outputs: int
    kills: int = 0
    words: int = 0
    lost: int = 0
    doubled: int = 0
    unlisted: int = 0
    paid_twice: int = 0
    listed: int = 0
    slowest_open_s: float = 0.0
    took_s: float = 0.0
    peak_mb: float = 0.0
    is_finished: bool = False
    orphans: int = 0

    def complaints(self) -> list[str]:
        """What does not hold, in words."""
        most_twice = self.kills * _AT_ONCE
        checks = {
            f"{self.lost} words that were kept are gone or changed": self.lost > 0,
            f"{self.doubled} outputs have two words of one judge": self.doubled > 0,
            f"{self.unlisted} paid requests are neither a word nor listed": self.unlisted > 0,
            f"{self.paid_twice} paid twice, at most {most_twice} were in flight": (
                self.paid_twice > most_twice
            ),
            f"{self.words} of {self.outputs} outputs have a word": self.words != self.outputs,
            "the run that was killed did not go on and finish": not self.is_finished,
            f"{self.orphans} rows refer to others that are not there": self.orphans > 0,
        }
        return [said for said, is_wrong in checks.items() if is_wrong]


def torture(folder: Path, outputs: int, times: int, seed: int = 0) -> Outcome:
    """Have so many outputs judged in this folder, by processes of which `times` are killed."""
    found, draw = Outcome(outputs), random.Random(seed)
    file = str(folder / "w.duckdb")
    paid: list[str] = []

    def reply(body: dict[str, Any]) -> str:
        said = obedient_judge.judged(body)
        if controls.UNFIT in said:
            return judge_scenes.answer("fail", passage="")
        paid.append(said)
        return judge_scenes.answer(passage=said, reason=f"Request {len(paid)}.")

    with faults.serve(latency_s=_LATENCY_S, reply=reply) as server:
        _outputs(file, folder, server, outputs)
        kept: Kept = {}
        while found.kills < times:
            share = draw.uniform(0.2, 1.8) * (outputs - len(kept)) / (times - found.kills + 1)
            started = time.monotonic()
            dying.run_and_kill(_MODULE, file, folder, least=len(kept) + max(1, int(share)))
            found.took_s += time.monotonic() - started
            found.kills += 1
            kept = _look(file, folder, kept, found)
        started = time.monotonic()
        subprocess.run(
            [sys.executable, "-m", _MODULE, file, str(folder)],
            cwd=dying.ROOT,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        found.took_s += time.monotonic() - started
        kept = _look(file, folder, kept, found)
    found.words = len(kept)
    found.peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    _reckon(kept, paid, found)
    return found


def _outputs(file: str, home: Path, server: faults.Endpoint, n: int) -> None:
    """A frozen plan of n pings, all answered: each output says which one it is."""
    store = open_store(file, home)
    experiment, _ = judge_scenes.judged(store, server, n, concurrency=_AT_ONCE)
    run = store.runs.start(experiment.id, scenes.AUTHOR)
    calls = enumerate(store.trials.missing(experiment.id))
    store.trials.add([_answer(run.id, call, number) for number, call in calls])
    store.close()


def _answer(run_id: UUID, call: PlannedCall, number: int) -> Trial:
    return Trial(
        *(new_id(), run_id, call.variant_id, call.case_id, call.number, "hash", 1),
        datetime.now(UTC),
        output=f"pong {number:05d}",
    )


def _look(file: str, home: Path, before: Kept, found: Outcome) -> Kept:
    """The judge's words, each held to what it was after the kill before."""
    started = time.monotonic()
    store = open_store(file, home)
    store.take_over()
    found.slowest_open_s = max(found.slowest_open_s, time.monotonic() - started)
    rows = store.database.rows(
        """
        select s.trial_id, o.body, s.outcome, s.reason, s.created_at
        from scores s
        join trials t on t.id = s.trial_id
        join outputs o on o.hash = t.output
        where s.rater like 'judge:%'
        """
    )
    found.listed = store.database.value(
        "select count(*) from failed_attempts where failure = 'lost'"
    )
    runs = store.database.rows("select distinct run_id from judge_calls")
    latest = [store.runs.get(run_id).state for (run_id,) in runs]
    found.is_finished = latest == [RunState.FINISHED]
    found.orphans = len(orphans(store.database))
    store.close()
    now = {trial: tuple(row) for trial, *row in rows}
    found.doubled = len(rows) - len(now)
    found.lost += sum(now.get(trial) != row for trial, row in before.items())
    return now


def _reckon(kept: Kept, paid: list[str], found: Outcome) -> None:
    """Hold the words and the list of lost calls against what the judge was paid for."""
    unseen = Counter(paid) - Counter(output for output, *_ in kept.values())
    found.unlisted = max(0, unseen.total() - found.listed)
    found.paid_twice = sum(n - 1 for n in Counter(paid).values())


def main() -> int:
    """Kill and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--outputs", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = torture(Path(folder), chosen.outputs, chosen.times, chosen.seed)
    print(
        f"{found.kills} kills while {found.outputs:,} outputs were judged: {found.lost} lost, "
        f"{found.doubled} doubled, {found.paid_twice} paid twice, {found.listed} listed as lost, "
        f"{found.unlisted} not accounted for; slowest open {found.slowest_open_s:.2f} s, at most "
        f"{found.peak_mb:.0f} MB; {found.took_s:.0f} s in all lives together"
    )
    complaints = found.complaints()
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())

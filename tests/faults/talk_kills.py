"""Kill conversations again and again, and hold their turns to what was said and paid for.

    python -m tests.faults.talk_kills --cases 300 --times 20

Each trial is a conversation with a user whom a second model plays: a fake server is both, and notes
what it was paid for from the moment a request arrives, and after which words. A process runs them
and ends by SIGKILL at a random moment; the next one goes on; when it was killed as often as asked,
the last may finish. Then:

- every turn and every trial that the file held after a kill is in it at the end, unchanged: 0 lost;
- no call has two trials that count, and no turn stands beside the conversation it was part of:
  0 doubled;
- each conversation is the one that was led: every message was said after exactly those before it;
- every paid request is a turn, or is listed as lost, and budgets count no fewer than were paid;
- no more was paid for twice than was in flight at the kills: 4 of the tested model and 4 of the
  one that plays each time.

Exits with 1, naming what does not hold, if anything does not.
"""

import argparse
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from tests.faults import endpoint as faults
from tests.runs import dying, scenes
from workbench.domain.calls import Parameters
from workbench.domain.connections import Connection
from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.datasets import CaseDraft
from workbench.domain.experiments import Plan, RunState
from workbench.domain.features import Feature
from workbench.domain.prompts import PromptText
from workbench.domain.requirements import RequirementDraft
from workbench.domain.simulated_users import Player, SimulatedUser
from workbench.store.engine.integrity import orphans
from workbench.store.store import Store, open_store

_AT_ONCE = 4
_LATENCY_S = 0.004
_MODULE = "tests.runs.dying_talks"
_TURNS, _TRIALS = 3, 2

Words = tuple[str, ...]
Kept = dict[Any, tuple[Any, ...]]


@dataclass
class Server:
    """Who answers, and plays. `said` has, by what was said, the words that it was said after."""

    said: dict[str, Words] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def reply(self, body: dict[str, Any]) -> str:
        """What is said next, never the same twice: it is paid for with that."""
        words = [m["content"] for m in body["messages"] if m["role"] != "system"]
        number = next(self._numbers)
        text = f"pong {number}"
        if body["model"] == "person-1":
            words = words[1:]  # without the greeting that a player is shown
            is_last = len(words) // 2 > int(words[0].removeprefix("ping ")) % (_TURNS + 1)
            text = f"Thank you {number}. DONE" if is_last else f"And {number}?"
        self.said[text] = tuple(words)
        return text


@dataclass
class Outcome:
    """What the kills did. `midway` counts kills that left a conversation in its middle."""

    calls: int
    kills: int = 0
    midway: int = 0
    outputs: int = 0
    lost: int = 0
    doubled: int = 0
    astray: int = 0
    unlisted: int = 0
    uncounted: int = 0
    paid: int = 0
    paid_twice: int = 0
    listed: int = 0
    is_finished: bool = False
    orphans: int = 0

    def complaints(self) -> list[str]:
        """What does not hold, in words."""
        most_twice = self.kills * 2 * _AT_ONCE
        checks = {
            "no kill came in the middle of a conversation": self.midway == 0,
            f"{self.lost} turns or trials that were kept are gone or changed": self.lost > 0,
            f"{self.doubled} trials or turns stand twice": self.doubled > 0,
            f"{self.astray} conversations are not those that were led": self.astray > 0,
            f"{self.unlisted} paid requests are neither a turn nor listed": self.unlisted > 0,
            f"{self.uncounted} paid requests are not in what was spent": self.uncounted > 0,
            f"{self.paid_twice} paid twice, at most {most_twice} were in flight": (
                self.paid_twice > most_twice
            ),
            f"{self.outputs} of {self.calls} conversations have an output": (
                self.outputs != self.calls
            ),
            "the run that was killed did not go on and finish": not self.is_finished,
            f"{self.orphans} rows refer to others that are not there": self.orphans > 0,
        }
        return [said for said, is_wrong in checks.items() if is_wrong]


def torture(folder: Path, cases: int, times: int, seed: int = 0) -> Outcome:
    """Have cases × 2 conversations led in this folder, by processes of which `times` are killed."""
    found, draw, server = Outcome(cases * _TRIALS), random.Random(seed), Server()
    file = str(folder / "w.duckdb")
    with faults.serve(latency_s=_LATENCY_S, reply=server.reply) as endpoint:
        _plan(file, folder, endpoint.base_url, cases)
        whole = sum(2 * min(n % (_TURNS + 1) + 1, _TURNS) for n in range(cases)) * _TRIALS  # about
        kept: Kept = {}
        while found.kills < times:
            share = draw.uniform(0.2, 1.8) * (whole - len(kept)) / (times - found.kills + 1)
            dying.run_and_kill(_MODULE, file, folder, least=len(kept) + max(1, int(share)))
            found.kills += 1
            kept = _look(file, folder, kept, found)
        subprocess.run(
            [sys.executable, "-m", _MODULE, file, str(folder)],
            cwd=dying.ROOT,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        _look(file, folder, kept, found)
    store = open_store(file, folder)
    _reckon(store, server, found)
    store.close()
    return found


def _plan(file: str, home: Path, base_url: str, n: int) -> None:
    store = open_store(file, home)
    for name, model in (("Fake", "fake-1"), ("People", "person-1")):
        store.connections.add(Connection(name, base_url, (model,), concurrency=_AT_ONCE))
    feature_id = store.features.add(Feature("Talks")).id
    assert feature_id is not None
    user = SimulatedUser("Anna", "Hear pong", _TURNS)
    cases = [CaseDraft(f"c{i}", {"text": f"ping {i:04d}"}, user=user) for i in range(n)]
    dataset = store.datasets.add(feature_id, "Pings", cases, scenes.AUTHOR)
    text = PromptText("Answer.", "{{text}}")
    prompt = store.prompts.save(feature_id, "Plain", text, scenes.AUTHOR)
    played = Parameters(user=Player("People", "person-1"))
    variant = store.variants.save(prompt, "Fake", "fake-1", played)
    requirement = store.requirements.add(feature_id, RequirementDraft("It talks."), scenes.AUTHOR)
    scorer = Scorer(ScorerKind.CONTAINS, {"texts": ["pong"]})
    criterion = store.criteria.add(
        requirement.id, CriterionDraft("Says pong", scorer), scenes.AUTHOR
    )
    plan = Plan("Does it talk?", dataset.id, (variant.id,), (criterion.id,), _TRIALS)
    store.experiments.add(feature_id, plan, scenes.AUTHOR)
    store.close()


def _look(file: str, home: Path, before: Kept, found: Outcome) -> Kept:
    """The turns and trials, each held to what it was after the kill before."""
    store = open_store(file, home)
    store.take_over()
    turns = store.database.rows(
        """
        select u.id, u.talk, u.place, u.variant_id, u.case_id, u.number, s.body, u.created_at
        from turns u join outputs s on s.hash = u.said
        """
    )
    trials = store.database.rows(
        """
        select t.id, t.variant_id, t.case_id, t.number, o.body, s.body, t.created_at
        from trials t
        join outputs o on o.hash = t.output left join outputs s on s.hash = t.transcript
        """
    )
    ended = {row[0] for row in trials}
    begun = {row[1] for row in turns} - {row[1] for row in turns if row[0] in ended}
    (latest,) = store.database.rows("select id from runs order by rowid desc limit 1")
    found.is_finished = store.runs.get(latest[0]).state is RunState.FINISHED
    found.midway += bool(begun) and not found.is_finished
    found.orphans = len(orphans(store.database))
    store.close()
    now: Kept = {("turn", row[0]): tuple(row) for row in turns}
    now |= {("trial", row[0]): tuple(row) for row in trials}
    found.lost += sum(now.get(key) != row for key, row in before.items())
    return now


def _reckon(store: Store, server: Server, found: Outcome) -> None:
    """Hold the conversations and the list of lost requests against what was said and paid for."""
    (feature,) = store.features.all()
    assert feature.id is not None
    (experiment,) = store.experiments.of(feature.id)
    asked = {case.id: case.variables["text"] for case in store.experiments.cases(experiment.id)}
    trials = [t for t in store.trials.of_experiment(experiment.id) if t.output is not None]
    found.outputs = len({(t.variant_id, t.case_id, t.number) for t in trials})
    told: Counter[str] = Counter()
    for trial in trials:
        words = tuple(message.content for message in trial.transcript)
        told.update(words)
        led = (server.said.get(word) for word in words)
        after = ((asked[trial.case_id], *words[:place]) for place in range(len(words)))
        found.astray += any(one != other for one, other in zip(led, after, strict=True))
    n_turns = store.database.value("select count(*) from turns")
    found.doubled = len(trials) - found.outputs + n_turns - told.total()
    found.doubled += sum(n - 1 for n in told.values())
    found.listed = store.database.value(
        "select count(*) from failed_attempts where failure = 'lost'"
    )
    found.paid = len(server.said)
    found.unlisted = max(0, len(server.said.keys() - told.keys()) - found.listed)
    found.uncounted = max(0, found.paid - store.attempts.spent_on(feature.id).calls)
    # The words before a reply are a conversation's own, but for the first: that repeats share.
    asked_after = Counter(server.said.values())
    found.paid_twice = sum(
        n - (_TRIALS if len(words) == 1 else 1) for words, n in asked_after.items()
    )


def main() -> int:
    """Kill and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = torture(Path(folder), chosen.cases, chosen.times, chosen.seed)
    print(
        f"{found.kills} kills in {found.calls:,} conversations, {found.midway} in the middle of "
        f"one: {found.lost} lost, {found.doubled} doubled, {found.astray} astray, of "
        f"{found.paid:,} requests {found.paid_twice} paid twice, {found.listed} listed as lost, "
        f"{found.unlisted + found.uncounted} not accounted for"
    )
    complaints = found.complaints()
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())

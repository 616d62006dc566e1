"""One run of the engine, or one loop of the bare client, in a process that can be measured."""

import argparse
import asyncio
import gc
import json
import os
import resource
import sys
import tempfile
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.cpu_shares import Shares
from workbench import config
from workbench.domain.calls import Parameters
from workbench.domain.connections import Connection
from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.datasets import CaseDraft
from workbench.domain.experiments import Experiment, Plan, RunState
from workbench.domain.features import Feature
from workbench.domain.prompts import PromptText
from workbench.domain.requirements import RequirementDraft
from workbench.store.store import Store, open_store

AUTHOR = "Benchmark"
CHECKS = (
    Scorer(ScorerKind.CONTAINS, {"texts": ["thank you", "pong"]}),
    Scorer(ScorerKind.NOT_CONTAINS, {"texts": ["promise", "refund {{text}}"]}),
)
_LOOK_S = 0.1
_TELL_S = 2.0
"""How often the command line asks how far a run is."""


@dataclass
class Measured:
    """What a run took. `cpu_s` counts user and system time, children included; without imports.

    `marks` are (calls sent, CPU seconds, CPU seconds of a fixed loop: how fast this machine is at
    that moment) as the run went on; `cpu_all_s` counts from the
    start of the process; `peak_mib` is the most memory that was resident. The last three say
    where the CPU seconds went, where that was asked for.
    """

    calls: int
    wall_s: float = 0.0
    cpu_s: float = 0.0
    cpu_all_s: float = 0.0
    peak_mib: float = 0.0
    marks: list[tuple[int, float, float]] = field(default_factory=list)
    by_part: dict[str, float] = field(default_factory=dict)
    by_function: dict[str, float] = field(default_factory=dict)
    by_thread: dict[str, float] = field(default_factory=dict)


def scene(
    store: Store, base_url: str, cases: int, trials: int, concurrency: int, name: str = "Replies"
) -> Experiment:
    """A feature with a plan of cases × trials calls and two checks on texts."""
    store.connections.add(Connection(name, base_url, ("fake-1",), concurrency=concurrency))
    feature_id = store.features.add(Feature(name)).id
    assert feature_id is not None
    requirement = store.requirements.add(feature_id, RequirementDraft("It answers."), AUTHOR)
    criteria = [
        store.criteria.add(requirement.id, CriterionDraft(f"Check {i}", scorer), AUTHOR)
        for i, scorer in enumerate(CHECKS)
    ]
    made = (CaseDraft(f"case-{n:06d}", {"text": f"ping {n:06d}"}) for n in range(cases))
    dataset = store.datasets.add(feature_id, "Pings", made, AUTHOR)
    text = PromptText("You answer customers briefly and politely.", "{{text}}")
    prompt = store.prompts.save(feature_id, "Plain", text, AUTHOR)
    variant = store.variants.save(prompt, name, "fake-1", Parameters(temperature=0.0))
    ids = tuple(criterion.id for criterion in criteria)
    plan = Plan("Does it answer?", dataset.id, (variant.id,), ids, trials)
    return store.experiments.add(feature_id, plan, AUTHOR)


def engine(
    base_url: str,
    cases: int,
    trials: int,
    concurrency: int,
    looking: AbstractContextManager[Shares | None],
) -> Measured:
    """Run cases × trials calls into a new file, as the command line does.

    `looking` says where the CPU goes, if anybody wants to know: it is open while the run goes on.
    """
    from workbench.models.connect import Models
    from workbench.models.local import LocalModel
    from workbench.runs.jobs import Jobs

    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"{folder}/w.duckdb", Path(folder))
        experiment = scene(store, base_url, cases, trials, concurrency)
        _warm_up(base_url)
        jobs = Jobs(store, Models(LocalModel(Path(folder))))
        found = Measured(cases * trials)
        started, cpu, told = time.perf_counter(), cpu_s(), time.perf_counter()
        elsewhere = _children_s()
        with looking as shares:
            jobs.start(experiment.id, AUTHOR)
            while not jobs.wait(experiment.id, _LOOK_S):
                status = jobs.look(experiment.id)
                now = time.perf_counter()
                if status is not None and status.calls:
                    found.marks.append((status.calls, cpu_s() - cpu, _speed_s()))
                if now - told > _TELL_S:
                    told = now
                    store.reports.progress.of(experiment.id)
            found.wall_s, found.cpu_s = time.perf_counter() - started, cpu_s() - cpu
        if shares is not None:
            found.by_part = dict(shares.by_part)
            found.by_part["the process that makes the calls"] = _children_s() - elsewhere
            found.by_function = dict(sorted(shares.by_function.items(), key=lambda f: -f[1])[:200])
            found.by_thread = dict(shares.by_thread)
        jobs.close()
        run = store.runs.latest(experiment.id)
        assert run is not None
        assert run.state is RunState.FINISHED, run.message
        progress = store.reports.progress.of(experiment.id)
        assert progress.outputs == cases * trials, progress
        store.close()
    return _finished(found)


def bare(base_url: str, calls: int, concurrency: int, kind: str) -> Measured:
    """The same calls by a bare loop of the client library that keeps nothing.

    `kind` is "default" or "aiohttp" (the SDK's transports, typed replies), or "raw" (aiohttp, the
    reply as bytes and `json.loads`).
    """
    from workbench.runs.loop import new_loop

    _warm_up(base_url)
    found = Measured(calls)
    loop = new_loop()
    started, cpu = time.perf_counter(), cpu_s()
    loop.run_until_complete(_ask_all(base_url, calls, concurrency, kind))
    found.wall_s, found.cpu_s = time.perf_counter() - started, cpu_s() - cpu
    loop.close()
    return _finished(found)


async def _ask_all(base_url: str, calls: int, concurrency: int, kind: str) -> None:
    import httpx2
    from openai import AsyncOpenAI, DefaultAioHttpClient

    # Nobody else's limit on connections: as many as are asked for.
    limits = httpx2.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
    transport = None if kind == "default" else DefaultAioHttpClient(limits=limits)
    client = AsyncOpenAI(
        api_key="none", base_url=base_url, max_retries=0, http_client=transport, timeout=60.0
    )
    left = iter(range(calls))

    async def work() -> None:
        for n in left:
            await _ask(client, kind, n)

    async with client, asyncio.TaskGroup() as group:
        for _ in range(concurrency):
            group.create_task(work())


async def _ask(client: Any, kind: str, n: int) -> None:
    import httpx2

    body: Any = {
        "model": "fake-1",
        "temperature": 0.0,
        "max_tokens": 256,
        "messages": [
            {"role": "system", "content": "You answer customers briefly and politely."},
            {"role": "user", "content": f"ping {n:06d}"},
        ],
    }
    if kind == "raw":
        reply = await client.post("/chat/completions", body=body, cast_to=httpx2.Response)
        text = json.loads(reply.content)["choices"][0]["message"]["content"]
    else:
        text = (await client.chat.completions.create(**body)).choices[0].message.content
    assert text


def _warm_up(base_url: str) -> None:
    """Import what a call needs: start-up is measured by itself."""
    from workbench.domain.calls import Request
    from workbench.domain.conversations import Message
    from workbench.models.client import Client

    async def once() -> None:
        connection = Connection("Warm", base_url)
        async with Client(connection) as client:
            await client.ask(Request("fake-1", (Message("user", "warm"),)))

    asyncio.run(once())


def _speed_s() -> float:
    """CPU seconds of a little fixed work: others on this machine make it slower now and then."""
    started = time.thread_time()
    total = 0
    for n in range(5_000):
        total += n
    return time.thread_time() - started


def cpu_s() -> float:
    """User and system seconds of this process and its children: ended, or (Linux) still at work."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime + _children_s()


def _children_s() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    ticks = 0
    for children in Path("/proc/self/task").glob("*/children"):
        for child in children.read_text().split():
            # After the name, which may hold spaces: user and system are fields 14 and 15.
            fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ended.ru_utime + ended.ru_stime + ticks / os.sysconf("SC_CLK_TCK")


def _finished(found: Measured) -> Measured:
    found.cpu_all_s = cpu_s()
    in_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found.peak_mib = in_kib / (1024 * 1024 if sys.platform == "darwin" else 1024)
    return found


def main() -> None:
    """Run once and print what it took as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=("engine", "floor", "default", "aiohttp", "raw"))
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--trials", type=int, default=1)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--core", type=int, help="the only core to run on (Linux)")
    parser.add_argument("--shares", action="store_true", help="say where the CPU went")
    chosen = parser.parse_args()
    # As `python -m workbench` does, and for the bare loops too.
    gc.set_threshold(config.NEW_OBJECTS)
    if chosen.core is not None and sys.platform == "linux":
        os.sched_setaffinity(0, {chosen.core})
    if chosen.kind == "engine":
        looking = Shares() if chosen.shares else nullcontext(None)
        found = engine(chosen.base_url, chosen.cases, chosen.trials, chosen.concurrency, looking)
    elif chosen.kind == "floor":
        # Imported here: it needs what this room has.
        from benchmarks.floor import floor

        calls = chosen.cases * chosen.trials
        found = _finished(floor(chosen.base_url, calls, chosen.concurrency))
    else:
        calls = chosen.cases * chosen.trials
        found = bare(chosen.base_url, calls, chosen.concurrency, chosen.kind)
    print(json.dumps(asdict(found)))


if __name__ == "__main__":
    main()

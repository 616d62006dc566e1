"""The least that asking and keeping can cost in Python: a bare aiohttp loop that writes our rows.

It sends the same bodies, reads the same replies and adds the same rows to the same tables, in
batches, with the library's own appender. It plans nothing, bounds nothing, scores by two `in`s,
writes nothing down before it is sent, seals nothing and has no idea what a failure is.
"""

import asyncio
import json
import tempfile
import time
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import duckdb
from uuid_utils.compat import uuid7

from benchmarks.engine_run import AUTHOR, CHECKS, Measured, cpu_s, scene
from workbench.runs.loop import new_loop
from workbench.store.scores import COLUMNS
from workbench.store.store import open_store
from workbench.store.trials import STORED

_BATCH = 1000
_ATTEMPT = (
    "id", "run_id", "variant_id", "case_id", "number", "attempt", "most_cost", "started_at",
)  # fmt: skip


class _Book:
    """The file, and the rows that are waiting for the next batch."""

    def __init__(self, file: str, run_id: UUID, variant_id: UUID, criteria: list[tuple[UUID, str]]):
        self._db = duckdb.connect(file)
        self._run, self._variant, self._criteria = run_id, variant_id, criteria
        self._attempts: list[tuple[Any, ...]] = []
        self._bodies: dict[str, str] = {}
        self._trials: list[tuple[Any, ...]] = []
        self._scores: list[tuple[Any, ...]] = []

    def keep(self, case_id: UUID, body: bytes, reply: Any, started_at: datetime, ms: float) -> None:
        """The rows of one answer; every thousandth time all of them go into the file."""
        now, trial = datetime.now(UTC), uuid7()
        text = reply["choices"][0]["message"]["content"]
        digest, usage = sha256(text.encode()).hexdigest(), reply["usage"]
        self._bodies[digest] = text
        self._attempts.append(
            (trial, self._run, self._variant, case_id, 1, 1, None, started_at)
        )  # fmt: skip
        self._trials.append(
            (
                *(trial, self._run, self._variant, case_id, 1, sha256(body).hexdigest(), 1, digest),
                *(None, "", reply["choices"][0]["finish_reason"], reply["model"], ms, None),
                *(usage["prompt_tokens"], usage["completion_tokens"], None, None, started_at, now),
                *(None, False, None, None, None),
            )
        )
        for criterion_id, scorer in self._criteria:
            outcome = "pass" if "thank you" in text else "fail"
            score = (trial, criterion_id, scorer, "", outcome, None, "", now, None, None)
            self._scores.append(score)
        if len(self._trials) >= _BATCH:
            self.write()

    def write(self) -> None:
        """One transaction with all that waits."""
        self._db.execute("begin")
        self._append("attempts", _ATTEMPT, self._attempts)
        self._db.execute(
            "insert or ignore into outputs select unnest(?::varchar[]), unnest(?::varchar[])",
            [list(self._bodies), list(self._bodies.values())],
        )
        self._append("trials", STORED, self._trials)
        self._append("scores", COLUMNS, self._scores)
        self._db.execute("commit")
        self._bodies.clear()

    def count(self) -> int:
        """How many answers are in the file."""
        found = self._db.execute("select count(*) from trials where output is not null").fetchone()
        assert found is not None
        return int(found[0])

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _append(
        self, table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]
    ) -> None:  # fmt: skip
        appender = self._db.appender(table, columns=list(columns))
        appender.append_rows(rows)
        appender.flush()
        rows.clear()


def floor(base_url: str, calls: int, concurrency: int) -> Measured:
    """So many calls, answered and in the file."""
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/w.duckdb"
        store = open_store(file, Path(folder))
        experiment = scene(store, base_url, calls, 1, concurrency)
        run = store.runs.start(experiment.id, AUTHOR)
        criteria = store.criteria.of_experiment(experiment)
        scored = [(criterion.id, criterion.draft.scorer.fingerprint()) for criterion in criteria]
        assert len(scored) == len(CHECKS)
        cases = [
            (case.id, case.variables["text"]) for case in store.experiments.cases(experiment.id)
        ]
        store.close()
        book = _Book(file, run.id, experiment.variants[0].id, scored)
        found = Measured(calls)
        loop = new_loop()
        started, cpu = time.perf_counter(), cpu_s()
        loop.run_until_complete(_ask_all(base_url, cases, concurrency, book))
        book.write()
        found.wall_s, found.cpu_s = time.perf_counter() - started, cpu_s() - cpu
        loop.close()
        assert book.count() == calls
        book.close()
    return found


async def _ask_all(base_url: str, cases: list[tuple[UUID, Any]], at_once: int, book: _Book) -> None:
    left = iter(cases)
    connector = aiohttp.TCPConnector(limit=0)
    url = f"{base_url}/chat/completions"
    headers = {"Authorization": "Bearer none", "Content-Type": "application/json"}

    async def work(session: aiohttp.ClientSession) -> None:
        for case_id, text in left:
            asked = {
                "temperature": 0.0,
                "model": "fake-1",
                "messages": [
                    {"role": "system", "content": "You answer customers briefly and politely."},
                    {"role": "user", "content": text},
                ],
            }
            body, started_at = json.dumps(asked).encode(), datetime.now(UTC)
            began = time.perf_counter()
            async with session.post(url, data=body, headers=headers) as response:
                reply = json.loads(await response.read())
            took = (time.perf_counter() - began) * 1000
            book.keep(case_id, body, reply, started_at, took)

    async with aiohttp.ClientSession(connector=connector) as session, asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(work(session))

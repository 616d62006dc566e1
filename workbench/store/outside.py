"""Results that were made elsewhere, hundreds of thousands at once: identities travel as text.

Making a UUID of each text, and a text of each UUID, takes Python longer than all the rest.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from workbench.domain import clock
from workbench.domain.scores import Outcome
from workbench.store.engine.database import Database
from workbench.store.keys import new_id_text
from workbench.store.scores import COLUMNS
from workbench.store.trials import text_hash

Place = tuple[str, int]
"""Where a trial of one variant belongs: the case's id and the trial's number."""


class Held(NamedTuple):
    """A case of a dataset's version."""

    id: str
    tags: tuple[str, ...]
    group: str


class OutsideTrial(NamedTuple):
    """A trial that was made elsewhere; without an output where only its scores are known.
    `reasoning` is what the model thought first."""

    place: Place
    output: str
    latency_ms: float | None
    cost: float | None
    reasoning: str = ""


class OutsideScore(NamedTuple):
    """What somebody elsewhere said of a trial."""

    trial_id: str
    rater: str
    outcome: Outcome
    value: float | None
    reason: str


class Outside:
    """What was made elsewhere, as it is kept among what was made here."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def cases(self, version_id: UUID) -> dict[str, Held]:
        """The cases of a dataset's version, by key."""
        rows = self._db.rows(
            """
            select c.key, c.id::varchar, c.tags, c.group_name
            from dataset_cases m join cases c on c.id = m.case_id
            where m.dataset_version_id = ?
            """,
            [version_id],
        )
        return {key: Held(case_id, tuple(tags), group) for key, case_id, tags, group in rows}

    def trials(self, variant_id: UUID) -> dict[Place, tuple[str, str | None]]:
        """The trials of a variant that count: their ids, and the hashes of their outputs (None:
        an error)."""
        rows = self._db.rows(
            """
            select case_id::varchar, number, id::varchar, output from current_trials
            where variant_id = ?
            """,
            [variant_id],
        )
        return {(case, number): (trial, output) for case, number, trial, output in rows}

    def scores(
        self, variant_id: UUID, criterion_id: UUID, scorer: str
    ) -> dict[tuple[str, str], tuple[Outcome, float | None]]:
        """What was last said of a variant's trials for a criterion, and the number where it was
        one, by trial and rater."""
        rows = self._db.rows(
            """
            select s.trial_id::varchar, s.rater, arg_max(s.outcome, s.created_at),
                arg_max_null(s.value, s.created_at)
            from scores s join trials t on t.id = s.trial_id
            where t.variant_id = ? and s.criterion_id = ? and s.scorer = ?
            group by s.trial_id, s.rater
            """,
            [variant_id, criterion_id, scorer],
        )
        known = {str(outcome): outcome for outcome in Outcome}
        return {(trial, rater): (known[outcome], value) for trial, rater, outcome, value in rows}

    def add_trials(
        self, run_id: UUID, variant_id: UUID, model: str, trials: Sequence[OutsideTrial]
    ) -> list[str]:
        """Keep trials of one variant; returns their ids. Each text is stored once."""
        if not trials:
            return []
        ids = [new_id_text() for _ in trials]
        places, outputs, latencies, costs, thoughts = zip(*trials, strict=True)
        hashes = [text_hash(text) for text in outputs]
        thought = [text_hash(text) if text else None for text in thoughts]
        bodies = dict(zip(hashes, outputs, strict=True))
        bodies |= {digest: t for digest, t in zip(thought, thoughts, strict=True) if digest}
        with self._db.transaction():
            self._db.execute(
                """
                insert into outputs
                select n.hash, n.body
                from (select unnest(?::varchar[]) as hash, unnest(?::varchar[]) as body) n
                anti join outputs o on o.hash = n.hash
                """,
                [list(bodies), list(bodies.values())],
            )
            # Lists of what differs take a third of the time of rows with everything.
            self._db.execute(
                """
                insert into trials (id, run_id, variant_id, case_id, number, request, attempts,
                    output, message, finish_reason, model, latency_ms, cost, reasoning, started_at,
                    created_at)
                select unnest($ids::uuid[]), $run, $variant, unnest($cases::uuid[]),
                    unnest($numbers::integer[]), '', 0, unnest($outputs::varchar[]), '', '', $model,
                    unnest($latencies::double[]), unnest($costs::double[]),
                    unnest($thoughts::varchar[]), $now, $now
                """,
                {
                    "ids": ids,
                    "now": clock.now(),
                    "run": run_id,
                    "variant": variant_id,
                    "cases": [case_id for case_id, _ in places],
                    "numbers": [number for _, number in places],
                    "outputs": hashes,
                    "model": model,
                    "latencies": list(latencies),
                    "costs": list(costs),
                    "thoughts": thought,
                },
            )
        return ids

    def add_scores(self, criterion_id: UUID, scorer: str, scores: Iterable[OutsideScore]) -> None:
        """Keep scores of one criterion. A rater's newer word counts; the older one stays."""
        criterion, now = str(criterion_id), clock.now()
        rows = [
            (trial, criterion, scorer, rater, outcome.value, value, reason, now, "", False)
            for trial, rater, outcome, value, reason in scores
        ]
        self._db.append("scores", COLUMNS, rows)

"""Turns: the answered requests of trials that take several, kept one by one as they come."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from workbench.domain import clock, transcripts
from workbench.domain.transcripts import Turn
from workbench.domain.trials import PlannedCall
from workbench.store.engine.database import Database, Row
from workbench.store.trials import keep_texts, text_hash

_STORED = (
    *("id", "talk", "place", "run_id", "variant_id", "case_id", "number", "said", "model"),
    *("finish_reason", "latency_ms", "first_token_ms", "input_tokens", "output_tokens", "cost"),
    *("reasoning", "adaptations", "started_at", "created_at"),
    "is_users",
)
_TURN = """
    u.id, u.place, s.body, u.model, u.finish_reason, u.latency_ms, u.first_token_ms, u.input_tokens,
    u.output_tokens, u.cost, coalesce(r.body, ''), coalesce(u.adaptations, []), u.started_at
"""
_TEXTS = """
    join outputs s on s.hash = u.said
    left join outputs r on r.hash = u.reasoning
"""


class KeptTurn(NamedTuple):
    """A turn with whose it is. `talk` is the id of the trial's first turn."""

    run_id: UUID
    call: PlannedCall
    talk: UUID
    turn: Turn


class Turns:
    """What was answered in the middle of trials."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, kept: Sequence[KeptTurn]) -> None:
        """Keep turns. Inside a transaction."""
        now = clock.now()
        texts: dict[str, str] = {}
        rows: list[Row] = []
        for run_id, call, talk, turn in kept:
            said = transcripts.dump(turn.said)
            texts[text_hash(said)] = said
            if turn.reasoning:
                texts[text_hash(turn.reasoning)] = turn.reasoning
            rows.append(
                (
                    turn.id, talk, turn.place, run_id, call.variant_id, call.case_id, call.number,
                    text_hash(said), turn.model, turn.finish_reason, turn.latency_ms,
                    turn.first_token_ms, turn.input_tokens, turn.output_tokens, turn.cost,
                    text_hash(turn.reasoning) if turn.reasoning else None,
                    list(turn.adaptations) or None, turn.started_at, now, turn.is_users,
                )
            )  # fmt: skip
        keep_texts(self._db, texts)
        self._db.append("turns", _STORED, rows)

    def open(
        self, calls: Collection[PlannedCall], since: datetime | None = None
    ) -> dict[PlannedCall, tuple[Turn, ...]]:
        """The turns of calls that were begun and have not ended in an output, so that they need
        not be paid for again: of each call its newest attempt, begun after `since`."""
        rows = self._db.rows(
            f"""
            with unfinished as (
                select variant_id, case_id, number, talk, min(created_at) as begun_at from turns
                group by all
                having not bool_or(id in (select id from trials))
                    and min(created_at) > coalesce($since::timestamptz, '-infinity')
            ), newest as (
                select u.* from unfinished u
                anti join trials t on t.variant_id = u.variant_id and t.case_id = u.case_id
                    and t.number = u.number and t.output is not null and t.created_at > u.begun_at
                qualify row_number() over (
                    partition by variant_id, case_id, number order by begun_at desc
                ) = 1
            )
            select u.variant_id, u.case_id, u.number, {_TURN}
            from newest n join turns u on u.talk = n.talk {_TEXTS}
            order by u.place
            """,
            {"since": since},
        )
        found: dict[tuple[UUID, UUID, int], tuple[Turn, ...]] = {}
        for variant_id, case_id, number, *turn in rows:
            slot = variant_id, case_id, number
            found[slot] = (*found.get(slot, ()), _turn(tuple(turn)))
        slots = ((call, (call.variant_id, call.case_id, call.number)) for call in calls)
        return {call: found[slot] for call, slot in slots if slot in found}

    def of_trial(self, trial_id: UUID) -> tuple[Turn, ...]:
        """The requests of a trial that took several, in order; none of one that took one."""
        rows = self._db.rows(
            f"""
            select {_TURN} from turns u {_TEXTS}
            where u.talk = (select talk from turns where id = ?) order by u.place
            """,
            [trial_id],
        )
        return tuple(map(_turn, rows))


def _turn(row: Row) -> Turn:
    turn_id, place, said, model, finish_reason, *took, reasoning, adaptations, started_at = row
    latency_ms, first_token_ms, input_tokens, output_tokens, cost = took
    return Turn(
        turn_id, place, transcripts.load(said), model, finish_reason, latency_ms, first_token_ms,
        input_tokens, output_tokens, cost, reasoning, tuple(adaptations), started_at,
    )  # fmt: skip

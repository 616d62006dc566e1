"""What models were asked to suggest, written down before it is sent, and what came of it."""

from collections.abc import Sequence
from uuid import UUID

from workbench.domain import clock
from workbench.domain.drafting import Acceptance, Resolution
from workbench.domain.suggestions import Resolved, SuggestionCall, SuggestionReply
from workbench.errors import CallFailure
from workbench.store.engine.database import Database, Row
from workbench.store.trials import keep_texts, text_hash

_CUT_SHORT = "It was interrupted when the app stopped. Ask again."
_ENDED = """
    select c.id, c.feature_id, c.purpose, c.connection, c.model, c.request, c.about, c.most_cost,
        c.author, c.started_at,
        o.body, r.failure, r.message, r.latency_ms, r.input_tokens, r.output_tokens, r.cost
    from suggestion_calls c
    join suggestion_replies r on r.call_id = c.id
    left join outputs o on o.hash = r.reply
"""


class Suggestions:
    """Requests for suggestions, and their replies."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def begin(self, call: SuggestionCall) -> None:
        """Write down what is about to be sent."""
        self._db.execute(
            "insert into suggestion_calls values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                call.id, call.feature_id, call.purpose, call.connection, call.model,
                call.request_hash, list(call.about), call.most_cost, call.author, call.started_at,
            ],
        )  # fmt: skip

    def end(self, reply: SuggestionReply) -> None:
        """Write down what came back."""
        digest = None if reply.reply is None else text_hash(reply.reply)
        with self._db.transaction():
            if digest is not None and reply.reply is not None:
                keep_texts(self._db, {digest: reply.reply})
            self._db.execute(
                "insert into suggestion_replies values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    reply.call_id, digest, reply.failure, reply.message, reply.latency_ms,
                    reply.input_tokens, reply.output_tokens, reply.cost, clock.now(),
                ],
            )  # fmt: skip

    def settle_lost(self) -> None:
        """Say of every request without an end that it was cut short. It counts as paid in full.

        Called once when the file is opened: one process owns it, so none can be in flight then.
        """
        self._db.execute(
            """
            insert into suggestion_replies (call_id, failure, message, created_at)
            select c.id, ?, ?, ? from suggestion_calls c
            anti join suggestion_replies r on r.call_id = c.id
            """,
            [CallFailure.LOST, _CUT_SHORT, clock.now()],
        )

    def resolve(
        self, call_id: UUID, place: int, resolution: Resolution, who: str, made: str = ""
    ) -> None:
        """Keep what a person said to one thing that a reply suggests."""
        self._db.execute(
            "insert into suggestion_answers values (?, ?, ?, ?, ?, ?)",
            [call_id, place, resolution, made, who, clock.now()],
        )

    def resolved(self, call_id: UUID) -> dict[int, Resolved]:
        """What people said last to each thing that a reply suggests, by its place."""
        rows = self._db.rows(
            """
            select place, answer, made, person from suggestion_answers where call_id = ?
            qualify row_number() over (partition by place order by answered_at desc) = 1
            """,
            [call_id],
        )
        return {place: Resolved(Resolution(said), made, who) for place, said, made, who in rows}

    def acceptance(self, feature_id: UUID, purpose: str = "opinion") -> list[Acceptance]:
        """How what each model suggested in replies of one purpose fared, as far as people judged
        it."""
        rows = self._db.rows(
            """
            with newest as (
                select call_id, answer from suggestion_answers
                qualify row_number() over (
                    partition by call_id, place order by answered_at desc) = 1
            )
            select c.model,
                count(*) filter (where n.answer = 'accepted'),
                count(*) filter (where n.answer = 'edited'),
                count(*) filter (where n.answer = 'rejected'),
                count(*) filter (where n.answer = 'open')
            from newest n join suggestion_calls c on c.id = n.call_id
            where c.feature_id = ? and c.purpose = ? group by c.model order by c.model
            """,
            [feature_id, purpose],
        )
        return [Acceptance(*row) for row in rows]

    def reply_to(self, call_id: UUID) -> tuple[SuggestionCall, SuggestionReply] | None:
        """A request and what came of it; None while nothing has."""
        return _read(self._db.row(f"{_ENDED} where c.id = ?", [call_id]))

    def newest(
        self, feature_id: UUID, purpose: str = "failure_modes", about: Sequence[UUID] = ()
    ) -> tuple[SuggestionCall, SuggestionReply] | None:
        """The last request of a feature, of one purpose and with all of `about` in it, that came
        to an end, with what came of it."""
        row = self._db.row(
            f"""
            {_ENDED}
            where c.feature_id = ? and c.purpose = ? and list_has_all(c.about, ?::uuid[])
            -- By when it was asked: one that was cut short has its end at the next opening.
            order by c.started_at desc, r.created_at desc limit 1
            """,
            [feature_id, purpose, list(about)],
        )
        return _read(row)


def _read(row: Row | None) -> tuple[SuggestionCall, SuggestionReply] | None:
    if row is None:
        return None
    call_id, feature, purpose, connection, model, asked, about, most, author, started, *came = row
    call = SuggestionCall(
        call_id, feature, connection, model, asked, tuple(about), most, author, started, purpose
    )
    return call, SuggestionReply(call_id, *came)

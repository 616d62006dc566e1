"""Drafts of features: texts that were read, what they suggest, and what people said to it."""

from collections.abc import Sequence
from uuid import UUID

from workbench.domain import clock, drafting
from workbench.domain.drafting import (
    About,
    Acceptance,
    Body,
    Drafted,
    Idea,
    Part,
    PartEnded,
    Resolution,
    Round,
    Suggestion,
)
from workbench.errors import NotFound
from workbench.store.engine.database import Database, Row
from workbench.store.keys import new_id

_NEWEST = """
    select idea_id, answer, body, made, made_id, person,
        row_number() over (partition by idea_id order by answered_at desc) as place
    from drafting_answers
"""
_IDEAS = f"""
    select i.id, i.round_id, i.about, i.of_id, coalesce(a.body, i.body), i.quote, i.why,
        coalesce(a.answer, 'open'), coalesce(a.made, ''), a.made_id, coalesce(a.person, '')
    from drafting_ideas i left join ({_NEWEST}) a on a.idea_id = i.id and a.place = 1
"""


class Drafting:
    """Rounds of drafting, their suggestions, and what people said to each. Only added to."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(
        self, feature_id: UUID, text: str, drafted: Drafted, who: str, call_id: UUID | None = None
    ) -> UUID:
        """Keep a round with what it suggests."""
        with self._db.transaction():
            round_id = self._begin(feature_id, text, drafted.left_out, who, call_id, None, None)
            self._suggest(round_id, drafted.ideas, ())
        return round_id

    def begin(self, feature_id: UUID, text: str, who: str, connection: str, model: str) -> UUID:
        """Keep a round whose parts a model will be asked for."""
        return self._begin(feature_id, text, (), who, None, connection, model)

    def end_part(
        self, round_id: UUID, ended: PartEnded, ideas: Sequence[Idea] = (), of: Sequence[UUID] = ()
    ) -> None:
        """Keep what came of a part, with what it suggests; `of` are the suggested requirements that
        its criteria count."""
        with self._db.transaction():
            self._db.execute(
                "insert into drafting_parts values (?, ?, ?, ?, ?, ?)",
                [
                    round_id, ended.part, ended.call_id, ended.problem, list(ended.left_out),
                    clock.now(),
                ],
            )  # fmt: skip
            self._suggest(round_id, ideas, of)

    def parts(self, round_id: UUID) -> list[PartEnded]:
        """What came of each part that was asked for, in their order: the newest of each."""
        rows = self._db.rows(
            """
            select part, call_id, problem, left_out from drafting_parts where round_id = ?
            qualify row_number() over (partition by part order by ended_at desc) = 1
            """,
            [round_id],
        )
        order = list(Part)
        found = [PartEnded(Part(p), call, problem, tuple(out)) for p, call, problem, out in rows]
        return sorted(found, key=lambda each: order.index(each.part))

    def _begin(
        self,
        feature_id: UUID,
        text: str,
        left_out: Sequence[str],
        who: str,
        call_id: UUID | None,
        connection: str | None,
        model: str | None,
    ) -> UUID:
        round_id = new_id()
        self._db.execute(
            """
            insert into drafting_rounds
            select ?, ?, coalesce(max(number), 0) + 1, ?, ?, ?, ?, ?, ?, ? from drafting_rounds
            where feature_id = ?
            """,
            [
                round_id, feature_id, text, call_id, list(left_out), who, clock.now(), connection,
                model, feature_id,
            ],
        )  # fmt: skip
        return round_id

    def _suggest(self, round_id: UUID, ideas: Sequence[Idea], of: Sequence[UUID]) -> None:
        ids = [new_id() for _ in ideas]
        first = int(
            self._db.value("select count(*) from drafting_ideas where round_id = ?", [round_id])
        )
        for place, (idea_id, idea) in enumerate(zip(ids, ideas, strict=True)):
            of_id = None if idea.of is None else (of or ids)[idea.of]
            self._db.execute(
                "insert into drafting_ideas values (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    idea_id, round_id, first + place, idea.about, of_id,
                    drafting.written(idea.body), idea.quote, idea.why,
                ],
            )  # fmt: skip

    def rounds(self, feature_id: UUID) -> list[Round]:
        """A feature's rounds, newest first."""
        rows = self._db.rows(
            """
            select r.id, r.feature_id, r.number, r.text, r.left_out, r.author, r.made_at,
                r.call_id, coalesce(r.model, c.model, ''), coalesce(r.connection, '')
            from drafting_rounds r left join suggestion_calls c on c.id = r.call_id
            where r.feature_id = ? order by r.number desc
            """,
            [feature_id],
        )
        return [_round(row) for row in rows]

    def of_round(self, round_id: UUID) -> list[Suggestion]:
        """What a round suggests, in its order: criteria follow the requirement that they are of."""
        rows = self._db.rows(
            f"""
            {_IDEAS} left join drafting_ideas o on o.id = i.of_id
            where i.round_id = ? order by coalesce(o.place, i.place), i.of_id is not null, i.place
            """,
            [round_id],
        )
        return [_suggestion(row) for row in rows]

    def get(self, idea_id: UUID) -> Suggestion:
        """One suggestion. Raises NotFound."""
        row = self._db.row(f"{_IDEAS} where i.id = ?", [idea_id])
        if row is None:
            raise NotFound("This suggestion is not in the database.", "Look at the draft again.")
        return _suggestion(row)

    def resolve(
        self,
        ideas: Sequence[UUID],
        resolution: Resolution,
        who: str,
        *,
        made: str = "",
        made_id: UUID | None = None,
        body: Body | None = None,
    ) -> None:
        """Keep what a person said to suggestions, and what they became."""
        text = None if body is None else drafting.written(body)
        with self._db.transaction():
            for idea_id in ideas:
                self._db.execute(
                    "insert into drafting_answers values (?, ?, ?, ?, ?, ?, ?)",
                    [idea_id, resolution, text, made, made_id, who, clock.now()],
                )

    def acceptance(self, feature_id: UUID) -> list[Acceptance]:
        """How the suggestions of each source fared, the rules first."""
        rows = self._db.rows(
            f"""
            select coalesce(r.model, c.model, 'rules') as source,
                count(*) filter (where a.answer = 'accepted'),
                count(*) filter (where a.answer = 'edited'),
                count(*) filter (where a.answer = 'rejected'),
                count(*) filter (where coalesce(a.answer, 'open') = 'open')
            from drafting_ideas i
            join drafting_rounds r on r.id = i.round_id
            left join suggestion_calls c on c.id = r.call_id
            left join ({_NEWEST}) a on a.idea_id = i.id and a.place = 1
            where r.feature_id = ? group by source order by source <> 'rules', source
            """,
            [feature_id],
        )
        return [Acceptance(*row) for row in rows]


def _suggestion(row: Row) -> Suggestion:
    idea_id, round_id, about, of_id, body, quote, why, resolution, made, made_id, person = row
    idea = Idea(drafting.read(About(about), body), quote, why)
    return Suggestion(idea_id, round_id, idea, of_id, Resolution(resolution), made, made_id, person)


def _round(row: Row) -> Round:
    round_id, feature_id, number, text, left_out, author, made_at, *asked = row
    return Round(round_id, feature_id, number, text, tuple(left_out), author, made_at, *asked)

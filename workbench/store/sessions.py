"""Sessions of a feature, their note pads and their minutes. Added to, never changed."""

from datetime import timedelta
from uuid import UUID

from workbench.domain import clock
from workbench.domain.sessions import Minutes, PadNote, Session
from workbench.errors import Conflict, NotFound
from workbench.store.engine.database import Database, Row

_SESSION = """
    select s.id, s.feature_id, s.number, s.goal, s.minutes, s.started_by, s.started_at,
        e.ended_by, e.ended_at
    from sessions s left join session_ends e on e.session_id = s.id
"""


class Sessions:
    """Who worked together, when and on what."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, feature_id: UUID) -> list[Session]:
        """A feature's sessions, newest first."""
        rows = self._db.rows(
            f"{_SESSION} where s.feature_id = ? order by s.number desc", [feature_id]
        )
        return [_session(row) for row in rows]

    def get(self, session_id: UUID) -> Session:
        """One session. Raises NotFound."""
        row = self._db.row(f"{_SESSION} where s.id = ?", [session_id])
        if row is None:
            raise NotFound("This session is not in the database.", "Choose another one.")
        return _session(row)

    def going(self, feature_id: UUID) -> Session | None:
        """The session that a feature is in, if it is in one."""
        row = self._db.row(
            f"{_SESSION} where s.feature_id = ? and e.ended_at is null", [feature_id]
        )
        return None if row is None else _session(row)

    def start(self, feature_id: UUID, goal: str, minutes: int, who: str) -> Session:
        """Begin a session. Raises Conflict where one goes on."""
        with self._db.transaction():
            going = self.going(feature_id)
            if going is not None:
                raise Conflict(
                    f"{going.started_by} has started a session already: {going.goal}",
                    mine=goal,
                    theirs=going.goal,
                    hint="Join it, or end it first.",
                )
            session_id: UUID = self._db.value(
                """
                insert into sessions (feature_id, number, goal, minutes, started_by, started_at)
                select ?, coalesce(max(number), 0) + 1, ?, ?, ?, ? from sessions
                where feature_id = ?
                returning id
                """,
                [feature_id, goal, minutes, who, clock.now(), feature_id],
            )
        return self.get(session_id)

    def end(self, session_id: UUID, who: str) -> Session:
        """End a session; one that has ended stays as it is."""
        with self._db.transaction():
            if self.get(session_id).is_on:
                self._db.execute(
                    "insert into session_ends values (?, ?, ?)", [session_id, who, clock.now()]
                )
        return self.get(session_id)

    def write(self, session_id: UUID, who: str, text: str) -> None:
        """Put a line on the note pad."""
        self._db.execute(
            "insert into pad_notes (session_id, person, text, written_at) values (?, ?, ?, ?)",
            [session_id, who, text, clock.now()],
        )

    def pad(self, session_id: UUID) -> list[PadNote]:
        """The note pad, oldest line first."""
        rows = self._db.rows(
            """
            select id, person, text, written_at from pad_notes
            where session_id = ? order by written_at, id
            """,
            [session_id],
        )
        return [PadNote(*row) for row in rows]

    def minutes(self, session_id: UUID) -> Minutes | None:
        """The newest wording of the minutes; None before the first."""
        row = self._db.row(
            """
            select number, text, author, written_at from session_minutes
            where session_id = ? order by number desc limit 1
            """,
            [session_id],
        )
        return None if row is None else Minutes(*row)

    def keep_minutes(self, session_id: UUID, based_on: int, text: str, who: str) -> Minutes:
        """Keep a wording after number `based_on` (0: the first). The same words are the same
        wording. Raises Conflict where somebody kept another one since."""
        with self._db.transaction():
            newest = self.minutes(session_id)
            number = newest.number if newest else 0
            if newest is not None and newest.text == text:
                return newest
            if newest is not None and number != based_on:
                raise Conflict(
                    f"{newest.author} has changed the minutes meanwhile.",
                    mine=text,
                    theirs=newest.text,
                    hint="Put what you want of both into one text.",
                )
            self._db.execute(
                "insert into session_minutes values (?, ?, ?, ?, ?)",
                [session_id, number + 1, text, who, clock.now()],
            )
        kept = self.minutes(session_id)
        assert kept is not None
        return kept


def _session(row: Row) -> Session:
    session_id, feature_id, number, goal, minutes, *rest = row
    return Session(session_id, feature_id, number, goal, timedelta(minutes=minutes), *rest)

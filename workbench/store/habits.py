"""Habits: what servers were found to refuse, so that the next request is sent right at once."""

from collections.abc import Iterable

from workbench.domain import clock
from workbench.domain.adaptations import Adaptation, Habit
from workbench.domain.connections import Connection
from workbench.store.engine.database import Database


class Habits:
    """What was learnt of each model behind a connection. What was learnt at another address is
    not known of this one."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, connection: Connection) -> list[Habit]:
        """What is known of a connection's models, in the order in which it was learnt."""
        rows = self._db.rows(
            """
            with newest as (
                select model, adaptation, arg_max(said, rowid) as said,
                    arg_max(is_forgotten, rowid) as is_forgotten,
                    arg_max(created_at, rowid) as learnt_at, max(rowid) as place
                from habits where connection_id = ? and address = ?
                group by model, adaptation
            )
            select model, adaptation, said, learnt_at from newest
            where not is_forgotten order by place
            """,
            [connection.id, connection.base_url],
        )
        assert connection.id is not None or not rows
        return [
            Habit(connection.id, model, Adaptation.parse(adaptation), said, learnt_at)
            for model, adaptation, said, learnt_at in rows
            if connection.id is not None
        ]

    def learn(
        self, connection: Connection, model: str, lessons: Iterable[tuple[Adaptation, str]]
    ) -> None:
        """Keep lessons with the words of the server that they were learnt from. What is known
        already is not kept twice; a lesson takes the place of an older one about the same field."""
        with self._db.transaction():
            known = {h.adaptation: h for h in self.of(connection) if h.model == model}
            for adaptation, said in lessons:
                for older in known:
                    if older.field == adaptation.field and older != adaptation:
                        self._note(connection, model, older, "", is_forgotten=True)
                if adaptation not in known:
                    self._note(connection, model, adaptation, said, is_forgotten=False)

    def forget(self, connection: Connection, model: str) -> None:
        """Know nothing of a model any more: the next request is sent as it was meant."""
        with self._db.transaction():
            for habit in self.of(connection):
                if habit.model == model:
                    self._note(connection, model, habit.adaptation, "", is_forgotten=True)

    def _note(
        self,
        connection: Connection,
        model: str,
        adaptation: Adaptation,
        said: str,
        *,
        is_forgotten: bool,
    ) -> None:
        self._db.execute(
            "insert into habits values (?, ?, ?, ?, ?, ?, ?)",
            [
                *(connection.id, connection.base_url, model, str(adaptation)),
                *(said, is_forgotten, clock.now()),
            ],
        )

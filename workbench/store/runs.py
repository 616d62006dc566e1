"""Runs: executions of an experiment. What happened to them is a list of events."""

from uuid import UUID

from workbench.domain import clock
from workbench.domain.experiments import Limits, Run, RunState
from workbench.errors import NotFound
from workbench.store.engine.database import Database, Row

_COLUMNS = "r.id, r.experiment_id, r.author, r.created_at, e.state, e.message, r.is_fresh"
_FROM = """
    runs r join (
        -- By the order of writing: a clock may be set back, and one transaction has one time.
        select run_id, arg_max(state, rowid) as state, arg_max(message, rowid) as message
        from run_events group by run_id
    ) e on e.run_id = r.id
"""


class Runs:
    """The executions of the experiments."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def start(self, experiment_id: UUID, author: str, *, is_fresh: bool = False) -> Run:
        """A new run, waiting. One that `is_fresh` asks again what was answered before it."""
        with self._db.transaction():
            run_id: UUID = self._db.value(
                """
                insert into runs (experiment_id, author, created_at, is_fresh)
                values (?, ?, ?, ?) returning id
                """,
                [experiment_id, author, clock.now(), is_fresh],
            )
            self.note(run_id, RunState.WAITING)
        return self.get(run_id)

    def note(self, run_id: UUID, state: RunState, message: str = "") -> None:
        """Write down what happened to a run. What runs added until then counts at once."""
        self._db.changes.settle()
        self._db.execute(
            "insert into run_events values (?, ?, ?, ?)", [run_id, state, message, clock.now()]
        )

    def get(self, run_id: UUID) -> Run:
        """One run. Raises NotFound."""
        row = self._db.row(f"select {_COLUMNS} from {_FROM} where r.id = ?", [run_id])
        if row is None:
            raise NotFound("This run is not in the database.", "Choose another one.")
        return _run(row)

    def latest(self, experiment_id: UUID) -> Run | None:
        """An experiment's newest run, if it was ever started."""
        row = self._db.row(
            f"""
            select {_COLUMNS} from {_FROM}
            where r.experiment_id = ? order by r.rowid desc limit 1
            """,
            [experiment_id],
        )
        return None if row is None else _run(row)

    def newest(self, feature_id: UUID) -> dict[UUID, Run]:
        """The newest run of each of a feature's experiments that was ever started."""
        rows = self._db.rows(
            f"""
            select {_COLUMNS} from {_FROM}
            where r.experiment_id in (select id from experiments where feature_id = ?)
            order by r.rowid
            """,
            [feature_id],
        )
        return {run.experiment_id: run for run in map(_run, rows)}

    def limit(self, run_id: UUID, limits: Limits) -> None:
        """Say what a run may take from now on."""
        self._db.execute(
            "insert into run_limits values (?, ?, ?, ?, ?)",
            [run_id, limits.usd, limits.calls, limits.priority, clock.now()],
        )

    def limits(self, run_id: UUID) -> Limits:
        """What a run may take; nothing is limited where nothing was said."""
        row = self._db.row(
            "select usd, calls, priority from run_limits where run_id = ? "
            "order by rowid desc limit 1",
            [run_id],
        )
        return Limits(*row) if row else Limits()

    def mark_interrupted(self) -> int:
        """Say of every run that looks live that its process ended. Returns how many.

        One process owns the file, so none can be live when it is opened.
        """
        rows = self._db.rows(
            f"select r.id from {_FROM} where e.state in ('waiting', 'running', 'paused')"
        )
        for (run_id,) in rows:
            self.note(
                run_id, RunState.INTERRUPTED, "The workbench ended while this run was going on."
            )
        return len(rows)


def _run(row: Row) -> Run:
    run_id, experiment_id, author, created_at, state, message, is_fresh = row
    return Run(run_id, experiment_id, author, created_at, RunState(state), message, is_fresh)

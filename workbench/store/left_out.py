"""What rests on rows that were changed behind our back, left out: a deed of somebody, on record.

Nothing that was changed can be believed, and nothing tells what stood there. So a trial that is
not as it was written, or that rests on a prompt, a case or a plan that is not, counts no more: its
call is missing, and the next run asks it again. A score that is not as it was written, or whose
criterion is not, is taken away: checks look at the output again, people rate it again. What was
changed stays as it was found and is said on `left_out`, with who decided.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from workbench.domain import clock
from workbench.errors import InputError
from workbench.say import count
from workbench.store.audit import Altered, Audits, bearing
from workbench.store.engine.database import Database
from workbench.store.seals import quoted

_ONE_BY_ONE = {"trials", "outputs", "scores"}
"""Tables whose changed rows are left out one by one; of others, all that rests on them is."""
_TEXTS = (
    *(("trials", column) for column in ("output", "partial", "reasoning", "transcript")),
    *(("turns", column) for column in ("said", "reasoning")),
)
_UNREADABLE = "left out "
"""Before the hash of a changed text: the same text, answered again, is to be stored anew."""


class LeftOut(NamedTuple):
    """How much counts no more: trials whose calls are asked again, and scores."""

    trials: int
    scores: int

    def sentence(self) -> str:
        """What was done, and what comes now."""
        return (
            f"Left out: {count(self.trials, 'answer')} and {count(self.scores, 'score')}. Run "
            "their experiments again to ask what is missing; checks have looked again at the "
            "answers that are as they were, and what people rated has to be rated again."
        )


class LeavingOut:
    """The way on where no backup has the rows as they were."""

    def __init__(self, database: Database, audits: Audits) -> None:
        self._db = database
        self._audits = audits

    def forecast(self) -> LeftOut:
        """What would be left out now."""
        altered = self._audits.latest().altered
        trials = self._trials(altered)
        return LeftOut(len(self._current(trials)), len(self._scores(altered)))

    def leave_out(self, author: str) -> LeftOut:
        """Leave out what rests on changed rows, in one commit. Raises InputError where none are."""
        with self._db.paused():
            altered = self._audits.now().altered
            if not altered:
                raise InputError(
                    "No row of evidence was changed since it was written.", "Nothing to leave out."
                )
            trials = self._trials(altered)
            scores = self._scores(altered)
            done = LeftOut(len(self._current(trials)), len(scores))
            with self._db.transaction():
                self._leave_out(altered, trials, scores, author)
        return done

    def all(self) -> list[tuple[str, str, int]]:
        """What was ever left out: who did it, when (UTC), and how many rows that concerned."""
        return [
            (author, f"{at:%Y-%m-%d %H:%M} UTC", rows)
            for author, at, rows in self._db.rows(
                "select author, created_at, count(*) from left_out group by all order by 2"
            )
        ]

    def _leave_out(
        self,
        altered: Sequence[Altered],
        trials: Collection[UUID],
        scores: Collection[int],
        author: str,
    ) -> None:
        deed = (author, clock.now())
        for one in altered:
            self._note(one.table, one.row_ids, deed)
            if one.gone:
                said = f"{count(one.gone, 'row')} gone"
                self._db.execute(
                    "insert into left_out values (?, null, ?, ?, ?)", [one.table, said, *deed]
                )
        self._db.execute(
            "insert into left_out select 'trials', unnest(?::uuid[]), '', ?, ?",
            [list(trials), *deed],
        )
        others = {row_id for one in altered if one.table == "scores" for row_id in one.row_ids}
        self._note("scores", [row_id for row_id in scores if row_id not in others], deed)
        preferred = self._preferences(scores)
        self._note("pair_preferences", preferred, deed)
        self._db.execute(
            "delete from pair_preferences where rowid in (select unnest(?::bigint[]))", [preferred]
        )
        self._db.execute(
            "delete from scores where rowid in (select unnest(?::bigint[]))", [list(scores)]
        )
        touched = {one.table for one in altered} | {"scores", "pair_preferences"}
        texts = [row_id for one in altered if one.table == "outputs" for row_id in one.row_ids]
        if texts:
            self._set_texts_aside(texts)
            touched |= {"trials", "turns", "outputs"}
        for table in sorted(touched):
            self._db.seal_anew(table)

    def _note(self, table: str, row_ids: Sequence[int], deed: tuple[str, object]) -> None:
        """Keep rows as they were found."""
        trial = "t.trial_id" if table == "scores" else "null"
        self._db.execute(
            f"insert into left_out select ?, {trial}, to_json(t)::varchar, ?, ? "
            f"from {quoted(table)} t where t.rowid in (select unnest(?::bigint[]))",
            [table, *deed, list(row_ids)],
        )

    def _preferences(self, scores: Collection[int]) -> list[int]:
        """The words that these scores came from: they are to be said again."""
        rows = self._db.rows(
            """
            select distinct p.rowid from pair_preferences p join scores s
                on s.trial_id in (p.first_trial, p.second_trial)
                and s.criterion_id = p.criterion_id and s.scorer = p.scorer and s.rater = p.rater
            where s.rowid in (select unnest(?::bigint[]))
            """,
            [list(scores)],
        )
        return [row_id for (row_id,) in rows]

    def _set_texts_aside(self, row_ids: Sequence[int]) -> None:
        """Texts are found by the hash of what was said: a changed one must not be found."""
        hashes = [
            found
            for (found,) in self._db.rows(
                "select hash from outputs where rowid in (select unnest(?::bigint[]))",
                [list(row_ids)],
            )
        ]
        for table, column in _TEXTS:
            self._db.execute(
                f"update {table} set {column} = ? || {column} "
                f"where {column} in (select unnest(?::varchar[]))",
                [_UNREADABLE, hashes],
            )
        self._db.execute(
            "update outputs set hash = ? || hash where hash in (select unnest(?::varchar[]))",
            [_UNREADABLE, hashes],
        )

    def _current(self, trials: Collection[UUID]) -> Collection[UUID]:
        """Those of the trials that counted until now."""
        rows = self._db.rows(
            "select id from current_trials where id in (select unnest(?::uuid[]))", [list(trials)]
        )
        return [trial_id for (trial_id,) in rows]

    def _trials(self, altered: Sequence[Altered]) -> set[UUID]:
        """The trials that are not as they were written, or that rest on what is not."""
        found: set[UUID] = set()
        for one in altered:
            if one.table == "trials":
                found |= self._ids("select id from trials where rowid in (select unnest(?))", one)
            elif one.table == "outputs":
                found |= self._ids(
                    """
                    select t.id from trials t join (
                        select hash from outputs where rowid in (select unnest(?))
                    ) o on o.hash in (t.output, t.partial, t.reasoning, t.transcript)
                    """,
                    one,
                )
                if one.gone:
                    found |= self._ids(
                        "select id from trials anti join outputs on output = hash "
                        "where output is not null and len(?) >= 0",
                        one,
                    )
            elif one.table != "scores":
                found |= self._resting(one)
        return found

    def _resting(self, one: Altered) -> set[UUID]:
        """The trials that rest on these rows of what was asked."""
        found: set[UUID] = set()
        for requirement, criterion, variant, experiment in bearing(self._db, one):
            if one.gone or (requirement is None and criterion is None):
                rows = self._db.rows(
                    """
                    select t.id from trials t
                    where ($variant::uuid is null or t.variant_id = $variant)
                        and ($experiment::uuid is null or exists (
                            select 1 from experiment_variants v
                            join experiment_cases x on x.experiment_id = v.experiment_id
                            where v.experiment_id = $experiment and v.variant_id = t.variant_id
                                and x.case_id = t.case_id))
                    """,
                    {"variant": variant, "experiment": experiment},
                )
                found |= {trial_id for (trial_id,) in rows}
        return found

    def _scores(self, altered: Sequence[Altered]) -> set[int]:
        """The scores to take away: all that one trial has of one criterion, because an older one
        must not count again; and all of a criterion that is not as it was written."""
        found: set[int] = set()
        for one in altered:
            if one.table == "scores" and one.gone:
                return {row_id for (row_id,) in self._db.rows("select rowid from scores")}
            if one.table == "scores":
                found |= self._row_ids(
                    """
                    select s.rowid from scores s semi join (
                        select trial_id, criterion_id from scores
                        where rowid in (select unnest(?::bigint[]))
                    ) o using (trial_id, criterion_id)
                    """,
                    list(one.row_ids),
                )
            elif one.table == "trials" and one.gone:
                found |= self._row_ids(
                    "select s.rowid from scores s anti join trials t on t.id = s.trial_id"
                )
            elif one.table not in _ONE_BY_ONE:
                criteria = bearing(self._db, one)
                found |= self._row_ids(
                    """
                    select s.rowid from scores s join criteria c on c.id = s.criterion_id
                    where c.requirement_id in (select unnest(?::uuid[]))
                        or c.id in (select unnest(?::uuid[]))
                    """,
                    [requirement for requirement, *_ in criteria if requirement],
                    [criterion for _, criterion, *_ in criteria if criterion],
                )
        return found

    def _ids(self, sql: str, one: Altered) -> set[UUID]:
        return {trial_id for (trial_id,) in self._db.rows(sql, [list(one.row_ids)])}

    def _row_ids(self, sql: str, *parameters: list[object]) -> set[int]:
        return {row_id for (row_id,) in self._db.rows(sql, list(parameters))}

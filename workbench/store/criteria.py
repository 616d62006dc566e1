"""Criteria and their versions: added to, never overwritten."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from workbench.domain import clock
from workbench.domain.criteria import (
    Criterion,
    CriterionDraft,
    Lane,
    Measure,
    Scorer,
    ScorerKind,
)
from workbench.domain.criterion_changes import differences
from workbench.domain.experiments import Experiment
from workbench.domain.fingerprint import canonical
from workbench.errors import Conflict, InputError, NotFound
from workbench.store.engine.database import Database, Row
from workbench.store.keys import next_short_key

_COLUMNS = """
    c.id, c.requirement_id, c.key, c.archived_at, v.number, v.title, v.scorer_kind,
    v.scorer_settings, v.measure, v.bar, v.target, v.confidence, v.slices, v.lane, v.origin,
    v.author, v.created_at, v.why, v.expects
"""


class Criteria:
    """How requirements are told to be met."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, feature_id: UUID) -> list[Criterion]:
        """A feature's criteria at their newest version, in the order of their keys."""
        rows = self._db.rows(
            f"""
            select {_COLUMNS}
            from criteria c
            join criterion_versions v on v.criterion_id = c.id
            join requirements r on r.id = c.requirement_id
            where r.feature_id = ? and c.archived_at is null and r.archived_at is null
            qualify v.number = max(v.number) over (partition by c.id)
            order by try_cast(substr(c.key, 2) as integer), c.key
            """,
            [feature_id],
        )
        return [_criterion(row) for row in rows]

    def of_experiment(self, experiment: Experiment) -> list[Criterion]:
        """The criteria that an experiment was planned for, at their newest version: a changed one
        counts as it is now, an archived one not at all."""
        planned = frozenset(experiment.criterion_ids)
        return [c for c in self.of(experiment.feature_id) if c.id in planned]

    def archived(self, requirement_id: UUID) -> list[Criterion]:
        """A requirement's criteria that were put away, at their newest version."""
        rows = self._db.rows(
            f"""
            select {_COLUMNS}
            from criteria c join criterion_versions v on v.criterion_id = c.id
            where c.requirement_id = ? and c.archived_at is not null
            qualify v.number = max(v.number) over (partition by c.id)
            order by try_cast(substr(c.key, 2) as integer), c.key
            """,
            [requirement_id],
        )
        return [_criterion(row) for row in rows]

    def get(self, criterion_id: UUID, number: int | None = None) -> Criterion:
        """One criterion, at its newest or a given version. Raises NotFound."""
        row = self._db.row(
            f"""
            select {_COLUMNS}
            from criteria c join criterion_versions v on v.criterion_id = c.id
            where c.id = ? and v.number = coalesce(?, v.number)
            order by v.number desc limit 1
            """,
            [criterion_id, number],
        )
        if row is None:
            raise NotFound("This criterion is not in the database.", "Choose another one.")
        return _criterion(row)

    def versions(self, criterion_id: UUID) -> list[Criterion]:
        """Every version, oldest first."""
        rows = self._db.rows(
            f"""
            select {_COLUMNS}
            from criteria c join criterion_versions v on v.criterion_id = c.id
            where c.id = ? order by v.number
            """,
            [criterion_id],
        )
        return [_criterion(row) for row in rows]

    def versions_of(self, feature_id: UUID) -> dict[UUID, list[Criterion]]:
        """Every version of each of a feature's criteria, oldest first."""
        found: dict[UUID, list[Criterion]] = {}
        for row in self._db.rows(
            f"""
            select {_COLUMNS}
            from criteria c join criterion_versions v on v.criterion_id = c.id
            where c.requirement_id in (select id from requirements where feature_id = ?)
            order by v.number
            """,
            [feature_id],
        ):
            version = _criterion(row)
            found.setdefault(version.id, []).append(version)
        return found

    def features_with(self, kind: ScorerKind) -> set[UUID]:
        """The features with a criterion that has, or had, this kind of scorer."""
        rows = self._db.rows(
            """
            select distinct r.feature_id
            from criterion_versions v
            join criteria c on c.id = v.criterion_id
            join requirements r on r.id = c.requirement_id
            where v.scorer_kind = ?
            """,
            [kind],
        )
        return {feature_id for (feature_id,) in rows}

    def first_answers(self, feature_id: UUID) -> dict[UUID, datetime]:
        """When the first output came that each criterion was planned to judge."""
        rows = self._db.rows(
            """
            select k.criterion_id, min(t.created_at)
            from experiment_criteria k
            join experiment_trials t on t.experiment_id = k.experiment_id
            where t.feature_id = ? and t.output is not null
            group by k.criterion_id
            """,
            [feature_id],
        )
        return dict(rows)

    def add(
        self, requirement_id: UUID, draft: CriterionDraft, author: str, why: str = ""
    ) -> Criterion:
        """Keep a new criterion under the feature's next free key (C1, C2, …)."""
        with self._db.transaction():
            taken = self._db.rows(
                """
                select c.key from criteria c join requirements r on r.id = c.requirement_id
                where r.feature_id = (select feature_id from requirements where id = ?)
                """,
                [requirement_id],
            )
            criterion_id = self._new(requirement_id, next_short_key("C", taken))
            self._insert(criterion_id, 1, draft, author, clock.now(), why)
            return self.get(criterion_id)

    def revise(
        self,
        criterion_id: UUID,
        draft: CriterionDraft,
        based_on: int,
        author: str,
        why: str,
        expects: str = "",
    ) -> Criterion:
        """Add a version to the one numbered `based_on`. Raises Conflict when a newer one exists,
        and InputError when it changes what is asked for of answers that are there, without a why.
        """
        with self._db.transaction():
            current = self.get(criterion_id)
            if current.number != based_on:
                raise Conflict(
                    f"{current.key} was changed by {current.author or 'somebody'} while you were "
                    "editing it.",
                    mine=draft.text(),
                    theirs=current.draft.text(),
                    hint="Compare both, then save yours on top, or keep theirs.",
                )
            what = differences(current.draft, draft.checked())
            if what:
                self._refuse_silent(current, why, f"to change {', '.join(what)}")
            self._insert(criterion_id, based_on + 1, draft, author, clock.now(), why, expects)
        return self.get(criterion_id)

    def restore(self, requirement_id: UUID, key: str, versions: Sequence[Criterion]) -> Criterion:
        """Keep a criterion with its history, as a feature file brings it (ids are ignored)."""
        with self._db.transaction():
            criterion_id = self._new(requirement_id, key)
            for version in versions:
                self._insert(
                    criterion_id,
                    version.number,
                    version.draft,
                    version.author,
                    version.created_at,
                    version.why,
                    version.expects,
                )
            return self.get(criterion_id)

    def archive(self, criterion_id: UUID, author: str, why: str = "") -> None:
        """Put a criterion away. Its versions and scores stay. Raises InputError when answers that
        it judges are there and no why is given: dropping a bar is a change of it."""
        with self._db.transaction():
            self._refuse_silent(self.get(criterion_id), why, "to put it away")
            self._db.execute(
                """
                update criteria set archived_at = ?, archived_by = ?, archived_why = ?
                where id = ?
                """,
                [clock.now(), author, why.strip(), criterion_id],
            )

    def bring_back(self, criterion_id: UUID) -> None:
        """Take a criterion out of the archive: verdicts ask for it again, with its scores."""
        self._db.execute(
            "update criteria set archived_at = null, archived_by = '', archived_why = '' "
            "where id = ?",
            [criterion_id],
        )

    def put_away_by(self, criterion_id: UUID) -> tuple[str, str]:
        """Who put a criterion away, and why: empty where it was not, or nobody wrote it down."""
        row = self._db.row(
            "select archived_by, archived_why from criteria where id = ?", [criterion_id]
        )
        return ("", "") if row is None else (row[0] or "", row[1] or "")

    def _refuse_silent(self, criterion: Criterion, why: str, deed: str) -> None:
        if why.strip():
            return
        is_answered = self._db.value(
            """
            select exists (
                from experiment_criteria k
                join experiment_trials t on t.experiment_id = k.experiment_id
                where k.criterion_id = ? and t.output is not null
            )
            """,
            [criterion.id],
        )
        if is_answered:
            raise InputError(
                f"{criterion.key} judges answers that are there, and no reason is given {deed}.",
                "Say why: it is kept in the history and in the spec.",
            )

    def _new(self, requirement_id: UUID, key: str) -> UUID:
        criterion_id: UUID = self._db.value(
            """
            insert into criteria (requirement_id, key, created_at) values (?, ?, ?)
            returning id
            """,
            [requirement_id, key, clock.now()],
        )
        return criterion_id

    def _insert(
        self,
        criterion_id: UUID,
        number: int,
        draft: CriterionDraft,
        author: str,
        created_at: datetime,
        why: str,
        expects: str = "",
    ) -> None:
        tidy = draft.checked()
        self._db.execute(
            """
            insert into criterion_versions
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                criterion_id,
                number,
                tidy.title,
                tidy.scorer.kind,
                canonical(tidy.scorer.settings),
                tidy.scorer.fingerprint(),
                tidy.measure,
                tidy.bar,
                tidy.target,
                tidy.confidence,
                list(tidy.slices),
                tidy.lane,
                tidy.origin,
                author,
                created_at,
                why,
                expects,
            ],
        )


def _criterion(row: Row) -> Criterion:
    (
        criterion_id,
        requirement_id,
        key,
        archived_at,
        number,
        title,
        kind,
        settings,
        measure,
        bar,
        target,
        confidence,
        slices,
        lane,
        origin,
        author,
        created_at,
        why,
        expects,
    ) = row
    draft = CriterionDraft(
        title,
        Scorer(ScorerKind(kind), json.loads(settings)),
        Measure(measure),
        bar,
        target,
        confidence,
        tuple(slices),
        Lane(lane),
        origin,
    )
    return Criterion(
        *(criterion_id, requirement_id, key, number, draft),
        *(author, created_at, why, archived_at, expects),
    )

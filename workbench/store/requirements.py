"""Requirements and their revisions: added to, never overwritten."""

from collections.abc import Sequence
from uuid import UUID

from workbench.domain import clock
from workbench.domain.requirements import (
    Evidence,
    Horizon,
    Kind,
    Level,
    Requirement,
    RequirementDraft,
    Revision,
)
from workbench.errors import Conflict, NotFound
from workbench.store.engine.database import Database, Row
from workbench.store.keys import next_short_key

_COLUMNS = """
    r.id, r.feature_id, r.key, r.archived_at, v.number, v.statement, v.rationale, v.kind,
    v.impact, v.effort, v.horizon, v.author, v.created_at, v.why, v.expects
"""
_ARRANGED = """
    left join (
        select unnest(requirement_ids) as requirement_id,
            generate_subscripts(requirement_ids, 1) as place
        from (
            select requirement_ids from requirement_orders where feature_id = $feature
            order by rowid desc limit 1
        )
    ) o on o.requirement_id = r.id
"""
_IN_ORDER = "o.place nulls last, try_cast(substr(r.key, 2) as integer), r.key"


class Requirements:
    """What the features must do."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, feature_id: UUID) -> list[Requirement]:
        """A feature's requirements at their newest revision, as people arranged them; those that
        nobody moved follow in the order of their keys."""
        return self._newest(feature_id, is_archived=False)

    def archived(self, feature_id: UUID) -> list[Requirement]:
        """Those that were put away, at their newest revision."""
        return self._newest(feature_id, is_archived=True)

    def _newest(self, feature_id: UUID, *, is_archived: bool) -> list[Requirement]:
        rows = self._db.rows(
            f"""
            select {_COLUMNS}
            from requirements r join requirement_revisions v on v.requirement_id = r.id
            {_ARRANGED}
            where r.feature_id = $feature and (r.archived_at is not null) = $archived
            qualify v.number = max(v.number) over (partition by r.id)
            order by {_IN_ORDER}
            """,
            {"feature": feature_id, "archived": is_archived},
        )
        evidence = self._evidence([row[0] for row in rows])
        return [_requirement(row, evidence) for row in rows]

    def get(self, requirement_id: UUID) -> Requirement:
        """One requirement at its newest revision. Raises NotFound."""
        row = self._db.row(
            f"""
            select {_COLUMNS}
            from requirements r join requirement_revisions v on v.requirement_id = r.id
            where r.id = ? order by v.number desc limit 1
            """,
            [requirement_id],
        )
        if row is None:
            raise NotFound("This requirement is not in the database.", "Choose another one.")
        return _requirement(row, self._evidence([requirement_id]))

    def revisions(self, requirement_id: UUID) -> list[Revision]:
        """Every revision, oldest first."""
        rows = self._db.rows(
            f"""
            select {_COLUMNS}
            from requirements r join requirement_revisions v on v.requirement_id = r.id
            where r.id = ? order by v.number
            """,
            [requirement_id],
        )
        evidence = self._evidence([requirement_id])
        return [_requirement(row, evidence).revision for row in rows]

    def revisions_of(self, feature_id: UUID) -> dict[UUID, list[Revision]]:
        """Every revision of each of a feature's requirements, oldest first."""
        rows = self._db.rows(
            f"""
            select {_COLUMNS}
            from requirements r join requirement_revisions v on v.requirement_id = r.id
            where r.feature_id = ? order by v.number
            """,
            [feature_id],
        )
        evidence = self._evidence([row[0] for row in rows])
        found: dict[UUID, list[Revision]] = {}
        for row in rows:
            found.setdefault(row[0], []).append(_requirement(row, evidence).revision)
        return found

    def add(
        self,
        feature_id: UUID,
        draft: RequirementDraft,
        author: str,
        why: str = "",
        evidence: Sequence[Evidence] = (),
    ) -> Requirement:
        """Keep a new requirement under the next free key (R1, R2, …)."""
        with self._db.transaction():
            key = next_short_key(
                "R",
                self._db.rows("select key from requirements where feature_id = ?", [feature_id]),
            )
            return self.restore(
                feature_id,
                key,
                (Revision(1, draft, author, clock.now(), why or "First draft", (*evidence,)),),
            )

    def revise(
        self,
        requirement_id: UUID,
        draft: RequirementDraft,
        based_on: int,
        author: str,
        why: str,
        evidence: Sequence[Evidence] = (),
        expects: str = "",
    ) -> Requirement:
        """Add a revision to the one numbered `based_on`.

        Raises Conflict, with both texts, when a newer revision exists.
        """
        with self._db.transaction():
            current = self.get(requirement_id)
            if current.revision.number != based_on:
                raise Conflict(
                    f"{current.key} was revised by {current.revision.author or 'somebody'} while "
                    "you were editing it.",
                    mine=draft.text(),
                    theirs=current.draft.text(),
                    hint="Compare both texts, then save yours on top, or keep theirs.",
                )
            self._insert(
                requirement_id,
                Revision(based_on + 1, draft, author, clock.now(), why, (*evidence,), expects),
            )
        return self.get(requirement_id)

    def restore(self, feature_id: UUID, key: str, revisions: Sequence[Revision]) -> Requirement:
        """Keep a requirement with its history, as a feature file brings it."""
        with self._db.transaction():
            requirement_id: UUID = self._db.value(
                """
                insert into requirements (feature_id, key, created_at) values (?, ?, ?)
                returning id
                """,
                [feature_id, key, clock.now()],
            )
            for revision in revisions:
                self._insert(requirement_id, revision)
            return self.get(requirement_id)

    def archive(self, requirement_id: UUID, author: str, why: str = "") -> None:
        """Put a requirement away. Its revisions and evidence stay."""
        self._db.execute(
            """
            update requirements set archived_at = ?, archived_by = ?, archived_why = ?
            where id = ?
            """,
            [clock.now(), author, why.strip(), requirement_id],
        )

    def bring_back(self, requirement_id: UUID) -> None:
        """Take a requirement out of the archive, with all that was there before."""
        self._db.execute(
            """
            update requirements set archived_at = null, archived_by = '', archived_why = ''
            where id = ?
            """,
            [requirement_id],
        )

    def put_away_by(self, requirement_id: UUID) -> tuple[str, str]:
        """Who put a requirement away, and why: empty where it was not, or nobody wrote it down."""
        row = self._db.row(
            "select archived_by, archived_why from requirements where id = ?", [requirement_id]
        )
        return ("", "") if row is None else (row[0] or "", row[1] or "")

    def arrange(self, feature_id: UUID, ids: Sequence[UUID]) -> None:
        """Put a feature's requirements into this order; earlier orders stay on record."""
        self._db.execute(
            "insert into requirement_orders values (?, ?, ?)", [feature_id, [*ids], clock.now()]
        )

    def _insert(self, requirement_id: UUID, revision: Revision) -> None:
        draft = revision.draft.checked()
        self._db.execute(
            "insert into requirement_revisions values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                requirement_id,
                revision.number,
                draft.statement,
                draft.rationale,
                draft.kind,
                draft.impact,
                draft.effort,
                draft.horizon,
                revision.author,
                revision.created_at,
                revision.why,
                revision.expects,
            ],
        )
        for position, piece in enumerate(revision.evidence):
            self._db.execute(
                "insert into revision_evidence values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    requirement_id,
                    revision.number,
                    position,
                    piece.summary,
                    piece.experiment,
                    piece.criterion,
                    piece.variant,
                    piece.case,
                    piece.output,
                ],
            )

    def _evidence(self, ids: Sequence[UUID]) -> dict[tuple[UUID, int], list[Evidence]]:
        found: dict[tuple[UUID, int], list[Evidence]] = {}
        for requirement_id, number, *piece in self._db.rows(
            """
            select requirement_id, number, summary, experiment, criterion, variant, case_key, output
            from revision_evidence where requirement_id in (select unnest(?::uuid[]))
            order by requirement_id, number, position
            """,
            [list(ids)],
        ):
            found.setdefault((requirement_id, number), []).append(Evidence(*piece))
        return found


def _requirement(row: Row, evidence: dict[tuple[UUID, int], list[Evidence]]) -> Requirement:
    (
        requirement_id,
        feature_id,
        key,
        archived_at,
        number,
        statement,
        rationale,
        kind,
        impact,
        effort,
        horizon,
        author,
        created_at,
        why,
        expects,
    ) = row
    draft = RequirementDraft(
        statement, rationale, Kind(kind), Level(impact), Level(effort), Horizon(horizon)
    )
    pieces = tuple(evidence.get((requirement_id, number), ()))
    revision = Revision(number, draft, author, created_at, why, pieces, expects)
    return Requirement(requirement_id, feature_id, key, revision, archived_at)

"""Features, and which variant each team means to ship."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from workbench.domain import clock, lookalikes
from workbench.domain.features import Feature, PutAway
from workbench.errors import Conflict, InputError, NotFound
from workbench.store.audit import Audits
from workbench.store.engine.database import Database, Row

_COLUMNS = "name, problem, user_text, job, goal, stakes, id, revision, created_at"


class Features:
    """What is being specified."""

    def __init__(self, database: Database, audits: Audits) -> None:
        self._db = database
        self._audits = audits

    def all(self) -> list[Feature]:
        """Every feature that somebody specifies and is not archived, oldest first. Capability packs
        are none of them: they are tried, not built."""
        packs = {pack_id for (pack_id,) in self._db.rows("select feature_id from packs")}
        return [feature for feature in self.every() if feature.id not in packs]

    def every(self) -> list[Feature]:
        """The same with those that are capability packs."""
        return [
            _feature(row)
            for row in self._db.rows(
                f"select {_COLUMNS} from features where archived_at is null order by created_at, id"
            )
        ]

    def get(self, feature_id: UUID) -> Feature:
        """One feature. Raises NotFound."""
        row = self._db.row(f"select {_COLUMNS} from features where id = ?", [feature_id])
        if row is None:
            raise NotFound("This feature is not in the database.", "Choose another one.")
        return _feature(row)

    def named(self, name: str) -> Feature | None:
        """The feature of this name, whatever its capitals."""
        row = self._db.row(
            f"""
            select {_COLUMNS} from features
            where lower(name) = lower(?) and archived_at is null
            """,
            [" ".join(name.split())],
        )
        return None if row is None else _feature(row)

    def add(self, feature: Feature) -> Feature:
        """Keep a new feature. Raises InputError when the name is taken: names go into links."""
        tidy = feature.checked()
        with self._db.transaction():
            self._refuse_taken(tidy)
            row = self._db.row(
                f"""
                insert into features
                    (name, problem, user_text, job, goal, stakes, revision, created_at)
                values (?, ?, ?, ?, ?, ?, 1, ?)
                returning {_COLUMNS}
                """,
                [tidy.name, tidy.problem, tidy.user, tidy.job, tidy.goal, tidy.stakes, clock.now()],
            )
        assert row is not None
        return _feature(row)

    def save(self, feature: Feature) -> Feature:
        """Keep an edit made on `feature.revision`. Raises Conflict when somebody saved since."""
        tidy = feature.checked()
        assert tidy.id is not None
        with self._db.transaction():
            now = self.get(tidy.id)
            if now.revision != tidy.revision:
                raise Conflict(
                    "Somebody changed this feature while you were editing it.",
                    mine=tidy.text(),
                    theirs=now.text(),
                    hint="Compare both, then save again.",
                )
            self._refuse_taken(tidy)
            self._db.execute(
                """
                update features set name = ?, problem = ?, user_text = ?, job = ?, goal = ?,
                    stakes = ?, revision = revision + 1
                where id = ?
                """,
                [tidy.name, tidy.problem, tidy.user, tidy.job, tidy.goal, tidy.stakes, tidy.id],
            )
        return self.get(tidy.id)

    def _refuse_taken(self, feature: Feature) -> None:
        others = (other.name for other in self.every() if other.id != feature.id)
        lookalikes.refuse_taken(feature.name, others, "feature")

    def archive(self, feature_id: UUID) -> bool:
        """Put a feature away; its evidence stays. False where it was put away before."""
        row = self._db.row(
            "update features set archived_at = ? where id = ? and archived_at is null returning id",
            [clock.now(), feature_id],
        )
        return row is not None

    def archived(self) -> list[PutAway]:
        """The features that are put away, and since when; the latest first."""
        rows = self._db.rows(
            f"""
            select archived_at, {_COLUMNS} from features where archived_at is not null
            order by archived_at desc, id
            """
        )
        return [PutAway(_feature(tuple(rest)), at) for at, *rest in rows]

    def restore(self, feature_id: UUID, name: str) -> bool:
        """Bring a feature back under a name; False where it was not put away. Raises InputError
        when the name is taken."""
        with self._db.transaction():
            if all(away.feature.id != feature_id for away in self.archived()):
                return False
            self._refuse_taken(replace(self.get(feature_id), name=name))
            self._db.execute(
                """
                update features set archived_at = null, name = ?, revision = revision + 1
                where id = ?
                """,
                [name, feature_id],
            )
        return True

    def set_budget(self, feature_id: UUID, usd: float | None, author: str) -> None:
        """Say what all runs of a feature may cost together, in USD; None lifts the limit."""
        if usd is not None and not (0 < usd < float("inf")):
            raise InputError(f"A budget of ${usd:g}?", "Give an amount above 0, or none.")
        self._db.execute(
            "insert into budgets values (?, ?, ?, ?)", [feature_id, usd, author, clock.now()]
        )

    def budget(self, feature_id: UUID) -> float | None:
        """What all runs of a feature may cost together, in USD; None: no limit."""
        found: float | None = self._db.value(
            "select usd from budgets where feature_id = ? order by rowid desc limit 1",
            [feature_id],
        )
        return found

    def choose_candidate(self, feature_id: UUID, variant_id: UUID, author: str, why: str) -> None:
        """Name the variant that the team means to ship; earlier choices stay on record.

        Raises StoreError where evidence is not as it was written: nothing is decided on that.
        """
        self._audits.latest().refuse("This choice")
        self._db.execute(
            "insert into candidates values (?, ?, ?, ?, ?)",
            [feature_id, variant_id, author, why, clock.now()],
        )

    def candidate(self, feature_id: UUID) -> UUID | None:
        """The variant named last, if any was."""
        found: UUID | None = self._db.value(
            """
            select variant_id from candidates where feature_id = ?
            order by created_at desc limit 1
            """,
            [feature_id],
        )
        return found

    def candidate_since(self, feature_id: UUID) -> datetime | None:
        """Since when the candidate has been that: naming it once more changes nothing."""
        found: datetime | None = self._db.value(
            """
            with named as (
                select variant_id, created_at,
                    first_value(variant_id) over (order by created_at desc) as candidate
                from candidates where feature_id = $feature
            )
            select min(created_at) from named
            where variant_id = candidate and created_at > coalesce(
                (select max(created_at) from named where variant_id <> candidate), '-infinity'
            )
            """,
            {"feature": feature_id},
        )
        return found


def _feature(row: Row) -> Feature:
    return Feature(*row)

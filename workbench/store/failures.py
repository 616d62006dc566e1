"""Failure modes and readings: versions are added to, notes are sorted, nothing is overwritten."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from workbench.domain import clock
from workbench.domain.failures import FailureMode, Fallback, ModeDraft, Response, Severity
from workbench.domain.people import Person
from workbench.domain.requirements import Evidence
from workbench.errors import Conflict, NotFound
from workbench.store.engine.database import Database, Row
from workbench.store.keys import new_id, next_short_key

_COLUMNS = """
    m.id, m.feature_id, m.key, v.number, v.author, v.created_at, v.is_archived, v.name,
    v.definition, v.severity, v.owner, v.noticed, v.fallback, v.reads, v.criterion_id
"""


class Failures:
    """What goes wrong, by kind, and which outputs were read for it."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, feature_id: UUID, *, is_archived: bool = False) -> list[FailureMode]:
        """A feature's failure modes at their newest version, by key."""
        rows = self._db.rows(
            f"""
            select {_COLUMNS}
            from failure_modes m join failure_mode_versions v on v.mode_id = m.id
            where m.feature_id = ?
            qualify v.number = max(v.number) over (partition by m.id)
            order by try_cast(substr(m.key, 2) as integer), m.key
            """,
            [feature_id],
        )
        return [m for m in self._modes(rows) if m.is_archived == is_archived]

    def get(self, mode_id: UUID) -> FailureMode:
        """One failure mode at its newest version. Raises NotFound."""
        rows = self._db.rows(
            f"""
            select {_COLUMNS}
            from failure_modes m join failure_mode_versions v on v.mode_id = m.id
            where m.id = ? order by v.number desc limit 1
            """,
            [mode_id],
        )
        if not rows:
            raise NotFound("This failure mode is not in the database.", "Choose another one.")
        return self._modes(rows)[0]

    def add(self, feature_id: UUID, draft: ModeDraft, author: str) -> FailureMode:
        """Keep a new failure mode under the next free key (F1, F2, …)."""
        with self._db.transaction():
            taken = self._db.rows(
                "select key from failure_modes where feature_id = ?", [feature_id]
            )
            return self.restore(feature_id, next_short_key("F", taken), 1, draft, author)

    def restore(
        self,
        feature_id: UUID,
        key: str,
        number: int,
        draft: ModeDraft,
        author: str,
        created_at: datetime | None = None,
        examples: Sequence[Evidence] = (),
    ) -> FailureMode:
        """Keep a failure mode under its key, at a version: from a feature file, by whoever and
        whenever it says."""
        mode_id, now = new_id(), created_at or clock.now()
        with self._db.transaction():
            self._db.execute(
                "insert into failure_modes (id, feature_id, key, created_at) values (?, ?, ?, ?)",
                [mode_id, feature_id, key, now],
            )
            self._add_version(mode_id, number, draft, author, now)
            for position, piece in enumerate(examples):
                self._db.execute(
                    "insert into failure_mode_examples values (?, ?, ?, ?, ?, ?, ?, ?)",
                    [
                        *(mode_id, position, piece.summary, piece.experiment, piece.criterion),
                        *(piece.variant, piece.case, piece.output),
                    ],
                )
            return self.get(mode_id)

    def revise(self, mode_id: UUID, draft: ModeDraft, based_on: int, author: str) -> FailureMode:
        """Add a version to the one numbered `based_on`. Raises Conflict, with both texts, where a
        newer one exists."""
        with self._db.transaction():
            current = self.get(mode_id)
            if current.number != based_on:
                raise Conflict(
                    f"{current.key} was changed by {current.author or 'somebody'} while you were "
                    "editing it.",
                    mine=draft.text(),
                    theirs=current.draft.text(),
                    hint="Look at both, then save yours on top or take theirs.",
                )
            self._add_version(mode_id, based_on + 1, draft, author, clock.now())
            return self.get(mode_id)

    def put_away(self, mode_id: UUID, author: str, *, is_archived: bool) -> bool:
        """Put a failure mode away, or bring it back. False where it is so already."""
        with self._db.transaction():
            current = self.get(mode_id)
            if current.is_archived == is_archived:
                return False
            self._add_version(
                mode_id, current.number + 1, current.draft, author, clock.now(), is_archived
            )
            return True

    def sort(self, note_ids: Iterable[UUID], mode_id: UUID | None, author: str) -> None:
        """Put notes into a failure mode, or into none. The newest word on a note counts."""
        now = clock.now()
        for note_id in note_ids:
            self._db.execute(
                "insert into note_modes values (?, ?, ?, ?)", [note_id, mode_id, author, now]
            )

    def mode_of(self, note_id: UUID) -> UUID | None:
        """The failure mode that a note is sorted into."""
        found: UUID | None = self._db.value(
            "select arg_max_null(mode_id, created_at) from note_modes where note_id = ?",
            [note_id],
        )
        return found

    def read(self, trial_id: UUID, who: Person, note_id: UUID | None = None) -> None:
        """Write down that somebody read an output; without a note nothing went wrong."""
        self._add_reading(trial_id, who, note_id, None)

    def said(self, trial_id: UUID, who: Person) -> set[str]:
        """What somebody's readings of an output that hold say went wrong; empty where nothing."""
        rows = self._db.rows(
            """
            select coalesce(n.text, '')
            from readings r left join notes n on n.id = r.note_id
            where r.trial_id = ? and r.person_id = ? and r.withdraws is null
                and r.id not in (select withdraws from readings where withdraws is not null)
            """,
            [trial_id, who.id],
        )
        return {text for (text,) in rows}

    def newest_reading(
        self, experiment_id: UUID, who: Person
    ) -> tuple[UUID, UUID, UUID | None] | None:
        """Somebody's newest reading in an experiment that still holds: its id, trial and note."""
        row = self._db.row(
            """
            select r.id, r.trial_id, r.note_id
            from readings r
            join experiment_trials t on t.id = r.trial_id and t.experiment_id = $experiment
            where r.person_id = $person and r.withdraws is null
                and r.id not in (select withdraws from readings where withdraws is not null)
            order by r.created_at desc, r.id desc limit 1
            """,
            {"experiment": experiment_id, "person": who.id},
        )
        return None if row is None else (row[0], row[1], row[2])

    def withdraw(self, reading_id: UUID, trial_id: UUID, who: Person) -> None:
        """Take a reading back, with its note. The output waits again; both words stay."""
        self._add_reading(trial_id, who, None, reading_id)

    def learn(
        self, mode_id: UUID, requirement_id: UUID, criterion_id: UUID | None, author: str
    ) -> None:
        """Write down that a failure mode became a requirement, or a criterion of one."""
        self._db.execute(
            "insert into failure_mode_lessons values (?, ?, ?, ?, ?)",
            [mode_id, requirement_id, criterion_id, author, clock.now()],
        )

    def lessons(self, feature_id: UUID) -> dict[UUID, list[tuple[UUID, UUID | None]]]:
        """What each failure mode of a feature became, oldest first: the requirement, and the
        criterion where it was one."""
        found: dict[UUID, list[tuple[UUID, UUID | None]]] = {}
        for mode_id, *lesson in self._db.rows(
            """
            select l.mode_id, l.requirement_id, l.criterion_id
            from failure_mode_lessons l join failure_modes m on m.id = l.mode_id
            where m.feature_id = ? order by l.created_at, l.rowid
            """,
            [feature_id],
        ):
            found.setdefault(mode_id, []).append((lesson[0], lesson[1]))
        return found

    def _add_reading(
        self, trial_id: UUID, who: Person, note_id: UUID | None, withdraws: UUID | None
    ) -> None:
        self._db.execute(
            "insert into readings values (?, ?, ?, ?, ?, ?, ?)",
            [new_id(), trial_id, note_id, withdraws, who.id, who.name, clock.now()],
        )

    def _add_version(
        self,
        mode_id: UUID,
        number: int,
        draft: ModeDraft,
        author: str,
        created_at: datetime,
        is_archived: bool = False,
    ) -> None:
        fallback = draft.fallback
        self._db.execute(
            "insert into failure_mode_versions values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *(mode_id, number, draft.name, draft.definition, draft.severity, draft.owner),
                *(fallback.noticed, fallback.response or "", fallback.reads),
                *(fallback.criterion_id, is_archived, author, created_at),
            ],
        )

    def _modes(self, rows: Sequence[Row]) -> list[FailureMode]:
        examples: dict[UUID, list[Evidence]] = {}
        for mode_id, *piece in self._db.rows(
            """
            select mode_id, summary, experiment, criterion, variant, case_key, output
            from failure_mode_examples where list_contains(?::uuid[], mode_id)
            order by mode_id, position
            """,
            [[row[0] for row in rows]],
        ):
            examples.setdefault(mode_id, []).append(Evidence(*piece))
        return [_mode(row, tuple(examples.get(row[0], ()))) for row in rows]


def _mode(row: Row, examples: tuple[Evidence, ...]) -> FailureMode:
    mode_id, feature_id, key, number, author, created_at, is_archived, *said = row
    name, definition, severity, owner, noticed, response, reads, criterion_id = said
    fallback = Fallback(noticed, Response(response) if response else None, reads, criterion_id)
    draft = ModeDraft(name, definition, Severity(severity), owner, fallback)
    return FailureMode(
        mode_id, feature_id, key, number, draft, author, created_at, is_archived, examples
    )

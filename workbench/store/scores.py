"""Scores and notes: what checks and people thought of the outputs. Added to, never overwritten."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from workbench.domain import clock
from workbench.domain.scores import Judgement, Note, Outcome, Score
from workbench.store.engine.database import Database
from workbench.store.keys import new_id

COLUMNS = (
    "trial_id",
    "criterion_id",
    "scorer",
    "rater",
    "outcome",
    "value",
    "reason",
    "created_at",
    "question",
    "is_withdrawn",
)


class Scores:
    """What was thought of the outputs."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, scores: Iterable[Score]) -> None:
        """Keep scores, all in one commit. A rater's newer word counts; the older one stays."""
        now = clock.now()
        self._db.append(
            "scores",
            COLUMNS,
            [
                (
                    score.trial_id,
                    score.criterion_id,
                    score.scorer,
                    score.rater,
                    score.judgement.outcome,
                    score.judgement.value,
                    score.judgement.reason,
                    now,
                    score.question,
                    score.is_withdrawn,
                )
                for score in scores
            ],
        )

    def of_trial(self, trial_id: UUID) -> list[Score]:
        """Everything that was ever said of a trial, oldest first."""
        return self.of_trials([trial_id])[trial_id]

    def of_trials(self, trial_ids: Sequence[UUID]) -> dict[UUID, list[Score]]:
        """The same of a few trials, by trial."""
        # Given as a list: DuckDB takes such a filter down to the scores, but not a join.
        rows = self._db.rows(
            """
            select trial_id, criterion_id, scorer, outcome, reason, value, rater, created_at,
                coalesce(question, ''), coalesce(is_withdrawn, false)
            from scores where list_contains(?::uuid[], trial_id) order by created_at
            """,
            [list(trial_ids)],
        )
        found: dict[UUID, list[Score]] = {trial_id: [] for trial_id in trial_ids}
        for trial, criterion, scorer, outcome, reason, value, *rest in rows:
            judgement = Judgement(Outcome(outcome), reason, value)
            found[trial].append(Score(trial, criterion, scorer, judgement, *rest))
        return found

    def add_note(self, note: Note) -> UUID:
        """Keep what a reader wrote on a trial; its id."""
        note_id = new_id()
        self._db.execute(
            "insert into notes (id, trial_id, author, text, created_at) values (?, ?, ?, ?, ?)",
            [note_id, note.trial_id, note.author, note.text.strip(), clock.now()],
        )
        return note_id

    def notes(self, trial_ids: Iterable[UUID]) -> dict[UUID, list[Note]]:
        """The notes on some trials, by trial, oldest first, but for those taken back."""
        found: dict[UUID, list[Note]] = {}
        for trial_id, *rest in self._db.rows(
            """
            select trial_id, author, text, created_at, id from current_notes
            where trial_id in (select unnest(?::uuid[])) order by created_at
            """,
            [list(trial_ids)],
        ):
            found.setdefault(trial_id, []).append(Note(trial_id, *rest))
        return found

"""What judges that compare said of planted controls: of two outputs whose winner is known."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from workbench.domain import clock
from workbench.domain.judging import ControlKind, PairControl, PairControlAnswer
from workbench.domain.preferences import Preference
from workbench.store.engine.database import Database
from workbench.store.judging import Wanted
from workbench.store.trials import keep_texts, text_hash

_COLUMNS = (
    "id", "kind", "first", "second", "is_turned", "wanted", "outcome", "reason", "created_at",
)  # fmt: skip


class PairControlWord(NamedTuple):
    """What a judge said of a planted control in a run, which stood in the place of a trial's
    comparison."""

    run_id: UUID
    trial_id: UUID
    control: PairControl
    better: Preference


class PairControls:
    """Words on controls: no preference and no score comes of them."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, answers: Sequence[PairControlAnswer]) -> None:
        """Keep what was said of controls, in the commit that keeps their calls (`Judging.add`).
        Each text is stored once."""
        now = clock.now()
        texts = {text_hash(t): t for a in answers for t in (a.control.first, a.control.second)}
        keep_texts(self._db, texts)
        self._db.append(
            "judge_pair_controls",
            _COLUMNS,
            [
                (
                    a.id, a.control.kind, text_hash(a.control.first), text_hash(a.control.second),
                    a.control.is_turned, a.control.wanted, a.better, a.reason, now,
                )
                for a in answers
            ],
        )  # fmt: skip

    def of(self, wanted: Wanted) -> list[PairControlWord]:
        """What a judge said of the controls that were planted in an experiment, oldest first."""
        rows = self._db.rows(
            """
            select j.run_id, j.trial_id, c.kind, f.body, s.body, c.wanted, c.is_turned, c.outcome
            from judge_pair_controls c
            join judge_calls j on j.id = c.id
            join runs r on r.id = j.run_id
            join outputs f on f.hash = c.first
            join outputs s on s.hash = c.second
            where r.experiment_id = ? and j.criterion_id = ? and j.scorer = ?
            order by c.created_at, c.id
            """,
            [wanted.experiment_id, wanted.criterion_id, wanted.scorer],
        )
        return [
            PairControlWord(
                run_id,
                trial_id,
                PairControl(ControlKind(kind), first, second, Preference(should), is_turned),
                Preference(said),
            )
            for run_id, trial_id, kind, first, second, should, is_turned, said in rows
        ]

"""The history: one line a deed, with who did what to which thing, when, and why."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Deed(StrEnum):
    """What can be done. The value is the noun that it is done to, a dot, and the verb."""

    FEATURE_CREATE = "feature.create"
    FEATURE_EDIT = "feature.edit"
    FEATURE_ARCHIVE = "feature.archive"
    FEATURE_RESTORE = "feature.restore"
    FEATURE_IMPORT = "feature.import"
    BUDGET_SET = "budget.set"
    REQUIREMENT_ADD = "requirement.add"
    REQUIREMENT_REVISE = "requirement.revise"
    REQUIREMENT_ARCHIVE = "requirement.archive"
    REQUIREMENT_RESTORE = "requirement.restore"
    REQUIREMENT_MOVE = "requirement.move"
    CRITERION_ADD = "criterion.add"
    CRITERION_REVISE = "criterion.revise"
    CRITERION_ARCHIVE = "criterion.archive"
    CRITERION_RESTORE = "criterion.restore"
    DATASET_ADD = "dataset.add"
    DATASET_EDIT = "dataset.edit"
    DATA_PLAN_KEEP = "data_plan.keep"
    PROMPT_KEEP = "prompt.keep"
    PROMPT_TRY = "prompt.try"
    VARIANT_ADD = "variant.add"
    EXPERIMENT_FREEZE = "experiment.freeze"
    EXPERIMENT_ARCHIVE = "experiment.archive"
    EXPERIMENT_RESTORE = "experiment.restore"
    RUN_START = "run.start"
    RUN_STOP = "run.stop"
    RUN_PAUSE = "run.pause"
    RUN_GO_ON = "run.go_on"
    RUN_PUT_FIRST = "run.put_first"
    RESULTS_IMPORT = "results.import"
    RATING_KEEP = "rating.keep"
    RATING_WITHDRAW = "rating.withdraw"
    RATING_SHARE = "rating.share"
    DISAGREEMENT_SETTLE = "disagreement.settle"
    DISAGREEMENT_REOPEN = "disagreement.reopen"
    RATING_UNBLIND = "rating.unblind"
    NOTE_KEEP = "note.keep"
    NOTE_SORT = "note.sort"
    READING_KEEP = "reading.keep"
    READING_WITHDRAW = "reading.withdraw"
    FAILURE_MODE_ADD = "failure_mode.add"
    FAILURE_MODE_EDIT = "failure_mode.edit"
    FAILURE_MODE_ARCHIVE = "failure_mode.archive"
    FAILURE_MODE_RESTORE = "failure_mode.restore"
    SUGGESTION_ASK = "suggestion.ask"
    DRAFT_MAKE = "draft.make"
    SUGGESTION_ANSWER = "suggestion.answer"
    CANDIDATE_CHOOSE = "candidate.choose"
    CONNECTION_ADD = "connection.add"
    CONNECTION_EDIT = "connection.edit"
    CONNECTION_ARCHIVE = "connection.archive"
    CONNECTION_RESTORE = "connection.restore"
    SESSION_START = "session.start"
    SESSION_END = "session.end"
    SESSION_NOTE = "session.note"
    MINUTES_KEEP = "minutes.keep"
    HABIT_FORGET = "habit.forget"
    KEY_HOST_CONFIRM = "key_host.confirm"
    CHANGED_ROWS_SET_ASIDE = "changed_rows.set_aside"
    BACKUP_MAKE = "backup.make"

    @property
    def noun(self) -> str:
        """What it is done to."""
        return self.value.partition(".")[0]


@dataclass(frozen=True)
class Entry:
    """A line of the history. `feature_id` is None for what concerns the whole database; `key` is
    the thing's short key (R1, E2) where it has one; `what` says in a few words what was done."""

    created_at: datetime
    person_id: str
    person: str
    deed: Deed
    feature_id: UUID | None
    key: str
    what: str
    why: str

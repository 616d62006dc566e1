"""The history: one line a deed, with who did what to which thing, when, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
    ATTACHMENT_ADD = "attachment.add"
    DATA_PLAN_KEEP = "data_plan.keep"
    DATA_TERMS_KEEP = "data_terms.keep"
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
    REVEAL_ASK = "reveal.ask"
    REVEAL_AT_ONCE = "reveal.at_once"
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
class HistoryEntry:
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


WORDS_ON_OUTPUTS = {
    "rating": ("output rated", "outputs rated"),
    "reading": ("output read", "outputs read"),
    "note": ("note written or sorted", "notes written or sorted"),
    "disagreement": ("disagreement settled or opened", "disagreements settled or opened"),
}
"""Deeds on these say what somebody thinks of an output: who is to rate it, too, must not read that
before. For others they are counted."""


def for_reader(entries: Sequence[HistoryEntry], person_id: str) -> list[HistoryEntry]:
    """Entries, newest first, as somebody may read them who rates too: their own as they are, what
    others said of outputs as a count by person and kind, at its newest."""
    found: list[HistoryEntry] = []
    counted: dict[tuple[str, str], tuple[int, int]] = {}
    for entry in entries:
        noun = entry.deed.noun
        if noun not in WORDS_ON_OUTPUTS or entry.person_id == person_id:
            found.append(entry)
            continue
        who = (entry.person_id, noun)
        place, n = counted.get(who, (len(found), 0))
        counted[who] = place, n + 1
        one, many = WORDS_ON_OUTPUTS[noun]
        said = f"{n + 1:,} {many}" if n else f"1 {one}"
        if n:
            found[place] = replace(found[place], what=said)
        else:
            found.append(replace(entry, what=said, why=""))
    return found

"""Ratings: who rates what, in which blind order, what may be said; kept, and taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from workbench.actions.deeds import doing
from workbench.domain.criteria import Criterion, Scorer
from workbench.domain.datasets import Case
from workbench.domain.experiments import Experiment
from workbench.domain.fingerprint import fingerprint
from workbench.domain.history import Deed
from workbench.domain.kinds.entry import By
from workbench.domain.looked_at import looked_at
from workbench.domain.people import Person
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.domain.trials import Trial
from workbench.errors import InputError
from workbench.runs import looking
from workbench.store.store import Store

_MOST_STEPS = 10  # between the scores that are offered on a scale
_CANNOT_TELL = "Can't tell"
NOT_APPLICABLE = "Not applicable"
_OPEN = (Outcome.UNSCORED, Outcome.NOT_APPLICABLE)


class Task(NamedTuple):
    """Who rates what: the outputs of an experiment, by the question of a criterion."""

    experiment: Experiment
    criterion: Criterion
    rater: str

    @property
    def scorer(self) -> str:
        """The identity of the judgement: ratings of another question do not count."""
        return self.criterion.draft.scorer.labels()

    @property
    def is_paired(self) -> bool:
        """Whether outputs are compared two by two."""
        return self.criterion.draft.scorer.over is not None

    @property
    def place(self) -> tuple[UUID, UUID, str, str]:
        """Where its cases are handed out."""
        return self.experiment.id, self.criterion.id, self.scorer, self.rater

    @property
    def question(self) -> str:
        """What the rater is asked."""
        asked = self.criterion.draft.scorer.settings.get("question")
        return str(asked or f"{self.criterion.draft.title}?")


@dataclass(frozen=True)
class Shown:
    """One output on the rater's table.

    `token` names it towards the browser and orders the outputs: a hash of rater, case, experiment,
    criterion and trial, so that neither a name nor a place says which variant it is. `said_before`
    counts what this rater has said of it so far, taken back or not. `text` is what the criterion
    looks at; where there is nothing of the kind it is empty, and `nothing` says why.
    """

    token: str
    trial_id: UUID
    variant_id: UUID
    number: int
    text: str
    nothing: str
    case: Case
    trial: Trial
    mine: Score | None
    said_before: int
    others: tuple[Score, ...]


class Choice(NamedTuple):
    """What a rater may say of an output: a word, or a score on the criterion's scale and what that
    means by its rubric."""

    outcome: Outcome
    label: str
    score: float | None = None
    meaning: str = ""


def choices(task: Task) -> list[Choice]:
    """The scores of the criterion's scale, or pass and fail; that one can't tell, or that the
    question is not about this output."""
    return choices_of(task.criterion.draft.scorer)


def choices_for(task: Task, shown: Shown) -> list[Choice]:
    """What may be said of one output: of one that has nothing to look at, no pass and no fail."""
    found = choices(task)
    return [c for c in found if c.outcome in _OPEN] if shown.nothing else found


def choices_of(scorer: Scorer) -> list[Choice]:
    """The same of a scorer that may not be kept yet."""
    if scorer.scale is None:
        found = [Choice(Outcome.PASS, "Pass"), Choice(Outcome.FAIL, "Fail")]
    else:
        low, high = scorer.scale
        steps = max(1, min(_MOST_STEPS, round(high - low)))
        scores = [level.score for level in scorer.levels] or [
            low + (high - low) * step / steps for step in range(steps + 1)
        ]
        meanings = {level.score: level.description for level in scorer.levels}
        passes_from = high if scorer.passes_from is None else scorer.passes_from
        found = [
            Choice(
                Outcome.PASS if score >= passes_from else Outcome.FAIL,
                f"{score:g}",
                score,
                meanings.get(score, ""),
            )
            for score in scores
        ]
    return [
        *found,
        Choice(Outcome.UNSCORED, _CANNOT_TELL),
        Choice(Outcome.NOT_APPLICABLE, NOT_APPLICABLE),
    ]


def outputs(
    store: Store,
    task: Task,
    case_id: UUID,
    case: Case | None = None,
    trials: Sequence[Trial] | None = None,
) -> list[Shown]:
    """The outputs of one case, in an order that is random but stays the same for this rater.

    `case` and its `trials` are given where they were read already.
    """
    asked = case or store.datasets.case(case_id)
    if trials is None:
        trials = store.trials.of_case(task.experiment.id, case_id)
    trials = [trial for trial in trials if trial.output is not None]
    scores = store.scores.of_trials([trial.id for trial in trials])
    what = task.criterion.draft.scorer.looks_at
    variants = {variant.id: variant for variant in task.experiment.variants}
    found = []
    for trial in trials:
        case = looking.opened(variants[trial.variant_id], asked)
        said, looked = scores[trial.id], looked_at(what, trial, case)
        mine = _ratings(said, task)
        found.append(
            Shown(
                token(task, case_id, trial.id),
                trial.id,
                trial.variant_id,
                trial.number,
                looked.text or "",
                looked.why,
                case,
                trial,
                _holds(mine),
                len(mine),
                tuple(s for s in said if not _is_rating(s, task)),
            )
        )
    return sorted(found, key=lambda shown: shown.token)


def token(task: Task, case_id: UUID, trial_id: UUID) -> str:
    """The name under which a browser may know an output, before it is known whose it is."""
    who = (task.rater, str(case_id), str(task.experiment.id), str(task.criterion.id))
    return fingerprint(*who, str(trial_id))[:16]


def keep(store: Store, who: Person, task: Task, shown: Shown, said: Choice, note: str) -> bool:
    """Keep a rating at once. False, and nothing is kept, where the page that it was given on was
    out of date: the rater had said something of this output since it was drawn. The same word
    again changes nothing.

    Raises InputError where nobody asks this person: without a name, on somebody else's table, of a
    criterion that checks score, and for a word that is no answer to its question.
    """
    refuse_strangers(who, task)
    if shown.nothing and said.outcome not in _OPEN:
        raise InputError(shown.nothing, "Say that you can't tell, or that it is not applicable.")
    if said not in choices(task):
        raise InputError(
            f"“{said.label}” is no answer to this question.", "Choose one of those that it has."
        )
    judgement = Judgement(said.outcome, _reason(said, note), said.score)
    with doing(store, who, Deed.RATING_KEEP, task.experiment.feature_id) as line:
        before = _ratings(store.scores.of_trial(shown.trial_id), task)
        if len(before) != shown.said_before:
            return False
        held = _holds(before)
        if held is None or held.judgement != judgement:
            _add(store, task, shown.trial_id, judgement)
            store.claims.hold(*task.place, shown.trial.case_id)
            # Which variant it was is not for the history: another rater may read it.
            line.say(
                task.criterion.key,
                f"{task.criterion.key} rated on {shown.case.key} in {task.experiment.key}: "
                f"{said.label}",
                note,
            )
    return True


def take_back(store: Store, who: Person, task: Task) -> UUID | None:
    """Withdraw the rater's newest rating that holds; the case it was given on, None without one."""
    refuse_strangers(who, task)
    with doing(store, who, Deed.RATING_WITHDRAW, task.experiment.feature_id) as line:
        found = store.reports.rating.last(
            task.experiment.id, task.criterion.id, task.scorer, task.rater
        )
        if found is None:
            return None
        trial_id, case_id = found
        withdrawn = Judgement(Outcome.UNSCORED, "Taken back")
        _add(store, task, trial_id, withdrawn, is_withdrawn=True)
        key = store.datasets.case(case_id).key
        line.say(
            task.criterion.key,
            f"{task.criterion.key} on {key} in {task.experiment.key}: rating taken back",
        )
    return case_id


def note_of(score: Score | None) -> str:
    """The note that a rating carries, as its rater typed it."""
    reason = score.judgement.reason if score else ""
    return reason.removeprefix(_CANNOT_TELL).removeprefix(": ")


def _reason(said: Choice, note: str) -> str:
    reason = note.strip()
    if said.outcome is not Outcome.UNSCORED:
        return reason
    return f"{_CANNOT_TELL}: {reason}" if reason else _CANNOT_TELL


def refuse_strangers(who: Person, task: Task) -> None:
    """Raises InputError where nobody asks this person."""
    if not who.is_named:
        raise InputError("A rating belongs to a person.", "Say who you are, then rate.")
    if task.rater != who.name:
        raise InputError(
            f"These outputs were laid out for {task.rater}, and you are {who.name}.",
            "Reload the page, so that they are laid out for you.",
        )
    if task.criterion.draft.scorer.kind.by is By.CODE:
        raise InputError(
            f"{task.criterion.key} is scored by a check, not by people.",
            "Choose another criterion.",
        )


def _add(
    store: Store, task: Task, trial_id: UUID, judgement: Judgement, *, is_withdrawn: bool = False
) -> None:
    question = "" if is_withdrawn else task.question
    store.scores.add(
        [
            Score(
                trial_id,
                task.criterion.id,
                task.scorer,
                judgement,
                task.rater,
                question=question,
                is_withdrawn=is_withdrawn,
            )
        ]
    )


def _ratings(said: Sequence[Score], task: Task) -> list[Score]:
    return [s for s in said if _is_rating(s, task) and s.rater == task.rater]


def _holds(ratings: Sequence[Score]) -> Score | None:
    """A rater's newest word, unless it was taken back."""
    return ratings[-1] if ratings and not ratings[-1].is_withdrawn else None


def _is_rating(score: Score, task: Task) -> bool:
    return score.criterion_id == task.criterion.id and score.scorer == task.scorer

"""Preferences: two outputs of a case in a blind order, which is better; kept, and taken back.

Every two variants are shown, not only those that are compared with the baseline: an output that
came up more often than the others would tell that it is the baseline's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from workbench.actions.deeds import doing
from workbench.actions.rating import Task, refuse_strangers
from workbench.domain.datasets import Case
from workbench.domain.fingerprint import fingerprint
from workbench.domain.history import Deed
from workbench.domain.looked_at import Looked, looked_at
from workbench.domain.people import Person
from workbench.domain.preferences import Preference, Preferred, Sides, judgement
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.domain.trials import Trial
from workbench.errors import InputError
from workbench.runs import looking
from workbench.store.store import Store

CHOICES = (Preference.FIRST, Preference.SECOND, Preference.TIE, Preference.BOTH_BAD)
"""What a person may say of two outputs."""


@dataclass(frozen=True)
class Pair:
    """Two outputs on the rater's table, the `first` on the left.

    `token` names them towards the browser and orders the pairs of a case; it and the sides are
    drawn, so that neither says which variant is which. `said_before` counts what this
    rater has said of them so far, taken back or not. `looked` is what the criterion looks at, and
    `cases` is the case as each of the two conversations began.
    """

    token: str
    first: Trial
    second: Trial
    cases: tuple[Case, Case]
    looked: tuple[Looked, Looked]
    mine: Preferred | None
    said_before: int

    @property
    def texts(self) -> tuple[str, str]:
        """What is read: left, right."""
        left, right = self.looked
        return left.text or "", right.text or ""

    @property
    def nothing(self) -> str:
        """Why there is nothing to be compared; empty where there is."""
        return next((each.why for each in self.looked if each.text is None), "")

    @property
    def is_same(self) -> bool:
        """Whether the two are word for word the same."""
        return not self.nothing and self.texts[0] == self.texts[1]


def pairs(store: Store, task: Task, case_id: UUID) -> list[Pair]:
    """The outputs of one case, two by two, in an order that is random but stays the same for this
    rater. So does the side of each, in whatever experiment they meet."""
    sides = store.preferences.pairs(task.experiment.id, case_id)
    compared = {trial_id for each in sides for trial_id in (each.one, each.other)}
    trials = {trial.id: trial for trial in store.trials.these([*compared])}
    case, what = store.datasets.case(case_id), task.criterion.draft.scorer.looks_at
    variants = {variant.id: variant for variant in task.experiment.variants}
    opened = {
        trial.id: looking.opened(variants[trial.variant_id], case) for trial in trials.values()
    }
    looked = {id_: looked_at(what, trials[id_], asked) for id_, asked in opened.items()}
    said = store.preferences.said([*trials], task.criterion.id, task.scorer, task.rater)
    found = []
    for each in sides:
        token, is_turned = _drawn(task, each)
        left, right = (each.other, each.one) if is_turned else (each.one, each.other)
        mine = [word for word in said if {word.first, word.second} == {each.one, each.other}]
        held = mine[-1] if mine and not mine[-1].is_withdrawn else None
        found.append(
            Pair(
                *(token, trials[left], trials[right]),
                (opened[left], opened[right]),
                (looked[left], looked[right]),
                *(held, len(mine)),
            )
        )
    return sorted(found, key=lambda pair: pair.token)


def keep(store: Store, who: Person, task: Task, pair: Pair, said: Preference, note: str) -> bool:
    """Keep a preference at once. False, and nothing is kept, where the page that it was given on
    was out of date. The same word again changes nothing.

    Raises InputError where nobody asks this person, and for a word that is no answer.
    """
    refuse_strangers(who, task)
    if pair.nothing:
        raise InputError(pair.nothing, "There is nothing to compare: it stays unscored.")
    if said not in CHOICES:
        raise InputError(f"“{said.label}” is no preference.", "Choose one of those that it has.")
    with doing(store, who, Deed.RATING_KEEP, task.experiment.feature_id) as line:
        trials = (pair.first.id, pair.second.id)
        before = _mine(store, task, trials)
        if len(before) != pair.said_before:
            return False
        held = before[-1] if before and not before[-1].is_withdrawn else None
        if held is None or (held.outcome, held.note) != (said, note.strip()):
            word = Preferred(
                *trials,
                task.criterion.id,
                task.scorer,
                task.rater,
                said,
                note.strip(),
                task.question,
            )
            _add(store, task, word, pair.first, pair.second)
            store.claims.hold(*task.place, pair.first.case_id)
            # Which output it was is not for the history: another rater may read it.
            line.say(
                task.criterion.key,
                f"{task.criterion.key}: two outputs compared on {pair.cases[0].key} in "
                f"{task.experiment.key}",
                note,
            )
    return True


def take_back(store: Store, who: Person, task: Task) -> UUID | None:
    """Withdraw the rater's newest preference that holds; the case it was given on, if any."""
    refuse_strangers(who, task)
    with doing(store, who, Deed.RATING_WITHDRAW, task.experiment.feature_id) as line:
        last = store.preferences.last(
            task.experiment.id, task.criterion.id, task.scorer, task.rater
        )
        if last is None:
            return None
        first, second = store.trials.get(last.first), store.trials.get(last.second)
        word = replace(last, note="Taken back", question="", is_withdrawn=True)
        _add(store, task, word, first, second)
        case_id = first.case_id
        key = store.datasets.case(case_id).key
        line.say(
            task.criterion.key,
            f"{task.criterion.key} on {key} in {task.experiment.key}: preference taken back",
        )
    return case_id


def _add(store: Store, task: Task, word: Preferred, one: Trial, other: Trial) -> None:
    """Keep a word on two outputs, and what it says of the one that is compared with the
    baseline's."""
    store.preferences.add([word])
    variants = {variant.id: variant.label for variant in task.experiment.variants}
    first, second = variants.get(one.variant_id), variants.get(other.variant_id)
    over = task.criterion.draft.scorer.over
    if over not in (first, second):
        return
    trial_id, outcome = word.first, word.outcome
    if first == over:
        trial_id, outcome = word.second, word.outcome.turned()
    said = judgement(outcome, word.note)
    if word.is_withdrawn:
        said = Judgement(Outcome.UNSCORED, word.note)
    store.scores.add(
        [
            Score(
                trial_id,
                word.criterion_id,
                word.scorer,
                said,
                word.rater,
                question=word.question,
                is_withdrawn=word.is_withdrawn,
            )
        ]
    )


def _mine(store: Store, task: Task, trials: Sequence[UUID]) -> list[Preferred]:
    return store.preferences.said(trials, task.criterion.id, task.scorer, task.rater)


def _drawn(task: Task, sides: Sides) -> tuple[str, bool]:
    """The name of a pair, and whether its sides change places: what the browser knows of the hash
    does not tell that."""
    who = (task.rater, str(task.criterion.id), str(sides.one), str(sides.other))
    drawn = fingerprint(*who)
    return drawn[:16], int(drawn[-1], 16) % 2 == 1

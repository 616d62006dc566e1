"""Pairs of outputs of which one has nothing to look at, or whose case's files can't be shown: said
to be unscored, and why."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from workbench.domain.criteria import Criterion, Scorer
from workbench.domain.experiments import Experiment
from workbench.domain.judging import unshown
from workbench.domain.kinds.entry import By
from workbench.domain.kinds.looking import LooksAt
from workbench.domain.preferences import Preference, Preferred, judgement
from workbench.domain.scores import Score
from workbench.runs.looking import texts
from workbench.runs.shown_files import Lost
from workbench.store.judging import Wanted
from workbench.store.store import Store

_AT_ONCE = 200


class _Two(NamedTuple):
    """Two trials, and which of them a word on both scores: the one that is compared with the
    baseline's; `why` they can't be looked at, where that is known."""

    first: UUID
    second: UUID
    scored: UUID | None
    why: str = ""


def settle_judged(store: Store, experiment: Experiment, criterion: Criterion, lost: Lost) -> None:
    """Say it in the name of a judge, in both orders: it is not asked."""
    judge = criterion.draft.scorer
    if judge.over is None:
        return
    place = Wanted(experiment.id, criterion.id, judge.fingerprint(), criterion.draft.slices)
    labels = _labels(experiment)
    unjudged = store.preferences.unjudged(place, judge.over)
    why = lost.among({pair.case_id for pair in unjudged})
    # It has each two in both orders, and scores them once.
    pairs = [
        _Two(
            *(pair.first, pair.second),
            None if labels[pair.variant_id] == judge.over else pair.first,
            unshown(why[pair.case_id]) if pair.case_id in why else "",
        )
        for pair in unjudged
        if judge.looks_at is not LooksAt.ANSWER or pair.case_id in why
    ]
    _settle(store, criterion, pairs, judge.fingerprint(), judge.judge_name)


def settle_compared(store: Store, experiment: Experiment, criteria: Sequence[Criterion]) -> int:
    """Say it in nobody's name of pairs that people compare, for a judge's labels too, so that those
    wait for no word. Returns of how many."""
    n, labels = 0, _labels(experiment)
    for criterion in criteria:
        scorer = criterion.draft.scorer
        if not is_compared_by_more(scorer):
            continue
        said = store.preferences.worded(criterion.id, scorer.labels())
        pairs = []
        for pair in store.preferences.every_pair(experiment.id):
            if (pair.one, pair.other) not in said:
                by_label = {
                    labels[pair.one_variant]: pair.other,
                    labels[pair.other_variant]: pair.one,
                }
                scored = by_label.get(scorer.over or "")
                # A judge scores them itself; what people say of its pairs are labels.
                is_by_people = scorer.kind.by is By.PERSON
                pairs.append(_Two(pair.one, pair.other, scored if is_by_people else None))
        n += _settle(store, criterion, pairs, scorer.labels(), "")
    return n


def is_compared_by_more(scorer: Scorer) -> bool:
    """Whether people compare more of two outputs than their last answers."""
    return scorer.over is not None and scorer.looks_at is not LooksAt.ANSWER


def _labels(experiment: Experiment) -> dict[UUID, str]:
    return {variant.id: variant.label for variant in experiment.variants}


def _settle(
    store: Store, criterion: Criterion, pairs: Sequence[_Two], held_by: str, rater: str
) -> int:
    scorer, n = criterion.draft.scorer, 0
    place = criterion.id, held_by
    question = str(scorer.settings.get("question") or "")
    for start in range(0, len(pairs), _AT_ONCE):
        words: list[Preferred] = []
        scores: list[Score] = []
        for two, why in _nothing(store, scorer, pairs[start : start + _AT_ONCE]):
            words.append(
                Preferred(
                    *(two.first, two.second), *place, rater, Preference.UNSCORED, why, question
                )
            )
            if two.scored is not None:
                said = judgement(Preference.UNSCORED, why)
                scores.append(Score(two.scored, *place, said, rater, question=question))
        if words:
            with store.transaction():
                store.preferences.add(words)
                store.scores.add(scores)
        n += len(words)
    return n


def _nothing(store: Store, scorer: Scorer, pairs: Sequence[_Two]) -> Iterable[tuple[_Two, str]]:
    found = texts(store, scorer, {one for two in pairs for one in (two.first, two.second)})
    for two in pairs:
        why = two.why or next(
            (found[one].why for one in (two.first, two.second) if found[one].text is None), ""
        )
        if why:
            yield two, why

"""Checks that look at stored outputs, not at each as it arrives: at several trials of a case held
against each other, or at one by somebody's own code, which may take its time.

What such a check says can change without a new criterion: another trial of the case came, or its
file is there again. So it is asked again where that may be, and a word is written down where it
differs from the last one. Nothing is scored twice otherwise.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from uuid import UUID

from workbench.domain.criteria import Criterion, Scorer
from workbench.domain.experiments import Experiment
from workbench.domain.kinds.entry import By
from workbench.domain.looked_at import Looked
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.domain.values import Value
from workbench.runs import looking
from workbench.scoring.checks import Subject, check
from workbench.store.second_looks import Answered
from workbench.store.store import Store

_AT_ONCE = 200
"""Texts that are in memory together, as far as no case has more."""
CUT_OFF = "(The answer was cut off at its token limit.)"
Group = list[Answered]


def marked(said: Judgement, *, is_cut_off: bool) -> Judgement:
    """What is said of an answer; of a cut one with the words that it was cut."""
    return replace(said, reason=f"{said.reason} {CUT_OFF}") if is_cut_off else said


def look(store: Store, experiment: Experiment) -> None:
    """Score what has arrived of an experiment by its criteria of the second pass, while it runs."""
    for criterion in store.criteria.of_experiment(experiment):
        if criterion.draft.scorer.kind.entry.is_second_pass:
            catch_up(store, experiment.feature_id, criterion)


def catch_up(store: Store, feature_id: UUID, criterion: Criterion, *, anew: bool = False) -> int:
    """Give every stored output the score that a criterion of the second pass asks for; `anew` asks
    also where nothing seems to have changed. Returns how many words were added."""
    scorer = criterion.draft.scorer
    assert scorer.kind.by is By.CODE
    is_of_group = scorer.kind.entry.fewest_trials > 1
    answered = store.second_looks.answered(
        feature_id, criterion.id, scorer.fingerprint(), criterion.draft.slices
    )
    by_case = groupby(answered, key=lambda each: (each.variant_id, each.case_id))
    added = 0
    for groups in _chunks(
        [list(group) for _, group in by_case], is_of_group=is_of_group, anew=anew
    ):
        texts = looking.texts(store, scorer, [each.trial_id for group in groups for each in group])
        cases = store.datasets.these({group[0].case_id for group in groups})
        scores = []
        for group in groups:
            case = cases[group[0].case_id]
            for each in group:
                others = [o.trial_id for o in group if o is not each] if is_of_group else []
                found = [texts[trial_id] for trial_id in (each.trial_id, *others)]
                said = marked(_said(scorer, found, case.names()), is_cut_off=each.is_cut_off)
                if said != each.word:
                    score = Score(each.trial_id, criterion.id, scorer.fingerprint(), said)
                    scores.append(score)
        store.scores.add(scores)
        added += len(scores)
    return added


def _said(scorer: Scorer, found: Sequence[Looked], names: Mapping[str, Value]) -> Judgement:
    """What is said of the first of some texts, held against the others where it is compared. If
    one of them is not there, that is not told."""
    missing = next((looked for looked in found if looked.text is None), None)
    if missing is not None:
        return looking.unscored(missing)
    text, *others = (looked.text or "" for looked in found)
    return check(scorer, Subject(text, names, others=tuple(others)))


def _chunks(groups: Sequence[Group], *, is_of_group: bool, anew: bool) -> Iterator[list[Group]]:
    """What is to be looked at, the answers to each case as a whole where they are compared."""
    chunk: list[Group] = []
    for group in groups:
        if is_of_group:
            wanted = group if anew or not _is_settled(group) else []
        else:
            wanted = [each for each in group if anew or not _has_word(each)]
        if wanted:
            chunk.append(wanted)
        if sum(map(len, chunk)) >= _AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _has_word(answered: Answered) -> bool:
    """Whether there is a word that stays: what could not be told may be told by now."""
    return answered.word is not None and answered.word.outcome is not Outcome.UNSCORED


def _is_settled(group: Group) -> bool:
    """Whether each was looked at after the last of them came."""
    newest = max(each.arrived_at for each in group)
    return all(each.said_at is not None and each.said_at > newest for each in group)

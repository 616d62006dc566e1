"""Which outputs people should label next, so that a judge's errors are known soonest.

What is chosen depends on the judge's word alone, so that the labels stay a fair sample of what it
passes and of what it fails (`stats/calibration.py`). Of its two words the one is taken next whose
label narrows the corrected rate most: in it lie many outputs, or few of its labels are there, or
people do not agree with it (Neyman 1934).
"""

from collections import Counter
from typing import NamedTuple
from uuid import UUID

from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment
from workbench.domain.kinds.entry import By
from workbench.domain.prompts import Variant
from workbench.domain.trust import FEWEST_LABELS
from workbench.store.reports.calibration import Candidate
from workbench.store.store import Store


class ToLabel(NamedTuple):
    """An output that a person should label. Not why: that would give the judge's word away."""

    trial_id: UUID
    case_id: UUID
    case: str


def next_outputs(
    store: Store,
    experiment: Experiment,
    criterion: Criterion,
    variant: Variant,
    most: int = FEWEST_LABELS,
) -> list[ToLabel]:
    """The outputs of a variant whose labels would tell most, the first one first; none where no
    model judges the criterion. The judge's word is not to be shown before the label is given."""
    scorer = criterion.draft.scorer
    if scorer.kind.by is not By.MODEL:
        return []
    asked = (experiment.id, criterion.id, scorer.fingerprint(), scorer.labels())
    reports = store.reports.calibration
    there = reports.candidates(*asked, variant.id, most)
    waiting = {word: [c for c in there if c.judge_passes is word] for word in (True, False)}
    rows = [row for row in reports.labelled(*asked) if row.is_here and row.variant_id == variant.id]
    labelled = Counter(row.judge_passes for row in rows)
    good = Counter(row.judge_passes for row in rows if row.people_pass)
    judged = reports.judged(*asked, variant.id)
    chosen: list[Candidate] = []
    while len(chosen) < most and any(waiting.values()):
        worth = {
            word: _worth(judged.get(word, 0), labelled[word], good[word])
            for word, left in waiting.items()
            if left
        }
        word = max(worth, key=lambda each: worth[each])
        chosen.append(waiting[word].pop(0))
        labelled[word] += 1
        # Of a label that is not there yet the best guess is that it is like the others.
        good[word] += round((good[word] + 0.5) / labelled[word])
    return [ToLabel(c.trial_id, c.case_id, c.case) for c in chosen]


def _worth(outputs: int, labels: int, good: int) -> float:
    """How much one more label of so many outputs would narrow the variance of the whole."""
    share = (good + 0.5) / (labels + 1)
    return outputs**2 * share * (1 - share) / ((labels + 1) * (labels + 2))

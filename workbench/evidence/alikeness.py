"""How alike the trials of a case were so far: what the split of a plan into trials rests on."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import numpy as np

from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment
from workbench.evidence.counting import Counted
from workbench.stats.repeats import noise_split
from workbench.store.tallies import Tally

_FEWEST = 10
"""Cases with repeated trials that it takes to say anything of their correlation."""


class Alike(NamedTuple):
    """How a criterion's scores varied, and the experiment it was seen in: the within-case
    correlation of passes (None of a mean score); of a mean score the `spread`, its variance from
    case to case as a share of the most that its mean allows."""

    icc: float | None
    experiment: str
    spread: float | None = None


def seen(
    experiments: Sequence[Experiment], criteria: Sequence[Criterion], counted: Counted
) -> dict[UUID, Alike]:
    """By criterion, from the newest experiment that says it: 10 cases or more, asked repeatedly,
    of which some passed and some failed (Miller 2024, section 3); of a mean score, 10 cases whose
    scores differ. The mean over variants."""
    found: dict[UUID, Alike] = {}
    for experiment in reversed(experiments):
        for criterion in criteria:
            if criterion.id in found or criterion.id not in experiment.criterion_ids:
                continue
            if criterion.draft.scale:
                spread = _spread(experiment, counted.of(criterion, experiment))
                if spread is not None:
                    found[criterion.id] = Alike(None, experiment.key, spread)
            elif experiment.trials > 1:
                icc = _mean(experiment, counted.of(criterion, experiment))
                if icc is not None:
                    found[criterion.id] = Alike(icc, experiment.key)
    return found


def _mean(experiment: Experiment, tallies: Sequence[Tally]) -> float | None:
    values = []
    for variant in experiment.variants:
        mine = [t for t in tallies if t.variant_id == variant.id and t.scored]
        alike = [t.alike for t in mine]
        passes = np.repeat(np.array([t.passes for t in mine], dtype=np.float64), alike)
        scored = np.repeat(np.array([t.scored for t in mine], dtype=np.float64), alike)
        if int((scored > 1).sum()) < _FEWEST:
            continue
        found = noise_split(passes, scored)
        if found is not None and found.icc is not None:
            values.append(found.icc)
    return float(np.mean(values)) if values else None


def _spread(experiment: Experiment, tallies: Sequence[Tally]) -> float | None:
    shares = []
    for variant in experiment.variants:
        mine = [t for t in tallies if t.variant_id == variant.id and t.scored]
        means = np.array([t.passes / t.scored for t in mine])
        alike = np.array([t.alike for t in mine], dtype=np.intp)
        values = np.repeat(means, alike)
        if len(values) < _FEWEST or not np.ptp(values):
            continue
        mean = float(values.mean())
        shares.append(float(values.var(ddof=1)) / (mean * (1 - mean)))
    return min(1.0, float(np.mean(shares))) if shares else None

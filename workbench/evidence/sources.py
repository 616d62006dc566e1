"""Which experiment a criterion is judged by, for each variant."""

from collections.abc import Sequence
from uuid import UUID

from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment
from workbench.domain.prompts import Variant
from workbench.evidence.counting import Tried


def of(
    criterion: Criterion, experiments: Sequence[Experiment], tried: Tried
) -> list[tuple[Variant, Experiment]]:
    """The newest experiment of each variant that was run and planned the criterion, or the newest
    of all where none did; by label. What others are compared with is not judged."""
    planned: dict[UUID, tuple[Variant, Experiment]] = {}
    other: dict[UUID, tuple[Variant, Experiment]] = {}
    for experiment in experiments:
        is_in = criterion.id in experiment.criterion_ids
        over = criterion.draft.scorer.over
        if over is not None and not any(v.label == over for v in experiment.variants):
            continue  # There was nothing that the others could be preferred over.
        for variant in experiment.variants:
            if (experiment.id, variant.id) in tried and criterion.is_about(variant.label):
                (planned if is_in else other)[variant.id] = (variant, experiment)
    # A criterion that some experiment planned is judged where it was planned only: another
    # experiment's cases were chosen for another question.
    chosen = planned or other
    return [chosen[key] for key in sorted(chosen, key=lambda key: chosen[key][0].label)]

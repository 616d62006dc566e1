"""Whether a run may end because its verdicts have fallen."""

from workbench.domain.experiments import Experiment
from workbench.domain.kinds.entry import By
from workbench.domain.verdicts import Verdict
from workbench.evidence import interim
from workbench.evidence.counting import Counted
from workbench.store.store import Store


def is_decided(store: Store, experiment: Experiment) -> bool:
    """Whether every bar that code can score is met or missed, for every variant.

    What people rate is decided at their pace: it holds no run up. What a model judges is corrected
    for its errors when all is judged, so it has the whole plan asked.
    """
    planned = store.criteria.of_experiment(experiment)
    if any(c.draft.scorer.kind.by is By.MODEL for c in planned):
        return False
    criteria = [c for c in planned if c.draft.scorer.kind.by is By.CODE]
    counted = Counted(store)
    for criterion in criteria:
        for variant in experiment.variants:
            extension = counted.extension(criterion, experiment, variant)
            course = counted.course(criterion, experiment, variant, extension=extension)
            afresh = counted.afresh(criterion, experiment, variant)
            draft = counted.held_to(criterion, experiment, variant)
            is_mixed = afresh is not None and afresh.kept > 0
            if is_mixed or interim.verdict(draft, course) is Verdict.NOT_ENOUGH_EVIDENCE:
                return False
    return bool(criteria)

"""What is kept of verdicts when a run ends: a row for each criterion and variant."""

from uuid import UUID

from workbench.domain import clock
from workbench.domain.experiments import Experiment, Purpose
from workbench.domain.kept_verdicts import KeptVerdict
from workbench.evidence import verdicts
from workbench.store.store import Store


def keep(store: Store, experiment: Experiment, run_id: UUID) -> int:
    """Keep what an experiment's criteria come to now; returns how many rows were added.

    What nothing was scored for yet, as where people have not rated, has no row. The same evidence
    judged the same way again adds none.
    """
    if experiment.purpose is not Purpose.EXPERIMENT:
        return 0
    found = [each for each in verdicts.of_experiment(store, experiment) if each.is_evaluated]
    scorers = {c.criterion.id: c.criterion.draft.scorer.fingerprint() for c in found}
    evidence = store.kept_verdicts.evidence(experiment.id, list(scorers.items()))
    now = clock.now()
    rows = [
        KeptVerdict(
            each.criterion.id,
            each.criterion.number,
            experiment.id,
            each.variant_id,
            run_id,
            each.verdict,
            each.estimate.value,
            each.estimate.low,
            each.estimate.high,
            each.estimate.n_cases,
            each.estimate.n_trials,
            each.estimate.n_unscored,
            evidence[each.criterion.id, each.variant_id],
            now,
        )
        for each in found
        if each.variant_id is not None
    ]
    return store.kept_verdicts.add(experiment.feature_id, rows)

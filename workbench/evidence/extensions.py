"""Whether a plan goes on with answers that were judged before: then each reading is one look of
many, and the bounds have to hold at all of them (Armitage, McPherson and Rowe 1969)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from workbench.domain.criteria import Criterion, CriterionDraft
from workbench.domain.experiments import Experiment
from workbench.stats.sequential import left_after
from workbench.store.looks import Asked, Look
from workbench.store.store import Store


@dataclass(frozen=True)
class Extension:
    """The `looks` that a plan goes on from, oldest first, and how often they changed the values of
    cases that were there before (`restarts`)."""

    looks: tuple[Look, ...]
    restarts: int = 0

    @property
    def experiments(self) -> tuple[UUID, ...]:
        """The earlier experiments, whose cases come first and in their order."""
        return tuple(look.experiment_id for look in self.looks)

    @property
    def keys(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(look.key for look in self.looks)

    @property
    def was_spent(self) -> bool:
        """Whether one of them was judged by the whole of its plan: that used up its error."""
        return not all(look.is_watched for look in self.looks)

    def stricter(self, draft: CriterionDraft) -> CriterionDraft:
        """The criterion at the confidence that is left for this look and those to come."""
        left = left_after(draft.confidence, was_spent=self.was_spent, restarts=self.restarts)
        return replace(draft, confidence=left)

    def sentence(self) -> str:
        """What it means for the verdict, for whoever reads it."""
        n = sum(look.cases for look in self.looks)
        *others, last = self.keys
        named = f"{', '.join(others)} and {last}" if others else last
        these = "the answers to 1 case" if n == 1 else f"the answers to {n:,} cases"
        return (
            f"extended after a look: {these} were made for {named} and judged there. A plan that "
            "grows until its bar is met would meet too many, so this one is judged by bounds that "
            "hold however often it is extended, which takes more cases"
        )


def of_experiment(
    store: Store, criterion: Criterion, experiment: Experiment, variant_id: UUID
) -> Extension | None:
    """What an experiment goes on from, for one of its variants; None where it stands alone."""
    asked = _asked(criterion, experiment.feature_id, variant_id, experiment.trials)
    return _found(store, asked._replace(experiment_id=experiment.id))


def of_plan(
    store: Store,
    criterion: Criterion,
    feature_id: UUID,
    variant_id: UUID,
    trials: int,
    case_ids: Sequence[UUID],
) -> Extension | None:
    """The same for a plan that is not frozen yet."""
    asked = _asked(criterion, feature_id, variant_id, trials)
    return _found(store, asked._replace(case_ids=case_ids))


def _asked(criterion: Criterion, feature_id: UUID, variant_id: UUID, trials: int) -> Asked:
    draft = criterion.draft
    scorer = draft.scorer.fingerprint()
    return Asked(feature_id, variant_id, trials, criterion.id, scorer, draft.slices)


def _found(store: Store, asked: Asked) -> Extension | None:
    looks = store.looks.before(asked)
    if not looks:
        return None
    designs = {look.trials for look in looks} | {asked.trials}
    joined = store.looks.most_joined(asked, [look.experiment_id for look in looks])
    return Extension(tuple(looks), len(designs) - 1 + joined)

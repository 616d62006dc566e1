"""Whether a plan goes on with answers that were judged before: then each reading is one look of
many, and the bounds have to hold at all of them (Armitage, McPherson and Rowe 1969)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from workbench.domain.criteria import Criterion, CriterionDraft
from workbench.domain.experiments import Experiment
from workbench.domain.prompts import Variant
from workbench.stats.sequential import share_after
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

    def named(self) -> str:
        """Their names as in a sentence: “E1, E2 and E3”."""
        *others, last = self.keys
        return f"{', '.join(others)} and {last}" if others else last

    @property
    def was_spent(self) -> bool:
        """Whether one of them was judged by the whole of its plan: that used up its error."""
        return not all(look.is_sequential for look in self.looks)

    @property
    def share(self) -> float:
        """How much of an error is left for this look and those to come."""
        return share_after(was_spent=self.was_spent, restarts=self.restarts)

    def stricter(self, draft: CriterionDraft) -> CriterionDraft:
        """The criterion at the confidence that is left for this look and those to come."""
        return replace(draft, confidence=1 - (1 - draft.confidence) * self.share)

    def sentence(self) -> str:
        """What it means for the verdict, for whoever reads it."""
        n = sum(look.cases for look in self.looks)
        these = "the answers to 1 case" if n == 1 else f"the answers to {n:,} cases"
        return (
            f"extended after a look: {these} were made for {self.named()} and judged there. A plan "
            "that grows until its bar is met would meet too many, so this one is judged by bounds "
            "that hold however often it is extended, which takes more cases"
        )


def joined(first: Extension, second: Extension) -> Extension:
    """What two variants together go on from: whoever looked at either may have compared them."""
    once = {look.experiment_id: look for look in (*first.looks, *second.looks)}
    return Extension(tuple(once.values()), max(first.restarts, second.restarts))


Found = Mapping[tuple[UUID, UUID], Extension]
"""By variant and criterion, what goes on from answers that were judged before."""


def of_experiment(store: Store, experiment: Experiment, criteria: Sequence[Criterion]) -> Found:
    """What an experiment goes on from."""
    variants = [variant.id for variant in experiment.variants]
    asked = Asked(experiment.feature_id, variants, experiment.trials, ())
    return _found(store, asked._replace(experiment_id=experiment.id), criteria)


def of_plan(
    store: Store,
    criteria: Sequence[Criterion],
    variants: Sequence[Variant],
    trials: int,
    case_ids: Sequence[UUID],
) -> Found:
    """The same for a plan that is not frozen yet."""
    if not variants:
        return {}
    ids = [variant.id for variant in variants]
    asked = Asked(variants[0].feature_id, ids, trials, (), case_ids=case_ids)
    return _found(store, asked, criteria)


def _found(store: Store, asked: Asked, criteria: Sequence[Criterion]) -> Found:
    found: dict[tuple[UUID, UUID], Extension] = {}
    by_slices: dict[tuple[str, ...], list[Criterion]] = {}
    for criterion in criteria:
        by_slices.setdefault(criterion.draft.slices, []).append(criterion)
    for slices, mine in by_slices.items():
        scorers = [(c.id, c.draft.scorer.fingerprint()) for c in mine]
        here = asked._replace(criteria=scorers, slices=slices)
        joined: dict[tuple[UUID, ...], int] = {}
        for key, looks in store.looks.before(here).items():
            earlier = tuple(look.experiment_id for look in looks)
            if earlier not in joined:
                joined[earlier] = store.looks.most_joined(here, earlier)
            designs = {look.trials for look in looks} | {asked.trials}
            found[key] = Extension(tuple(looks), len(designs) - 1 + joined[earlier])
    return found

"""Tallies of a feature's experiments, counted once and read many times."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment
from workbench.domain.prompts import Variant
from workbench.store.courses import Finished
from workbench.store.reports import Progress
from workbench.store.store import Store
from workbench.store.tallies import Counting, CutOff, Tally

Tried = Mapping[tuple[UUID, UUID], datetime]
"""When an experiment's variant was first answered."""


class Counted:
    """Tallies that are counted once and used for every variant and comparison.

    Short-lived: it does not notice what is stored after it counted.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[tuple[UUID, UUID, int], list[Tally]] = {}
        self._cut_off: dict[UUID, list[CutOff]] = {}
        self._progress: dict[UUID, Mapping[UUID, Progress]] = {}
        self._courses: dict[tuple[UUID, UUID, int], dict[UUID, list[Finished]]] = {}
        self._rivals: dict[UUID, int] = {}

    def tried(self, feature_id: UUID) -> Tried:
        """The variants that have results, by experiment, and when the first one came."""
        return {
            (experiment_id, variant_id): first
            for experiment_id, progress in self.progress(feature_id).items()
            for variant_id, first in progress.first_at.items()
        }

    def progress(self, feature_id: UUID) -> Mapping[UUID, Progress]:
        """How far each of a feature's experiments has come."""
        if feature_id not in self._progress:
            self._progress[feature_id] = self._store.reports.progress_of_all(feature_id)
        return self._progress[feature_id]

    def seen_before(self, criterion: Criterion, experiment: Experiment) -> int:
        """How many of the cases had been answered when a criterion was last changed."""
        return self._store.freshness.seen(
            experiment.id, criterion.created_at, criterion.draft.slices
        )

    def rivals(self, experiment: Experiment, variant: Variant) -> int:
        """Among how many variants, itself included, the candidate was chosen by their answers to an
        experiment's cases; 1 where it was named before, is none, or had no answer to them then."""
        store, feature_id = self._store, experiment.feature_id
        if store.features.candidate(feature_id) != variant.id:
            return 1
        if experiment.id not in self._rivals:
            since = store.features.candidate_since(feature_id)
            firsts = self.tried(feature_id).values()
            # Named before anything was answered, it can't have been chosen by answers.
            is_early = since is None or all(first >= since for first in firsts)
            found = (
                set() if is_early or since is None else store.freshness.tried(experiment.id, since)
            )
            self._rivals[experiment.id] = len(found) if variant.id in found else 1
        return self._rivals[experiment.id]

    def count_all(self, experiment: Experiment, criteria: Iterable[Criterion]) -> None:
        """Count several criteria of an experiment at once: cheaper than one after the other."""
        missing = [c for c in criteria if (experiment.id, c.id, c.number) not in self._known]
        wanted = [
            Counting(c.id, c.draft.scorer.fingerprint(), c.draft.slices, c.draft.scale)
            for c in missing
        ]
        for criterion, tallies in zip(
            missing, self._store.tallies.of_all(experiment.id, wanted), strict=True
        ):
            self._known[experiment.id, criterion.id, criterion.number] = tallies

    def of(self, criterion: Criterion, experiment: Experiment) -> list[Tally]:
        """The tallies of a criterion in an experiment, of all variants."""
        self.count_all(experiment, [criterion])
        return self._known[experiment.id, criterion.id, criterion.number]

    def course(
        self, criterion: Criterion, experiment: Experiment, variant: Variant
    ) -> list[Finished]:
        """A variant's finished cases in the order of the plan, as a criterion scores them."""
        key = (experiment.id, criterion.id, criterion.number)
        if key not in self._courses:
            draft = criterion.draft
            self._courses[key] = self._store.courses.of(
                experiment.id,
                criterion.id,
                draft.scorer.fingerprint(),
                draft.slices,
                draft.scale,
            )
        return self._courses[key].get(variant.id, [])

    def cut_off(self, criterion: Criterion, experiment: Experiment, variant: Variant) -> int:
        """How many of a variant's answers that a criterion looks at ended at their token limit."""
        if experiment.id not in self._cut_off:
            self._cut_off[experiment.id] = self._store.tallies.cut_off(experiment.id)
        return sum(
            found.answers
            for found in self._cut_off[experiment.id]
            if found.variant_id == variant.id and criterion.applies_to(found.tags)
        )

"""Tallies of a feature's experiments, counted once and read many times."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from workbench.domain.criteria import Criterion, CriterionDraft
from workbench.domain.experiments import Experiment
from workbench.domain.prompts import Variant
from workbench.domain.trials import Ending
from workbench.evidence import askings, extensions
from workbench.evidence.askings import Afresh
from workbench.evidence.extensions import Extension
from workbench.store.courses import Finished
from workbench.store.open_trials import Looked
from workbench.store.reports.progress import Answered, Progress
from workbench.store.seals import SEALED
from workbench.store.store import Store
from workbench.store.tallies import Counting, Ended, Tally

Tried = Mapping[tuple[UUID, UUID], datetime]
"""When an experiment's variant was first answered."""

READS = (
    # Notes are evidence, and no verdict rests on one: whoever reads outputs changes none.
    *(table for table in SEALED if table != "notes"),
    "connections",
    "connection_versions",
    "left_out",
    "requirement_orders",
    "judge_endpoints",
    "variant_endpoints",
    "player_endpoints",
)
"""The tables that `Counted` may read when it is asked, and that verdicts are read from: who keeps
one keeps it until one of them changes."""

_Course = tuple[UUID, UUID, int, tuple[UUID, ...], bool]


class Counted:
    """Tallies that are counted once and used for every variant and comparison.

    Short-lived: it does not notice what is stored after it counted. `progress` is how far the
    experiments of some features have come, by feature, where that is known already.
    """

    def __init__(
        self, store: Store, progress: Mapping[UUID, Mapping[UUID, Progress]] | None = None
    ) -> None:
        self._store = store
        self._known: dict[tuple[UUID, UUID, int], list[Tally]] = {}
        self._strict: dict[tuple[UUID, UUID, int], list[Tally]] = {}
        self._outside: dict[tuple[UUID, UUID, int], Mapping[UUID, int]] = {}
        self._ever_outside: frozenset[tuple[UUID, str]] | None = None
        self._endings: dict[UUID, list[Ended]] = {}
        self._looked: dict[tuple[UUID, UUID, int, bool], list[Looked]] = {}
        self._progress = dict(progress or {})
        self._around: dict[UUID, Progress] = {}  # the playground's, which are of no feature's loop
        self._courses: dict[_Course, dict[UUID, list[Finished]]] = {}
        self._borrowed: dict[UUID, set[tuple[UUID, UUID]]] = {}
        self._extensions: dict[tuple[UUID, UUID, int], extensions.Found] = {}
        self._again: dict[UUID, set[tuple[UUID, UUID]]] = {}
        self._askings: dict[tuple[UUID, UUID, int], dict[UUID, Afresh]] = {}
        self._rivals: dict[UUID, int] = {}
        self._candidates: dict[UUID, UUID | None] = {}
        self._since: dict[UUID, datetime | None] = {}

    @property
    def store(self) -> Store:
        """What is counted."""
        return self._store

    def tried(self, feature_id: UUID) -> Tried:
        """The variants that have results, by experiment, and when the first one came."""
        return {
            (experiment_id, variant_id): first
            for experiment_id, progress in self.progress(feature_id).items()
            for variant_id, first in progress.first_at.items()
        }

    def answered(self, experiment: Experiment, variant: Variant) -> Answered | None:
        """How many of a variant's answers an experiment counts, and from when they are."""
        return self.progress_of(experiment).answered(variant.id)

    def progress_of(self, experiment: Experiment) -> Progress:
        """How far one experiment has come."""
        of_feature = self.progress(experiment.feature_id)
        if experiment.id not in of_feature and experiment.id not in self._around:
            self._around[experiment.id] = self._store.reports.progress.of(experiment.id)
        return of_feature.get(experiment.id) or self._around[experiment.id]

    def is_altered(self, criterion: Criterion, experiment: Experiment, variant: Variant) -> bool:
        """Whether rows that this verdict rests on are not as they were written."""
        place = (criterion.requirement_id, criterion.id, variant.id, experiment.id)
        return self._store.audits.latest().concerns(*place)

    def progress(self, feature_id: UUID) -> Mapping[UUID, Progress]:
        """How far each of a feature's experiments has come."""
        if feature_id not in self._progress:
            self._progress[feature_id] = self._store.reports.progress.of_all(feature_id)
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
        if feature_id not in self._candidates:
            self._candidates[feature_id] = store.features.candidate(feature_id)
        if self._candidates[feature_id] != variant.id:
            return 1
        if experiment.id not in self._rivals:
            if feature_id not in self._since:
                self._since[feature_id] = store.features.candidate_since(feature_id)
            since = self._since[feature_id]
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
        wanted = [_counting(criterion) for criterion in missing]
        for criterion, tallies in zip(
            missing, self._store.tallies.of_all(experiment.id, wanted), strict=True
        ):
            self._known[experiment.id, criterion.id, criterion.number] = tallies

    def of(self, criterion: Criterion, experiment: Experiment) -> list[Tally]:
        """The tallies of a criterion in an experiment, of all variants."""
        self.count_all(experiment, [criterion])
        return self._known[experiment.id, criterion.id, criterion.number]

    def outside(self, criterion: Criterion, experiment: Experiment) -> Mapping[UUID, int]:
        """How many trials a criterion does not apply to, by variant: no tally has them."""
        key = (experiment.id, criterion.id, criterion.number)
        if key not in self._outside:
            counting = _counting(criterion)
            if self._ever_outside is None:
                # One look at all scores tells for every criterion, most of which always apply.
                self._ever_outside = self._store.tallies.ever_outside()
            is_ever = (counting.criterion_id, counting.scorer) in self._ever_outside
            self._outside[key] = (
                self._store.tallies.outside(experiment.id, counting) if is_ever else {}
            )
        return self._outside[key]

    def strict(self, criterion: Criterion, experiment: Experiment) -> list[Tally]:
        """The tallies as if what a criterion does not apply to had no score: it counts both ways,
        and every variant has the same inputs."""
        if not self.outside(criterion, experiment):
            return self.of(criterion, experiment)
        key = (experiment.id, criterion.id, criterion.number)
        if key not in self._strict:
            counting = [_counting(criterion)]
            (self._strict[key],) = self._store.tallies.of_all(
                experiment.id, counting, is_strict=True
            )
        return self._strict[key]

    def course(
        self,
        criterion: Criterion,
        experiment: Experiment,
        variant: Variant,
        *,
        extension: Extension | None = None,
        is_whole: bool = False,
    ) -> list[Finished]:
        """A variant's finished cases in the order of the plan, as a criterion scores them.

        Those that an `extension` goes on from come first; with `is_whole` what is not finished
        is unscored and there too.
        """
        earlier = extension.experiments if extension else ()
        key = (experiment.id, criterion.id, criterion.number, earlier, is_whole)
        if key not in self._courses:
            draft = criterion.draft
            self._courses[key] = self._store.courses.of(
                experiment.id,
                criterion.id,
                draft.scorer.fingerprint(),
                draft.slices,
                draft.scale,
                earlier=earlier,
                is_whole=is_whole,
                is_per_case=draft.measure.is_per_case,
            )
        return self._courses[key].get(variant.id, [])

    def extension(
        self, criterion: Criterion, experiment: Experiment, variant: Variant
    ) -> Extension | None:
        """What an experiment goes on from, of answers that were judged before; None where it
        stands alone."""
        feature_id = experiment.feature_id
        if feature_id not in self._borrowed:
            self._borrowed[feature_id] = self._store.looks.borrowed(feature_id)
        if (experiment.id, variant.id) not in self._borrowed[feature_id]:
            return None
        key = (experiment.id, criterion.id, criterion.number)
        if key not in self._extensions:
            # All criteria at once: one look at the answers does for many.
            others = {c.id: c for c in self._store.criteria.of(feature_id)}
            wanted = {**others, criterion.id: criterion}.values()
            found = extensions.of_experiment(self._store, experiment, list(wanted))
            for one in wanted:
                self._extensions[experiment.id, one.id, one.number] = found
        return self._extensions[key].get((variant.id, criterion.id))

    def afresh(
        self, criterion: Criterion, experiment: Experiment, variant: Variant
    ) -> Afresh | None:
        """What was asked anew after it had been judged; None where all answers are the first."""
        feature_id = experiment.feature_id
        if feature_id not in self._again:
            self._again[feature_id] = self._store.askings.asked_again(feature_id)
        if (experiment.id, variant.id) not in self._again[feature_id]:
            return None
        key = (experiment.id, criterion.id, criterion.number)
        if key not in self._askings:
            self._askings[key] = askings.of_experiment(self._store, experiment, criterion)
        return self._askings[key].get(variant.id)

    def held_to(
        self,
        criterion: Criterion,
        experiment: Experiment,
        variant: Variant,
        draft: CriterionDraft | None = None,
    ) -> CriterionDraft:
        """The criterion (or a `draft` of it) at the confidence that is left for this look at an
        experiment, after all that went before."""
        held = draft or criterion.draft
        place = (criterion, experiment, variant)
        for before in (self.extension(*place), self.afresh(*place)):
            held = before.stricter(held) if before else held
        return held

    def endings(
        self, criterion: Criterion, experiment: Experiment, variant: Variant
    ) -> Mapping[Ending, int]:
        """How many of a variant's trials that a criterion looks at came to each end that is not
        simply a whole answer; failed and filtered ones are calls that have no output."""
        if experiment.id not in self._endings:
            self._endings[experiment.id] = self._store.tallies.endings(experiment.id)
        found: Counter[Ending] = Counter()
        for ended in self._endings[experiment.id]:
            if ended.variant_id == variant.id and criterion.applies_to(ended.tags):
                # An output that the server did not finish, from before those were failed calls.
                is_old = ended.is_output and ended.ending not in (Ending.CUT, Ending.REFUSED)
                found[Ending.BROKEN if is_old else ended.ending] += ended.trials
        return found

    def looked(
        self, criterion: Criterion, experiment: Experiment, *, is_plain: bool
    ) -> list[Looked]:
        """The outputs that were looked at by a criterion, of all variants: where it `is_plain` what
        the others ended like, only those without a score."""
        key = (experiment.id, criterion.id, criterion.number, is_plain)
        if key not in self._looked:
            reports = self._store.open_trials
            only = False if is_plain else None
            counting = _counting(criterion)
            self._looked[key] = reports.looked(experiment.id, counting, is_scored=only)
        return self._looked[key]


def _counting(criterion: Criterion) -> Counting:
    draft = criterion.draft
    scorer, is_per_case = draft.scorer.fingerprint(), draft.measure.is_per_case
    return Counting(criterion.id, scorer, draft.slices, draft.scale, is_per_case)

"""What two variants can be compared on: the inputs that both were asked about, and what is not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

import numpy as np

from workbench.domain.criteria import Criterion, Measure
from workbench.domain.endpoints import Endpoint
from workbench.domain.experiments import Experiment
from workbench.domain.prompts import Variant
from workbench.domain.trials import Ending
from workbench.evidence import case_values, extensions, in_turn, mixes
from workbench.evidence.both_ways import NOTHING_OPEN, CountedBothWays, of_side
from workbench.evidence.counting import Counted
from workbench.evidence.extensions import Extension
from workbench.stats.differences import Gaps, SequentialGaps
from workbench.stats.standardised import Strata
from workbench.store.reports.comparison import Asked
from workbench.store.store import Store
from workbench.store.tallies import Counting, Tally

_NO_CASE = "no case carries its tags"


class Side(NamedTuple):
    """A variant as an experiment asked it."""

    experiment: Experiment
    variant: Variant


class Basis(StrEnum):
    """How two sides are compared: input by input, slice by slice at one mix, or not at all."""

    PAIRED = "paired"
    STANDARDISED = "standardised"
    NOT_COMPARED = "not compared"


class LeftOut(NamedTuple):
    """So many inputs that do not count, and why."""

    inputs: int
    why: str


@dataclass(frozen=True)
class Evidence:
    """What two sides have to be compared by, on one criterion.

    Both were to be asked about `n_inputs`; `n_shared` of those have a value on both sides. The
    values are the means of these. `why_not` says why they are not compared. With an `extension`
    this is a further look at answers that could be compared before; so it is where the same was
    asked afresh after it had been answered `asked_before` times.
    """

    basis: Basis
    gaps: Gaps | SequentialGaps | Strata | None = None
    value_a: float | None = None
    value_b: float | None = None
    n_inputs: int = 0
    n_shared: int = 0
    open_a: CountedBothWays = NOTHING_OPEN
    open_b: CountedBothWays = NOTHING_OPEN
    left_out: tuple[LeftOut, ...] = ()
    why_not: str = ""
    mix: str = ""
    extension: Extension | None = None
    asked_before: int = 0

    def turned(self) -> "Evidence":
        """The same with A and B in each other's place, without the gaps."""
        return replace(
            self,
            gaps=None,
            value_a=self.value_b,
            value_b=self.value_a,
            open_a=self.open_b,
            open_b=self.open_a,
        )


class Pairing:
    """Reads what comparisons need, once. Short-lived, as `Counted` is."""

    def __init__(self, store: Store, counted: Counted | None = None) -> None:
        self.counted = counted or Counted(store)
        self._reports = store.reports.comparison
        self._store = store
        self._models: dict[tuple[UUID, UUID], tuple[str, ...]] = {}
        self._cases: dict[UUID, list[UUID]] = {}
        self._endpoints: dict[UUID, Endpoint | None] = {}
        self._tallies: dict[tuple[UUID, UUID], list[Tally]] = {}
        self._asked: dict[tuple[UUID, UUID, UUID, bool], list[Asked]] = {}

    def read(self, experiment: Experiment, criteria: Sequence[Criterion]) -> None:
        """Count several criteria of an experiment at once: cheaper than one after the other."""
        self.counted.count_all(experiment, criteria)

    def evidence(self, criterion: Criterion, a: Side, b: Side) -> Evidence:
        """What there is to compare B with A by: nothing where rows of one were changed."""
        over = criterion.draft.scorer.over
        if over is not None:
            return Evidence(
                Basis.NOT_COMPARED,
                why_not=f"its words compare each output with that of {over} already",
            )
        changed = [side for side in (a, b) if self.counted.is_altered(criterion, *side)]
        if changed:
            return Evidence(Basis.NOT_COMPARED, why_not=_altered(changed))
        afresh = [self.counted.afresh(criterion, side.experiment, side.variant) for side in (a, b)]
        again = [one for one in afresh if one is not None]
        if any(one.kept for one in again):
            return Evidence(
                Basis.NOT_COMPARED,
                why_not="only a part was asked afresh: which may have been chosen by what came "
                "in, so nothing is compared before all is asked again",
            )
        found = self._evidence(criterion, a, b)
        return replace(found, asked_before=max((one.before for one in again), default=0))

    def _evidence(self, criterion: Criterion, a: Side, b: Side) -> Evidence:
        trials = min(a.experiment.trials, b.experiment.trials)
        if criterion.draft.measure is Measure.AGREEMENT and trials < 2:
            return Evidence(
                Basis.NOT_COMPARED, why_not="agreement takes two trials of a case or more"
            )
        extension = self.extension(criterion, a, b)
        if a.experiment.id == b.experiment.id and not (a.experiment.is_sequential or extension):
            return self._within(criterion, a, b)
        return self._across(criterion, a, b, extension)

    def extension(self, criterion: Criterion, a: Side, b: Side) -> Extension | None:
        """What both go on from, where their answers could be compared before: then this is a
        further look. One alone is no look: a new variant beside known answers is a new question.

        In two experiments it is enough that one of them goes on from others than the two.
        """
        found = [self.counted.extension(criterion, *side) for side in (a, b)]
        if a.experiment.id == b.experiment.id:
            return extensions.joined(found[0], found[1]) if found[0] and found[1] else None
        here = {a.experiment.id, b.experiment.id}
        further = [one for one in found if one and not here.issuperset(one.experiments)]
        return extensions.joined(further[0], further[-1]) if further else None

    def asked(self, criterion: Criterion, side: Side, *, by_mark: bool = True) -> list[Asked]:
        """Each input as one side answered it; of a scale its passes where it is not `by_mark`."""
        draft = criterion.draft
        by_mark = by_mark and draft.scale is not None
        key = (criterion.id, side.experiment.id, side.variant.id, by_mark)
        if key not in self._asked:
            counting = _counting(criterion)
            if not by_mark:
                counting = counting._replace(scale=None)
            self._asked[key] = self._reports.asked(side.experiment.id, side.variant.id, counting)
        return self._asked[key]

    def models(self, side: Side) -> tuple[str, ...]:
        """The models that answered one side, by the names that the servers gave."""
        key = (side.experiment.id, side.variant.id)
        if key not in self._models:
            self._models[key] = self._reports.models(*key)
        return self._models[key]

    def endpoint(self, side: Side) -> Endpoint | None:
        """Where one side was asked; None where nobody wrote that down."""
        known = self._endpoints
        if side.variant.id not in known:
            found = self._store.variants.endpoints([side.variant.id])
            known[side.variant.id] = found.get(side.variant.id)
        return known[side.variant.id]

    def _within(self, criterion: Criterion, a: Side, b: Side) -> Evidence:
        of_all = self._counts(criterion, a.experiment)
        sides = [
            sorted((t for t in of_all if t.variant_id == side.variant.id), key=lambda t: t.cluster)
            for side in (a, b)
        ]
        if not sides[0]:
            return Evidence(Basis.NOT_COMPARED, why_not=_NO_CASE)
        found = _paired(criterion.draft.measure, a.experiment.trials, *sides)
        return replace(
            found,
            open_a=of_side(sides[0], self._cut_of(criterion, a)),
            open_b=of_side(sides[1], self._cut_of(criterion, b)),
        )

    def pairs(
        self,
        criterion: Criterion,
        a: Side,
        b: Side,
        *,
        by_mark: bool = True,
        extension: Extension | None = None,
    ) -> tuple[list[tuple[Asked, Asked]], list[LeftOut]]:
        """The inputs that both sides were asked about and that say something new, and the rest.

        Where a run may have ended early, in the order of its plan and as far as all are finished;
        those that an `extension` goes on from come first.
        """
        asked_a = self.asked(criterion, a, by_mark=by_mark)
        asked_b = self.asked(criterion, b, by_mark=by_mark)
        by_input = {entry.input: entry for entry in asked_b}
        pairs = [(entry, by_input[entry.input]) for entry in asked_a if entry.input in by_input]
        left = _left_out(a, b, len(asked_a) - len(pairs), len(asked_b) - len(pairs))
        if a.variant.id == b.variant.id:
            new = [pair for pair in pairs if pair[0].case_id != pair[1].case_id]
            if len(new) < len(pairs):
                left.append(LeftOut(len(pairs) - len(new), "with one answer that both runs count"))
            pairs = new
        if a.experiment.is_sequential or b.experiment.is_sequential or extension:
            earlier = [self._case_ids(one) for one in (extension.experiments if extension else ())]
            finished = in_turn.finished(pairs, 0 if a.experiment.is_sequential else 1, earlier)
            if len(finished) < len(pairs):
                left.append(LeftOut(len(pairs) - len(finished), "not finished in their turn"))
            pairs = finished
        return pairs, left

    def _across(
        self, criterion: Criterion, a: Side, b: Side, extension: Extension | None
    ) -> Evidence:
        """Two runs, or one that may have ended early or goes on after a look: input by input, or
        else slice by slice."""
        measure, trials = criterion.draft.measure, min(a.experiment.trials, b.experiment.trials)
        asked_a, asked_b = self.asked(criterion, a), self.asked(criterion, b)
        if not asked_a or not asked_b:
            return Evidence(Basis.NOT_COMPARED, why_not=_NO_CASE)
        pairs, left = self.pairs(criterion, a, b, extension=extension)
        is_sequential = extension is not None or any(e.experiment.is_sequential for e in (a, b))
        why_not = "they have no new input in common that is finished"
        if 2 * len(pairs) < min(len(asked_a), len(asked_b)) and not is_sequential:
            mixed = mixes.standardised(measure, trials, asked_a, asked_b)
            if mixed.strata is not None:
                return _mixed(mixed, asked_a, asked_b)
            why_not = mixed.why_not
        if len(pairs) < 2:
            return Evidence(Basis.NOT_COMPARED, left_out=tuple(left), why_not=why_not)
        firsts, seconds = [p[0] for p in pairs], [p[1] for p in pairs]
        found = _paired(measure, trials, firsts, seconds)
        if is_sequential and isinstance(found.gaps, Gaps):
            share = extension.share if extension else 1.0
            found = replace(found, gaps=SequentialGaps(*found.gaps, share))
        return replace(
            found,
            extension=extension,
            open_a=of_side(firsts, sum(e.cut for e in firsts)),
            open_b=of_side(seconds, sum(e.cut for e in seconds)),
            left_out=tuple(left),
        )

    def _case_ids(self, experiment_id: UUID) -> list[UUID]:
        if experiment_id not in self._cases:
            self._cases[experiment_id] = self._store.experiments.case_ids(experiment_id)
        return self._cases[experiment_id]

    def _counts(self, criterion: Criterion, experiment: Experiment) -> list[Tally]:
        if not any(self._cut_of(criterion, Side(experiment, v)) for v in experiment.variants):
            return self.counted.strict(criterion, experiment)
        key = (criterion.id, experiment.id)
        if key not in self._tallies:
            counting, cut = [_counting(criterion)], self._reports.cut_reasons(experiment.id)
            found = self._store.tallies.of_all(experiment.id, counting, cut=cut, is_strict=True)
            self._tallies[key] = found[0]
        return self._tallies[key]

    def _cut_of(self, criterion: Criterion, side: Side) -> int:
        endings = self.counted.endings(criterion, side.experiment, side.variant)
        # Filtered ones are failed calls; those that were kept as answers are among the broken.
        return endings.get(Ending.CUT, 0) + endings.get(Ending.BROKEN, 0)


def _altered(sides: Sequence[Side]) -> str:
    whose = " and ".join(dict.fromkeys(side.variant.label for side in sides))
    rests = "rests" if len({side.variant.id for side in sides}) == 1 else "rest"
    return f"rows that {whose} {rests} on were changed since they were written"


def paired_gaps(
    measure: Measure,
    trials: int,
    a: Sequence[Tally] | Sequence[Asked],
    b: Sequence[Tally] | Sequence[Asked],
) -> tuple[Gaps, float | None, float | None]:
    """B minus A by group, and the mean of each over the groups where both have a value."""
    alike = [getattr(entry, "alike", 1) for entry in a]
    groups = case_values.grouped([entry.group for entry in a], alike)
    one = case_values.of_groups(measure, trials, a, alike, groups)
    other = case_values.of_groups(measure, trials, b, alike, groups)
    both = np.isfinite(one.known) & np.isfinite(other.known)
    gaps = Gaps(
        (other.known - one.known)[both], other.lowest - one.highest, other.highest - one.lowest
    )
    if not both.any():
        return gaps, None, None
    return gaps, float(one.known[both].mean()), float(other.known[both].mean())


def _paired(
    measure: Measure,
    trials: int,
    a: Sequence[Tally] | Sequence[Asked],
    b: Sequence[Tally] | Sequence[Asked],
) -> Evidence:
    gaps, value_a, value_b = paired_gaps(measure, trials, a, b)
    alike = [getattr(entry, "alike", 1) for entry in a]
    known = [np.isfinite(case_values.of_inputs(measure, trials, side).known) for side in (a, b)]
    times = np.asarray(alike)
    return Evidence(
        Basis.PAIRED,
        gaps,
        value_a,
        value_b,
        n_inputs=int(times.sum()),
        n_shared=int(times[known[0] & known[1]].sum()),
    )


def _mixed(mixed: mixes.Mixed, a: Sequence[Asked], b: Sequence[Asked]) -> Evidence:
    assert mixed.strata is not None
    means = mixed.strata.means()
    left = LeftOut(mixed.left_out, "in slices that one of the runs has too few inputs of")
    return Evidence(
        Basis.STANDARDISED,
        mixed.strata,
        *means,
        n_inputs=len(a) + len(b) - mixed.left_out,
        n_shared=0,
        open_a=of_side(a, sum(e.cut for e in a)),
        open_b=of_side(b, sum(e.cut for e in b)),
        left_out=(left,) if mixed.left_out else (),
        mix=mixed.said,
    )


def _left_out(a: Side, b: Side, only_a: int, only_b: int) -> list[LeftOut]:
    return [
        LeftOut(n, f"asked of {side.variant.label} in {side.experiment.key} only")
        for side, n in ((a, only_a), (b, only_b))
        if n
    ]


def _counting(criterion: Criterion) -> Counting:
    draft = criterion.draft
    return Counting(criterion.id, draft.scorer.fingerprint(), draft.slices, draft.scale)

"""Behind a comparison: what became of each case, and the difference slice by slice."""

from dataclasses import dataclass
from typing import NamedTuple

from workbench.domain.criteria import Measure
from workbench.evidence.comparisons import SURE, Comparison
from workbench.evidence.pairing import Basis, Pairing, paired_gaps
from workbench.stats.comparison import Change, benjamini_hochberg, changes
from workbench.stats.differences import FEW_CASES, Difference


@dataclass(frozen=True)
class SliceDifference:
    """The difference on the cases of one tag. Few cases (`is_small`) say little."""

    tag: str
    difference: Difference
    adjusted_p: float | None

    @property
    def is_small(self) -> bool:
        """Whether the slice has too few cases to tell much."""
        return self.difference.n_cases < FEW_CASES


class Cases(NamedTuple):
    """The keys of the cases by what became of them, and the slices, where a comparison is paired.

    Intervals of slices allow for the comparison's whole family and for every slice; p-values so
    that few of the slices that are looked into are false finds (Benjamini and Hochberg 1995).
    """

    changed: dict[Change, tuple[str, ...]]
    slices: tuple[SliceDifference, ...]


def of(pairing: Pairing, found: Comparison) -> Cases:
    """The cases that a comparison rests on."""
    if found.evidence.basis is not Basis.PAIRED:
        return Cases(dict.fromkeys(Change, ()), ())
    return Cases(_changed(pairing, found), _slices(pairing, found))


def _changed(pairing: Pairing, found: Comparison) -> dict[Change, tuple[str, ...]]:
    extension = found.evidence.extension
    pairs, _ = pairing.pairs(
        found.criterion, found.side_a, found.side_b, by_mark=False, extension=extension
    )
    both = [(a, b) for a, b in pairs if a.passes + a.fails and b.passes + b.fails]
    kinds = changes(
        [a.passes for a, _ in both],
        [a.passes + a.fails for a, _ in both],
        [b.passes for _, b in both],
        [b.passes + b.fails for _, b in both],
    )
    return {
        kind: tuple(a.key for (a, _), now in zip(both, kinds, strict=True) if now is kind)
        for kind in Change
    }


def _slices(pairing: Pairing, found: Comparison) -> tuple[SliceDifference, ...]:
    extension = found.evidence.extension
    pairs, _ = pairing.pairs(found.criterion, found.side_a, found.side_b, extension=extension)
    tags = sorted({tag for a, _ in pairs for tag in a.tags})
    measure = found.criterion.draft.measure
    trials = min(found.side_a.experiment.trials, found.side_b.experiment.trials)
    # Slices of a run that may end early, or that goes on after a look, would need evidence of their
    # own at every moment.
    is_sequential = found.side_a.experiment.is_sequential or found.side_b.experiment.is_sequential
    if len(tags) < 2 or is_sequential or extension or (measure is Measure.AGREEMENT and trials < 2):
        return ()
    gaps = []
    for tag in tags:
        mine = [(a, b) for a, b in pairs if tag in a.tags]
        gaps.append(paired_gaps(measure, trials, [a for a, _ in mine], [b for _, b in mine])[0])
    together = 1 - SURE / (max(1, found.family.n) * len(tags))
    raw = [each.p_value() for each in gaps]
    adjusted = benjamini_hochberg([1.0 if p is None else p for p in raw])
    return tuple(
        SliceDifference(tag, each.difference(together), None if p is None else float(fair))
        for tag, each, p, fair in zip(tags, gaps, raw, adjusted, strict=True)
    )

"""Two runs that asked other inputs: what their mixes of slices are, and both at one mix."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from workbench.domain.criteria import Measure
from workbench.evidence import case_values
from workbench.say import count
from workbench.stats import standardised as stats
from workbench.stats.clusters import group_numbers
from workbench.stats.standardised import Strata
from workbench.store.reports.comparison import Asked

_LEAST = 5
"""Inputs with a value that a slice needs on both sides."""
_NAMED = 4


class Mixed(NamedTuple):
    """Both runs by slice; without `strata` they can't be, and `why_not` says why. `left_out` counts
    inputs of slices that only one of them knows well, `said` names the two mixes."""

    strata: Strata | None
    left_out: int = 0
    said: str = ""
    why_not: str = ""


def standardised(measure: Measure, trials: int, a: Sequence[Asked], b: Sequence[Asked]) -> Mixed:
    """Two runs, slice by slice, weighted by the mean of their two mixes (Kitagawa 1955).

    A slice is a set of tags that cases have. It takes two or more that both runs asked five inputs
    of, and these must be at least half of each run.
    """
    counted = [case_values.of_inputs(measure, trials, side) for side in (a, b)]
    known = [
        Counter(e.tags for e, value in zip(side, values.known, strict=True) if np.isfinite(value))
        for side, values in zip((a, b), counted, strict=True)
    ]
    common = sorted(tags for tags in known[0] if min(k[tags] for k in known) >= _LEAST and tags)
    sizes = [Counter(e.tags for e in side) for side in (a, b)]
    covered = [sum(size[tags] for tags in common) for size in sizes]
    if len(common) < 2 or any(2 * n < len(s) for n, s in zip(covered, (a, b), strict=True)):
        return Mixed(
            None,
            why_not=(
                "the two runs asked about other inputs, and these have too few slices (tags) in "
                "common to hold both to one mix"
            ),
        )
    shares = [[size[tags] / n for tags in common] for size, n in zip(sizes, covered, strict=True)]
    number = {tags: place for place, tags in enumerate(common)}
    sides = [_asked(side, values, number) for side, values in zip((a, b), counted, strict=True)]
    return Mixed(
        Strata(np.mean(shares, axis=0), *sides),
        len(a) + len(b) - sum(covered),
        _said(common, shares),
    )


def _asked(
    side: Sequence[Asked], values: case_values.Values, number: Mapping[tuple[str, ...], int]
) -> stats.Asked:
    kept = [place for place, entry in enumerate(side) if entry.tags in number]
    return stats.Asked(
        np.array([number[side[place].tags] for place in kept], dtype=np.intp),
        group_numbers([side[place].group for place in kept]),
        *(column[kept] for column in values),
    )


def _said(common: Sequence[tuple[str, ...]], shares: Sequence[Sequence[float]]) -> str:
    """The mixes of the two, those slices first whose shares differ most."""
    apart = sorted(zip(common, *shares, strict=True), key=lambda each: -abs(each[2] - each[1]))
    named = [
        f"{' + '.join(tags)} {100 * before:.0f}% and {100 * after:.0f}%"
        for tags, before, after in apart[:_NAMED]
    ]
    more = f" and {count(len(apart) - _NAMED, 'more slice')}" if len(apart) > _NAMED else ""
    return f"{', '.join(named)}{more}"

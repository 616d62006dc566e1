"""Two runs on other cases, compared as if both had asked the same mix of slices (Kitagawa 1955)."""

from typing import NamedTuple

import numpy as np

from workbench.stats.clusters import Floats, Groups, check_confidence
from workbench.stats.differences import NO_DIFFERENCE, Difference

METHOD = "standardised by slice"


class Asked(NamedTuple):
    """What one run came to, an entry for each input: the number of its stratum, that of the unit it
    belongs to (its group, or itself), and its value from 0 to 1.

    `known` is NaN where there is none; `lowest` and `highest` are what it could have been.
    """

    stratum: Groups
    unit: Groups
    known: Floats
    lowest: Floats
    highest: Floats


class Strata(NamedTuple):
    """Two runs, and the share of each stratum (numbered from 0) in the mix both are held to."""

    shares: Floats
    a: Asked
    b: Asked

    def means(self) -> tuple[float | None, float | None]:
        """What A and B come to at the common mix."""
        sides = [_known(side) for side in (self.a, self.b)]
        if not all(_covers(side, self.shares) for side in sides):
            return None, None
        a, b = (_mean(side, side.known, self.shares).mean for side in sides)
        return a, b

    def p_value(self) -> float | None:
        """Two-sided, of no difference, whatever the missing values are."""
        against, in_favour = self._extremes()
        if against.difference > 0:
            return against.p_value()
        return in_favour.p_value() if in_favour.difference < 0 else 1.0

    def difference(self, confidence: float = 0.95) -> Difference:
        """B minus A, both weighted by `shares`; each end holds with (1 + confidence) / 2.

        Kitagawa 1955, JASA 50:1168-1194: the difference of rates at one composition. Groups weigh
        the same within a stratum and count once in the variance (linearised, as in surveys).
        """
        alpha = check_confidence(confidence)
        one, other = (_known(side) for side in (self.a, self.b))
        if not (_covers(one, self.shares) and _covers(other, self.shares)):
            return NO_DIFFERENCE
        estimate = _Gap.of(
            _mean(one, one.known, self.shares), _mean(other, other.known, self.shares)
        )
        against, in_favour = self._extremes()
        low, high = against.lower_end(alpha / 2), -in_favour.turned().lower_end(alpha / 2)
        n = len(one.known) + len(other.known)
        return Difference(
            estimate.difference,
            min(low, estimate.difference),
            max(high, estimate.difference),
            float(np.sqrt(estimate.variance)),
            self.p_value(),
            n,
            n,
            False,
            METHOD,
            confidence,
        )

    def _extremes(self) -> tuple["_Gap", "_Gap"]:
        def gap(one: Floats, other: Floats) -> _Gap:
            return _Gap.of(_mean(self.a, one, self.shares), _mean(self.b, other, self.shares))

        return gap(self.a.highest, self.b.lowest), gap(self.a.lowest, self.b.highest)


class _Mean(NamedTuple):
    """A standardised mean with its variance, and both with one pass and one fail more for each
    stratum (Agresti and Caffo 2000, The American Statistician 54:280-288)."""

    mean: float
    variance: float
    shrunk: float
    wider: float
    freedom: int


class _Gap(NamedTuple):
    difference: float
    variance: float
    shrunk: float
    wider: float
    freedom: float

    @classmethod
    def of(cls, a: _Mean, b: _Mean) -> "_Gap":
        both = [(m.variance + 1e-12, m.freedom) for m in (a, b)]
        # Welch 1947, Biometrika 34:28-35.
        freedom = sum(v for v, _ in both) ** 2 / sum(v**2 / f for v, f in both)
        return cls(
            b.mean - a.mean,
            a.variance + b.variance,
            b.shrunk - a.shrunk,
            a.wider + b.wider,
            freedom,
        )

    def turned(self) -> "_Gap":
        return self._replace(difference=-self.difference, shrunk=-self.shrunk)

    def lower_end(self, alpha: float) -> float:
        from scipy.special import stdtrit

        far = float(stdtrit(self.freedom, 1 - alpha))
        ends = (
            self.difference - far * float(np.sqrt(self.variance)),
            self.shrunk - far * float(np.sqrt(self.wider)),
        )
        return max(-1.0, min(ends))

    def p_value(self) -> float:
        """The larger of the two: no difference is claimed that one of the intervals reaches."""
        from scipy.special import stdtr

        if self.difference * self.shrunk <= 0:
            return 1.0
        ratios = (
            abs(self.difference) / max(float(np.sqrt(self.variance)), 1e-12),
            abs(self.shrunk) / float(np.sqrt(self.wider)),
        )
        return float(2 * stdtr(self.freedom, -min(ratios)))


def _known(side: Asked) -> Asked:
    some = np.isfinite(side.known)
    values = (side.known[some], side.lowest[some], side.highest[some])
    return Asked(side.stratum[some], side.unit[some], *values)


def _covers(side: Asked, shares: Floats) -> bool:
    return len(np.unique(side.stratum)) == len(shares)


def _mean(side: Asked, values: Floats, shares: Floats) -> _Mean:
    strata = len(shares)
    unit = np.unique(side.unit, return_inverse=True)[1]
    weight = 1 / np.bincount(unit)[unit]
    total = np.bincount(side.stratum, weights=weight, minlength=strata)
    means = np.bincount(side.stratum, weights=weight * values, minlength=strata) / total
    pulls = shares[side.stratum] * weight * (values - means[side.stratum]) / total[side.stratum]
    units = int(unit.max()) + 1
    of_units = np.bincount(unit, weights=pulls)
    variance = float((of_units**2).sum()) * units / max(units - 1, 1)
    sizes = np.bincount(np.unique(side.stratum * units + unit) // units, minlength=strata)
    shrunk = (sizes * means + 1) / (sizes + 2)
    room = shares**2 * (shrunk**2 + (1 - shrunk) ** 2) / (sizes + 2) ** 2
    return _Mean(
        float(shares @ means),
        variance,
        float(shares @ shrunk),
        variance + float(room.sum()),
        max(units - strata, 1),
    )

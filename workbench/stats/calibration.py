"""How often a judge errs, by people's labels, and what its pass rate is when that is allowed for.

Two cases, and they are not the same. Where the labels lie among the outputs that were judged, the
judge's word only sorts the outputs, and people say how many of each sort pass: two-phase sampling
(Tenenbein 1970, JASA 65:1350-1361), the exact analogue of prediction-powered inference for yes and
no. It holds for any choice of what is labelled that looks at the judge's word alone, so its fails
can be labelled first. Where the labels were given elsewhere, only the judge's error rates can be
carried over: Rogan and Gladen 1978 (Am J Epidemiol 107:71-76), with the interval of Lang and
Reiczigel 2014 (Prev Vet Med 113:13-22), which is wider.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.stats import intervals
from workbench.stats.clusters import Floats, Groups, Numbers, check_confidence, group_sums

_DRAWS = 20_000
_SEED = 19_700_901
_PRIOR = 0.5


class Rate(NamedTuple):
    """A share with its bounds, each of which holds with the confidence alone. `value` is None
    where nothing tells."""

    value: float | None
    low: float
    high: float


UNKNOWN = Rate(None, 0.0, 1.0)


@dataclass(frozen=True)
class Labels:
    """Outputs that people labelled and the judge judged, one entry each: whether each said pass,
    and the number of what an output belongs to (answers to one case are no evidence apart)."""

    judge: NDArray[np.bool_]
    people: NDArray[np.bool_]
    groups: Groups

    @staticmethod
    def of(judge: Sequence[bool], people: Sequence[bool], groups: Groups) -> "Labels":
        """From plain lists. Raises ValueError where they differ in length."""
        if not len(judge) == len(people) == len(groups):
            raise ValueError("each label needs the judge's word, people's word and a group")
        return Labels(np.asarray(judge, bool), np.asarray(people, bool), groups)

    @property
    def n(self) -> int:
        """How many outputs were labelled."""
        return len(self.judge)

    @property
    def n_clusters(self) -> int:
        """How many cases (or groups of them) they belong to."""
        return len(np.unique(self.groups))

    @property
    def n_good(self) -> int:
        """How many of them pass, by people."""
        return int(self.people.sum())


@dataclass(frozen=True)
class Trusted:
    """What labels say of a judge: the share of good outputs that it passes (sensitivity), of bad
    ones that it fails (specificity), and the pass rate of all outputs, corrected for its errors."""

    sensitivity: Rate
    specificity: Rate
    pass_rate: Rate

    @property
    def youden(self) -> float | None:
        """Sensitivity + specificity - 1: 1 where it never errs, 0 where its word says nothing."""
        if self.sensitivity.value is None or self.specificity.value is None:
            return None
        return self.sensitivity.value + self.specificity.value - 1


def among(
    labels: Labels, passes: Numbers, judged: Numbers, confidence: float, *, times: float = 1.0
) -> Trusted:
    """What labels of some of the judged outputs say. `passes` and `judged` count the outputs of
    each case that the judge passed, and judged at all. With `times` more labels that turn out
    alike, for planning: what so many would show."""
    alpha = check_confidence(confidence)
    whole = intervals.pass_rate(passes, judged, confidence)
    if whole.estimate is None:
        return Trusted(UNKNOWN, UNKNOWN, UNKNOWN)
    share = whole.estimate
    good = [_phase(labels, word, confidence) for word in (True, False)]
    draw = np.random.default_rng(_SEED)
    w = _draws(draw, share, whole.n_effective) if 0 < share < 1 else np.full(_DRAWS, share)
    ppv, missed = (_draws(draw, value or 0.0, times * size) for value, size in good)
    shares = _shares(w, ppv, missed)
    points: tuple[float | None, ...] = (None, None, None)
    needed = [value for (value, _), part in zip(good, (share, 1 - share), strict=True) if part > 0]
    if None not in needed:
        values = [np.array([value or 0.0]) for value, _ in good]
        points = tuple(
            None if np.isnan(found[0]) else float(found[0])
            for found in _shares(np.array([share]), *values)
        )
    return Trusted(*(_rate(p, s, alpha) for p, s in zip(points, shares, strict=True)))


def elsewhere(labels: Labels, passes: Numbers, judged: Numbers, confidence: float) -> Trusted:
    """What labels of other outputs, drawn at random, say: the judge's error rates carried over."""
    check_confidence(confidence)
    whole = intervals.pass_rate(passes, judged, confidence)
    sure = _rate_of(labels, labels.people, labels.judge, confidence)
    keen = _rate_of(labels, ~labels.people, ~labels.judge, confidence)
    if whole.estimate is None or sure.estimate is None or keen.estimate is None:
        return Trusted(_as_rate(sure), _as_rate(keen), UNKNOWN)
    size, n_good, n_bad = whole.n_effective, sure.n_effective, keen.n_effective
    low, high = lang_reiczigel(
        whole.estimate, size, sure.estimate, n_good, keen.estimate, n_bad, 2 * confidence - 1
    )
    value = rogan_gladen(whole.estimate, sure.estimate, keen.estimate)
    if value is None:
        return Trusted(_as_rate(sure), _as_rate(keen), UNKNOWN)
    found = Rate(value, min(low, value), max(high, value))
    return Trusted(_as_rate(sure), _as_rate(keen), found)


def rogan_gladen(apparent: float, sensitivity: float, specificity: float) -> float | None:
    """The true rate behind an apparent one (Rogan and Gladen 1978), between 0 and 1; None where
    the judge's word says nothing, or the opposite."""
    youden = sensitivity + specificity - 1
    if youden <= 0:
        return None
    return min(1.0, max(0.0, (apparent + specificity - 1) / youden))


def lang_reiczigel(
    apparent: float,
    n: float,
    sensitivity: float,
    n_good: float,
    specificity: float,
    n_bad: float,
    confidence: float,
) -> tuple[float, float]:
    """Bounds of the true rate that hold together with the confidence (Lang and Reiczigel 2014,
    equations 6, 7, 16 and 17), where the error rates were estimated on `n_good` good and `n_bad`
    bad outputs of another sample. From 0 to 1 where the judge's word says nothing."""
    from scipy.special import ndtri

    z = float(ndtri((1 + confidence) / 2))
    size = n + z**2
    rate = (n * apparent + z**2 / 2) / size
    more_good, more_bad = n_good + 2, n_bad + 2
    sure = (n_good * sensitivity + 1) / more_good
    keen = (n_bad * specificity + 1) / more_bad
    youden = sure + keen - 1
    if youden <= 0:
        return 0.0, 1.0
    middle = (rate + keen - 1) / youden
    of_sure, of_keen = sure * (1 - sure) / more_good, keen * (1 - keen) / more_bad
    shift = 2 * z**2 * (middle * of_sure - (1 - middle) * of_keen)
    variance = rate * (1 - rate) / size + middle**2 * of_sure + (1 - middle) ** 2 * of_keen
    reach = z * variance**0.5 / youden
    return max(0.0, middle + shift - reach), min(1.0, middle + shift + reach)


def _phase(labels: Labels, word: bool, confidence: float) -> tuple[float | None, float]:
    """The share that people pass of the outputs of which the judge said one word, and on how many
    outputs that rests, clustered."""
    found = _rate_of(labels, labels.judge == word, labels.people, confidence)
    return found.estimate, found.n_effective


def _rate_of(
    labels: Labels, of: NDArray[np.bool_], hits: NDArray[np.bool_], confidence: float
) -> intervals.Interval:
    """The share of hits among some of the labels; each case weighs by its outputs there."""
    groups = np.unique(labels.groups, return_inverse=True)[1]
    tried = group_sums(of.astype(np.float64), groups)
    won = group_sums((of & hits).astype(np.float64), groups)
    found = intervals.pass_rate(won, tried, confidence)
    if found.estimate is None:
        return found
    # By output and not by case: the strata hold outputs, and a case may lie in both.
    return replace(found, estimate=float(won.sum() / tried.sum()))


def _draws(draw: np.random.Generator, share: float, size: float) -> Floats:
    """Draws of a share that was seen in so many, with Jeffreys' prior."""
    return draw.beta(share * size + _PRIOR, (1 - share) * size + _PRIOR, _DRAWS)


def _shares(w: Floats, ppv: Floats, missed: Floats) -> tuple[Floats, Floats, Floats]:
    """Sensitivity, specificity and pass rate, from the share that the judge passes, and the shares
    that are good of what it passes and of what it fails."""
    good = w * ppv + (1 - w) * missed
    with np.errstate(invalid="ignore", divide="ignore"):
        sure = np.where(good > 0, w * ppv / good, np.nan)
        keen = np.where(good < 1, (1 - w) * (1 - missed) / (1 - good), np.nan)
    return sure, keen, good


def _rate(point: float | None, drawn: Floats, alpha: float) -> Rate:
    low, high = np.nanquantile(drawn, [alpha, 1 - alpha])
    if point is None:
        return Rate(None, float(low), float(high))
    return Rate(point, min(float(low), point), max(float(high), point))


def _as_rate(found: intervals.Interval) -> Rate:
    return Rate(found.estimate, found.low, found.high)

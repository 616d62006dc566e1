"""How far two scorers, or all of them, agree: observed, and beyond what chance would give."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import evalica
import numpy as np
import pandas as pd
from scipy.stats import norm
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa

from workbench.stats import intervals
from workbench.stats.clusters import Floats, Groups, check_confidence, group_sums
from workbench.stats.intervals import Interval

_RESAMPLES, _AT_ONCE = 2_000, 100
_SEED = 20_170_101


class Chance(NamedTuple):
    """Agreement beyond chance, 1 where it is whole and 0 where chance would give as much, with its
    interval. None where nobody could tell: all that was said is one and the same word."""

    estimate: float | None
    low: float | None
    high: float | None


UNTOLD = Chance(None, None, None)


class Fleiss(NamedTuple):
    """Fleiss' kappa over `n` items that each have a word of as many `scorers`."""

    kappa: Chance
    n: int
    scorers: int


Words = Sequence[Sequence[float | None]]
"""What each scorer said of each item, None where it said nothing."""


def observed(a: Sequence[float], b: Sequence[float], groups: Groups, confidence: float) -> Interval:
    """The share of items on which two scorers said the same; items of one of the `groups` (answers
    to one case) are no evidence apart. Both bounds together hold with the confidence."""
    same = (np.asarray(a) == np.asarray(b)).astype(np.float64)
    return intervals.pass_rate(
        group_sums(same, groups), group_sums(np.ones(len(same)), groups), (1 + confidence) / 2
    )


def cohen(
    a: Sequence[float],
    b: Sequence[float],
    groups: Groups,
    confidence: float,
    *,
    is_scale: bool = False,
) -> Chance:
    """Cohen's kappa (Cohen 1960); of scores on a scale the weighted one (Cohen 1968), by the square
    of how far they lie apart. Its interval is the large-sample one (Fleiss, Cohen and Everitt
    1969), or from a bootstrap over the `groups` where items of one group hang together.

    Raises ValueError where the two differ in length.
    """
    check_confidence(confidence)
    words, codes = np.unique(np.concatenate([a, b]), return_inverse=True)
    first, second = np.split(codes, [len(a)])
    if len(first) != len(second):
        raise ValueError("both scorers need a word for each item")
    if len(words) < 2:
        return UNTOLD
    k = len(words)
    apart = 1 - np.eye(k)
    if is_scale:
        apart = np.square(np.subtract.outer(words, words)) / (words[-1] - words[0]) ** 2
    table = np.bincount(first * k + second, minlength=k * k).reshape(k, k).astype(np.float64)
    n_groups = len(np.unique(groups))
    if n_groups == len(first):
        with np.errstate(invalid="ignore"):
            found = cohens_kappa(table, apart if is_scale else None)
        # Where one of them says one word throughout, the variance is 0 but for its last digit,
        # which may be below 0.
        spread = float(np.nan_to_num(found.std_kappa))
        reach = norm.ppf((1 + confidence) / 2) * spread
        estimate, low, high = found.kappa, found.kappa - reach, found.kappa + reach
    else:
        each = np.zeros((n_groups, k * k))
        np.add.at(each, (groups, first * k + second), 1.0)
        return _bounded(
            float(_kappas(table[None], apart)[0]),
            _kappas(_resampled(each).reshape(-1, k, k), apart),
            confidence,
        )
    return Chance(float(estimate), max(-1.0, float(low)), min(1.0, float(high)))


def krippendorff(
    words: Words, groups: Groups, confidence: float, *, is_scale: bool = False
) -> Chance:
    """Krippendorff's alpha over all scorers (rows) and items (columns), with missing words; by the
    distance of scores where they are on a scale. The interval is his bootstrap (2006), which takes
    items as independent; where items of one of the `groups` hang together, groups are drawn."""
    check_confidence(confidence)
    data = pd.DataFrame(words, dtype=np.float64)
    is_paired = (data.notna().sum() >= 2).to_numpy()
    paired = data.loc[:, is_paired]
    if paired.empty or len(np.unique(paired.to_numpy()[paired.notna().to_numpy()])) < 2:
        return UNTOLD
    distance: Literal["interval", "nominal"] = "interval" if is_scale else "nominal"
    clusters = np.unique(groups[is_paired], return_inverse=True)[1]
    if clusters.max() + 1 == len(clusters):
        found = evalica.alpha_bootstrap(
            paired,
            distance,
            n_resamples=_RESAMPLES,
            confidence_level=confidence,
            random_state=_SEED,
        )
        return Chance(found.alpha, found.low, found.high)
    drawn = _resampled(_of_groups(_pairs(paired, is_scale=is_scale), clusters))
    found = evalica.alpha(paired, distance)
    return _bounded(found.alpha, _alphas(drawn, is_scale=is_scale), confidence)


def fleiss(words: Words, groups: Groups, confidence: float) -> Fleiss:
    """Fleiss' kappa (1971) of the items (columns) that as many scorers (rows) have a word on as
    most have that two score or more. Its interval is from a bootstrap over the `groups`."""
    check_confidence(confidence)
    data = pd.DataFrame(words, dtype=np.float64)
    times = data.notna().sum().to_numpy()
    if not (times >= 2).any():
        return Fleiss(UNTOLD, 0, 0)
    scorers = int(np.bincount(times[times >= 2]).argmax())
    values, counts = _counts(data.loc[:, times == scorers])
    if len(values) < 2:
        return Fleiss(UNTOLD, len(counts), scorers)
    same = (counts * (counts - 1)).sum(axis=1, keepdims=True) / (scorers * (scorers - 1))
    each = np.hstack([same, np.ones_like(same), counts])
    drawn = _resampled(
        _of_groups(each, np.unique(groups[times == scorers], return_inverse=True)[1])
    )
    by_chance = ((drawn[:, 2:] / drawn[:, 2:].sum(axis=1, keepdims=True)) ** 2).sum(axis=1)
    kappas = _beyond(drawn[:, 0] / drawn[:, 1], by_chance)
    estimate = float(fleiss_kappa(counts))
    return Fleiss(_bounded(estimate, kappas, confidence), len(counts), scorers)


def _counts(data: pd.DataFrame) -> tuple[Floats, Floats]:
    """The words that occur, and how often each was said of each item."""
    said = data.to_numpy().T
    values = np.unique(said[~np.isnan(said)])
    return values, (said[:, :, None] == values).sum(axis=1).astype(np.float64)


def _of_groups(each: Floats, groups: Groups) -> Floats:
    """The sums of rows by group."""
    found = np.zeros((int(groups.max()) + 1, each.shape[1]))
    np.add.at(found, groups, each)
    return found


def _resampled(each: Floats) -> Floats:
    """The sums of rows of as many groups, drawn anew again and again; few at once, so that many
    groups need little room."""
    n, rng = len(each), np.random.default_rng(_SEED)
    parts = [
        rng.multinomial(n, np.full(n, 1 / n), size=_AT_ONCE) @ each
        for _ in range(_RESAMPLES // _AT_ONCE)
    ]
    found: Floats = np.concatenate(parts)
    return found


def _bounded(estimate: float, drawn: Floats, confidence: float) -> Chance:
    tail = (1 - confidence) / 2
    low, high = np.nanquantile(drawn, [tail, 1 - tail])
    return Chance(float(estimate), max(-1.0, float(low)), min(1.0, float(high)))


def _kappas(tables: Floats, apart: Floats) -> Floats:
    """Kappa of each table of counts, by how far two words are `apart`; NaN where only one word was
    said."""
    shares = tables / tables.sum(axis=(1, 2), keepdims=True)
    differ = (shares * apart).sum(axis=(1, 2))
    by_chance = shares.sum(axis=2)[:, :, None] * shares.sum(axis=1)[:, None, :]
    expected = (by_chance * apart).sum(axis=(1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = np.where(expected > 0, 1 - differ / expected, np.nan)
    return found


def _pairs(data: pd.DataFrame, *, is_scale: bool) -> Floats:
    """By item, how far its words lie apart in pairs, and what tells how far all words do: on a
    scale their number, sum and sum of squares, else how often each was said."""
    said = data.to_numpy().T
    times = (~np.isnan(said)).sum(axis=1).astype(np.float64)
    if is_scale:
        total, squares = np.nansum(said, axis=1), np.nansum(said**2, axis=1)
        apart = 2 * (times * squares - total**2) / (times - 1)
        return np.column_stack([apart, times, total, squares])
    _, counts = _counts(data)
    return np.column_stack([(times**2 - (counts**2).sum(axis=1)) / (times - 1), counts])


def _alphas(drawn: Floats, *, is_scale: bool) -> Floats:
    """Alpha of each row of sums of `_pairs`; NaN where only one word was said."""
    if is_scale:
        _, n, total, squares = drawn.T
        expected = 2 * (n * squares - total**2)
    else:
        n = drawn[:, 1:].sum(axis=1)
        expected = n**2 - (drawn[:, 1:] ** 2).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = np.where(expected > 0, 1 - drawn[:, 0] * (n - 1) / expected, np.nan)
    return found


def _beyond(same: Floats, by_chance: Floats) -> Floats:
    """How much of what chance leaves open is agreed on."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = np.where(by_chance < 1, (same - by_chance) / (1 - by_chance), np.nan)
    return found

"""How far two scorers, or all of them, agree: observed, and beyond what chance would give."""

from collections.abc import Sequence
from typing import NamedTuple

import evalica
import numpy as np
import pandas as pd
from scipy.stats import norm
from statsmodels.stats.inter_rater import cohens_kappa

from workbench.stats import intervals
from workbench.stats.clusters import Floats, Groups, check_confidence, group_sums
from workbench.stats.intervals import Interval

_RESAMPLES = 2_000
_SEED = 20_170_101


class Chance(NamedTuple):
    """Agreement beyond chance, 1 where it is whole and 0 where chance would give as much, with its
    interval. None where nobody could tell: all that was said is one and the same word."""

    estimate: float | None
    low: float | None
    high: float | None


UNTOLD = Chance(None, None, None)


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
        estimate = float(_kappas(table[None], apart)[0])
        tail = (1 - confidence) / 2
        low, high = np.nanquantile(_kappas(_resampled(each, k), apart), [tail, 1 - tail])
    return Chance(float(estimate), max(-1.0, float(low)), min(1.0, float(high)))


def krippendorff(
    words: Sequence[Sequence[float | None]], confidence: float, *, is_scale: bool = False
) -> Chance:
    """Krippendorff's alpha over all scorers (rows) and items (columns), with missing words; by the
    distance of scores where they are on a scale. The interval is his bootstrap (2006), which takes
    items as independent."""
    check_confidence(confidence)
    data = pd.DataFrame(words, dtype=np.float64)
    paired = data.loc[:, data.notna().sum() >= 2]
    if paired.empty or len(np.unique(paired.to_numpy()[paired.notna().to_numpy()])) < 2:
        return UNTOLD
    found = evalica.alpha_bootstrap(
        paired,
        "interval" if is_scale else "nominal",
        n_resamples=_RESAMPLES,
        confidence_level=confidence,
        random_state=_SEED,
    )
    return Chance(found.alpha, found.low, found.high)


def _resampled(each: Floats, k: int) -> Floats:
    n = len(each)
    drawn = np.random.default_rng(_SEED).multinomial(n, np.full(n, 1 / n), size=_RESAMPLES)
    tables: Floats = (drawn @ each).reshape(_RESAMPLES, k, k)
    return tables


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

"""Who is liked better among several, from comparisons of two: Bradley-Terry, ties as half a win."""

from collections.abc import Sequence
from typing import NamedTuple

import evalica
import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from scipy.stats import binomtest

from workbench.stats.clusters import Floats, Groups, check_confidence

_RESAMPLES = 500
_SEED = 20_180_101
_TOLERANCE, _LIMIT = 1e-8, 1_000
_SPLIT = 0.5
"""A win that each side of a pair is given where somebody won or lost every comparison: without it
no finite strength fits."""
FEWEST_DECIDED = 30
"""So many decided comparisons it takes before the order is said to have had no effect."""


class Duels(NamedTuple):
    """Comparisons of two: `a` and `b` are numbers from 0 on, `wins_a` and `wins_b` how often each
    was liked better, `ties` how often neither; those of one of the `groups` hang together."""

    a: Groups
    b: Groups
    wins_a: Floats
    wins_b: Floats
    ties: Floats
    groups: Groups


class Strength(NamedTuple):
    """How one does against the others. `share` of comparisons with each of the others, on average,
    are won (a tie is half) with its interval; `log` is its strength on the logit scale, where all
    add up to 0, None where only a split win makes it finite."""

    share: float
    low: float
    high: float
    log: float | None


class Strengths(NamedTuple):
    """One for each, none where the comparisons do not connect all; whether wins were split."""

    each: tuple[Strength, ...]
    is_split: bool = False


class OrderEffect(NamedTuple):
    """How often the one that was shown first was liked better, of those where one was; the chance
    of a count so uneven, or more, if the order made no difference; and the share's interval."""

    first: int
    decided: int
    p: float
    low: float
    high: float

    @property
    def is_enough(self) -> bool:
        """Whether so many were decided that an even count says something."""
        return self.decided >= FEWEST_DECIDED


def strengths(duels: Duels, n: int, confidence: float) -> Strengths:
    """The strength of each of `n` (Bradley and Terry 1952, fitted by evalica), its interval from a
    bootstrap that draws the groups: comparisons of one case are no evidence apart."""
    check_confidence(confidence)
    pairs = sorted({(min(a, b), max(a, b)) for a, b in zip(duels.a, duels.b, strict=True)})
    if n < 2 or not _is_connected(pairs, n):
        return Strengths(())
    by_group = _wins(duels, pairs)
    whole = by_group.sum(axis=0)
    is_split = _is_separated(whole, pairs, n)
    found = _fit(whole + _SPLIT * is_split, pairs, n)
    drawn = np.random.default_rng(_SEED)
    size = len(by_group)
    shares = np.empty((_RESAMPLES, n))
    for i in range(_RESAMPLES):
        times = drawn.multinomial(size, np.full(size, 1 / size))
        again = np.tensordot(times, by_group, axes=1)
        split = _SPLIT * (is_split or _is_separated(again, pairs, n))
        shares[i] = _shares(_fit(again + split, pairs, n))
    tail = (1 - confidence) / 2
    low, high = np.quantile(shares, [tail, 1 - tail], axis=0)
    at, logs = _shares(found), found - found.mean()
    return Strengths(
        tuple(
            Strength(
                float(at[i]),
                float(min(low[i], at[i])),
                float(max(high[i], at[i])),
                None if is_split else float(logs[i]),
            )
            for i in range(n)
        ),
        bool(is_split),
    )


def order_effect(first: int, decided: int, confidence: float) -> OrderEffect:
    """Whether the place swayed the choice: an exact binomial test of one half."""
    if not decided:
        return OrderEffect(0, 0, 1.0, 0.0, 1.0)
    found = binomtest(first, decided, 0.5)
    reach = found.proportion_ci(confidence, method="exact")
    return OrderEffect(first, decided, float(found.pvalue), float(reach.low), float(reach.high))


def _is_connected(pairs: Sequence[tuple[int, int]], n: int) -> bool:
    if not pairs:
        return False
    rows, columns = zip(*pairs, strict=True)
    graph = csr_matrix((np.ones(len(pairs)), (rows, columns)), shape=(n, n))
    return bool(connected_components(graph, directed=False)[0] == 1)


def _wins(duels: Duels, pairs: Sequence[tuple[int, int]]) -> Floats:
    """Wins of the lesser and the greater number of each pair, by group; a tie is half of both."""
    places = {pair: place for place, pair in enumerate(pairs)}
    found = np.zeros((int(duels.groups.max()) + 1, len(pairs), 2))
    for a, b, won_a, won_b, tied, group in zip(*duels, strict=True):
        at = places[min(a, b), max(a, b)]
        lesser, greater = (won_a, won_b) if a < b else (won_b, won_a)
        found[group, at] += (lesser + tied / 2, greater + tied / 2)
    return found


def _is_separated(wins: Floats, pairs: Sequence[tuple[int, int]], n: int) -> bool:
    """Whether some never lost to the others: the strengths that fit best are infinite."""
    beaten = [(a, b) if side == 0 else (b, a) for a, b in pairs for side in (0, 1)]
    some = [pair for pair, won in zip(beaten, wins.reshape(-1), strict=True) if won > 0]
    if not some:
        return True
    rows, columns = zip(*some, strict=True)
    graph = csr_matrix((np.ones(len(some)), (rows, columns)), shape=(n, n))
    return bool(connected_components(graph, connection="strong")[0] > 1)


def _fit(wins: Floats, pairs: Sequence[tuple[int, int]], n: int) -> Floats:
    """The strength of each on the logit scale."""
    a, b = [a for a, _ in pairs], [b for _, b in pairs]
    found = evalica.bradley_terry(
        a + a,
        b + b,
        [evalica.Winner.X] * len(a) + [evalica.Winner.Y] * len(a),
        index=pd.Index(range(n)),
        weights=[*wins[:, 0], *wins[:, 1]],
        tolerance=_TOLERANCE,
        limit=_LIMIT,
    )
    logs: Floats = np.log(np.maximum(found.scores.reindex(range(n)).to_numpy(), 1e-300))
    return logs


def _shares(logs: Floats) -> Floats:
    """Of each, how often it wins against the others, on average."""
    n = len(logs)
    chances = 1 / (1 + np.exp(np.clip(logs[None, :] - logs[:, None], -700, 700)))
    shares: Floats = (chances.sum(axis=1) - 0.5) / (n - 1)
    return shares

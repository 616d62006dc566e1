"""The two ways in which people read a criterion: who reads it how, and where it shows."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from workbench.domain.scores import PERSON, Outcome, scorer_kind
from workbench.store.reports.agreement import Dispute, Opinion

_ORDER = {Outcome.NOT_APPLICABLE: -2.0, Outcome.FAIL: -1.0, Outcome.PASS: 1.0}
"""From strict to kind, where there is no score; a score is above all that is none."""


class Way(NamedTuple):
    """How some raters read a criterion: of the `kinder` outputs they say better than the others."""

    raters: tuple[str, ...]
    kinder: tuple[Dispute, ...]


def two(disputes: Sequence[Dispute]) -> tuple[Way, Way] | None:
    """The two readings behind some disagreements of people; None where there is none.

    The two who differ most often stand for them, and everybody else is with the one whose words
    they share more often; who shares them equally is with neither.
    """
    apart: Counter[tuple[str, str]] = Counter()
    alike: Counter[tuple[str, str]] = Counter()
    for dispute in disputes:
        said = {one.rater: kindness(one) for one in people(dispute)}
        for a, b in combinations(sorted(said), 2):
            (alike if said[a] == said[b] else apart)[a, b] += 1
    if not apart:
        return None
    first, second = min(apart, key=lambda pair: (-apart[pair], pair))
    camps = ([first], [second])
    for rater in sorted({name for pair in apart for name in pair} - {first, second}):
        with_first, with_second = (
            alike[min(rater, pole), max(rater, pole)] for pole in (first, second)
        )
        if with_first != with_second:
            camps[with_second > with_first].append(rater)
    kinder: tuple[list[Dispute], list[Dispute]] = ([], [])
    for dispute in disputes:
        by_first, by_second = (_mean(dispute, camp) for camp in camps)
        if by_first is not None and by_second is not None and by_first != by_second:
            kinder[by_second > by_first].append(dispute)
    return Way(tuple(camps[0]), tuple(kinder[0])), Way(tuple(camps[1]), tuple(kinder[1]))


def people(dispute: Dispute) -> list[Opinion]:
    """What people said of an output, without models."""
    return [one for one in dispute.opinions if scorer_kind(one.rater) == PERSON]


def kindness(said: Opinion) -> float:
    """How good an output is by somebody's word: only its order means something."""
    return _ORDER[said.outcome] if said.value is None else said.value


def _mean(dispute: Dispute, camp: Sequence[str]) -> float | None:
    said = [kindness(one) for one in people(dispute) if one.rater in camp]
    return sum(said) / len(said) if said else None

"""Inputs in the order in which plans asked for them, where what comes later may depend on it."""

from collections.abc import Collection, Sequence
from itertools import groupby
from uuid import UUID

from workbench.store.reports.comparison import Asked

Pair = tuple[Asked, Asked]


def finished(
    pairs: Sequence[Pair], by: int, earlier: Sequence[Collection[UUID]] = ()
) -> list[Pair]:
    """The pairs in the order of one side's plan (`by`, 0 or 1), up to the first group that one side
    was not asked about whole: what comes later was perhaps asked because of what came in.

    What `earlier` plans asked, oldest first, comes before what was added to it.
    """
    first: dict[UUID, int] = {}
    for number, cases in enumerate(earlier):
        for case_id in cases:
            first.setdefault(case_id, number)
    by_group: dict[str, int] = {}
    for pair in pairs:
        group = _group(pair[by])
        number = first.get(pair[by].case_id, len(earlier))
        by_group[group] = min(number, by_group.get(group, number))

    def order(pair: Pair) -> tuple[int, str]:
        return by_group[_group(pair[by])], pair[by].place

    found: list[Pair] = []
    for _, of_group in groupby(sorted(pairs, key=order), key=lambda pair: _group(pair[by])):
        whole = list(of_group)
        if any(entry.waiting for pair in whole for entry in pair):
            break
        found += whole
    return found


def _group(entry: Asked) -> str:
    """The place of an input's group, which the place of the input begins with."""
    return entry.place[: len(entry.place) // 2]

"""A comparison as the command line prints it: JSON for machines, lines for people."""

from collections.abc import Sequence
from typing import Any

from workbench.evidence import comparison_words as words
from workbench.evidence.comparisons import Comparison, SliceDifference
from workbench.stats.comparison import Difference


def as_json(found: Sequence[Comparison]) -> dict[str, Any]:
    """An object whose list `comparisons` has one entry per criterion."""
    return {"comparisons": [_one(comparison) for comparison in found]}


def as_text(found: Sequence[Comparison]) -> str:
    """A few lines per criterion: the sentence, the numbers behind it, the cases, the slices."""
    lines: list[str] = []
    for comparison in found:
        criterion = comparison.criterion
        lines += [
            f"{criterion.key} {criterion.draft.title} ({comparison.experiment.key})",
            f"  {words.verdict(comparison)}",
            f"  {words.details(comparison)}",
        ]
        if comparison.difference.n_cases:
            lines.append(f"  {words.changed(comparison)}")
        lines += [f"    {line}" for line in words.slices(comparison)]
    return "\n".join(lines)


def _one(found: Comparison) -> dict[str, Any]:
    return {
        "experiment": found.experiment.key,
        "criterion": found.criterion.key,
        "title": found.criterion.draft.title,
        "a": found.a.label,
        "b": found.b.label,
        **_difference(found.difference),
        "p_value": found.difference.p_value,
        "adjusted_p_value": found.adjusted_p,
        "n_comparisons": found.n_comparisons,
        "n_left_out": found.left_out,
        "is_beyond_chance": found.is_sure,
        "changed": {str(kind): list(keys) for kind, keys in found.changed.items()},
        "slices": [_slice(part) for part in found.slices],
    }


def _slice(part: SliceDifference) -> dict[str, Any]:
    return {
        "tag": part.tag,
        **_difference(part.difference),
        "adjusted_p_value": part.adjusted_p,
        "is_small": part.is_small,
    }


def _difference(gap: Difference) -> dict[str, Any]:
    return {
        "difference": gap.estimate,
        "low": gap.low,
        "high": gap.high,
        "n_cases": gap.n_cases,
        "n_differ": gap.n_differ,
        "method": gap.method,
    }

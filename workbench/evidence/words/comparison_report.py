"""A comparison as the command line prints it: JSON for machines, lines for people."""

from collections.abc import Sequence
from typing import Any

from workbench.domain.prompts import explained
from workbench.evidence import besides, comparison_cases
from workbench.evidence.comparison_cases import SliceDifference
from workbench.evidence.comparisons import Comparison
from workbench.evidence.pairing import Basis, Pairing
from workbench.evidence.words import comparisons as words
from workbench.stats.differences import Difference

_NOTHING = (
    "There is nothing to compare: it takes two variants that were tried by the same criterion."
)


def as_json(found: Sequence[Comparison], pairing: Pairing) -> dict[str, Any]:
    """An object whose list `comparisons` has one entry per criterion and pair."""
    return {"comparisons": [_one(comparison, pairing) for comparison in found]}


def as_text(found: Sequence[Comparison], pairing: Pairing) -> str:
    """A few lines each: the sentence, what counts, the numbers behind it, the cases, the slices."""
    if not found:
        return _NOTHING
    lines = explained(v for one in found for v in (one.a, one.b) if not v.is_outside)
    for comparison in found:
        criterion, cases = comparison.criterion, comparison_cases.of(pairing, comparison)
        keys = dict.fromkeys(s.experiment.key for s in (comparison.side_a, comparison.side_b))
        lines += [
            f"{criterion.key} {criterion.draft.title} ({', '.join(keys)})",
            f"  {words.verdict(comparison)}",
        ]
        if comparison.is_compared or comparison.evidence.left_out:
            lines.append(f"  {words.counted(comparison)}")
        if comparison.is_compared:
            lines.append(f"  {words.details(comparison)}")
        if any(cases.changed.values()):
            lines.append(f"  {words.changed(cases.changed)}")
        lines += [f"  {line}" for line in words.cautions(comparison, _besides(comparison, pairing))]
        lines += [f"    {line}" for line in words.slices(cases.slices, criterion)]
    return "\n".join(lines)


def _one(found: Comparison, pairing: Pairing) -> dict[str, Any]:
    evidence, draft = found.evidence, found.criterion.draft
    cases = comparison_cases.of(pairing, found)
    gap = found.difference
    return {
        "experiment": found.experiment.key,
        "criterion": found.criterion.key,
        "title": draft.title,
        "a": found.a.label,
        "b": found.b.label,
        **_difference(gap),
        "p_value": gap.p_value,
        "adjusted_p_value": found.adjusted_p,
        "n_comparisons": found.family.n,
        "n_left_out": evidence.n_inputs - evidence.n_shared + sum(n for n, _ in evidence.left_out)
        if evidence.basis is not Basis.STANDARDISED
        else sum(n for n, _ in evidence.left_out),
        "is_beyond_chance": found.is_sure,
        "changed": {str(kind): list(keys) for kind, keys in cases.changed.items()},
        "slices": [_slice(part) for part in cases.slices],
        "measure": str(draft.measure),
        "scale": None if draft.scale is None else list(draft.scale),
        "value_a": evidence.value_a,
        "value_b": evidence.value_b,
        "better": (found.b.label if found.is_better else found.a.label) if found.is_sure else None,
        "sentence": words.verdict(found),
        "basis": str(evidence.basis),
        "not_compared_because": evidence.why_not,
        "n_inputs": evidence.n_inputs,
        "n_shared": evidence.n_shared,
        "left_out": [{"cases": n, "because": why} for n, why in evidence.left_out],
        "extends": [] if evidence.extension is None else list(evidence.extension.keys),
        "looks_before": evidence.asked_before,
        "counted_both_ways": {
            side: still._asdict()
            for side, still in (("a", evidence.open_a), ("b", evidence.open_b))
        },
        "family": found.family.what,
        "interval_confidence": gap.confidence,
        "adjustment": "p-values: Holm; intervals: Bonferroni; both over the family",
        "experiment_a": found.side_a.experiment.key,
        "cautions": words.cautions(found, _besides(found, pairing)),
    }


def _besides(found: Comparison, pairing: Pairing) -> str:
    return besides.prompt(pairing, found.side_a, found.side_b)


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

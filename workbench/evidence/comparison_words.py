"""Comparisons in plain words: the same sentences on pages and on the command line."""

from workbench.domain.criteria import Scale
from workbench.evidence.comparisons import Comparison
from workbench.stats.comparison import Change, Difference

_HANDFUL = 5


def verdict(found: Comparison) -> str:
    """What a comparison says, in a sentence."""
    gap = found.difference
    a, b = found.a.label, found.b.label
    if gap.estimate is None:
        return f"{a} and {b} have no scored case in common."
    scale = found.criterion.draft.scale
    if not found.is_sure:
        does = "score the same" if scale else "pass equally often"
        return (
            f"Not enough evidence that {a} and {b} differ: {b} {more(gap, scale)} than {a}, "
            "which could be chance."
            if gap.estimate
            else f"{a} and {b} {does} on these cases."
        )
    return f"{b} {more(gap, scale)} than {a}, beyond chance."


def more(gap: Difference, scale: Scale | None = None) -> str:
    """A difference as a phrase: “passes 8 points more often”, or on a scale “scores 0.4 higher”."""
    size = abs(gap.estimate or 0.0)
    if size == 0:
        return "scores the same" if scale else "passes equally often"
    is_more = (gap.estimate or 0.0) > 0
    if scale is not None:
        said = f"{size * (scale.high - scale.low):.2g}"
        return f"scores {said} {'higher' if is_more else 'lower'}"
    said = f"{100 * size:.0f}" if 100 * size >= 1 else f"{100 * size:.1f}"
    often = "more" if is_more else "less"
    return f"passes {said} point{'' if said == '1' else 's'} {often} often"


def interval(gap: Difference, scale: Scale | None = None) -> str:
    """The interval of a difference in percentage points, “-2 to +14 points”, or on a scale."""
    low, high = max(-1.0, gap.low), min(1.0, gap.high)
    if scale is not None:
        wide = scale.high - scale.low
        return (
            f"{wide * low:+.2g} to {wide * high:+.2g} on a scale of {scale.low:g} to {scale.high:g}"
        )
    return f"{100 * low:+.0f} to {100 * high:+.0f} points"


def changed(found: Comparison) -> str:
    """What became of the cases, in a phrase."""
    counts = {kind: len(found.changed[kind]) for kind in Change}
    return (
        f"{counts[Change.FIXED]} fixed, {counts[Change.BROKEN]} broken, "
        f"{counts[Change.FLICKERING]} flickering of {sum(counts.values())} cases"
    )


def details(found: Comparison) -> str:
    """The engineer's line: interval, p-value, method and what it rests on."""
    gap = found.difference
    said = interval(gap, found.criterion.draft.scale)
    parts = [f"95% interval {said}", f"{_cases(found)}, {gap.n_differ} differ"]
    if gap.p_value is not None and found.adjusted_p is not None:
        adjusted = f"p = {gap.p_value:.3g}"
        if found.n_comparisons > 1:
            adjusted += f", {found.adjusted_p:.3g} adjusted for {found.n_comparisons} comparisons"
        parts.append(adjusted)
    parts.append(gap.method)
    if found.experiment.is_watched:
        parts.append("a hint only: the run could end early, and this was not watched")
    if found.left_out:
        parts.append(f"{found.left_out} cases left out: one of the two has no scored answer")
    return "; ".join(parts)


def _cases(found: Comparison) -> str:
    n_cases, n_apart = sum(map(len, found.changed.values())), found.difference.n_cases
    return f"{n_cases} cases" + (f" in {n_apart} groups" if n_apart < n_cases else "")


def slices(found: Comparison) -> list[str]:
    """The slices that differ, a line each, with a warning where one is too small to tell much.

    Those of a handful of cases are only counted: whatever they show is chance.
    """
    lines, scale = [], found.criterion.draft.scale
    tiny = [part for part in found.slices if part.difference.n_cases < _HANDFUL]
    for part in found.slices:
        gap = part.difference
        if part in tiny or not gap.n_differ:
            continue
        p = "" if part.adjusted_p is None else f", p = {part.adjusted_p:.3g} adjusted"
        small = f"; only {gap.n_cases} cases, too few to tell much" if part.is_small else ""
        lines.append(f"{part.tag}: {more(gap, scale)} ({interval(gap, scale)}{p}){small}")
    if tiny:
        noun = "slice has" if len(tiny) == 1 else "slices have"
        lines.append(f"{len(tiny)} {noun} fewer than {_HANDFUL} cases: too few to tell anything")
    return lines

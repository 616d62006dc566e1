"""Comparisons in plain words: the same sentences on pages and on the command line."""

from collections.abc import Callable, Mapping, Sequence
from math import ceil, floor, log10

from workbench.domain.criteria import Criterion, Measure, Scale
from workbench.evidence.both_ways import CountedBothWays
from workbench.evidence.comparison_cases import SliceDifference
from workbench.evidence.comparisons import Comparison
from workbench.evidence.extensions import Extension
from workbench.evidence.pairing import Basis
from workbench.evidence.words import figures
from workbench.say import count
from workbench.stats.comparison import Change
from workbench.stats.differences import Difference

_HANDFUL = 5
_VERBS = {
    Measure.PASS_RATE: "passes",
    Measure.FAIL_RATE: "fails",
    Measure.PASS_HAT_K: "passes every time",
    Measure.AGREEMENT: "agrees with itself",
}


def verdict(found: Comparison) -> str:
    """What a comparison says, in a sentence."""
    gap, a, b = found.difference, found.a.label, found.b.label
    if not found.is_compared:
        return f"{a} and {b} are not compared: {found.why_not}."
    says = f"{b} {more(gap, found.criterion)} than {a}"
    if found.is_sure:
        return f"{says}, beyond chance."
    if not gap.estimate:
        return f"On these cases {b} {more(gap, found.criterion)} as {a} does ({span(found)})."
    chance = f"which could be chance ({span(found)})"
    return f"Not enough evidence that {a} and {b} differ: {says}, {chance}."


def more(gap: Difference, criterion: Criterion) -> str:
    """A difference as a phrase: “passes 8 points more often”, or on a scale “scores 0.4 higher”."""
    scale, measure = criterion.draft.scale, criterion.draft.measure
    size, is_more = abs(gap.estimate or 0.0), (gap.estimate or 0.0) > 0
    if scale is not None:
        said = f"{size * (scale.high - scale.low):.2g}"
        return f"scores {said} {'higher' if is_more else 'lower'}" if size else "scores the same"
    if not size:
        return f"{_VERBS[measure]} as often"
    said = f"{100 * size:.0f}" if 100 * size >= 1 else f"{100 * size:.1g}"
    often = "more" if is_more else "less"
    return f"{_VERBS[measure]} {said} point{'' if said == '1' else 's'} {often} often"


def span(found: Comparison) -> str:
    """Where the difference lies: “from −3 to +5 points”."""
    return f"from {interval(found.difference, found.criterion.draft.scale)}"


def interval(gap: Difference, scale: Scale | None = None) -> str:
    """The interval of a difference, “−2 to +14 points”, or on a scale; rounded outwards."""
    width = 100.0 if scale is None else scale.high - scale.low
    low, high = _signed(width * gap.low, floor, scale), _signed(width * gap.high, ceil, scale)
    if scale is not None:
        return f"{low} to {high} on a scale of {scale.low:g} to {scale.high:g}"
    return f"{low} to {high} points"


def values(found: Comparison) -> str:
    """What A and B come to: “62% → 88%”, over the inputs that the difference rests on."""
    scale, evidence = found.criterion.draft.scale, found.evidence
    ends = [
        "?"
        if value is None
        else figures.percent(value)
        if scale is None
        else figures.score(scale, value)
        for value in (evidence.value_a, evidence.value_b)
    ]
    return " → ".join(ends)


def changed(kinds: Mapping[Change, Sequence[str]]) -> str:
    """What became of the cases, in a phrase."""
    counts = {kind: len(kinds[kind]) for kind in Change}
    return (
        f"{counts[Change.FIXED]} fixed, {counts[Change.BROKEN]} broken, "
        f"{counts[Change.FLICKERING]} flickering of {count(sum(counts.values()), 'case')}"
    )


def counted(found: Comparison) -> str:
    """Which inputs count, which count both ways and which do not, and why."""
    evidence, gap = found.evidence, found.difference
    parts = [f"{found.a.label} → {found.b.label}: {values(found)}"]
    if evidence.basis is Basis.STANDARDISED:
        parts.append(
            f"the runs asked about {evidence.n_inputs} inputs, mostly others, so each slice weighs "
            f"the same on both sides (its shares were: {evidence.mix})"
        )
    elif evidence.basis is Basis.PAIRED:
        n = evidence.n_shared
        groups = f" in {gap.n_cases} groups" if gap.n_cases < n else ""
        parts.append(f"{count(n, 'case')} shared{groups}, {gap.n_differ} differ")
    for label, still in ((found.a.label, evidence.open_a), (found.b.label, evidence.open_b)):
        if still.trials:
            parts.append(f"{label}: {_open(still)}, counted both ways")
    parts += [f"left out: {count(left.inputs, 'case')} ({left.why})" for left in evidence.left_out]
    if evidence.extension is not None:
        parts.append(extended(evidence.extension))
    if evidence.asked_before:
        parts.append(asked_afresh(evidence.asked_before))
    return "; ".join(parts)


def extended(extension: Extension) -> str:
    """What it means for a comparison that its plan goes on from answers that were there."""
    return (
        f"extended after a look: {extension.named()} had answers of both, so this is "
        "judged by bounds that hold however often the plan is extended, which takes more cases"
    )


def asked_afresh(before: int) -> str:
    """What it means for a comparison that its answers were asked for anew."""
    return (
        f"asked afresh after {count(before, 'look')}: to ask until a difference shows would show "
        "too many, so this asking has a smaller share of the error, which takes more cases"
    )


def details(found: Comparison) -> str:
    """The engineer's line: interval, p-value, method and what they allow for."""
    gap, n = found.difference, found.family.n
    said = interval(gap, found.criterion.draft.scale)
    p, adjusted = gap.p_value, found.adjusted_p
    if n == 1 or p is None or adjusted is None:
        parts = [f"95% interval {said}", *([] if p is None else [f"p = {p:.3g}"])]
    else:
        parts = [
            f"95% interval {said} (Bonferroni) and p = {adjusted:.3g} (Holm), adjusted for "
            f"{found.family.what}",
            f"p = {p:.3g} by itself",
        ]
    if found.is_sure and gap.low <= 0 <= gap.high:
        parts.append("step by step (Holm) it shows, though the interval for all at once reaches 0")
    parts.append(gap.method)
    return "; ".join(parts)


def cautions(found: Comparison, besides: str) -> list[str]:
    """What else differs between the two, so that the difference may be its effect: `besides` the
    prompt (`evidence.besides`), or the time."""
    a, b = found.side_a, found.side_b
    said = []
    same_prompt = a.variant.prompt.id == b.variant.prompt.id
    is_one_run = a.experiment.id == b.experiment.id
    if besides and not (same_prompt and is_one_run):
        said.append(f"Not the prompt alone: {besides}.")
    if not is_one_run:
        said.append(
            f"Two runs: {a.variant.label} as {a.experiment.key} asked it, {b.variant.label} as "
            f"{b.experiment.key} did. Whatever changed in between is part of the difference."
        )
    return said


def slices(
    parts: Sequence[SliceDifference], criterion: Criterion, *, with_p: bool = True
) -> list[str]:
    """The slices that differ, a line each, with a warning where one is too small to tell much.

    Those of a handful of cases are only counted: whatever they show is chance.
    """
    lines, scale = [], criterion.draft.scale
    tiny = [part for part in parts if part.difference.n_cases < _HANDFUL]
    for part in parts:
        gap = part.difference
        if part in tiny or not gap.n_differ:
            continue
        is_told = with_p and part.adjusted_p is not None
        p = f", p = {part.adjusted_p:.3g} adjusted" if is_told else ""
        small = (
            f"; only {count(gap.n_cases, 'case')}, too few to tell much" if part.is_small else ""
        )
        lines.append(f"{part.tag}: {more(gap, criterion)} ({interval(gap, scale)}{p}){small}")
    if tiny:
        noun = "slice has" if len(tiny) == 1 else "slices have"
        lines.append(f"{len(tiny)} {noun} fewer than {_HANDFUL} cases: too few to tell anything")
    return lines


def _open(still: CountedBothWays) -> str:
    named = (
        (still.failed, "failed call", "failed calls"),
        (still.waiting, "call not made yet", "calls not made yet"),
        (still.cut, "answer that is cut off", "answers that are cut off"),
        (still.unscored, "answer without a score", "answers without a score"),
    )
    return ", ".join(f"{n:,} {one if n == 1 else many}" for n, one, many in named if n)


def _signed(value: float, rounded: Callable[[float], int], scale: Scale | None) -> str:
    """With its sign, and as many decimals as it takes not to say 0 of what is not."""
    value = round(value, 9)
    if value == 0:
        return "0"
    finest = 0 if scale is None else max(0, 2 - floor(log10(scale.high - scale.low)))
    decimals = max(finest, ceil(-log10(abs(value))) if abs(value) < 1 else 0)
    decimals = min(decimals, 3)
    shown = rounded(round(value * 10**decimals, 6)) / 10**decimals
    if shown == 0:
        return "0"
    return f"{'+' if shown > 0 else '−'}{abs(shown):.{decimals}f}"

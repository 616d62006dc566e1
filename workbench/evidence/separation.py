"""Which criteria tell the variants of an experiment apart: the Compare view's claims in a line."""

from collections.abc import Collection, Sequence

from workbench.domain.criteria import Criterion, Measure
from workbench.domain.experiments import Experiment
from workbench.evidence.comparisons import Comparison

_BETTER = {
    Measure.PASS_RATE: "passes more often",
    Measure.FAIL_RATE: "fails less often",
    Measure.PASS_HAT_K: "passes every time more often",
    Measure.AGREEMENT: "agrees with itself more often",
    Measure.MEAN_SCORE: "scores higher",
}


def separated(found: Sequence[Comparison]) -> list[tuple[Criterion, list[tuple[str, str]]]]:
    """The criteria on which variants differ, each with the pairs (better, worse) of labels."""
    better: dict[str, tuple[Criterion, list[tuple[str, str]]]] = {}
    for comparison in found:
        if comparison.is_sure:
            a, b = comparison.a.label, comparison.b.label
            pair = (b, a) if comparison.is_better else (a, b)
            criterion = comparison.criterion
            better.setdefault(criterion.key, (criterion, []))[1].append(pair)
    return list(better.values())


def in_words(experiment: Experiment, found: Sequence[Comparison]) -> str:
    """The same in a sentence."""
    apart, criteria = separated(found), {comparison.criterion.key for comparison in found}
    compared = {comparison.criterion.key for comparison in found if comparison.is_compared}
    unknown = _not_compared(found, compared)
    names = " and ".join(variant.label for variant in experiment.variants)
    if not apart:
        if not compared and unknown:
            return unknown.strip()
        return f"No criterion separates {names}: on none is the difference beyond chance.{unknown}"
    separate = "separates" if len(apart) == 1 else "separate"
    said = "; ".join(f"{criterion.key} ({_better(criterion, pairs)})" for criterion, pairs in apart)
    rest = "" if len(apart) == len(compared) else " On the others the difference could be chance."
    return (
        f"{len(apart)} of {len(criteria)} criteria {separate} the variants: {said}.{rest}{unknown}"
    )


def _not_compared(found: Sequence[Comparison], compared: Collection[str]) -> str:
    """What nobody looked at, and why: a criterion that was not compared shows no likeness. Of those
    that `compared` some variants, which they did not."""
    why: dict[str, list[str]] = {}
    for each in found:
        if not each.is_compared:
            named = each.criterion.key
            if named in compared:
                named = f"{named} of {each.a.label} and {each.b.label}"
            keys = why.setdefault(each.why_not, [])
            if named not in keys:
                keys.append(named)
    return "".join(f" Not compared: {', '.join(keys)} ({said})." for said, keys in why.items())


def _better(criterion: Criterion, pairs: Sequence[tuple[str, str]]) -> str:
    does = _BETTER[criterion.draft.measure]
    return ", ".join(f"{best} {does} than {other}" for best, other in pairs)

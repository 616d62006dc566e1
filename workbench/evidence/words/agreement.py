"""How far scorers agree, in words: the same on the command line and on pages."""

from collections.abc import Sequence

from workbench.evidence.agreement import Agreement, Pair
from workbench.say import count, rounded
from workbench.stats.agreement import Chance

_WEAK = 0.67
"""Below this, Krippendorff (2018) advises against drawing even tentative conclusions."""
_SHOWN = 8


def as_text(found: Sequence[Agreement], feature: str) -> str:
    """For people: each criterion with its pairs of scorers, and what a low agreement means."""
    if not found:
        return f"{feature}: no criterion has been scored by two scorers, so nothing can agree."
    lines = [f"{feature}: how far scorers agree."]
    for one in found:
        lines += ["", f"{one.criterion.key} {one.criterion.draft.title}"]
        lines += [f"  {pair_in_words(pair)}" for pair in one.pairs]
        lines.append(f"  All {len(one.scored)} scorers: {all_in_words(one.alpha)}")
    return "\n".join(lines)


def pair_in_words(pair: Pair) -> str:
    """Two scorers, in a sentence."""
    same = pair.observed
    said = (
        f"{pair.a} and {pair.b} agree on {_share(same.estimate)} of {count(pair.n, 'output')} "
        f"({_share(same.low)} to {_share(same.high)}); {_kappa(pair.kappa)}."
    )
    if pair.apart:
        named = ", ".join(pair.apart[:_SHOWN])
        more = f" and {len(pair.apart) - _SHOWN} more" if len(pair.apart) > _SHOWN else ""
        said += f" They differ on {named}{more}."
    return said


def all_in_words(alpha: Chance) -> str:
    """All scorers together, and whether that is enough."""
    if alpha.estimate is None:
        return "nobody can tell more than chance, since all that was said is one and the same word."
    said = f"Krippendorff's alpha {_number(alpha)}"
    if alpha.high is not None and alpha.high < _WEAK:
        return f"{said}: too low. The criterion can be read in two ways: talk it through."
    if alpha.low is not None and alpha.low < _WEAK:
        return f"{said}: it may be too low; more outputs that two score would tell."
    return f"{said}: they read the criterion alike."


def _kappa(kappa: Chance) -> str:
    if kappa.estimate is None:
        return "kappa says nothing, since both said one and the same word throughout"
    return f"kappa {_number(kappa)}"


def _number(found: Chance) -> str:
    low, high = found.low, found.high
    assert found.estimate is not None
    if low is None or high is None:
        return f"{found.estimate:.2f}"
    return f"{found.estimate:.2f} ({low:.2f} to {high:.2f})"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{rounded(100 * value)}%"

"""How far scorers agree, in words: the same on the command line and on pages."""

from collections.abc import Sequence

from workbench.domain.scores import who_said
from workbench.evidence.agreement import LEAST_ALPHA, Agreement, Pair, Shown
from workbench.say import count, rounded
from workbench.stats.agreement import Chance, Fleiss

_SHOWN = 8
RULE = (
    "“Two ways” is said where the whole 95% interval of alpha over people lies below "
    f"{LEAST_ALPHA:g}, “alike” where none of it does: the estimate alone decides nothing. Below "
    f"{LEAST_ALPHA:g} Krippendorff (2018) draws not even tentative conclusions."
)


def as_text(found: Sequence[Agreement], feature: str) -> str:
    """For people: each criterion with its pairs of scorers, and what a low agreement means."""
    if not found:
        return f"{feature}: no criterion has been scored by two scorers, so nothing can agree."
    lines = [f"{feature}: how far scorers agree."]
    for one in found:
        lines += ["", f"{one.criterion.key} {one.criterion.draft.title}"]
        lines += [f"  {pair_in_words(pair)}" for pair in one.pairs]
        lines.append(f"  All {len(one.scored)} scorers: {all_in_words(one)}")
        lines.append(f"  {conclusion(one)}")
    return "\n".join(lines)


def frequency(pair: Pair) -> str:
    """How often two said the same, in whole outputs."""
    return (
        f"Of {count(pair.n, 'output')} that {who_said(pair.a)} and {who_said(pair.b)} both scored, "
        f"they said the same of {pair.same}."
    )


def pair_in_words(pair: Pair) -> str:
    """Two scorers, in a sentence or two."""
    same = pair.observed
    return (
        f"{who_said(pair.a)} and {who_said(pair.b)} agree on {_share(same.estimate)} of "
        f"{count(pair.n, 'output')} ({_share(same.low)} to {_share(same.high)}): they said the "
        f"same of {pair.same}. {_kappa(pair.kappa)}.{apart(pair)}"
    )


def figures(pair: Pair) -> str:
    """The share and kappa of two scorers, each with its interval."""
    same = pair.observed
    return (
        f"{_share(same.estimate)} ({_share(same.low)} to {_share(same.high)}); {_kappa(pair.kappa)}"
    )


def apart(pair: Pair) -> str:
    """On which cases two differ; empty where they don't."""
    if not pair.apart:
        return ""
    named = ", ".join(pair.apart[:_SHOWN])
    more = f" and {len(pair.apart) - _SHOWN} more" if len(pair.apart) > _SHOWN else ""
    return f" They differ on {named}{more}."


def all_in_words(found: Agreement) -> str:
    """The figures over all scorers."""
    return f"{alpha(found.alpha)}; {fleiss(found.fleiss)}."


def conclusion(found: Agreement) -> str:
    """What the agreement of people comes to, by `RULE`."""
    if not found.is_shared:
        return (
            "No two people have rated the same output yet, so nothing can be told of how people "
            "read this sentence."
        )
    if found.people.estimate is None:
        return "Nothing beyond chance can be told of people: two who say different words could."
    if found.shown is Shown.TWO_WAYS:
        return "This sentence can be read two ways. Talk it through, then revise it."
    if found.shown is Shown.ALIKE:
        return "People read this sentence alike."
    return (
        "It may be that this sentence can be read two ways: more outputs that two rate would tell."
    )


def alpha(found: Chance) -> str:
    """Krippendorff's alpha."""
    if found.estimate is None:
        return "Krippendorff's alpha says nothing, since one and the same word was said throughout"
    return f"Krippendorff's alpha {_number(found)}"


def fleiss(found: Fleiss) -> str:
    """Fleiss' kappa, with what it is over."""
    if found.kappa.estimate is None:
        return "Fleiss' kappa says nothing"
    return (
        f"Fleiss' kappa {_number(found.kappa)} on the {count(found.n, 'output')} that "
        f"{found.scorers} scored"
    )


def _kappa(kappa: Chance) -> str:
    if kappa.estimate is None:
        return "Kappa says nothing, since both said one and the same word throughout"
    return f"Cohen's kappa {_number(kappa)}"


def _number(found: Chance) -> str:
    low, high = found.low, found.high
    assert found.estimate is not None
    if low is None or high is None:
        return f"{found.estimate:.2f}"
    return f"{found.estimate:.2f} ({low:.2f} to {high:.2f})"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{rounded(100 * value)}%"

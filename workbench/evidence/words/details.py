"""The engineer's view of a verdict, and how steady the answers to one case are, in words."""

from workbench.domain.verdicts import CriterionVerdict, Spread
from workbench.evidence.interim import METHOD
from workbench.evidence.words import figures, missing
from workbench.say import count

_SOURCES = (
    (
        METHOD,
        "Waudby-Smith and Ramdas 2024, J Royal Statistical Society B 86:1-27, section 4, mixed "
        "over 60 bets (Robbins 1970); cases count in the order of the plan",
    ),
    (
        "betting",
        "Waudby-Smith and Ramdas 2024, J Royal Statistical Society B 86:1-27, section 4, one mean "
        "per cluster; unscored trials both ways (Manski 1989)",
    ),
    (
        "mean",
        "bounds for the mean of values between 0 and 1, one value per case",
    ),
    (
        "",
        "Clopper and Pearson 1934 on the effective sample size of Korn and Graubard 1998 (design "
        "effect after Miller 2024, arXiv:2411.00640); unscored trials both ways (Manski 1989)",
    ),
)


def spread(found: CriterionVerdict) -> str:
    """How often the same case came out differently; empty where each was asked once."""
    spread = found.spread
    if spread is None or spread.trials < 2 or not spread.cases:
        return ""
    always, never, sometimes = spread.always, spread.never, spread.sometimes
    said = (
        f"Asked {spread.trials} times each, {always} of {count(spread.cases, 'case')} always pass, "
        f"{never} never do and {sometimes} pass now and then"
    )
    if not sometimes:
        return f"{said}: on these cases, asking twice changed nothing."
    share = figures.of_hundred(sometimes / spread.cases)
    return f"{said}: in about {share} of 100 cases, asking again may bring another outcome."


def numbers(found: CriterionVerdict) -> str:
    """What the estimate rests on, in one line of figures."""
    estimate = found.estimate
    clusters = f" in {count(estimate.n_clusters, 'cluster')}"
    parts = [
        count(estimate.n_cases, "case")
        + (clusters if estimate.n_clusters < estimate.n_cases else ""),
        count(estimate.n_trials, "scored trial"),
        missing.unscored(found) if estimate.n_unscored else "0 unscored",
        *([outside] if (outside := missing.outside(found)) else []),
        f"worth {estimate.n_effective:.1f} independent answers",
    ]
    if found.icc is not None:
        parts.append(f"within-case correlation {found.icc:.2f}")
    confidence = figures.confidence(estimate.confidence)
    return (
        f"{', '.join(parts)}. Each bound holds with {confidence} confidence: "
        f"{estimate.low:.4f} and {estimate.high:.4f}."
    )


def source(found: CriterionVerdict) -> str:
    """The method by its name, and where its formula comes from."""
    method = found.estimate.method
    return f"Method: {method} ({next(said for name, said in _SOURCES if name in method)})."


def alternative(spread: Spread) -> str:
    """The picture of a spread for those who do not see it."""
    return "; ".join(
        f"{count(n, 'case')} {'passes' if n == 1 else 'pass'} {k} of {count(spread.trials, 'time')}"
        for k, n in enumerate(spread.by_passes)
    )

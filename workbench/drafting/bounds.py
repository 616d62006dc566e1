"""Numbers with units in a promise: how long it may take, how long it may be, what it may cost."""

import re
from typing import NamedTuple

from workbench.domain.criteria import CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.requirements import Kind
from workbench.drafting import english

_N = english.NUMBER
_MOST = (
    r"(?:with a |a )?(?:max(?:imum)?\.?(?: of)?|at (?:the )?most|no (?:more|longer|greater) than"
    r"|not (?:more|longer) than"
    r"|up to|under|below|within|in|in under|in less than|less than|fewer than|not exceed"
    r"|cannot exceed|exceed|limited to)"
)
_LEAST = r"(?:min(?:imum)?\.?(?: of)?|at (?:the )?least|no (?:less|fewer) than|more than)"
_TIME = r"(ms|milliseconds?|s|secs?|seconds?|min|mins|minutes?)"
_UNIT = (
    r"(words?|characters?|chars?|letters|sentences?|bullet points?|bullets|points|items"
    r"|paragraphs?|lines)"
)
_PER = (
    r"(?: (?:per|an?|for (?:each|an?|one)|each) (?:answer|reply|call|message|request|e-?mail"
    r"|draft|summary|ticket|query))?"
)
_LATENCY = re.compile(rf"\b{_MOST}\s+{_N}[\s-]?{_TIME}\b", re.I)
_BETWEEN = re.compile(rf"\b(?:between\s+)?{_N}\s*(?:and|to|-|–)\s*{_N}\s+{_UNIT}\b", re.I)
_LENGTH_MOST = re.compile(rf"\b{_MOST}\s+{_N}[\s-]+{_UNIT}\b", re.I)
_LENGTH_AFTER = re.compile(
    rf"\b{_N}[\s-]+{_UNIT}\s+(?:max(?:imum)?\b\.?|at (?:the )?most|or (?:less|fewer|shorter)"
    rf"|tops|limit)",
    re.I,
)
_LENGTH_LEAST = re.compile(rf"\b{_LEAST}\s+{_N}[\s-]+{_UNIT}\b", re.I)
_EXACTLY = re.compile(rf"\b(?:exactly|in|has|have|of|with)\s+{_N}\s+{_UNIT}\b", re.I)
_COST = re.compile(
    rf"\b{_MOST}\s+(?:(\$|USD|US\$|€|EUR|£|GBP)\s*(\d+(?:[.,]\d+)?)|(\d+(?:[.,]\d+)?)\s*"
    rf"(cents?|ct|¢|USD|dollars?|\$|€|EUR|euros?|£|GBP|pounds?)){_PER}",
    re.I,
)
_SHARE = re.compile(
    rf"\b(?:in |for |of )?(?:at least )?(?:(\d{{1,3}}(?:\.\d+)?)\s?(?:%|percent|per cent)"
    rf"|{_N} (?:out )?of "
    rf"(?:every )?(10|100|twenty|ten|hundred))(?: (?:cases|times|answers|replies|messages)"
    rf"| of (?:the |all )?\w+)?",
    re.I,
)
_DOLLARS = {"$", "usd", "us$", "dollar", "dollars"}
_CENTS = {"cent", "cents", "ct", "¢"}


class Bound(NamedTuple):
    """What a number in a promise asks for. `said` goes on after the thing that is bounded: “has at
    most 120 words”. Without a criterion it can't be counted as it stands, and `why` says so."""

    kind: Kind
    said: str
    criterion: CriterionDraft | None
    why: str
    mode: str = ""
    broken: str = ""


class Taken(NamedTuple):
    """The bounds of a promise, what is left of its words, and the share that they hold for."""

    bounds: tuple[Bound, ...]
    rest: str
    share: float | None


def take(words: str, artefact: str) -> Taken:
    """Take the numbers out of a promise. `artefact` is what is made, such as “reply”."""
    share, words = _share(words)
    found: list[Bound] = []
    for read in (_latency, _cost, _length):
        bound, words = read(words, artefact, share)
        if bound:
            found.append(bound)
    return Taken(tuple(found), " ".join(words.split()).strip(" ,"), share)


def _share(words: str) -> tuple[float | None, str]:
    match = _SHARE.search(words)
    if not match:
        return None, words
    if match[1]:
        found = float(match[1]) / 100
    else:
        found = english.number(match[2]) / english.number(match[3])
    return (found if 0 < found < 1 else None), _cut(words, match)


def _cut(words: str, match: re.Match[str]) -> str:
    return f"{words[: match.start()]} {words[match.end() :]}"


def _latency(words: str, artefact: str, share: float | None) -> tuple[Bound | None, str]:
    match = _LATENCY.search(words)
    if not match:
        return None, words
    unit = match[2].casefold()
    ms = english.number(match[1]) * (1 if unit.startswith("mil") or unit == "ms" else 1000)
    ms *= 60 if unit.startswith("min") else 1
    said = f"{ms / 1000:g} s"
    criterion = CriterionDraft(
        f"There within {said}", Scorer(ScorerKind.LATENCY, {"max_ms": ms}),
        Measure.PASS_RATE, share or 0.95,
    )  # fmt: skip
    why = "A share of answers in time says more than a mean; it is measured by the run itself."
    bound = Bound(
        Kind.LATENCY, f"is there within {said}", criterion, _level(why, share), "Too late"
    )
    return bound, _cut(words, match)


def _cost(words: str, artefact: str, share: float | None) -> tuple[Bound | None, str]:
    match = _COST.search(words)
    if not match:
        return None, words
    unit, amount = (match[1] or match[4]).casefold(), english.number(match[2] or match[3])
    text = " ".join(match[0].split())
    if unit not in _DOLLARS | _CENTS:
        why = (
            "The check counts USD, and nothing is converted here: add a criterion with the amount."
        )
        return Bound(Kind.COST, f"costs {text}", None, why), _cut(words, match)
    usd = amount / 100 if unit in _CENTS else amount
    criterion = CriterionDraft(
        f"Costs at most ${usd:g}", Scorer(ScorerKind.COST, {"max_usd": usd}),
        Measure.PASS_RATE, share or 0.95,
    )  # fmt: skip
    why = _level("Counted from tokens and the price of the model.", share)
    return Bound(Kind.COST, f"costs at most ${usd:g}", criterion, why, "Too dear"), _cut(
        words, match
    )


def _length(words: str, artefact: str, share: float | None) -> tuple[Bound | None, str]:
    low: float | None = None
    high: float | None = None
    for pattern in (_BETWEEN, _LENGTH_AFTER, _LENGTH_MOST, _LENGTH_LEAST, _EXACTLY):
        match = pattern.search(words)
        if match:
            break
    else:
        return None, words
    unit = match[match.lastindex or 0].casefold()
    first = english.number(match[1])
    if pattern is _BETWEEN:
        low, high = first, english.number(match[2])
    elif pattern is _LENGTH_LEAST:
        low = first
    elif pattern is _EXACTLY:
        low = high = first
    else:
        high = first
    kind, settings = _counted(unit)
    span = _span(low, high, unit if unit.endswith("s") else f"{unit}s")
    ends = {name: int(end) for name, end in (("min", low), ("max", high)) if end is not None}
    criterion = CriterionDraft(
        f"Has {span}", Scorer(kind, {**ends, **settings}), Measure.PASS_RATE, share or 0.95
    )
    why = _level("Counted by code, on every case.", share)
    mode = "Too long" if low is None else "Too short" if high is None else "Wrong length"
    more = f"has more than {high:g}" if low is None else f"has fewer than {low:g}"
    broken = f"does not have {span}" if None not in (low, high) else f"{more} {span.split()[-1]}"
    bound = Bound(Kind.QUALITY, f"has {span}", criterion, why, mode, broken)
    return bound, _cut(words, match)


def _counted(unit: str) -> tuple[ScorerKind, dict[str, str]]:
    """What counts a unit, and its settings."""
    stem = unit.rstrip("s")
    if stem in ("word", "character", "char", "letter", "sentence"):
        full = {"char": "characters", "letter": "characters"}.get(stem, f"{stem}s")
        return ScorerKind.LENGTH, {"unit": full}
    counted = {"paragraph": "paragraphs", "line": "lines"}.get(stem, "points")
    return ScorerKind.ITEMS, {"counted": counted}


def _span(low: float | None, high: float | None, unit: str) -> str:
    if low is None:
        return f"at most {high:g} {unit}"
    if high is None:
        return f"at least {low:g} {unit}"
    return f"{low:g} {unit}" if low == high else f"{low:g} to {high:g} {unit}"


def _level(why: str, share: float | None) -> str:
    return f"{why} The text says how often." if share else f"{why} How often is a guess: 95%."

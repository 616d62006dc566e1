"""Look for texts in an output, hold it against one, or against a pattern."""

from collections.abc import Callable, Iterator
from functools import lru_cache

from workbench.domain.kinds.settings import Settings
from workbench.domain.scores import Judgement
from workbench.say import rounded
from workbench.scoring import patterns
from workbench.scoring.kinds.check import Check, Subject, failed, listed, passed, unscored
from workbench.scoring.wanted import Wanted, wanted
from workbench.scoring.wording import folded, normalised, quoted

_EDGE = 60
_MOST_REMEMBERED = 200
MOST_PAIRS = 2_000_000_000
"""Pairs of letters that are compared at most: a tenth of a second."""


def _contains(settings: Settings, subject: Subject) -> Judgement:
    asked, output = _texts(settings, subject), _comparable(subject.output, settings)
    found = [next(_present(each, output, settings), None) for each in asked]
    missing = [each for each, text in zip(asked, found, strict=True) if text is None]
    if settings.get("mode", "all") == "any":
        if len(missing) < len(asked):
            each, text = next(pair for pair in zip(asked, found, strict=True) if pair[1])
            return passed(f"Contains {each.said(text)}.")
        return failed(f"Contains none of {listed(t for each in asked for t in each.texts)}.")
    if missing:
        return failed(f"Does not contain {', '.join(each.described() for each in missing)}.")
    said = (each.said(text) for each, text in zip(asked, found, strict=True))
    return passed(f"Contains {', '.join(said)}.")


def _not_contains(settings: Settings, subject: Subject) -> Judgement:
    banned, output = _texts(settings, subject), _comparable(subject.output, settings)
    found = [text for each in banned for text in _present(each, output, settings)]
    if found:
        return failed(f"Contains {listed(found)}.")
    return passed(f"Contains none of {listed(t for each in banned for t in each.texts)}.")


def _equals(settings: Settings, subject: Subject) -> Judgement:
    expected = wanted(str(settings.get("text") or "{{reference}}"), subject.names)
    said, is_exact = subject.output, bool(settings.get("exact", False))
    if is_exact and said in expected.texts:
        return passed(f"Equals {expected.said(said)}, letter for letter.")
    output = normalised(said)
    same = next((text for text in expected.texts if normalised(text) == output), None)
    if same is not None and is_exact:
        return failed(f"Reads like {expected.said(same)}, but not letter for letter.")
    if same is not None:
        return passed(f"Equals {expected.said(same)}.")
    return failed(f"Says {quoted(said)}, expected {expected.described()}.")


def _regex(settings: Settings, subject: Subject) -> Judgement:
    pattern, ignore_case = str(settings["pattern"]), bool(settings.get("ignore_case", False))
    found = patterns.search(pattern, subject.output, ignore_case)
    must_match = bool(settings.get("must_match", True))
    if found is None:
        said = f"Nothing matches the pattern {quoted(pattern)}."
        if patterns.would_match_plain(pattern, subject.output, ignore_case):
            said += " It would match with plain apostrophes, quotes, dashes and spaces."
    else:
        said = f"{quoted(found)} matches the pattern."
    return passed(said) if (found is not None) == must_match else failed(said)


def _refuse_pattern(settings: Settings) -> None:
    patterns.compiled(str(settings["pattern"]), bool(settings.get("ignore_case")))


def _texts(settings: Settings, subject: Subject) -> list[Wanted]:
    return [wanted(str(text), subject.names) for text in settings["texts"]]


def _present(asked: Wanted, output: str, settings: Settings) -> Iterator[str]:
    """Those of the texts that are in an output, which is given as it is compared."""
    return (text for text in asked.texts if _sought(text, settings) in output)


def _sought(text: str, settings: Settings) -> str:
    """A text that is looked for, as it is compared: most are looked for in every output."""
    if settings.get("exact", False) or len(text) > _MOST_REMEMBERED:
        return _comparable(text, settings)
    return _folded(text, bool(settings.get("ignore_case", True)))


@lru_cache(maxsize=1024)
def _folded(text: str, ignore_case: bool) -> str:
    return folded(text, ignore_case=ignore_case)


def _comparable(text: str, settings: Settings) -> str:
    """A text as it is compared: as it reads, or letter for letter."""
    ignore_case = bool(settings.get("ignore_case", True))
    if settings.get("exact", False):
        return text.casefold() if ignore_case else text
    return folded(text, ignore_case=ignore_case)


def _starts_with(settings: Settings, subject: Subject) -> Judgement:
    return _at_an_end(settings, subject, str.startswith, "Begins")


def _ends_with(settings: Settings, subject: Subject) -> Judgement:
    return _at_an_end(settings, subject, str.endswith, "Ends")


def _at_an_end(
    settings: Settings, subject: Subject, has: Callable[[str, str], bool], verb: str
) -> Judgement:
    asked = _texts(settings, subject)
    outputs = [_comparable(subject.output.strip(), settings)]
    if not settings.get("exact", False):
        # Nobody reads the full stop or the stars around it as a part of what it ends with.
        ignore_case = bool(settings.get("ignore_case", True))
        outputs.append(normalised(subject.output, ignore_case=ignore_case))
    for each in asked:
        for text in each.texts:
            if any(has(output, _comparable(text, settings)) for output in outputs):
                return passed(f"{verb} with {each.said(text)}.")
    flat = " ".join(subject.output.split())
    edge = flat[:_EDGE] if verb == "Begins" else flat[-_EDGE:]
    return failed(
        f"{verb} with {quoted(edge)}, not with {listed(t for each in asked for t in each.texts)}."
    )


def _one_of(settings: Settings, subject: Subject) -> Judgement:
    asked = _texts(settings, subject)
    is_exact = bool(settings.get("exact", False))
    output = subject.output if is_exact else normalised(subject.output)
    for each in asked:
        for text in each.texts:
            if (text if is_exact else normalised(text)) == output:
                return passed(f"Says {each.said(text)}.")
    options = listed(t for each in asked for t in each.texts)
    return failed(f"Says {quoted(subject.output)}, which is none of {options}.")


def _ordered(settings: Settings, subject: Subject) -> Judgement:
    asked = _texts(settings, subject)
    output, begin, before = _comparable(subject.output, settings), 0, ""
    for each in asked:
        # Of several right texts the one that ends first leaves most room for what follows.
        ends = [
            place + len(text)
            for text in (_comparable(text, settings) for text in each.texts)
            if (place := output.find(text, begin)) >= 0
        ]
        if not ends:
            is_there = any(_present(each, output, settings))
            what = "has no" if not is_there or not before else "has no other"
            behind = f" behind {before}" if before else ""
            return failed(f"{what.capitalize()} {each.described()}{behind}.")
        begin, before = min(ends), each.described()
    return passed(f"Contains {', '.join(each.described() for each in asked)} in this order.")


def likeness(settings: Settings) -> Callable[[str, str], float]:
    """How much of two texts is the same, from 0 to 100, by letters or by words in any order."""
    from rapidfuzz import fuzz

    return fuzz.token_sort_ratio if settings.get("compare") == "words" else fuzz.ratio


def _similar(settings: Settings, subject: Subject) -> Judgement:
    expected = wanted(str(settings.get("text") or "{{reference}}"), subject.names)
    output = normalised(subject.output)
    texts = [normalised(text) for text in expected.texts]
    if sum(len(output) * len(text) for text in texts) > MOST_PAIRS:
        return unscored(
            f"The answer ({len(output):,} characters) is too long to be held against a text of "
            f"{max(map(len, texts)):,}."
        )
    compare = likeness(settings)
    scores = [compare(text, output) / 100 for text in texts]
    share, least = max(scores), float(settings["similarity"])
    nearest = expected.texts[scores.index(share)]
    found = rounded(100 * share, 100 * least, decimals=1)
    said = f"{found}% the same as {expected.said(nearest)}, at least {100 * least:g}% is wanted."
    return (passed if share >= least else failed)(said, share)


CHECKS = {
    "starts_with": Check(_starts_with),
    "ends_with": Check(_ends_with),
    "one_of": Check(_one_of),
    "ordered": Check(_ordered),
    "similar": Check(_similar),
    "contains": Check(_contains),
    "not_contains": Check(_not_contains),
    "equals": Check(_equals),
    "regex": Check(_regex, _refuse_pattern),
}

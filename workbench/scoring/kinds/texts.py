"""Look for texts in an output: contains, equals, a pattern."""

from collections.abc import Iterator

from workbench.domain.kinds.settings import Settings
from workbench.domain.scores import Judgement
from workbench.scoring import patterns
from workbench.scoring.kinds.check import Check, Subject, failed, listed, passed
from workbench.scoring.wanted import Wanted, wanted
from workbench.scoring.wording import folded, normalised, quoted


def _contains(settings: Settings, subject: Subject) -> Judgement:
    asked = _texts(settings, subject)
    found = [next(_present(each, subject.output, settings), None) for each in asked]
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
    banned = _texts(settings, subject)
    found = [text for each in banned for text in _present(each, subject.output, settings)]
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
    return (text for text in asked.texts if _is_in(text, output, settings))


def _is_in(text: str, output: str, settings: Settings) -> bool:
    ignore_case = bool(settings.get("ignore_case", True))
    if settings.get("exact", False):
        return text.casefold() in output.casefold() if ignore_case else text in output
    return folded(text, ignore_case=ignore_case) in folded(output, ignore_case=ignore_case)


CHECKS = {
    "contains": Check(_contains),
    "not_contains": Check(_not_contains),
    "equals": Check(_equals),
    "regex": Check(_regex, _refuse_pattern),
}

"""Look at what is in an output: its language, how it reads, and the sources that it cites."""

import re
from collections.abc import Iterator
from typing import Any

from workbench.domain import languages as names
from workbench.domain import values
from workbench.domain.kinds.contents import SOURCES
from workbench.domain.kinds.settings import Settings
from workbench.domain.scores import Judgement
from workbench.errors import InputError
from workbench.say import count, rounded
from workbench.scoring import languages, segments
from workbench.scoring.kinds.check import Check, Subject, failed, listed, passed, unscored
from workbench.scoring.wording import folded, normalised, quoted

_LOOKED_AT = 20_000
_FEWEST_LETTERS, _SURE = 30, 0.9
_FEWEST_WORDS, _LONG = 10, 6
_NAME = re.compile(r"\{\{\s*([^\W\d]\w{0,99})((?:\.[^\W\d]\w{0,99}){0,9})\s*\}\}")
# [1], [doc-3], [1, 2], [^4]; neither a link's text nor a box to tick, nor JSON with more brackets.
_BRACKETS = re.compile(r"(?<!\\)\[\^?([^\[\]\n]{1,200})\](?!\()")
_TICKS = frozenset({"", "x", "X"})
_LINK = re.compile(r"https?://[^\s<>\"'`\])}]{1,2000}")
_WORD = re.compile(r"[^\W\d_]{1,200}")
_CALLED = ("id", "key", "name", "url", "title")


def _language(settings: Settings, subject: Subject) -> Judgement:
    plain = folded(subject.output[:_LOOKED_AT], ignore_case=False)
    asked = [str(code) for code in settings["languages"]]
    if sum(c.isalpha() for c in plain) < _FEWEST_LETTERS:
        # A few letters of Chinese or Greek say more, but so few can't be told from their like.
        return unscored("It is too short to tell its language.")
    code, likely = languages.told(plain)
    said = f"{names.said(code)} ({likely:.0%} sure)"
    if likely < _SURE or code not in names.NAMES:
        return unscored(f"Its language can't be told for sure: perhaps {said}.")
    if code in asked:
        return passed(f"Is in {said}.")
    return failed(f"Is in {said}, expected {' or '.join(map(names.said, asked))}.")


def _readability(settings: Settings, subject: Subject) -> Judgement:
    text = subject.output.strip()
    if segments.has_other_script(text):
        return unscored("LIX is for languages that part words by spaces; this one does not.")
    words, sentences = segments.count_words(text), segments.count_sentences(text)
    if words < _FEWEST_WORDS:
        return unscored(f"It has {count(words, 'word')}; LIX takes at least {_FEWEST_WORDS}.")
    long = sum(1 for word in _WORD.finditer(text) if len(word.group()) > _LONG)
    lix, most = words / sentences + 100 * long / words, float(settings["max_lix"])
    found = rounded(lix, most, decimals=1)
    said = f"LIX {found}, at most {most:g} is allowed: {words / sentences:.1f} words per sentence"
    said += f", {long / words:.0%} of them long."
    return (passed if lix <= most else failed)(said, lix)


def _citations(settings: Settings, subject: Subject) -> Judgement:
    known = _sources(str(settings.get("sources") or SOURCES), subject)
    is_links = settings.get("cited_as") == "links"
    cited = list(dict.fromkeys(_links(subject.output) if is_links else _marks(subject.output)))
    if not cited:
        return failed("Cites no source.", 0)
    right = {_same(source) for source in known}
    if not is_links:
        right |= {str(number) for number in range(1, len(known) + 1)}
    foreign = [mark for mark in cited if _same(mark) not in right]
    if foreign:
        more = f" and {len(foreign) - 5} more" if len(foreign) > 5 else ""
        return failed(f"Cites {listed(foreign[:5])}{more}, not among the case's sources.")
    return passed(f"Cites {len(cited)} of the case's {len(known)} sources.", len(cited))


def _same(source: str) -> str:
    return normalised(source).rstrip("/")


def _marks(output: str) -> Iterator[str]:
    for found in _BRACKETS.finditer(output):
        if found[1].strip() in _TICKS:
            continue
        yield from (part.strip() for part in re.split(r"[,;]", found[1]) if part.strip())


def _links(output: str) -> Iterator[str]:
    return (found.group().rstrip(".,;:!?*_") for found in _LINK.finditer(output))


def _sources(template: str, subject: Subject) -> list[str]:
    """The names of the case's sources. Raises InputError where it has none."""
    named = _NAME.fullmatch(template.strip())
    if named is None:
        raise InputError(
            f"{quoted(template)} names no variable that holds the sources: write it as "
            "{{sources}} or {{documents.id}}."
        )
    value: Any = subject.names.get(named[1])
    for step in named[2].split(".")[1:]:
        value = _at(value, step)
    found = [text for text in _each(value) if text.strip()]
    if not found:
        raise InputError(f"The case gives no sources in {quoted(template)}.")
    return found


def _at(value: Any, step: str) -> Any:
    if isinstance(value, list):
        return [item[step] for item in value if isinstance(item, dict) and step in item]
    return value.get(step) if isinstance(value, dict) else None


def _each(value: Any) -> Iterator[str]:
    """Names of sources: lines of a text, items of a list, what groups are called, or their keys."""
    if isinstance(value, str):
        yield from (line.strip() for line in value.splitlines())
    elif isinstance(value, dict):
        yield from map(str, value)
    elif isinstance(value, list):
        for item in value:
            called = item if not isinstance(item, dict) else _name_of(item)
            yield values.text(called)


def _name_of(group: dict[str, Any]) -> Any:
    return next((group[key] for key in _CALLED if key in group), "")


def _refuse_citations(settings: Settings) -> None:
    template = str(settings.get("sources") or SOURCES)
    if not _NAME.fullmatch(template.strip()):
        raise InputError(
            f"{quoted(template)} names no variable that holds the sources.",
            "Write it as {{sources}}, or {{documents.id}} for the id of each in a list.",
        )


CHECKS = {
    "language": Check(_language),
    "readability": Check(_readability),
    "citations": Check(_citations, _refuse_citations),
}

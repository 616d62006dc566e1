"""Look at numbers: whether one is near enough, and how many items a list has."""

import re
from collections.abc import Iterator
from decimal import Decimal

from workbench.domain import json_text
from workbench.domain.kinds.settings import Settings
from workbench.domain.scores import Judgement
from workbench.errors import InputError
from workbench.scoring import json_answers
from workbench.scoring.kinds.check import Check, Subject, failed, passed
from workbench.scoring.wanted import wanted
from workbench.scoring.wording import quoted

_MOST_NUMBERS = 10_000
_MOST_PAIRS = 1_000_000
_LONGEST, _SHOWN = 60, 30
# A number begins where no word, number or version (v1.2.3) goes on; a unit may follow at once.
# Groups of three are parted by the other mark, an apostrophe or a space that does not break.
_SIGN = r"(?P<sign>[-+−]?)"
_GROUPS = r"[’'\u00a0\u202f\u2009]"
_POINT = re.compile(
    rf"(?<![\w.])(?=[-+−]?\.?\d){_SIGN}(?P<whole>\d{{1,3}}(?:(?:,|{_GROUPS})\d{{3}})++(?!\d)|\d++)?(?P<part>\.\d++)?"
    r"(?P<power>[eE][-+]?\d{1,3}(?!\w))?(?!\.?\d)"
)
_COMMA = re.compile(
    rf"(?<![\w.,])(?=[-+−]?,?\d){_SIGN}(?P<whole>\d{{1,3}}(?:(?:\.|{_GROUPS})\d{{3}})++(?!\d)|\d++)?(?P<part>,\d++)?"
    r"(?P<power>[eE][-+]?\d{1,3}(?!\w))?(?!,?\d)"
)
_POINTS = re.compile(
    r"^(?P<indent>[^\S\n]*+)(?:[-*+•–▪◦]|\(?\d{1,4}[.)]|\(?[A-Za-z][.)])[^\S\n]++\S"
)
_FENCE = re.compile(r"[^\S\n]*(?:`{3,}|~{3,})")


def numbers_in(text: str, *, is_comma: bool = False) -> Iterator[Decimal]:
    """The numbers of a text, in its order; of at most 60 digits each, longer ones are none.

    Decimals stand behind a point (or a comma), thousands may be parted by the other mark.
    """
    for found in (_COMMA if is_comma else _POINT).finditer(text):
        whole, part, power = (found[name] or "" for name in ("whole", "part", "power"))
        if not (whole or part) or len(whole) + len(part) > _LONGEST:
            continue
        digits = "".join(c for c in whole if c.isdecimal())
        sign = "-" if found["sign"] in ("-", "−") else ""
        yield Decimal(f"{sign}{digits or '0'}{part.replace(',', '.')}{power}")


def _number(settings: Settings, subject: Subject) -> Judgement:
    is_comma = settings.get("decimal") == "comma"
    asked = wanted(str(settings.get("text") or "{{reference}}"), subject.names)
    expected = []
    for text in asked.texts:
        first = next(numbers_in(text, is_comma=is_comma), None)
        if first is None:
            raise InputError(f"The expected {quoted(text)} holds no number.")
        expected.append(first)
    found = _found(subject.output, is_comma=is_comma)
    if not found:
        return failed(f"Holds no number, expected {asked.described()}.")
    which = settings.get("which", "any")
    looked_at = {"first": found[:1], "last": found[-1:]}.get(str(which), found)
    slack = Decimal(str(settings.get("tolerance", 0)))
    is_share = settings.get("tolerance_in") == "percent"
    if len(looked_at) * len(expected) > _MOST_PAIRS:
        raise InputError("The answer and the reference hold too many numbers to compare.")
    near, off, meant = min(
        (
            (n, abs(n - e) - (abs(e) * slack / 100 if is_share else slack), e)
            for n in looked_at
            for e in expected
        ),
        key=lambda each: each[1],
    )
    wish = _plain(meant)
    if slack:
        wish = f"within {_plain(slack)}{'%' if is_share else ''} of {wish}"
    if off <= 0:
        return passed(f"Says {_plain(near)}, expected {wish}.", float(near))
    place = "nearest" if which == "any" else which
    return failed(f"Its {place} number is {_plain(near)}, expected {wish}.", float(near))


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text if len(text) <= _SHOWN else f"{number:.6g}"


def _found(text: str, *, is_comma: bool) -> list[Decimal]:
    found = []
    for number in numbers_in(text, is_comma=is_comma):
        found.append(number)
        if len(found) > _MOST_NUMBERS:
            raise InputError(f"The answer holds more than {_MOST_NUMBERS:,} numbers.")
    return found


def _items(settings: Settings, subject: Subject) -> Judgement:
    counted = str(settings.get("counted", "points"))
    if counted == "json":
        return _json_items(settings, subject.output)
    lines = subject.output.splitlines()
    if counted == "points":
        size, noun = _count_points(lines), "points"
    elif counted == "lines":
        size, noun = sum(1 for line in lines if line.strip()), "lines"
    else:
        size, noun = _count_paragraphs(lines), "paragraphs"
    return _sized(settings, size, noun)


def _json_items(settings: Settings, output: str) -> Judgement:
    try:
        value = json_answers.read(output).value
    except json_text.Doubled as error:
        return failed(f"Can be read in two ways: {error}.")
    except ValueError as error:
        return failed(f"Is not valid JSON: {str(error)[:120]}.")
    if not isinstance(value, list):
        return failed("Is JSON, but not a list.")
    return _sized(settings, len(value), "items")


def _sized(settings: Settings, size: int, noun: str) -> Judgement:
    low, high = settings.get("min"), settings.get("max")
    if low is not None and size < low:
        return failed(f"{size:,} {noun}, at least {low:,} are wanted.", size)
    if high is not None and size > high:
        return failed(f"{size:,} {noun}, at most {high:,} are allowed.", size)
    return passed(f"{size:,} {noun}.", size)


def _count_points(lines: list[str]) -> int:
    """The outer points: those that are hardly further in than the one that is furthest out. What
    stands in a code block is none."""
    indents, is_code = [], False
    for line in lines:
        if _FENCE.match(line):
            is_code = not is_code
        found = None if is_code else _POINTS.match(line)
        if found:
            indents.append(len(found["indent"].expandtabs(4)))
    return sum(1 for indent in indents if indent <= min(indents) + 1) if indents else 0


def _count_paragraphs(lines: list[str]) -> int:
    filled = [bool(line.strip()) for line in lines]
    return sum(1 for before, here in zip([False, *filled], filled, strict=False) if here > before)


CHECKS = {"number": Check(_number), "items": Check(_items)}

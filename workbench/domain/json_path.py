"""A path to values in JSON: names, places and “any of them”, as RFC 9535 writes these."""

import re
from collections.abc import Iterator
from typing import Any

from workbench.errors import InputError

MOST_STEPS = 50
MOST_FOUND = 10_000
_ANY = object()
_STEP = re.compile(
    r"""\.(?P<name>[^\W\d][\w-]{0,200})
    |\[\s*(?:(?P<place>-?\d{1,9})|(?P<any>\*)|'(?P<single>[^']{0,200})'|"(?P<double>[^"]{0,200})")\s*\]
    |\.(?P<any_name>\*)""",
    re.VERBOSE,
)


def problem_with(path: str) -> str:
    """What is wrong with a path, as a sentence; empty when nothing is."""
    try:
        _steps(path)
    except InputError as error:
        return error.message
    return ""


def found(path: str, value: Any) -> list[Any]:
    """The values at a path, at most 10,000; none where there is no such place.

    Raises InputError for a path that can't be read, and for one that leads to more.
    """
    here = [value]
    for step in _steps(path):
        here = [inner for each in here for inner in _inside(each, step)]
        if len(here) > MOST_FOUND:
            raise InputError(f"The path leads to more than {MOST_FOUND:,} values.")
    return here


def _steps(path: str) -> list[Any]:
    text = path.strip()
    text = text if text.startswith("$") else f"$.{text}" if text[:1] != "[" else f"${text}"
    steps: list[Any] = []
    begin = 1
    while begin < len(text):
        step = _STEP.match(text, begin)
        if step is None:
            raise InputError(f"its path can't be read from “{text[begin : begin + 40]}” on.")
        if step["any"] or step["any_name"]:
            steps.append(_ANY)
        elif step["place"] is not None:
            steps.append(int(step["place"]))
        else:
            named = (step["name"], step["single"], step["double"])
            steps.append(next(name for name in named if name is not None))
        begin = step.end()
        if len(steps) > MOST_STEPS:
            raise InputError(f"its path has more than {MOST_STEPS} steps.")
    return steps


def _inside(value: Any, step: Any) -> Iterator[Any]:
    if step is _ANY:
        yield from value if isinstance(value, list) else ()
        yield from value.values() if isinstance(value, dict) else ()
    elif isinstance(step, int):
        if isinstance(value, list) and -len(value) <= step < len(value):
            yield value[step]
    elif isinstance(value, dict) and step in value:
        yield value[step]

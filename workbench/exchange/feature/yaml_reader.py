"""Read one YAML document as plain data, without YAML's surprises and without its bombs."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from workbench.errors import InputError
from workbench.exchange.feature import yaml_mistakes

MAX_BYTES = 20_000_000
MAX_DEPTH = 100
# About 90,000 cases. A list of millions of single letters would take a gigabyte of memory.
MAX_EVENTS = 1_200_000

Path = tuple[str | int, ...]

# All that begins a line for YAML, a byte order mark before it or not.
_DIRECTIVE = re.compile("(?:^|[\n\r\x85\u2028\u2029])\ufeff*(?P<sign>%)")
_BREAKS = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


class Plain(str):
    """A scalar that was written without quotes: text, a number or yes/no, as the schema says."""

    __slots__ = ()


def parse(text: str, source_name: str = "") -> Any:
    """The document as dicts, lists and strings; nothing is guessed to be a number or a date.

    Raises InputError, with the line where there is one, for broken YAML and for what a feature
    file never needs and a bomb does: directives, anchors, aliases, tags, keys that are not text or
    come twice, a second document, over 100 levels, 1.2 million values or 20 MB.
    """
    where = source_name or "The feature file"
    refuse_large(text, where)
    _refuse_directives(text, where)
    try:
        return _document(_counted(yaml.parse(text, Loader=yaml.CSafeLoader), where), where)
    except _Refused as error:
        found = yaml_mistakes.braces(text, error.line)
        if found is None:
            raise
        raise InputError(f"{where}, line {found.line}: {found.message}", found.hint) from error
    except yaml.MarkedYAMLError as error:
        found = yaml_mistakes.explained(text, error)
        if found is not None:
            raise InputError(f"{where}, line {found.line}: {found.message}", found.hint) from error
        mark = error.problem_mark or error.context_mark
        line = f", line {mark.line + 1}" if mark else ""
        raise InputError(
            f"{where}{line}: the YAML cannot be read: {error.problem or error.context}.",
            "Check the indentation, and put quotes around text with “: ” or “ #” in it.",
        ) from error
    except yaml.YAMLError as error:
        raise InputError(
            f"{where} is not YAML text: {str(error).splitlines()[0]}.",
            "Remove control characters, or write them as escapes in double quotes.",
        ) from error


def refuse_large(text: str, where: str) -> None:
    """Raise InputError for text that is too long, or no text. `where` names it."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise InputError(f"{where} is not valid Unicode text.", "Save it as UTF-8.") from error
    if size > MAX_BYTES:
        raise InputError(
            f"{where} has {size / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} MB are read.",
            "Split the cases into several datasets or features.",
        )


def _refuse_directives(text: str, where: str) -> None:
    """Raise InputError for a line that YAML takes for a directive, before YAML sees it: it compares
    each with all others."""
    found = _DIRECTIVE.search(text)
    if found is not None:
        line = len(_BREAKS.findall(text, 0, found.start("sign"))) + 1
        raise InputError(
            f"{where}, line {line}: a line that begins with “%” is not allowed in a feature file.",
            "Remove it; where it belongs to a text, indent it or put quotes around the text.",
        )


def _counted(events: Iterator[Any], where: str) -> Iterator[Any]:
    for number, event in enumerate(events):
        if number > MAX_EVENTS:
            raise _refused(where, event, f"more than {MAX_EVENTS:,} values", "Split the file.")
        yield event


def _document(events: Iterator[Any], where: str) -> Any:
    documents: list[Any] = []
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            if documents:
                raise _refused(where, event, "a second document begins", "Keep one a file.")
            documents.append(_node(next(events), events, where, 0))
    if not documents:
        raise InputError(f"{where} is empty.", "It begins with “workbench: 1”.")
    return documents[0]


def _node(event: Any, events: Iterator[Any], where: str, depth: int) -> Any:
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
        raise _refused(
            where, event, "an alias or anchor (& or *)", "Write the value out, or quote the text."
        )
    if event.tag is not None:
        raise _refused(where, event, f"the tag {event.tag[:80]}", "Remove it, or quote the text.")
    if isinstance(event, yaml.ScalarEvent):
        return Plain(event.value) if event.implicit[0] else event.value
    if depth >= MAX_DEPTH:
        raise _refused(where, event, f"more than {MAX_DEPTH} levels", "Flatten it.")
    if isinstance(event, yaml.SequenceStartEvent):
        return _sequence(events, where, depth + 1)
    return _mapping(events, where, depth + 1)


def _sequence(events: Iterator[Any], where: str, depth: int) -> list[Any]:
    items: list[Any] = []
    while not isinstance(event := next(events), yaml.SequenceEndEvent):
        items.append(_node(event, events, where, depth))
    return items


def _mapping(events: Iterator[Any], where: str, depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        if not isinstance(event, yaml.ScalarEvent):
            raise _refused(where, event, "a key that is not text", "Use a word as the key.")
        key = str(_node(event, events, where, depth))
        if key in found:
            raise _refused(where, event, f"the key “{key[:80]}” a second time", "Remove one.")
        found[key] = _node(next(events), events, where, depth)
    return found


class _Refused(InputError):
    """Something that YAML has and a feature file never needs, and its line."""

    def __init__(self, where: str, line: int, what: str, hint: str) -> None:
        super().__init__(f"{where}, line {line}: {what} is not allowed in a feature file.", hint)
        self.line = line


def _refused(where: str, event: Any, what: str, hint: str) -> InputError:
    return _Refused(where, event.start_mark.line + 1, what, hint)


def lines_of(text: str, paths: Iterable[Path]) -> list[int | None]:
    """The lines where the values at `paths` begin; None where a path leads nowhere.

    Only for text that `parse` has accepted: it is composed again, because keeping every position
    would double the memory that a large file takes.
    """
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    return [_line_of(root, path) for path in paths]


def _line_of(node: Any, path: Path) -> int | None:
    for step in path:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            if step >= len(node.value):
                break
            node = node.value[step]
        elif isinstance(node, yaml.MappingNode):
            values = {key.value: value for key, value in node.value}
            if step not in values:
                break
            node = values[step]
    return None if node is None else int(node.start_mark.line) + 1

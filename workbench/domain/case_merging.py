"""One case that was edited at two places at once: both edits, where they touch different fields."""

import json
from dataclasses import asdict, fields, replace
from typing import Any, NamedTuple

from workbench.domain.datasets import CaseDraft

_OWN = tuple(each.name for each in fields(CaseDraft) if each.name != "variables")


class Clash(NamedTuple):
    """A field that both changed, each to something else: of which case, and what was written first
    in words. What was written last stands in the case."""

    key: str
    field: str
    first: str


def merged(
    base: CaseDraft, first: CaseDraft, last: CaseDraft
) -> tuple[CaseDraft, tuple[Clash, ...]]:
    """The case with both edits of `base`, and the fields that both changed."""
    clashes: list[Clash] = []

    def taken(name: str, before: Any, one: Any, other: Any) -> Any:
        if other == before:
            return one
        if one not in (before, other):
            clashes.append(Clash(last.key or base.key, name, _said(one)))
        return other

    names = dict.fromkeys((*last.variables, *first.variables))
    variables = {
        name: taken(name, *(each.variables.get(name, "") for each in (base, first, last)))
        for name in names
    }
    own = {
        name: taken(name, *(getattr(each, name) for each in (base, first, last))) for name in _OWN
    }
    return replace(last, variables=variables, **own), tuple(clashes)


def _said(value: Any) -> str:
    """A field's value as a person may copy it."""
    if isinstance(value, tuple) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    if value is None or isinstance(value, str):
        return value or ""
    # Messages, files and replies of tools are said by their parts.
    return json.dumps(value, ensure_ascii=False, default=lambda part: asdict(part))

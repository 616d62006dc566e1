"""Drafts, and what becomes of one that two tabs write at once: merged by field, no text lost."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Body = Mapping[str, Any]


def scope(kind: str, thing: object, person_id: str) -> str:
    """What a draft is kept under: the kind of thing that is edited, which one, and by whom.

    `person_id` is what a person is known by (`Person.id`), never the name: who takes another name
    goes on with what they wrote.
    """
    return f"{kind}:{thing}:{person_id}"


def parts(scope: str) -> tuple[str, str, str]:
    """The kind, the thing and the person's id that a scope was made of."""
    kind, _, rest = scope.partition(":")
    thing, _, person_id = rest.rpartition(":")
    return kind, thing, person_id


@dataclass(frozen=True)
class Draft:
    """Unsaved fields, and the revision they were based on (0: something new).

    `beside` holds, by field, the texts of other tabs that clashed with the one in `body`.
    """

    body: Body
    based_on: int = 0
    beside: Mapping[str, Sequence[Any]] = field(default_factory=dict)


def merged(kept: Draft, seen: Body, mine: Draft, apart: Collection[str] = ()) -> Draft:
    """What is kept when a tab that last saw `seen` writes `mine` over `kept`.

    A field that only one side changed is as that side left it. Where both changed a text, it is
    mine, and theirs stays beside it; of choices the newest counts. `apart` names the fields that
    say what the others are about: where these differ nothing is mixed, and all is mine.
    """
    is_apart = any(kept.body.get(name) != mine.body.get(name) for name in apart)
    body, beside = dict(kept.body), {name: list(texts) for name, texts in kept.beside.items()}
    for name, text in mine.body.items():
        theirs, before = kept.body.get(name), seen.get(name)
        others = beside.get(name, [])
        # A text of mine that another tab put beside its own is still mine.
        is_mine = text != before or name not in kept.body or (text in others and _is_text(text))
        if is_mine or is_apart:
            body[name] = text
        is_news = body[name] != theirs and theirs != before and name not in apart
        if is_news and _is_text(theirs):
            others.append(theirs)
        # What this tab wrote earlier and replaces now is in nobody's way.
        gone = (body[name], before) if text != before else (body[name],)
        beside[name] = [each for each in dict.fromkeys(others) if each not in gone]
    # What others wrote may be about an older revision: then it is that which is shown as overtaken.
    is_mixed = any(body[name] != text for name, text in mine.body.items())
    based_on = min(kept.based_on, mine.based_on) if is_mixed else mine.based_on
    return Draft(body, based_on, {name: texts for name, texts in beside.items() if texts})


def left(kept: Draft, seen: Body) -> Draft | None:
    """What stays when a tab is done with what it has seen: what other tabs wrote since."""
    body = {name: value for name, value in kept.body.items() if value != seen.get(name)}
    return Draft(body, kept.based_on, kept.beside) if body or kept.beside else None


def swapped(kept: Draft, name: str, text: Any) -> Draft:
    """The draft with a text from beside a field in it, and what was in it beside."""
    others = [each for each in kept.beside.get(name, ()) if each != text]
    former = kept.body.get(name)
    if _is_text(former) and former != text:
        others.append(former)
    return _with(kept, name, others, {**kept.body, name: text})


def forgotten(kept: Draft, name: str, text: Any) -> Draft:
    """The draft without one of the texts beside a field."""
    others = [each for each in kept.beside.get(name, ()) if each != text]
    return _with(kept, name, others, kept.body)


def _with(kept: Draft, name: str, others: list[Any], body: Body) -> Draft:
    beside = {key: texts for key, texts in {**kept.beside, name: others}.items() if texts}
    return Draft(body, kept.based_on, beside)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())

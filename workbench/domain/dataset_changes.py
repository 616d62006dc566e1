"""What differs between two versions of a dataset, and edits that are not saved yet."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.domain import attachments, conversations, simulated_users, tool_replies, values
from workbench.domain.datasets import CaseDraft, free_keys, tidied
from workbench.domain.fingerprint import canonical
from workbench.domain.values import Value
from workbench.say import count

_SAVED, _NEW = "=", "+"


@dataclass(frozen=True)
class Changes:
    """The keys of the cases that were added, removed and edited, in the order of the cases."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.edited)

    def describe(self) -> str:
        """The counts in words: “2 added, 1 edited”; “no changes”."""
        parts = (
            (len(self.added), "added"),
            (len(self.edited), "edited"),
            (len(self.removed), "removed"),
        )
        return ", ".join(f"{count:,} {word}" for count, word in parts if count) or "no changes"


def changes(before: Iterable[CaseDraft], after: Iterable[CaseDraft]) -> Changes:
    """What a version did to the one before it. A case is known by its key."""
    old = {case.key: case.fingerprint() for case in before}
    new = {case.key: case.fingerprint() for case in after}
    return Changes(
        added=tuple(key for key in new if key not in old),
        removed=tuple(key for key in old if key not in new),
        edited=tuple(key for key in new if key in old and old[key] != new[key]),
    )


def saved_row(key: str) -> str:
    """The name of the row of a case that is saved under this key."""
    return _SAVED + key


def new_row(name: str) -> str:
    """The name of a row that is not saved yet; `name` must be unique among them."""
    return _NEW + name


@dataclass(frozen=True)
class Edits:
    """Unsaved edits, by row: what a saved case becomes, what is new, what is to go.

    They refer to saved cases by key, so that they can be applied to a newer version too.
    `variables` are columns that were added.
    """

    rows: Mapping[str, CaseDraft] = field(default_factory=dict)
    removed: frozenset[str] = frozenset()
    variables: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rows or self.removed or self.variables)

    def then(self, later: "Edits") -> "Edits":
        """These edits with later ones on top."""
        rows = {**self.rows, **later.rows}
        gone = {row for row in later.removed if row.startswith(_SAVED)}
        return Edits(
            {row: case for row, case in rows.items() if row not in later.removed},
            frozenset((self.removed | gone) - set(later.rows)),
            tuple(dict.fromkeys((*self.variables, *later.variables))),
        )

    def since(self, earlier: "Edits") -> "Edits":
        """What these edits say that earlier ones of the same grid did not."""
        return Edits(
            {row: case for row, case in self.rows.items() if earlier.rows.get(row) != case},
            self.removed - earlier.removed,
            tuple(name for name in self.variables if name not in earlier.variables),
        )

    def added(self) -> dict[str, CaseDraft]:
        """The rows that are new, by name."""
        return {row: case for row, case in self.rows.items() if row.startswith(_NEW)}

    def seen(self, case: CaseDraft) -> CaseDraft | None:
        """A saved case as edited; None where it is to go."""
        row = saved_row(case.key)
        return None if row in self.removed else self.rows.get(row, case)

    def describe(self) -> str:
        """The counts in words: “1 added, 2 edited”."""
        n_added = len(self.added())
        parts = (
            (n_added, "added"),
            (len(self.rows) - n_added, "edited"),
            (len(self.removed), "removed"),
        )
        said = [f"{count:,} {word}" for count, word in parts if count]
        if self.variables:
            n_names = len(self.variables)
            said.append(count(n_names, "new variable"))
        return ", ".join(said) or "no changes"

    def apply(self, cases: Iterable[CaseDraft]) -> tuple[CaseDraft, ...]:
        """The cases as edited; new ones come last, and get a key where they have none.

        A case that was edited here and is no longer there is kept: nobody loses what they wrote.
        """
        saved = list(cases)
        known = {saved_row(case.key) for case in saved}
        kept = [found for case in saved if (found := self.seen(case)) is not None]
        orphaned = [
            case
            for row, case in self.rows.items()
            if row.startswith(_SAVED) and row not in known and row not in self.removed
        ]
        written = [case for case in self.added().values() if not _is_blank(case)]
        return with_keys([*kept, *orphaned, *written])

    def to_json(self) -> dict[str, Any]:
        """The edits as JSON values, to keep as a draft."""
        rows = {
            row: [
                case.key,
                dict(case.variables),
                case.reference,
                list(case.tags),
                case.source,
                case.held_out,
                case.group,
                conversations.plain(case.messages),
                attachments.plain(case.attachments),
                tool_replies.plain(case.tool_replies),
                case.user and case.user.plain(),
            ]
            for row, case in self.rows.items()
        }
        return {
            "rows": rows,
            "order": list(rows),
            "removed": sorted(self.removed),
            "variables": list(self.variables),
        }

    @staticmethod
    def from_json(body: Mapping[str, Any]) -> "Edits":
        """The edits of `to_json`."""
        given = body.get("rows", {})
        rows = {}
        for row in body.get("order", given):
            # Drafts that were kept before there were groups, conversations, files, tools and
            # simulated users end earlier.
            key, variables, reference, tags, *rest = given[row]
            user = simulated_users.of(rest.pop()) if len(rest) > 6 else None
            replies = tool_replies.of(rest.pop()) if len(rest) > 5 else ()
            files = attachments.of(rest.pop()) if len(rest) > 4 else ()
            said = conversations.of(rest.pop()) if len(rest) > 3 else ()
            case = CaseDraft(key, variables, reference, tuple(tags), *rest)
            rows[row] = replace(
                case, messages=said, attachments=files, tool_replies=replies, user=user
            )
        return Edits(rows, frozenset(body.get("removed", ())), tuple(body.get("variables", ())))


def with_keys(cases: Sequence[CaseDraft]) -> tuple[CaseDraft, ...]:
    """The cases; those without a key get a free one."""
    taken = [case.key.strip() for case in cases if case.key.strip()]
    if len(taken) == len(cases):
        return tuple(cases)
    free = free_keys(taken)
    return tuple(case if case.key.strip() else replace(case, key=next(free)) for case in cases)


def added_to(cases: Sequence[CaseDraft], more: Sequence[CaseDraft]) -> tuple[CaseDraft, ...]:
    """The cases with others added; one with a key that is there replaces the case under it.

    One without a key that says the same as a case that is there is that case: the same table again
    adds nothing. Each case that is there stands for one of them, so a repetition in it is kept.
    """
    named = {case.key.strip(): case for case in more if case.key.strip()}
    found = {case.key: case for case in cases} | named
    unnamed = [case for case in more if not case.key.strip()]
    if unnamed and cases:
        there = Counter(map(_content, found.values()))
        unnamed = [case for case in unnamed if not _is_there(case, there)]
    return with_keys([*found.values(), *unnamed])


def repeated(cases: Iterable[CaseDraft]) -> int:
    """How many cases show the model the same input as an earlier one: they count as one."""
    # What `CaseDraft.input_fingerprint` compares, without a hash of each: pages count these often.
    inputs = [
        (
            tuple(sorted((name, _shown(value)) for name, value in case.variables.items())),
            tuple((message.role, message.content.strip()) for message in case.messages),
            tuple(map(tuple, attachments.identity(case.attachments))),
        )
        for case in cases
    ]
    return len(inputs) - len(set(inputs))


def _is_there(case: CaseDraft, left: Counter[tuple[object, ...]]) -> bool:
    """Whether one of the cases that are left says the same; it is not left any more then."""
    said = _content(case)
    left[said] -= 1
    return left[said] >= 0


def _content(case: CaseDraft) -> tuple[object, ...]:
    """All that a case says but its key, once tidied; without a hash of each, as in `repeated`."""
    tidy = tidied(case, case.key)
    held = (*tidy.variables.items(), ("reference", tidy.reference))
    exact = [
        (name, isinstance(value, str), value if isinstance(value, str) else canonical(value))
        for name, value in held
    ]
    return (
        *sorted(exact[:-1]),
        exact[-1],
        *sorted(tidy.tags),
        tidy.source,
        tidy.held_out,
        tidy.group,
        tidy.messages,
        tidy.attachments,
    )


def _shown(value: Value) -> tuple[bool, str]:
    """The value as the model is shown it; a list differs from the text that reads like it."""
    if isinstance(value, str):
        return (True, value.strip())
    return (False, canonical(values.stripped(value)))


def _is_blank(case: CaseDraft) -> bool:
    held = (case.key, case.reference or "", *case.variables.values())
    rest = (case.tags, case.messages, case.attachments)
    return not any(rest) and all(map(values.is_blank, held))

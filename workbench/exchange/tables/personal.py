"""Data of people in cases that are brought in: what was found, and the cases without it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from workbench.domain import values
from workbench.domain.conversations import Message
from workbench.domain.datasets import CaseDraft
from workbench.domain.personal import NAMES
from workbench.domain.simulated_users import SimulatedUser
from workbench.domain.tool_replies import ToolReply
from workbench.scoring import personal

ESCAPES = (
    "Patterns are found, not names, postal addresses, dates of birth or what somebody tells of "
    "themselves: look before you share."
)
"""What the rules cannot find."""


def found(cases: Iterable[CaseDraft]) -> Counter[str]:
    """How much of each type the texts of cases hold."""
    return Counter(
        one.type for case in cases for text in _texts(case) for one in personal.find(text)
    )


def said(counts: Mapping[str, int]) -> str:
    """The counts in words: “8 e-mail addresses, 1 phone number”."""
    return ", ".join(
        f"{counts[name]:,} {one if counts[name] == 1 else several}"
        for name, (_, one, several) in NAMES.items()
        if counts.get(name)
    )


class Mask:
    """Puts a word in the place of what is personal: the same one for the same thing, so that two
    messages of one person still belong together. What stands for what is kept nowhere."""

    def __init__(self) -> None:
        self._words: dict[tuple[str, str], str] = {}
        self._counts: Counter[str] = Counter()

    def case(self, draft: CaseDraft) -> CaseDraft:
        """A case without what is personal; its key, tags and group stay as they are."""
        reference = None if draft.reference is None else self._value(draft.reference)
        return replace(
            draft,
            variables={name: self._value(value) for name, value in draft.variables.items()},
            reference=reference,
            source=self._text(draft.source),
            messages=tuple(Message(m.role, self._text(m.content)) for m in draft.messages),
            tool_replies=tuple(
                ToolReply(
                    one.tool,
                    self._text(one.reply),
                    None if one.arguments is None else self._value(one.arguments),
                )
                for one in draft.tool_replies
            ),
            user=self._user(draft.user),
        )

    def _user(self, user: SimulatedUser | None) -> SimulatedUser | None:
        if user is None:
            return None
        return replace(user, persona=self._text(user.persona), goal=self._text(user.goal))

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Mapping):
            return {key: self._value(item) for key, item in value.items()}
        return [self._value(item) for item in value] if isinstance(value, list) else value

    def _text(self, text: str) -> str:
        left, since = [], 0
        for one in sorted(personal.find(text), key=lambda one: one.begin):
            left += [text[since : one.begin], self._word(one)]
            since = one.end
        return "".join([*left, text[since:]])

    def _word(self, one: personal.Found) -> str:
        known = one.type, one.text.casefold()
        if known not in self._words:
            self._counts[one.type] += 1
            self._words[known] = f"[{NAMES[one.type].one} {self._counts[one.type]}]"
        return self._words[known]


def masked(cases: Iterable[CaseDraft]) -> tuple[CaseDraft, ...]:
    """The cases without what is personal, one word for one thing throughout."""
    mask = Mask()
    return tuple(map(mask.case, cases))


def _texts(case: CaseDraft) -> Iterator[str]:
    for value in (*case.variables.values(), case.reference, case.source):
        yield from values.texts(value)
    yield from (message.content for message in case.messages)
    if case.user is not None:
        yield from (case.user.persona, case.user.goal)
    for one in case.tool_replies:
        yield one.reply
        yield from values.texts(dict(one.arguments or {}))

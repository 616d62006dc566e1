"""What the feature will meet: cases, kept in named, versioned datasets."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from uuid import UUID

from workbench.domain import attachments, conversations, names, tool_replies, values
from workbench.domain.attachments import Attachments
from workbench.domain.conversations import Conversation
from workbench.domain.fingerprint import fingerprint
from workbench.domain.simulated_users import SimulatedUser
from workbench.domain.tool_replies import Replies
from workbench.domain.values import Value
from workbench.errors import InputError

SO_FAR = "conversation so far"
"""What the conversation is called beside variables: none of them has such a name."""
REPLIES = "replies of tools"
"""What the replies of tools are called beside variables."""
PLAYED = "simulated user"
"""What the user whom a model plays is called there."""
FILES = "attached files"
"""What the attachments are called there."""


@dataclass(frozen=True)
class CaseDraft:
    """One input as it is written or imported, before it is kept.

    `group` names what it shares with others, such as a document or a conversation: cases of one
    group tend to pass or fail together, so verdicts count the group once. Of a `reference` that is
    a list, any item is right. `messages` are the conversation so far, which the model goes on with;
    `attachments` are files that go with what the user says last, `tool_replies` what tools answer
    that it calls. `user` is whom a second model plays, so that a trial is a whole conversation.
    """

    key: str
    variables: Mapping[str, Value] = field(default_factory=dict)
    reference: Value | None = None
    tags: tuple[str, ...] = ()
    source: str = ""
    held_out: bool = False
    group: str = ""
    messages: Conversation = ()
    attachments: Attachments = ()
    tool_replies: Replies = ()
    user: SimulatedUser | None = None

    def fingerprint(self) -> str:
        """The identity of the case's whole content."""
        content = (self.key, self.variables, self.reference, sorted(self.tags))
        # Cases that were kept before there were groups, conversations, files and tools stay what
        # they are.
        files = ({"attachments": attachments.plain(self.attachments)},) if self.attachments else ()
        is_said = bool(self.messages or self.tool_replies)
        grouped = (self.group,) if self.group or is_said else ()
        said = (conversations.plain(self.messages),) if is_said else ()
        replies = (tool_replies.plain(self.tool_replies),) if self.tool_replies else ()
        played = ({"user": self.user.plain()},) if self.user else ()
        more = (*grouped, *said, *files, *replies, *played)
        return fingerprint(*content, self.source, self.held_out, *more)

    def cluster(self) -> str:
        """The identity of what verdicts count once: the group, or else the input."""
        return f"group {self.group}" if self.group else self.input_fingerprint()

    def input_fingerprint(self) -> str:
        """The identity of what the model is shown."""
        given = {name: values.stripped(v) for name, v in self.variables.items()}
        said = [[m.role, m.content.strip()] for m in self.messages]
        files = (attachments.identity(self.attachments),) if self.attachments else ()
        replies = (tool_replies.plain(self.tool_replies),) if self.tool_replies else ()
        played = ({"user": self.user.plain()},) if self.user else ()
        is_more = bool(said or files or replies or played)
        more = (said, *files, *replies, *played) if is_more else ()
        return fingerprint(given, *more)


def given(
    variables: Mapping[str, Value],
    messages: Conversation,
    files: Attachments = (),
    replies: Replies = (),
    user: SimulatedUser | None = None,
) -> dict[str, Value]:
    """The variables, the conversation so far as people write it, what is attached, what tools
    reply, and who the user is whom a model plays."""
    found: dict[str, Value] = dict(variables)
    if messages:
        found[SO_FAR] = conversations.written(messages)
    if files:
        found[FILES] = ", ".join(one.describe() for one in files)
    if replies:
        found[REPLIES] = tool_replies.written(replies)
    if user is not None:
        found[PLAYED] = user.written()
    return found


@dataclass(frozen=True)
class Case:
    """One input, kept. Immutable: an edit makes another case under the same key."""

    id: UUID
    dataset_id: UUID
    key: str
    number: int
    variables: Mapping[str, Value]
    reference: Value | None
    tags: tuple[str, ...]
    source: str
    held_out: bool
    group: str = ""
    messages: Conversation = ()
    attachments: Attachments = ()
    tool_replies: Replies = ()
    user: SimulatedUser | None = None

    def draft(self) -> CaseDraft:
        """The case's content, to edit or to export."""
        return CaseDraft(
            self.key,
            self.variables,
            self.reference,
            self.tags,
            self.source,
            self.held_out,
            self.group,
            self.messages,
            self.attachments,
            self.tool_replies,
            self.user,
        )

    def given(self) -> dict[str, Value]:
        """What the case gives, for people and judges to read."""
        parts = self.variables, self.messages, self.attachments, self.tool_replies
        return given(*parts, self.user)

    def names(self) -> dict[str, Value]:
        """What templates and checks may refer to: the variables and the reference.

        Cases of older files may have a variable called “reference”: no reference never hides it.
        """
        if self.reference is None and "reference" in self.variables:
            return dict(self.variables)
        return {**self.variables, "reference": self.reference or ""}


@dataclass(frozen=True)
class DatasetVersion:
    """A dataset at a moment: which cases it held."""

    id: UUID
    dataset_id: UUID
    name: str
    number: int
    note: str
    author: str
    created_at: datetime
    n_cases: int = 0


def checked(cases: Iterable[CaseDraft], known: Collection[str] = ()) -> tuple[CaseDraft, ...]:
    """The cases, tidied. Raises InputError for no case, no input, an empty or doubled key, and a
    variable whose name no prompt could use, unless an older version has it (`known`)."""
    tidy: list[CaseDraft] = []
    seen: set[str] = set()
    named: set[str] = set(known)
    for position, case in enumerate(cases, start=1):
        key = case.key.strip()
        if not key:
            raise InputError(f"Case {position} has no key.", "Give each case a short, unique key.")
        if key in seen:
            raise InputError(f"Two cases have the key “{key}”.", "Keys are unique in a dataset.")
        if not case.variables and not case.messages and not case.attachments:
            raise InputError(
                f"Case “{key}” has neither variables nor a conversation.",
                "Map at least one column to one.",
            )
        conversations.refuse_long(case.messages)
        attachments.refuse_unfit(case.attachments, f"Case “{key}”")
        for name in case.variables:
            if name not in named:
                names.refuse_unfit(name)
                named.add(name)
        seen.add(key)
        tidy.append(tidied(case, key))
    if not tidy:
        raise InputError("A dataset needs at least one case.", "Add or import one.")
    return tuple(tidy)


def tidied(case: CaseDraft, key: str) -> CaseDraft:
    """The case as it is kept, under this key: blanks around its parts are gone."""
    tags = tuple(dict.fromkeys(t.strip() for t in case.tags if t.strip()))
    reference = None if values.is_blank(case.reference) else case.reference
    source, group = case.source.strip(), " ".join(case.group.split())
    is_tidy = (key, tags, reference) == (case.key, case.tags, case.reference)
    if is_tidy and (source, group) == (case.source, case.group):
        # Nearly always: another copy of each of 100,000 cases is a second of an import.
        return case
    given = dict(case.variables)
    return replace(
        case, key=key, variables=given, reference=reference, tags=tags, source=source, group=group
    )


def next_key(keys: Iterable[str], stem: str = "case") -> str:
    """A key that is free: `case-001`, `case-002`, …"""
    return next(free_keys(keys, stem))


def free_keys(keys: Iterable[str], stem: str = "case") -> Iterator[str]:
    """One key after the other that is free."""
    taken = set(keys)
    for number in count(len(taken) + 1):
        key = f"{stem}-{number:03d}"
        if key not in taken:
            yield key

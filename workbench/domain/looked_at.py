"""The text of a trial that a scorer looks at: read here, for checks, judges and people alike."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from workbench.domain.conversations import Conversation, Message
from workbench.domain.datasets import Case
from workbench.domain.kinds.looking import LooksAt
from workbench.domain.tools import ToolCall
from workbench.domain.trials import Trial

_WHO = {"system": "System", "user": "User", "assistant": "Assistant", "input": "Input"}
_ELSEWHERE = "What was said before its last answer is not known of an output made elsewhere."


class Looked(NamedTuple):
    """What there is to look at; without a text, `why` there is nothing, as a sentence. `own` is
    what of it the model itself wrote, where that is not all."""

    text: str | None
    why: str = ""
    own: str | None = None

    @property
    def by_model(self) -> str:
        """What the model itself wrote of it."""
        return (self.text or "") if self.own is None else self.own


def looked_at(what: LooksAt, trial: Trial, case: Case) -> Looked:
    """What of a trial is judged, as one text.

    A trial's transcript holds all that was said after the prompt, whoever said it, and its
    reasoning the thoughts of all its requests; where it has no transcript, its output is all that
    was said. Nothing takes the place of what is not there.
    """
    if trial.output is None:
        return Looked(None, "The call brought no answer.")
    if what is LooksAt.ANSWER:
        return Looked(trial.output)
    if what is LooksAt.REASONING:
        if trial.reasoning.strip():
            return Looked(trial.reasoning)
        return Looked(None, "No reasoning of the model is kept with this answer.")
    if not trial.request_hash and not trial.transcript:
        return Looked(None, _ELSEWHERE)
    if what is LooksAt.TRANSCRIPT:
        said = said_in(trial)
        return Looked(written((*case.messages, *said)), own="\n\n".join(_own(said)))
    found = tuple(answers(said_in(trial)))
    if not found:
        return Looked(None, "The model called tools in this trial and said nothing beside.")
    return Looked("\n\n".join(found))


def said_in(trial: Trial) -> Conversation:
    """All that was said after the prompt, as messages."""
    return trial.transcript or (Message("assistant", trial.output or ""),)


def answers(messages: Iterable[Message]) -> Iterator[str]:
    """What the assistant says in some messages; not the calls that stand for themselves."""
    for message in messages:
        if message.role == "assistant" and (message.content.strip() or not message.calls):
            yield message.content


def _own(messages: Conversation) -> Iterator[str]:
    for message in messages:
        if message.role == "assistant":
            yield message.content
            yield from (call.arguments for call in message.calls)


def written(messages: Conversation) -> str:
    """A conversation as a text. A line that begins at the margin says who speaks, or what tool is
    called or replies; what they say is set in by two spaces, so that nothing which is said can pass
    for another speaker."""
    called: dict[str, str] = {}
    parts: list[str] = []
    for message in messages:
        if message.role == "tool":
            parts.append(_part(f"{called.get(message.call_id, 'A tool')} replies", message.content))
            continue
        if message.content or not message.calls:
            parts.append(_part(_WHO[message.role], message.content))
        parts += [
            f"{_WHO[message.role]} attaches {attached.name}" for attached in message.attachments
        ]
        for call in message.calls:
            called[call.id] = call.name
            parts.append(_called(call))
    return "\n\n".join(parts)


def _called(call: ToolCall) -> str:
    return _part(f"Assistant calls {call.name}", call.arguments.strip() or "{}")


def _part(who: str, said: str) -> str:
    lines = said.splitlines() or [""]
    return "\n".join((f"{who}:", *(f"  {line}".rstrip() for line in lines)))

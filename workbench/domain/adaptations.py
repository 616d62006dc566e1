"""How a request is changed for a server that refuses part of it: one field, sent otherwise or not.

Nothing is changed in silence: each answer says which of these were applied to what it was asked
with, and a parameter that could not be sent is named wherever the result is.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

_AS, _NOT_SENT = " as ", " not sent"
_WORDS = {
    "system as developer": "the system prompt is sent as a developer message",
    "system as user": "the system prompt is put before the first user message",
    "response_format as json_object": "the JSON schema is sent in the prompt, with json_object",
    "response_format not sent": "the JSON schema is sent in the prompt only",
    "stream not sent": "answers are not streamed",
}
_SAME = ("max_", "stream", "system as developer")


@dataclass(frozen=True, order=True)
class Adaptation:
    """One field of a request, and what it is sent as: another field, role or type; empty for not
    at all. `system` is the role of the first message."""

    field: str
    sent_as: str = ""

    def __str__(self) -> str:
        return f"{self.field}{_AS}{self.sent_as}" if self.sent_as else f"{self.field}{_NOT_SENT}"

    @staticmethod
    def parse(text: str) -> "Adaptation":
        """The inverse of `str`."""
        field, _, sent_as = text.removesuffix(_NOT_SENT).partition(_AS)
        return Adaptation(field, sent_as)

    @property
    def words(self) -> str:
        """What is done, as half a sentence for people."""
        if str(self) in _WORDS:
            return _WORDS[str(self)]
        if not self.sent_as:
            return f"{self.field} is not sent"
        return f"{self.field} is sent as {self.sent_as}"

    @property
    def changes_the_question(self) -> bool:
        """Whether the model is asked something else by it: a setting is missing, or the prompt
        differs. Another name for the same thing is no such change."""
        return not str(self).startswith(_SAME)


@dataclass(frozen=True)
class Habit:
    """What was learnt of a model behind a connection from the server's reply `said`."""

    connection_id: UUID
    model: str
    adaptation: Adaptation
    said: str
    learnt_at: datetime

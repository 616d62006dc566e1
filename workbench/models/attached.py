"""Files in a request: what is sent of them, what they may weigh, and what is said where a model
takes none."""

import base64
from collections.abc import Iterable, Mapping
from typing import Any

from workbench.domain.attachments import Attachments
from workbench.domain.calls import Request
from workbench.domain.conversations import Message
from workbench.errors import CallFailure, ModelError
from workbench.models.heard import clean

Content = str | list[dict[str, Any]]

LIKELY_TOKENS = 1_500
"""Of a picture, for forecasts: 765 to 1,600 by most servers' own counts of 1,000 × 1,000 pixels."""
MOST_TOKENS = 50_000
"""The most that a picture is charged as by a server known to us (2,833 + 8 × 5,667)."""

_TAKES_NONE = "The request shows pictures, and the server seems to take none. "
_REFUSING = (CallFailure.BAD_REQUEST, CallFailure.SERVER)
_WORDS = ("image", "vision", "multimodal", "mmproj", "content type", "must be a string")


def put(messages: tuple[Message, ...], files: Attachments) -> tuple[Message, ...]:
    """The messages with a case's files, which go with what the user says last."""
    if not files:
        return messages
    last = max(place for place, message in enumerate(messages) if message.role == "user")
    said = messages[last]
    with_files = Message(said.role, said.content, (*said.attachments, *files))
    return (*messages[:last], with_files, *messages[last + 1 :])


def content(message: Message) -> Content:
    """A message's content as it is sent: its text or, with files, parts: the text, then each
    picture as a data URL and each document as a text that begins with its name."""
    text = clean(message.content)
    if not message.attachments:
        return text
    parts: list[dict[str, Any]] = [_text(text)] if text.strip() else []
    for one in message.attachments:
        if one.content is None:
            raise RuntimeError("Files are looked up before a request is sent.")
        if one.is_image:
            data = base64.b64encode(one.content).decode()
            url = f"data:{one.media_type};base64,{data}"
            parts.append({"type": "image_url", "image_url": {"url": url}})
        else:
            parts.append(_text(clean(document(one.name, one.content.decode()))))
    return parts


def document(name: str, text: str) -> str:
    """What is sent of a document: its name and its text."""
    return f"{name}:\n\n{text}"


def joined(first: Content, then: Content) -> Content:
    """Two contents as one, with an empty line between texts."""
    if isinstance(first, str) and isinstance(then, str):
        return f"{first}\n\n{then}"
    return [*_parts(first), *_parts(then)]


def text_of(messages: Iterable[Message]) -> str:
    """All that messages say in text, with their documents as far as those were looked up."""
    said: list[str] = []
    for message in messages:
        said.append(message.content)
        said += [
            document(one.name, one.content.decode())
            for one in message.attachments
            if not one.is_image and one.content is not None
        ]
    return "".join(said)


def pictures(asked: Request) -> int:
    """How many pictures a request shows."""
    return sum(one.is_image for message in asked.messages for one in message.attachments)


def refused(failure: ModelError) -> str:
    """The words of a server that takes no pictures, where a failure says that (see `told`); empty
    where it does not."""
    _, is_so, words = failure.message.partition(_TAKES_NONE)
    return words if is_so else ""


def told(failure: ModelError, body: Mapping[str, Any]) -> ModelError:
    """The failure; where a server may have refused the pictures, it says so in plain words."""
    shows = any(
        part.get("type") == "image_url"
        for message in body.get("messages", ())
        if isinstance(message.get("content"), list)
        for part in message["content"]
    )
    if not shows or not _refuses(failure.failure, failure.message.lower()):
        return failure
    _, message, _, *rest = failure.parts()
    # Whatever the status: asking again would bring the same.
    kind = CallFailure.BAD_REQUEST.value
    said = f"{_TAKES_NONE}{message}"
    hint = (
        "Choose a model that reads pictures, or cases without them. Pictures were sent as "
        "image_url parts with a data URL."
    )
    return ModelError.of_parts((kind, said, hint, *rest))


def _refuses(failure: CallFailure, words: str) -> bool:
    if failure is CallFailure.UNKNOWN_MODEL:
        # A router that has the model, but with nobody who shows it pictures (404).
        return "image input" in words
    return failure in _REFUSING and any(word in words for word in _WORDS)


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _parts(said: Content) -> list[dict[str, Any]]:
    return said if isinstance(said, list) else [_text(said)]

"""Files in a request: what is sent of them, what they may weigh, and what is said where a model
takes none."""

import base64
import re
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
_READ = 2_000
"""Characters of what a server says that are looked at: an error says its point first."""
# Not within other words, nor where it belongs to a name or address: `provision`, `vision.corp`.
_PICTURE = r"(?<![\w./:-])(?:images?|image_url|vision|multi-?modal|mmproj)(?!\w|\.\w)"
_HOLDS_NONE = (
    r"(?:not (?:been )?(?:support|enabled|accept|available|allowed|an? (?:vision|multi-?modal))"
    r"|unsupported|only supported|no\b[^.;]{0,40}\bsupport|unknown variant|missing data required"
    r"|(?:does not|doesn.t|do not|don.t|can ?not|can.t) (?:currently )?"
    r"(?:support|accept|take|handle|read|see|process|understand)"
    r"|(?:without|(?:does not|doesn.t) have) (?:an? |any )?(?:vision|image|multi-?modal|mmproj)"
    r"|(?:need|require|provide)s? (?:to provide )?(?:the |an? )?mmproj)"
)
_REFUSES = re.compile(
    rf"{_PICTURE}[^.;]{{0,60}}\b{_HOLDS_NONE}|\b{_HOLDS_NONE}[^.;]{{0,60}}{_PICTURE}"
    rf"|\b(?:not|without) an? (?:vision|multi-?modal)\b"
)
_NAMES_A_PICTURE = re.compile(
    rf"{_PICTURE}|\bcontent[ _-]?type\b"
    r"|\bcontent\b[^.;]{0,20}(?:must|should) be a (?:valid )?string"
)
_PASSES = re.compile(
    r"\b(?:(?:try|retry|again)\b|out of memory|overload|temporar|busy|tim(?:ed |e)out)"
)


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


def told(failure: ModelError, said: str, body: Mapping[str, Any]) -> ModelError:
    """The failure; where a server may have refused the pictures, it says so in plain words. `said`
    is what the server itself said: our sentence holds names that people gave."""
    shows = any(
        part.get("type") == "image_url"
        for message in body.get("messages", ())
        if isinstance(message.get("content"), list)
        for part in message["content"]
    )
    if not shows or not _refuses(failure.failure, _own(said, str(body.get("model", "")))):
        return failure
    _, message, _, *rest = failure.parts()
    # Whatever the status: asking again would bring the same.
    kind = CallFailure.BAD_REQUEST.value
    hint = (
        "Choose a model that reads pictures, or cases without them. Pictures were sent as "
        "image_url parts with a data URL."
    )
    return ModelError.of_parts((kind, f"{_TAKES_NONE}{message}", hint, *rest))


def _own(said: str, model: str) -> str:
    """A server's own words: no page that is made for eyes, nor the name of a model."""
    words = said[:_READ].lower().strip()
    if words[:1] == "<":
        return ""
    return words.replace(model.lower(), "…") if model else words


def _refuses(failure: CallFailure, words: str) -> bool:
    """Whether a server's words refuse pictures. A trouble of the server's own passes, and asking
    again helps; so there, and where a router has nobody for a model (404), they must say it. A bad
    request stays one, so it need only speak of pictures."""
    if failure is CallFailure.BAD_REQUEST:
        is_lasting = _NAMES_A_PICTURE.search(words) and not _PASSES.search(words)
        return bool(_REFUSES.search(words) or is_lasting)
    if failure is CallFailure.SERVER:
        return bool(_REFUSES.search(words)) and not _PASSES.search(words)
    return failure is CallFailure.UNKNOWN_MODEL and bool(_REFUSES.search(words))


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _parts(said: Content) -> list[dict[str, Any]]:
    return said if isinstance(said, list) else [_text(said)]

"""Answers longer than what is kept: their beginning stays, with their length and a hash."""

import re
from hashlib import sha256
from json import JSONDecodeError, JSONDecoder

from workbench.errors import CallFailure, ModelError

MAX_TEXT = 1024 * 1024
"""The longest answer that is kept, in bytes of UTF-8."""

_HINT = (
    "Ask for shorter answers, or lower the most tokens an answer may have. The SHA-256 is that of "
    "its UTF-8: whoever has the whole text can tell by it that it is this one."
)
_START = re.compile(rb'"content"\s*:\s*"')
_LONGEST_ESCAPE = len("\\uXXXX")
_DECODER = JSONDecoder(strict=False)


class Oversize:
    """The hash of an answer too long to be kept, of which `begun` came first."""

    def __init__(self, begun: str) -> None:
        self._hash = sha256()
        self._held = ""
        self.add(begun)

    def add(self, piece: str) -> None:
        """The next words. Half of a character waits for its other half."""
        piece = self._held + piece
        self._held = piece[-1:] if "\ud800" <= piece[-1:] <= "\udbff" else ""
        self._hash.update(clean(piece.removesuffix(self._held) if self._held else piece).encode())

    def digest(self) -> str:
        """The SHA-256 of what came so far."""
        found = self._hash.copy()
        found.update(clean(self._held).encode())
        return found.hexdigest()


def beginning(text: str, size: int) -> str:
    """As much of a text as has `size` bytes of UTF-8."""
    if size <= 0:
        return ""
    return text[:size].encode("utf-8", "surrogatepass")[:size].decode("utf-8", "ignore")


def failure(
    over: Oversize | None, size: int, partial: str, thoughts: str, *, is_whole: bool
) -> ModelError:
    """The failure of an answer of `size` bytes (with its thoughts), or of more if it was not read
    to its end. `partial` and `thoughts` are its beginning, which is never scored."""
    what = "The answer with its thoughts" if thoughts else "The answer"
    length = f"{size:,} bytes long" if is_whole else f"longer than {size:,} bytes"
    kept = f"its first {len(partial.encode()):,} bytes are kept, and not scored"
    digest = ""
    if over is not None:
        of = "the whole answer" if is_whole else "what was read of the answer"
        digest = f" SHA-256 of {of}: {over.digest()}."
    return ModelError(
        CallFailure.TOO_LARGE,
        f"{what} is {length}, more than the 1 MiB that is kept: {kept}.{digest}",
        _HINT,
        partial=partial,
        has_begun=True,
        reasoning=thoughts,
    )


def without_answer(size: int) -> ModelError:
    """The failure of a reply that goes on and on, and has no answer in what was read of it."""
    return ModelError(
        CallFailure.TOO_LARGE,
        f"The reply is longer than {size // 2**20:,} MiB, and its beginning holds no answer.",
        "Check that the base URL is that of an OpenAI-compatible API, and ask for shorter answers.",
    )


def no_room(where: str) -> ModelError:
    """The failure of an answer that this machine has no memory for."""
    return ModelError(
        CallFailure.TOO_LARGE,
        f"{where} answered, and this machine had not enough memory to read it.",
        "Lower the calls at once of the connection, or close other programs.",
        has_begun=True,
    )


def within(raw: bytes) -> tuple[str, bool] | None:
    """The answer in a reply too large to be read as JSON, and whether it is all there; None where
    there is none.

    Only that one string is read: small JSON can make objects of twenty times its size.
    """
    begun = _START.search(raw)
    if begun is None:
        return None
    text = raw[begun.end() - 1 :].decode("utf-8", "ignore")
    try:
        return _DECODER.raw_decode(text)[0], True
    except JSONDecodeError as error:
        # Where an escape is none, it says so; where the end is missing, it names the beginning.
        text = text[: error.pos or None]
    for cut in range(_LONGEST_ESCAPE):
        # The bytes ended within the text, perhaps within an escape of it.
        try:
            return _DECODER.raw_decode(f'{text[: len(text) - cut]}"')[0], False
        except ValueError:
            continue
    return None


def clean(text: str) -> str:
    """The text with lone surrogates written out as `\\udXXX`, which no database or page refuses."""
    try:
        text.encode()
    except UnicodeEncodeError:
        # Two halves of one character may have come in two pieces of a stream: join those first.
        joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        return "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in joined)
    return text

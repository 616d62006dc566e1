"""Where keys come from: looked up by name when a call needs one, never kept, never shown."""

import os
import tomllib
from pathlib import Path
from typing import Any

from workbench import config
from workbench.domain import key_names
from workbench.errors import CallFailure, InputError, ModelError

HIDDEN = "[key hidden]"
_SHORT = 4
"""A header's value may be a word like “eu” or “1”: to blot that out would garble every text."""


def find(name: str) -> str | None:
    """The key called `name`, from the environment or `.streamlit/secrets.toml`; None if unset.

    Raises ModelError(AUTHENTICATION) when the name may not be a key's, when the key cannot travel
    in a header or when a secrets file cannot be read; the message never contains the key.
    """
    key = _value(name, is_header=False)
    return checked(key, name) if key else None


def checked(key: str, name: str = "") -> str:
    """The key, if it is made of visible ASCII characters as headers require.

    Raises ModelError(AUTHENTICATION), because the library's own error would show the key.
    """
    if all("!" <= character <= "~" for character in key):
        return key
    what = f"The key in {name}" if name else "The key"
    has_break = any(character.isspace() for character in key)
    found = "a space or a line break" if has_break else "a character that keys do not have"
    raise ModelError(
        CallFailure.AUTHENTICATION,
        f"{what} contains {found}, so it was not sent.",
        "Copy the key again, without quotes, spaces or line breaks around it.",
    )


def header_value(name: str, header: str) -> str:
    """The value of a header, from the variable called `name`.

    Raises ModelError(AUTHENTICATION) where the name may not be a header's, where it is not set or
    cannot travel in a header; the message never contains the value.
    """
    value = (_value(name, is_header=True) or "").strip(" ")
    if value and all(" " <= character <= "~" for character in value):
        return value
    wrong = "holds a character that headers do not have" if value else "is not set"
    raise ModelError(
        CallFailure.AUTHENTICATION,
        f"The variable {name} {wrong}, so the header {header} cannot be sent.",
        f"Set {name} in the environment or in .streamlit/secrets.toml, on one line of plain "
        "letters, or leave the header out.",
    )


def secret_parts(*values: str) -> tuple[str, ...]:
    """What must not be repeated of headers' values: each as a whole, and the long words of it,
    such as the token in “Bearer …”."""
    parts = {part for value in values for part in (value, *value.split()) if len(part) >= _SHORT}
    return tuple(sorted(parts, key=len, reverse=True))


def redact(text: str, *keys: str) -> str:
    """The text with every one of the keys blotted out, for messages that may echo them."""
    for key in sorted(filter(None, keys), key=len, reverse=True):
        text = text.replace(key, HIDDEN)
    return text


def redact_growing(text: str, *keys: str) -> str:
    """The same for a text that is still growing: what may be the beginning of a key at its end is
    left out until more is known."""
    text = redact(text, *keys)
    for key in keys:
        for length in range(min(len(key) - 1, len(text)), _SHORT - 1, -1):
            if text.endswith(key[:length]):
                return text[:-length]
    return text


def _value(name: str, *, is_header: bool) -> str | None:
    """The one way in which a secret comes out of the environment: only under a name that may be
    named, whoever wrote it where."""
    try:
        is_allowed = key_names.is_allowed(name, config.key_names(), is_header=is_header)
        wrong = None if is_allowed else key_names.refusal(name, is_header=is_header)
    except InputError as error:
        wrong = error
    if wrong is not None:
        raise ModelError(
            CallFailure.AUTHENTICATION,
            f"{wrong.message} It was not read, and not sent.",
            wrong.hint,
        )
    return os.environ.get(name) or _from_secrets(name)


def _from_secrets(name: str) -> str | None:
    for folder in dict.fromkeys((Path.cwd(), config.ROOT)):
        value = _read(folder / ".streamlit" / "secrets.toml").get(name)
        if isinstance(value, str) and value:
            return value
    return None


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        # TOMLDecodeError keeps the document, and with it the keys: neither chain nor quote it.
        reason = "it is not valid TOML" if isinstance(error, ValueError) else "it cannot be opened"
    raise ModelError(
        CallFailure.AUTHENTICATION,
        f"The secrets file {path} cannot be used: {reason}.",
        'Each line looks like OPENAI_API_KEY = "…"; or set an environment variable instead.',
    )

"""What goes along with every request: fields of the server's own, and headers by name.

A header's value is a secret like a key: only the name of the environment variable that holds it is
ever written down.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from workbench.domain.fingerprint import canonical
from workbench.errors import InputError

SHARED_PREFIX = "WORKBENCH_HEADER_"
"""Variables that a variant may name begin with it. A variant can come in a file from a stranger,
who must not choose which of your secrets is sent to a server; a connection is written by you."""

MOST_HEADERS = 20
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_OURS = frozenset(
    {
        # How a message ends and which one it is: another value smuggles a second request.
        *("host", "content-length", "transfer-encoding", "connection", "te", "trailer", "upgrade"),
        *("expect", "keep-alive", "proxy-connection", "proxy-authorization", "proxy-authenticate"),
        *("http2-settings", "content-encoding", "content-type", "accept", "accept-encoding"),
        *("content-range", "range", "via", "forwarded", "max-forwards"),
    }
)
_KEYS = frozenset({"authorization"})
_FIELDS = ("model", "messages", "stream", "stream_options")


def checked_headers(
    headers: Mapping[str, str], *, has_key: bool = False, is_shared: bool = False
) -> tuple[tuple[str, str], ...]:
    """Header names with the names of the variables that hold their values, in order.

    `has_key` says that the connection sends a key already; `is_shared` that they come with a
    variant, which may be a stranger's. Raises InputError for a name that could break a request
    apart, and for what looks like a value instead of a variable's name (it is not repeated).
    """
    found: dict[str, tuple[str, str]] = {}
    for header, variable in headers.items():
        name, env = str(header).strip(), str(variable).strip()
        lower = name.lower()
        if not _TOKEN.fullmatch(name):
            raise InputError(
                f"“{name[:40]}” is not the name of a header.",
                "It is made of letters, digits and hyphens, such as X-Team.",
            )
        if lower in _OURS or lower.startswith(":"):
            raise InputError(
                f"The header {name} is set by the workbench.",
                "Leave it out: another value could break the request apart.",
            )
        if lower in _KEYS and (has_key or is_shared):
            why = "the connection names a key already" if has_key else "it belongs to a connection"
            raise InputError(
                f"The header {name} can't be set here: {why}.",
                "Send the key in one way only, by the connection.",
            )
        if not _VARIABLE.fullmatch(env) or looks_like_secret(env):
            raise InputError(
                f"The header {name} needs the name of an environment variable, and what is there "
                "does not look like one.",
                f"Put the value into a variable, and name it here: {name}: MY_VARIABLE.",
            )
        if is_shared and not env.startswith(SHARED_PREFIX):
            raise InputError(
                f"The header {name} names the variable {env}, which variants may not use.",
                f"Variants may name variables that begin with {SHARED_PREFIX}, because a file from "
                "somebody else could name any; others are set on the connection in Settings.",
            )
        if lower in found:
            raise InputError(f"The header {name} is there twice.", "Give it one value.")
        found[lower] = name, env
    if len(found) > MOST_HEADERS:
        raise InputError(f"{len(found)} headers are too many.", f"Give at most {MOST_HEADERS}.")
    return tuple(sorted(found.values(), key=lambda pair: pair[0].lower()))


def read_headers(text: str) -> dict[str, str]:
    """Headers as they are typed, one `Name: VARIABLE` a line. Raises InputError."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        name, colon, variable = line.partition(":")
        if not colon or not variable.strip():
            raise InputError(
                f"Line {number} of the headers is not a name and a variable.",
                f"Write one header a line, such as X-Team: {SHARED_PREFIX}TEAM.",
            )
        if name.strip().lower() in (known.lower() for known in found):
            raise InputError(f"The header {name.strip()} is there twice.", "Give it one value.")
        found[name.strip()] = variable.strip()
    return found


def written_headers(headers: Mapping[str, str] | tuple[tuple[str, str], ...]) -> str:
    """The inverse of `read_headers`."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return "\n".join(f"{name}: {variable}" for name, variable in pairs)


def read_body(text: str) -> dict[str, Any]:
    """Fields of a request as they are typed, a JSON object. Raises InputError saying where."""
    if not text.strip():
        return {}
    try:
        body = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise InputError(
            f"The extra body is not JSON: line {error.lineno}, column {error.colno}: {error.msg}.",
            'It looks like {"top_k": 40}.',
        ) from None
    except RecursionError:
        raise InputError("The extra body is nested too deeply.", "Make it flatter.") from None
    if not isinstance(body, dict):
        raise InputError("The extra body is not a JSON object.", 'It looks like {"top_k": 40}.')
    return checked_body(body)


def checked_body(body: Mapping[str, Any]) -> dict[str, Any]:
    """Fields that may go along. Raises InputError for those that the workbench sets itself."""
    for name in _FIELDS:
        if name in body:
            raise InputError(
                f"The extra body can't set “{name}”: the workbench does.",
                "Leave it out: the variant names the model, and its prompt the messages.",
            )
    return dict(body)


def written_body(body: Mapping[str, Any]) -> str:
    """Fields as canonical JSON, empty for none."""
    return canonical(body) if body else ""


def looks_like_secret(text: str) -> bool:
    """Whether this is probably a secret itself and not the name of the variable that holds it."""
    text = text.strip()
    if text.startswith(_PREFIXES):
        return True
    if _NAME.fullmatch(text) and not re.fullmatch(r"[A-Z0-9]{20,}", text):
        return False
    has_digit, has_letter = re.search(r"\d", text), re.search(r"[A-Za-z]", text)
    return len(text) > 64 or (len(text) >= 20 and bool(has_digit and has_letter))


_PREFIXES = ("sk-", "sk_", "gsk_", "xai-", "hf_", "pk-", "key-", "AIza", "AKIA", "Bearer ", "eyJ")
_NAME = re.compile(r"[A-Z][A-Z0-9_]{1,63}")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise InputError(f"The extra body has “{name}” twice.", "Give it one value.")
        found[name] = value
    return found


def _refuse_constant(name: str) -> None:
    raise InputError(f"The extra body holds {name}, which is not JSON.", "Give a number.")

"""One hash for one meaning: the identity of what is compared, frozen or asked."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

from workbench.errors import InputError


def canonical(value: Any) -> str:
    """The value as JSON with sorted keys and no spaces: equal meanings give equal text.

    Raises InputError for a value that is nested hundreds of levels deep.
    """
    try:
        return _ENCODER.encode(value)
    except RecursionError:
        raise InputError("What was given is nested too deeply.", "Make it flatter.") from None


def fingerprint(*parts: Any) -> str:
    """SHA-256 (hex, 64 characters) of the canonical JSON of the parts."""
    return hashlib.sha256(canonical(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)


# Made once: `json.dumps` would make one for each of a hundred thousand cases.
_ENCODER = json.JSONEncoder(
    sort_keys=True,
    separators=(",", ":"),
    ensure_ascii=False,
    default=_plain,
    allow_nan=False,
)

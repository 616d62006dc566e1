"""Where answers come from: a connection's address as it was, told apart as servers tell it."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv6Address
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

NOT_RECORDED = "address not recorded"
"""What is said of answers that were made before addresses were kept."""

_FILE = "file:"
_USUAL_PORTS = {"http": 80, "https": 443}
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_SHOWN_DIGITS = 12


@dataclass(frozen=True)
class Endpoint:
    """One version of a connection: where it was, since when, and who said so.

    `settings` is what its requests carry beyond what a variant says, as canonical JSON (empty for
    nothing). Other names, keys, limits and prices make no new version: the same server answers the
    same question. `connection_id` is None for the built-in model, whose address is its file.
    """

    id: UUID
    connection_id: UUID | None
    name: str
    number: int
    address: str
    settings: str
    author: str
    created_at: datetime

    @property
    def host(self) -> str:
        """Where it is, for people: a host with its port, or a model's file."""
        return host(self.address)

    def answers_like(self, other: "Endpoint") -> bool:
        """Whether what one answered, the other would have been asked in the same way."""
        mine, theirs = (normalised(endpoint.address) for endpoint in (self, other))
        return (mine, self.settings) == (theirs, other.settings)


def of_file(name: str, digest: str) -> str:
    """The address of a model that runs on this machine: its file's name and SHA-256."""
    return f"{_FILE}{name}#{digest}"


def host(address: str) -> str:
    """An address for people: host and port, a model's file, or that it was not recorded."""
    if not address:
        return NOT_RECORDED
    if address.startswith(_FILE):
        name, _, digest = address.removeprefix(_FILE).rpartition("#")
        return f"{name} ({digest[:_SHOWN_DIGITS]}) on this machine"
    return urlsplit(normalised(address)).netloc


@lru_cache(maxsize=1024)
def normalised(address: str) -> str:
    """The address in the one way in which all that name the same place are equal (RFC 3986, 6.2).

    Scheme and host in small letters, without the usual port, a last slash, dots between slashes,
    and without escapes that need none. `localhost` and `127.0.0.1` stay two: which one a name
    leads to is not ours to know. A model's file is its content, whatever it is called.
    """
    if address.startswith(_FILE):
        return _FILE + address.rpartition("#")[2]
    parts = urlsplit(address.strip())
    scheme, name = parts.scheme.lower(), (parts.hostname or "").lower()
    if ":" in name:
        name = f"[{IPv6Address(name)}]"
    port = "" if parts.port in (None, _USUAL_PORTS.get(scheme)) else f":{parts.port}"
    return urlunsplit((scheme, f"{name}{port}", _path(parts.path), "", ""))


def _path(path: str) -> str:
    """A path without dot segments, needless escapes and a last slash."""

    def plain(found: re.Match[str]) -> str:
        character = chr(int(found.group(1), 16))
        return character if _UNRESERVED.fullmatch(character) else found.group().upper()

    kept: list[str] = []
    for part in _ESCAPE.sub(plain, path).split("/"):
        if part == "..":
            # The first part is what stands before the first slash: nothing.
            kept = kept[:1] + kept[1:-1]
        elif part != ".":
            kept.append(part)
    return "/".join(kept).rstrip("/")

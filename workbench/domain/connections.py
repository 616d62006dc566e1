"""Who may be asked: an OpenAI-compatible endpoint and the *name* of its key."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from workbench.domain import key_names as names
from workbench.domain import products, sending
from workbench.domain.fingerprint import canonical
from workbench.domain.products import Product
from workbench.errors import InputError

LOCAL_NAME = "Local model"
LOCAL_MODEL = "SmolLM2-135M-Instruct"
OUTSIDE_NAME = "Outside results"

_LONGEST_HOST = 253
_MOST_AT_ONCE = 256
_LONGEST_S = 3600
_VARIABLE = re.compile(r"[A-Za-z0-9_]{1,128}")
_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")


@dataclass(frozen=True)
class Connection:
    """An endpoint. `api_key_env` names an environment variable or secret, never the key itself.

    `timeout_s` bounds one call from first byte to last, `concurrency` how many run at once.
    `price_in`/`price_out` are USD per million tokens, None where the price table decides.
    `requests_per_minute` and `tokens_per_minute` are the account's limits, None for no limit.
    `headers` are pairs of a header's name and the *name* of the variable that holds its value;
    `extra_body` is a JSON object of fields that go along with every request, empty for none.
    `endpoint` says how a product is called that is no OpenAI-compatible server, as JSON
    (`products.Product`), empty for one that is; `base_url` is then the whole address.
    `unconfirmed` are those of its `variables` that nobody named for its host: they stay unsent. So
    do the `unconfirmed_headers`, which variants that go through it name.
    """

    name: str
    base_url: str
    models: tuple[str, ...] = ()
    api_key_env: str = ""
    concurrency: int = 8
    timeout_s: float = 60.0
    price_in: float | None = None
    price_out: float | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    id: UUID | None = None
    revision: int = 1
    archived_at: datetime | None = None
    headers: tuple[tuple[str, str], ...] = ()
    extra_body: str = ""
    endpoint: str = ""
    unconfirmed: tuple[str, ...] = field(default=(), compare=False)
    unconfirmed_headers: tuple[str, ...] = field(default=(), compare=False)

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of all variables whose values it sends."""
        named = (self.api_key_env, *(variable for _, variable in self.headers))
        return tuple(dict.fromkeys(filter(None, named)))

    @property
    def waiting(self) -> tuple[str, ...]:
        """All names that are not sent to its host until somebody confirms it."""
        return tuple(dict.fromkeys((*self.unconfirmed, *self.unconfirmed_headers)))

    @property
    def body(self) -> dict[str, Any]:
        """The fields that go along with every request."""
        found: dict[str, Any] = json.loads(self.extra_body) if self.extra_body else {}
        return found

    @property
    def product(self) -> Product | None:
        """How a product behind it is called; None where it is an OpenAI-compatible server."""
        return products.parsed(self.endpoint)

    @property
    def is_local(self) -> bool:
        """Whether this is the model that runs on this machine, inside the workbench."""
        return self.name == LOCAL_NAME

    @property
    def is_outside(self) -> bool:
        """Whether this stands for results that were made elsewhere: nobody can be asked."""
        return self.name == OUTSIDE_NAME

    @property
    def settings(self) -> str:
        """What its requests carry beyond what a variant says, as canonical JSON (empty: nothing).

        Whatever is in here changes what is asked: another value is another version of the
        connection, whose answers are its own.
        """
        if not self.headers and not self.extra_body and not self.endpoint:
            return ""
        # Versions of connections that were kept before there were endpoints stay what they are.
        called = {"endpoint": json.loads(self.endpoint)} if self.endpoint else {}
        return canonical({"body": self.body, "headers": dict(self.headers), **called})

    def checked(self, key_names: Sequence[str] = ()) -> "Connection":
        """This connection with tidy fields. Raises InputError naming the field that is wrong.

        `key_names` are the names and patterns of variables that the operator adds.
        """
        name, url = self.name.strip(), self.base_url.strip()
        product = self.product
        # To a product's server a last slash may be another address.
        url = url if product else url.rstrip("/")
        if not name:
            raise InputError(
                "The connection has no name.", "Give it one that people will recognise."
            )
        if name == LOCAL_NAME:
            raise InputError(f"“{LOCAL_NAME}” is the built-in model.", "Choose another name.")
        if name == OUTSIDE_NAME:
            raise InputError(
                f"“{OUTSIDE_NAME}” is what imported results are kept under.",
                "Choose another name.",
            )
        _refuse_address(url)
        env = self.api_key_env.strip()
        if env and (not _VARIABLE.fullmatch(env) or sending.looks_like_secret(env)):
            raise InputError(
                "The key's field holds something that is not the name of an environment variable.",
                "Enter the variable's name, such as OPENAI_API_KEY, never the key itself.",
            )
        for limit, what in (
            (self.requests_per_minute, "requests"),
            (self.tokens_per_minute, "tokens"),
        ):
            if limit is not None and limit < 1:
                raise InputError(f"{limit} {what} per minute?", "Give 1 or more, or none.")
        self._refuse_amounts()
        models = tuple(dict.fromkeys(m.strip() for m in self.models if m.strip()))
        if product is not None:
            models = models or (products.MODEL,)
            if self.extra_body.strip():
                raise InputError(
                    "An endpoint has no extra body.", "All of its body is in the prompt."
                )
        headers = sending.checked_headers(dict(self.headers), has_key=bool(env))
        names.refuse(env, headers, key_names)
        body = sending.written_body(sending.read_body(self.extra_body))
        return replace(
            self, name=name, base_url=url, api_key_env=env, models=models, headers=headers,
            extra_body=body, endpoint=product.checked().written() if product else "",
        )  # fmt: skip

    def _refuse_amounts(self) -> None:
        if not 1 <= self.concurrency <= _MOST_AT_ONCE:
            raise InputError(
                f"{self.concurrency} calls at once?", f"Give 1 to {_MOST_AT_ONCE} of them."
            )
        if not 0 < self.timeout_s <= _LONGEST_S:
            raise InputError(
                f"{self.timeout_s:g} seconds per call?", f"Give a time up to {_LONGEST_S:,} s."
            )
        for price in (self.price_in, self.price_out):
            if price is not None and not 0 <= price < float("inf"):
                raise InputError(f"{price:g} USD per million tokens?", "Give 0 or more, or none.")


def _refuse_address(url: str) -> None:
    """Raises InputError for an address that is none, or that two programs could read differently:
    a key must go to the very host that a person sees on the page."""
    if not all("!" <= character <= "~" for character in url) or "\\" in url:
        raise InputError(
            "The base URL holds a space, or a character that addresses do not have.",
            "Type it anew. A host name in other letters is written in its ASCII form (xn--…).",
        )
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "") if parts.port != 0 else ""
        host = host if (":" in host) == ("[" in parts.netloc) else ""
    except ValueError:
        host = ""
    else:
        if "@" in parts.netloc or "?" in url or "#" in url:
            raise InputError(
                "The base URL carries a user name, password, query or fragment.",
                "Keys do not belong in the address: name an environment variable instead.",
            )
    if not host or parts.scheme not in ("http", "https") or not _is_host(host):
        raise InputError(
            f"The base URL “{url}” is not a web address.",
            "It looks like https://api.example.com/v1 or http://localhost:11434/v1.",
        )
    plain = _plain_address(host)
    if plain is None or plain != host:
        raise InputError(
            f"The base URL names its host as “{host}”, which is another way to write a number.",
            f"Write {plain or 'four numbers from 0 to 255, such as 127.0.0.1'} instead.",
        )


def _is_host(host: str) -> bool:
    if ":" in host:
        try:
            return bool(IPv6Address(host))
        except ValueError:
            return False
    labels = host.removesuffix(".").split(".")
    return len(host) <= _LONGEST_HOST and all(map(_LABEL.fullmatch, labels))


def _plain_address(host: str) -> str | None:
    """The host as it is usually written, where it is a number; None where it is no number of ours.

    What ends in a number is an IPv4 address for the resolver, in forms that nobody recognises:
    0x7f000001, 2130706433 and 127.1 are all 127.0.0.1 (URL standard, “ends in a number”).
    """
    if ":" in host:
        address = IPv6Address(host)
        return str(address.ipv4_mapped) if address.ipv4_mapped else host
    if not _NUMBER.fullmatch(host.removesuffix(".").rpartition(".")[2]):
        return host
    try:
        return str(IPv4Address(host))
    except ValueError:
        return None


LOCAL = Connection(
    name=LOCAL_NAME,
    base_url="",
    models=(LOCAL_MODEL,),
    concurrency=4,
    timeout_s=120.0,
    price_in=0.0,
    price_out=0.0,
)

OUTSIDE = Connection(name=OUTSIDE_NAME, base_url="")

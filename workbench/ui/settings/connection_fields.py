"""A connection as the fields of its form, and back; and what of them is never written down."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workbench import config
from workbench.domain import key_names, sending
from workbench.domain.connections import Connection
from workbench.domain.endpoints import normalised
from workbench.errors import InputError
from workbench.ui.settings import endpoint_fields, request_fields

ASIDE = frozenset({"key_for", "key_cleared", *request_fields.ASIDE})
"""Fields that no connection has: the addresses that the key's name and the headers were entered for
(they never follow to another one), and whether another address cleared them."""


def fields(connection: Connection) -> dict[str, Any]:
    """What a connection has, as fields of the form."""
    return {
        "name": connection.name,
        "url": connection.base_url,
        "models": "\n".join(connection.models),
        "key": connection.api_key_env,
        "key_for": address(connection.base_url),
        "key_cleared": False,
        "concurrency": connection.concurrency,
        "timeout": connection.timeout_s,
        "requests": connection.requests_per_minute,
        "tokens": connection.tokens_per_minute,
        "price_in": connection.price_in,
        "price_out": connection.price_out,
        **request_fields.fields(connection),
        **endpoint_fields.fields(connection),
    }


def written(body: Mapping[str, Any], base: Connection, revision: int) -> Connection:
    """The connection that the fields say, as an edit of `base` at a revision. Raises InputError
    where what goes along with a request can't be read.

    Whatever the order in which the browser sent two changes: no key to an address that it was not
    entered for.
    """
    is_for_here = address(body["url"]) == body["key_for"]
    plain = _plain(body, base, revision, has_key=is_for_here)
    return endpoint_fields.applied(request_fields.applied(plain, body), body)


def so_far(body: Mapping[str, Any], base: Connection, revision: int) -> Connection:
    """The same, as far as it can be read yet."""
    try:
        return written(body, base, revision)
    except InputError:
        is_for_here = address(body["url"]) == body["key_for"]
        return _plain(body, base, revision, has_key=is_for_here)


def unwritten(body: Mapping[str, Any]) -> set[str]:
    """The fields that may hold a secret itself: these are not kept as a draft.

    Kept are names of variables that may hold a key, and addresses without a password or a query:
    what saving would take too.
    """
    more = config.key_names()
    silent = set()
    if body["key"] and not key_names.is_allowed(str(body["key"]).strip(), more):
        silent.add("key")
    try:
        headers = sending.checked_headers(sending.read_headers(str(body["headers"])))
        key_names.refuse("", headers, more)
    except InputError:
        silent.add("headers")
    try:
        if str(body["url"]).strip():
            Connection("Draft", str(body["url"])).checked(more)
    except InputError:
        silent.add("url")
    return silent


def text(connection: Connection) -> str:
    """A connection in words, to compare two edits."""
    models = ", ".join(name for name in connection.models if name.strip())
    return (
        f"{connection.name}\n{connection.base_url}\n{models}\n"
        f"key: {connection.api_key_env or 'none'}\n{connection.concurrency} at once, "
        f"{connection.timeout_s:g} s, {limits(connection)}\n"
        f"{request_fields.words(connection)}\n{endpoint_fields.words(connection)}"
    ).strip()


def limits(connection: Connection) -> str:
    """The limits per minute of a connection, for people."""
    named = (
        (connection.requests_per_minute, "requests"),
        (connection.tokens_per_minute, "tokens"),
    )
    said = " and ".join(f"{limit:,} {what}" for limit, what in named if limit is not None)
    return f"at most {said} per minute" if said else "no limit per minute"


def address(url: object) -> str:
    """An address as it is compared: two ways to write one are the same."""
    text = str(url).strip()
    try:
        return normalised(text)
    except ValueError:
        return text  # no address yet: what is wrong with it is said when it is saved


def _plain(
    body: Mapping[str, Any], base: Connection, revision: int, *, has_key: bool
) -> Connection:
    return replace(
        base,
        name=str(body["name"]),
        base_url=str(body["url"]),
        models=tuple(str(body["models"]).splitlines()),
        api_key_env=str(body["key"]) if has_key else "",
        concurrency=int(body["concurrency"]),
        timeout_s=float(body["timeout"]),
        requests_per_minute=body["requests"],
        tokens_per_minute=body["tokens"],
        price_in=body["price_in"],
        price_out=body["price_out"],
        revision=revision,
    )

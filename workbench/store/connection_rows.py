"""Connections as rows of their table, and back."""

import json

from workbench.domain.connections import Connection
from workbench.domain.fingerprint import canonical
from workbench.store.engine.database import Row


def values_of(connection: Connection) -> list[object]:
    """What of a connection is kept, in the order of its columns."""
    return [
        connection.name,
        connection.base_url,
        list(connection.models),
        connection.api_key_env,
        connection.concurrency,
        connection.timeout_s,
        connection.price_in,
        connection.price_out,
        connection.requests_per_minute,
        connection.tokens_per_minute,
        canonical(dict(connection.headers)),
        connection.extra_body,
        connection.endpoint or None,
    ]


def connection_of(row: Row) -> Connection:
    """A connection as it is kept."""
    name, base_url, models, *rest, headers, extra_body, endpoint = row
    pairs = tuple(json.loads(headers).items())
    return Connection(name, base_url, tuple(models), *(*rest, pairs, extra_body, endpoint or ""))

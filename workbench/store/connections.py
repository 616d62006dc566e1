"""Connections: endpoints and the names of their keys. Keys themselves are never here."""

import json
from dataclasses import replace
from uuid import UUID

from workbench.domain.connections import LOCAL, LOCAL_NAME, OUTSIDE, OUTSIDE_NAME, Connection
from workbench.domain.fingerprint import canonical
from workbench.errors import Conflict, InputError, NotFound
from workbench.store.database import Database, Row

_COLUMNS = """
    name, base_url, models, api_key_env, concurrency, timeout_s, price_in, price_out,
    requests_per_minute, tokens_per_minute, id, revision, archived_at, headers, extra_body
"""


class Connections:
    """Who may be asked. The local model is always there and is not a row.

    Neither is what outside results are kept under, which is no choice: nobody can be asked there.
    """

    def __init__(self, database: Database) -> None:
        self._db = database

    def all(self) -> list[Connection]:
        """The local model, then the others by name."""
        rows = self._db.rows(
            f"select {_COLUMNS} from connections where archived_at is null order by lower(name)"
        )
        return [LOCAL, *(_connection(row) for row in rows)]

    def named(self, name: str) -> Connection:
        """The connection of this name. Raises NotFound with what to do."""
        if name == LOCAL_NAME:
            return LOCAL
        if name == OUTSIDE_NAME:
            return OUTSIDE
        row = self._db.row(
            f"select {_COLUMNS} from connections where name = ? and archived_at is null", [name]
        )
        if row is None:
            raise NotFound(
                f"There is no connection named “{name}”.",
                "Add it in Settings: name, base URL, models and the name of its key's variable.",
            )
        return _connection(row)

    def add(self, connection: Connection) -> Connection:
        """Keep a new connection. Raises InputError when the name is taken or a field is wrong."""
        tidy = connection.checked()
        with self._db.transaction():
            self._refuse_taken(tidy)
            self._db.execute(
                """
                insert into connections (name, base_url, models, api_key_env, concurrency,
                    timeout_s, price_in, price_out, requests_per_minute, tokens_per_minute,
                    headers, extra_body, revision, created_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, now())
                """,
                _values(tidy),
            )
        return self.named(tidy.name)

    def save(self, connection: Connection, *, keeps_key: bool = False) -> Connection:
        """Keep an edit made on `connection.revision`. Raises Conflict when somebody saved since.

        A new address drops the key's name, unless it is another one or the caller says that it
        was entered again (`keeps_key`): a key goes only where it was meant to go. So do headers.
        """
        tidy = connection.checked()
        with self._db.transaction():
            row = self._db.row(f"select {_COLUMNS} from connections where id = ?", [tidy.id])
            if row is None:
                raise NotFound("This connection is gone.", "Add it again.")
            now = _connection(row)
            if now.revision != tidy.revision:
                raise Conflict(
                    f"Somebody changed “{now.name}” while you were editing it.",
                    mine=f"{tidy.name}: {tidy.base_url}",
                    theirs=f"{now.name}: {now.base_url}",
                    hint="Look at theirs, then save again.",
                )
            self._refuse_taken(tidy)
            is_moved = tidy.base_url != now.base_url and tidy.api_key_env == now.api_key_env
            if is_moved and not keeps_key:
                tidy = replace(tidy, api_key_env="")
            if tidy.base_url != now.base_url and tidy.headers == now.headers and not keeps_key:
                tidy = replace(tidy, headers=())
            self._db.execute(
                """
                update connections set name = ?, base_url = ?, models = ?, api_key_env = ?,
                    concurrency = ?, timeout_s = ?, price_in = ?, price_out = ?,
                    requests_per_minute = ?, tokens_per_minute = ?, headers = ?, extra_body = ?,
                    revision = revision + 1
                where id = ?
                """,
                [*_values(tidy), tidy.id],
            )
        return self.named(tidy.name)

    def archive(self, connection_id: UUID) -> None:
        """Put a connection away. Variants that used it keep its name."""
        self._db.execute("update connections set archived_at = now() where id = ?", [connection_id])

    def _refuse_taken(self, connection: Connection) -> None:
        other = self._db.value(
            """
            select id from connections
            where lower(name) = lower(?) and archived_at is null and id is distinct from ?
            """,
            [connection.name, connection.id],
        )
        if other is not None:
            raise InputError(
                f"There is a connection named “{connection.name}” already.", "Choose another name."
            )


def _values(connection: Connection) -> list[object]:
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
    ]


def _connection(row: Row) -> Connection:
    name, base_url, models, *rest, headers, extra_body = row
    pairs = tuple(json.loads(headers).items())
    return Connection(name, base_url, tuple(models), *(*rest, pairs, extra_body))

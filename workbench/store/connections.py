"""Connections, and where each was over time. Keys themselves are never here: only their names."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from uuid import UUID

from workbench import config
from workbench.domain import clock, key_names, lookalikes
from workbench.domain.connections import LOCAL, LOCAL_NAME, OUTSIDE, OUTSIDE_NAME, Connection
from workbench.domain.endpoints import Endpoint, normalised
from workbench.errors import Conflict, InputError, NotFound, StoreError
from workbench.say import plain
from workbench.store import key_hosts
from workbench.store.connection_rows import connection_of, values_of
from workbench.store.engine.database import Database, Row
from workbench.store.key_hosts import KeyHosts

_COLUMNS = """
    name, base_url, models, api_key_env, concurrency, timeout_s, price_in, price_out,
    requests_per_minute, tokens_per_minute, id, revision, archived_at, headers, extra_body, endpoint
"""
_VERSION_OF = (
    "v.id, v.connection_id, v.name, v.number, v.address, v.settings, v.author, v.created_at"
)
_VERSION = "id, connection_id, name, number, address, settings, author, created_at"


class Connections:
    """Who may be asked. The local model is always there and is not a row.

    Neither is what outside results are kept under, which is no choice: nobody can be asked there.
    """

    def __init__(self, database: Database) -> None:
        self._db = database
        self._hosts = KeyHosts(database)

    def all(self) -> list[Connection]:
        """The local model, then the others by name."""
        rows = self._db.rows(
            f"select {_COLUMNS} from connections where archived_at is null order by lower(name)"
        )
        return [LOCAL, *self._read(rows)]

    def named(self, name: str) -> Connection:
        """The connection of this name, or that had it before. Raises NotFound with what to do."""
        if name == LOCAL_NAME:
            return LOCAL
        if name == OUTSIDE_NAME:
            return OUTSIDE
        row = self._db.row(
            f"""
            select {_COLUMNS} from connections
            where archived_at is null and (name = $name or list_contains(former_names, $name))
            order by name = $name desc, rowid desc limit 1
            """,
            {"name": name},
        )
        if row is None:
            raise NotFound(
                f"There is no connection named “{name}”.",
                "Add it in Settings: name, base URL, models and the name of its key's variable.",
            )
        return self._read([row])[0]

    def unconfirmed(self, connection: Connection) -> dict[str, tuple[str, ...]]:
        """Names of keys that an edit would send to another host than theirs, with those hosts."""
        return self._hosts.unconfirmed(connection)

    def confirm_host(self, origin: str, author: str = "", only: UUID | None = None) -> None:
        """Keep that the connections (`only` one of them) at this scheme, host and port may send
        what they name."""
        with self._db.transaction():
            for connection in self.all():
                is_meant = connection.waiting and only in (None, connection.id)
                if is_meant and _goes_to(connection) == origin:
                    self._hosts.bind(connection, author, connection.unconfirmed_headers)

    def meet_headers(self, name: str, variables: Collection[str]) -> None:
        """Bind variables of a variant's own headers to the host of its connection, where this is
        their first use. Of others nothing is kept: somebody has to confirm that host."""
        new = self._hosts.are_new(variables) if variables else ()
        there = {each.name: each for each in self.all() if not each.is_local} if new else {}
        if name in there:
            self._hosts.bind(replace(there[name], api_key_env="", headers=()), "", new)

    def confirm_only(self, addresses: Collection[str]) -> tuple[Connection, ...]:
        """Forget what a file says was confirmed, nobody here did, and confirm these addresses.

        Returns the connections that send nothing until theirs is confirmed. Raises InputError
        where no connection that names a key is at an address, StoreError where headers can't be
        read: they were written by another program.
        """
        with self._db.transaction():
            self._db.execute("delete from key_hosts")
            try:
                naming = [each for each in self.all() if each.waiting]
                "".join(name for each in naming for name in each.waiting)
            except (ValueError, AttributeError, TypeError, RecursionError) as error:
                raise StoreError(
                    "The headers of a connection can't be read.",
                    "Restore another backup. Nothing was replaced.",
                ) from error
            there = {each.base_url.rstrip("/") for each in naming if _goes_to(each)}
            there = {normalised(address) for address in there}
            for address in sorted(addresses):
                if normalised(address) not in there:
                    known = ", ".join(sorted({plain(each.base_url) for each in naming})) or "none"
                    raise InputError(
                        f"No connection of the backup that names a key is at {plain(address)}.",
                        f"Their addresses: {known}.",
                    )
                self.confirm_host(key_names.origin(address))
        return tuple(each for each in self.all() if each.waiting)

    def add(
        self, connection: Connection, author: str = "", *, confirms_host: bool = False
    ) -> Connection:
        """Keep a new connection. Raises InputError when the name is taken or a field is wrong, and
        where a key was given for another host, unless a person said it may go there
        (`confirms_host`)."""
        tidy = connection.checked(config.key_names())
        with self._db.transaction():
            self._refuse_taken(tidy)
            self._bind(tidy, author, confirms_host)
            connection_id: UUID = self._db.value(
                """
                insert into connections (name, base_url, models, api_key_env, concurrency,
                    timeout_s, price_in, price_out, requests_per_minute, tokens_per_minute,
                    headers, extra_body, endpoint, revision, created_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?) returning id
                """,
                [*values_of(tidy), clock.now()],
            )
            self._place(connection_id, tidy.name, tidy.base_url, tidy.settings, author)
        return self.named(tidy.name)

    def save(
        self,
        connection: Connection,
        *,
        keeps_key: bool = False,
        confirms_host: bool = False,
        author: str = "",
    ) -> Connection:
        """Keep an edit made on `connection.revision`. Raises Conflict when somebody saved since.

        A new address is a new version: answers stay with the one that gave them. It drops the
        key's name, unless that is another one or the caller says that it was entered again
        (`keeps_key`): a key goes only where it was meant to go. So do headers. What was given for
        another host raises InputError, unless a person said it may go there (`confirms_host`).
        """
        tidy = connection.checked(config.key_names())
        with self._db.transaction():
            if tidy.id is None:
                raise NotFound("This connection was not kept yet.", "Add it.")
            now = self.get(tidy.id)
            if now.revision != tidy.revision:
                raise Conflict(
                    f"Somebody changed “{now.name}” while you were editing it.",
                    mine=f"{tidy.name}: {tidy.base_url}",
                    theirs=f"{now.name}: {now.base_url}",
                    hint="Look at theirs, then save again.",
                )
            self._refuse_taken(tidy)
            is_moved = normalised(tidy.base_url) != normalised(now.base_url)
            if is_moved and tidy.api_key_env == now.api_key_env and not keeps_key:
                tidy = replace(tidy, api_key_env="")
            if is_moved and tidy.headers == now.headers and not keeps_key:
                tidy = replace(tidy, headers=())
            self._bind(tidy, author, confirms_host)
            self._db.execute(
                """
                update connections set name = ?, base_url = ?, models = ?, api_key_env = ?,
                    concurrency = ?, timeout_s = ?, price_in = ?, price_out = ?,
                    requests_per_minute = ?, tokens_per_minute = ?, headers = ?, extra_body = ?,
                    endpoint = ?, revision = revision + 1
                where id = ?
                """,
                [*values_of(tidy), tidy.id],
            )
            if tidy.name != now.name:
                self._db.execute(
                    "update connections set former_names = list_append(former_names, ?) "
                    "where id = ?",
                    [now.name, tidy.id],
                )
            self._place(tidy.id, tidy.name, tidy.base_url, tidy.settings, author)
        return self.named(tidy.name)

    def get(self, connection_id: UUID) -> Connection:
        """One connection, put away or not. Raises NotFound."""
        row = self._db.row(f"select {_COLUMNS} from connections where id = ?", [connection_id])
        if row is None:
            raise NotFound("This connection is gone.", "Add it again.")
        return self._read([row])[0]

    def put_away(self) -> list[Connection]:
        """Those that were put away, the last one first."""
        rows = self._db.rows(
            f"select {_COLUMNS} from connections where archived_at is not null "
            "order by archived_at desc, lower(name)"
        )
        return self._read(rows)

    def archive(self, connection_id: UUID) -> None:
        """Put a connection away. Variants that used it keep its name."""
        self._db.execute(
            "update connections set archived_at = ? where id = ?", [clock.now(), connection_id]
        )

    def restore(self, connection_id: UUID) -> None:
        """Take a connection back. Raises InputError where another one has its name by now."""
        with self._db.transaction():
            self._refuse_taken(self.get(connection_id))
            self._db.execute(
                "update connections set archived_at = null where id = ?", [connection_id]
            )

    def names(self, name: str) -> list[str]:
        """All that the connection of this name is and was called."""
        former = self._db.value(
            "select former_names from connections where name = ? and archived_at is null", [name]
        )
        return [name, *(former or ())]

    def endpoint(self, name: str) -> Endpoint | None:
        """Where the connection of this name is now. None where there is none, and where nobody has
        looked yet which file the built-in model is."""
        return self.endpoints([name]).get(name)

    def endpoints(self, names: Iterable[str]) -> dict[str, Endpoint]:
        """The same of several names, in one query however many there are."""
        rows = self._db.rows(
            f"""
            select wanted, {_VERSION} from (
                select w.wanted, {_VERSION_OF}, c.name = w.wanted as is_named, c.rowid as place
                from (select unnest($names::varchar[]) as wanted) w
                join connections c on c.archived_at is null
                    and (c.name = w.wanted or list_contains(c.former_names, w.wanted))
                join connection_versions v on v.connection_id = c.id
                union all
                select w.wanted, {_VERSION_OF}, true, 0
                from (select unnest($names::varchar[]) as wanted) w
                join connection_versions v on v.connection_id is null and w.wanted = $local
            )
            qualify row_number() over (
                partition by wanted order by is_named desc, place desc, number desc) = 1
            """,
            {"names": list(names), "local": LOCAL_NAME},
        )
        return {name: Endpoint(*version) for name, *version in rows if name != OUTSIDE_NAME}

    def versions(self, connection_id: UUID | None) -> list[Endpoint]:
        """Where a connection was, newest first; without an id where the built-in model was."""
        rows = self._db.rows(
            f"""
            select {_VERSION} from connection_versions
            where connection_id is not distinct from ? order by number desc
            """,
            [connection_id],
        )
        return [Endpoint(*row) for row in rows]

    def meet_local(self, address: str) -> None:
        """Note which file the built-in model is: another one is another version of it."""
        self._place(None, LOCAL_NAME, address, "", "")

    def _bind(self, connection: Connection, author: str, confirms_host: bool) -> None:
        if not confirms_host:
            self._hosts.refuse_unconfirmed(connection)
        self._hosts.bind(connection, author)

    def _read(self, rows: Iterable[Row]) -> list[Connection]:
        """Connections, each with what of its keys nobody confirmed for its host."""
        found = [connection_of(row) for row in rows]
        if not found:
            return []
        carried = self._hosts.of_variants()
        is_asked = bool(carried) or any(each.variables for each in found)
        known = self._hosts.all() if is_asked else {}
        return [
            replace(
                each,
                unconfirmed=key_hosts.missing(each, each.variables, known),
                unconfirmed_headers=key_hosts.missing(
                    each, carried.get(each.id, ()) if each.id else (), known
                ),
            )
            for each in found
        ]

    def _place(
        self, connection_id: UUID | None, name: str, address: str, settings: str, author: str
    ) -> None:
        """Note where a connection is; nothing where that is as it was."""
        with self._db.transaction():
            newest = next(iter(self.versions(connection_id)), None)
            if newest is not None and (normalised(newest.address), newest.settings) == (
                normalised(address),
                settings,
            ):
                return
            self._db.execute(
                """
                insert into connection_versions
                    (connection_id, name, number, address, settings, author, created_at)
                values (?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    *(connection_id, name, newest.number + 1 if newest else 1),
                    *(address, settings, author, clock.now()),
                ],
            )

    def _refuse_taken(self, connection: Connection) -> None:
        rows = self._db.rows(
            "select name from connections where archived_at is null and id is distinct from ?",
            [connection.id],
        )
        lookalikes.refuse_taken(connection.name, (name for (name,) in rows), "connection")


def _goes_to(connection: Connection) -> str:
    try:
        return key_names.origin(connection.base_url)
    except ValueError:
        return ""  # an address that another program wrote

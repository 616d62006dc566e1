"""Where keys may be sent. Only their names are here, with the hosts that people named them for."""

from collections.abc import Collection, Mapping
from uuid import UUID

from workbench.domain import clock, key_names
from workbench.domain.connections import Connection
from workbench.domain.sending import SHARED_PREFIX
from workbench.errors import InputError
from workbench.store.engine.database import Database

_NAMED = f"{SHARED_PREFIX}[A-Za-z0-9_]+"


class KeyHosts:
    """A variable's name is bound to the first host it is named for; another one is asked about.

    Rows are added, never changed. No export has them: what is imported elsewhere is asked about.
    """

    def __init__(self, database: Database) -> None:
        self._db = database

    def all(self) -> dict[str, tuple[str, ...]]:
        """The hosts of each name, in the order in which they were confirmed."""
        rows = self._db.rows(
            "select name, list(origin order by created_at, origin) from key_hosts group by name"
        )
        return {name: tuple(origins) for name, origins in rows}

    def unconfirmed(self, connection: Connection) -> dict[str, tuple[str, ...]]:
        """Names that a connection would send to another host than theirs, with their hosts.

        Nothing while the address is none yet. A name that is bound nowhere is at its first use,
        unless it was kept like that: then somebody changed the file.
        """
        try:
            goes_to = key_names.origin(connection.base_url)
        except ValueError:
            return {}
        known = self.all()
        return {
            name: known.get(name, ())
            for name in connection.variables
            if goes_to not in known.get(name, ())
            and (name in known or name in connection.unconfirmed)
        }

    def refuse_unconfirmed(self, connection: Connection) -> None:
        """Raises InputError where `unconfirmed` finds a name."""
        for name, given_for in self.unconfirmed(connection).items():
            goes_to = key_names.origin(connection.base_url)
            raise InputError(
                key_names.unconfirmed_words(name, goes_to, given_for),
                "If that server should get it, confirm that in Settings, or on the command line: "
                f"--send-key-to {goes_to}.",
            )

    def bind(self, connection: Connection, author: str, more: Collection[str] = ()) -> None:
        """Keep that what a connection names, and `more`, may be sent to its host."""
        names = (*connection.variables, *more)
        if names:
            self._db.execute(
                "insert or ignore into key_hosts select unnest(?::varchar[]), ?, ?, ?",
                [list(names), key_names.origin(connection.base_url), author, clock.now()],
            )

    def of_variants(self) -> dict[UUID, tuple[str, ...]]:
        """The variables of headers that variants name, by the connection that they go through."""
        rows = self._db.rows(
            f"""
            select c.id, list(distinct v.name order by v.name)
            from connections c join (
                select connection,
                    unnest(regexp_extract_all(parameters::varchar, '{_NAMED}')) as name
                from variants where contains(parameters::varchar, '{SHARED_PREFIX}')
            ) v on v.connection = c.name or list_contains(c.former_names, v.connection)
            group by c.id
            """
        )
        return {connection_id: tuple(names) for connection_id, names in rows}

    def are_new(self, names: Collection[str]) -> tuple[str, ...]:
        """Of these variables of headers, those that were never bound and that no variant names."""
        rows = self._db.rows(
            f"""
            select unnest($names::varchar[]) except (
                select name from key_hosts union all
                select unnest(regexp_extract_all(parameters::varchar, '{_NAMED}')) from variants)
            """,
            {"names": list(names)},
        )
        return tuple(name for (name,) in rows)


def missing(
    connection: Connection, names: tuple[str, ...], known: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """Of names that a kept connection's requests carry, what may not be sent to its host."""
    if not names:
        return ()
    try:
        goes_to = key_names.origin(connection.base_url)
    except ValueError:
        return names  # an address that another program wrote
    return tuple(name for name in names if goes_to not in known.get(name, ()))

"""Where keys may be sent. Only their names are here, with the hosts that people named them for."""

from collections.abc import Mapping

from workbench.domain import clock, key_names
from workbench.domain.connections import Connection
from workbench.errors import InputError
from workbench.store.engine.database import Database


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

    def bind(self, connection: Connection, author: str) -> None:
        """Keep that what a connection names may be sent to its host."""
        names = connection.variables
        if names:
            self._db.execute(
                "insert or ignore into key_hosts select unnest(?::varchar[]), ?, ?, ?",
                [list(names), key_names.origin(connection.base_url), author, clock.now()],
            )


def missing(connection: Connection, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Of what a kept connection names, what may not be sent to its host."""
    names = connection.variables
    if not names:
        return ()
    try:
        goes_to = key_names.origin(connection.base_url)
    except ValueError:
        return names  # an address that another program wrote
    return tuple(name for name in names if goes_to not in known.get(name, ()))

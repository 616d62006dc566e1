"""Variants: a prompt version, a connection, a model and parameters. One identity, one row.

A connection may move, and an answer belongs to the endpoint that gave it. So a variant is pointed
at an endpoint before it is asked, and stays with it once it was answered: asked elsewhere, the
same prompt, model and parameters are another variant.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from workbench.domain import clock
from workbench.domain.calls import Parameters
from workbench.domain.endpoints import Endpoint
from workbench.domain.fingerprint import canonical, fingerprint
from workbench.domain.prompts import PromptVersion, Variant, next_label
from workbench.errors import NotFound
from workbench.store.connections import Connections
from workbench.store.engine.database import Database, Row
from workbench.store.prompts import COLUMNS, version_of

ENDPOINT = "v.id, v.connection_id, v.name, v.number, v.address, v.settings, v.author, v.created_at"
_SELECT = f"""
    select w.id, w.feature_id, w.label, w.connection, w.model, w.parameters, {COLUMNS}
    from variants w
    join prompt_versions v on v.id = w.prompt_version_id
    join prompts p on p.id = v.prompt_id
"""

_POINTED = f"""
    select p.variant_id, {ENDPOINT}
    from (select variant_id, arg_max(endpoint_id, rowid) as endpoint_id
"""
_NEWEST = """
        where variant_id in (select unnest(?::uuid[])) group by variant_id
    ) p join connection_versions v on v.id = p.endpoint_id
"""


class Variants:
    """What is compared."""

    def __init__(self, database: Database, connections: Connections) -> None:
        self._db = database
        self._connections = connections

    def of(self, feature_id: UUID) -> list[Variant]:
        """A feature's variants, oldest first."""
        rows = self._db.rows(f"{_SELECT} where w.feature_id = ? order by w.rowid", [feature_id])
        return [_variant(row) for row in rows]

    def by_id(self, variant_ids: Iterable[UUID]) -> dict[UUID, Variant]:
        """These variants, in one query however many there are."""
        rows = self._db.rows(
            f"{_SELECT} where w.id in (select unnest(?::uuid[]))", [list(variant_ids)]
        )
        return {variant.id: variant for variant in map(_variant, rows)}

    def get(self, variant_id: UUID) -> Variant:
        """One variant. Raises NotFound."""
        row = self._db.row(f"{_SELECT} where w.id = ?", [variant_id])
        if row is None:
            raise NotFound("This variant is not in the database.", "Choose another one.")
        return _variant(row)

    def save(
        self,
        prompt: PromptVersion,
        connection: str,
        model: str,
        parameters: Parameters,
        label: str | None = None,
    ) -> Variant:
        """Keep a variant; one that is the same in everything is the one that is there.

        What was answered where its connection is no longer is not the same. Without a `label` it
        gets the feature's next free letter.
        """
        parameters = self._sent(connection, parameters)
        content = _content(prompt, connection, model, parameters)
        with self._db.transaction():
            feature_id: UUID = self._db.value(
                "select feature_id from prompts where id = ?", [prompt.prompt_id]
            )
            same = self._same(feature_id, prompt, connection, model, parameters)
            if same is not None:
                return same
            self._connections.meet_headers(connection, tuple(parameters.headers.values()))
            taken = self._db.rows("select label from variants where feature_id = ?", [feature_id])
            variant_id: UUID = self._db.value(
                """
                insert into variants (feature_id, label, prompt_version_id, connection, model,
                    parameters, content, created_at)
                values (?, ?, ?, ?, ?, ?, ?, ?) returning id
                """,
                [
                    feature_id,
                    label or next_label([one for (one,) in taken]),
                    prompt.id,
                    connection,
                    model,
                    canonical(parameters.compact()),
                    content,
                    clock.now(),
                ],
            )
        return self.get(variant_id)

    def same(
        self,
        feature_id: UUID,
        prompt: PromptVersion,
        connection: str,
        model: str,
        parameters: Parameters,
    ) -> Variant | None:
        """The variant that is the same in everything and can be asked where its connection is now:
        one that was answered there, or else one that was not answered at all."""
        sent = self._sent(connection, parameters)
        return self._same(feature_id, prompt, connection, model, sent)

    def _same(
        self,
        feature_id: UUID,
        prompt: PromptVersion,
        connection: str,
        model: str,
        parameters: Parameters,
    ) -> Variant | None:
        contents = [
            _content(prompt, name, model, parameters)
            for name in self._connections.names(connection)
        ]
        rows = self._db.rows(
            """
            select id from variants
            where feature_id = ? and content in (select unnest(?::varchar[])) order by rowid
            """,
            [feature_id, contents],
        )
        alike = [variant_id for (variant_id,) in rows]
        if not alike:
            return None
        place = self._connections.endpoint(connection)
        found = _there(alike, place, self.endpoints(alike))
        if parameters.user is None:
            found = found or _free(alike, place, self.answered(alike))
            return self.get(found[0]) if found else None
        found += _free(alike, place, self.answered(alike) | set(found))
        place = self._connections.endpoint(parameters.user.connection)
        played = _there(found, place, self.played_at(found))
        played = played or _free(found, place, self.played(found))
        return self.get(played[0]) if played else None

    def _sent(self, connection: str, parameters: Parameters) -> Parameters:
        """The parameters that are sent: none to a product's endpoint, but its headers."""
        if parameters == Parameters():
            return parameters
        known = {one.name: one for one in self._connections.all()}.get(connection)
        is_product = known is not None and known.product is not None
        own = Parameters(headers=parameters.headers, user=parameters.user)
        return own if is_product else parameters

    def endpoints(self, variant_ids: Iterable[UUID]) -> dict[UUID, Endpoint]:
        """Where these variants are asked. One that is not in it was never asked, or was answered
        before addresses were kept."""
        rows = self._db.rows(f"{_POINTED} from variant_endpoints {_NEWEST}", [list(variant_ids)])
        return {variant_id: Endpoint(*endpoint) for variant_id, *endpoint in rows}

    def played_at(self, variant_ids: Iterable[UUID]) -> dict[UUID, Endpoint]:
        """Where the users of these variants' conversations are played; as `endpoints` of those who
        play."""
        rows = self._db.rows(f"{_POINTED} from player_endpoints {_NEWEST}", [list(variant_ids)])
        return {variant_id: Endpoint(*endpoint) for variant_id, *endpoint in rows}

    def answered(self, variant_ids: Iterable[UUID]) -> set[UUID]:
        """Those of these variants that have any output, whether it counts still or not, or answered
        in a conversation that may go on."""
        rows = self._db.rows(
            """
            select w.id from (select unnest(?::uuid[]) as id) w
            where exists(
                select 1 from trials t where t.variant_id = w.id and t.output is not null)
            or exists(select 1 from turns u where u.variant_id = w.id)
            """,
            [list(variant_ids)],
        )
        return {variant_id for (variant_id,) in rows}

    def played(self, variant_ids: Iterable[UUID]) -> set[UUID]:
        """Those of these variants in whose conversations a user was played."""
        rows = self._db.rows(
            """
            select distinct variant_id from turns
            where is_users and variant_id in (select unnest(?::uuid[]))
            """,
            [list(variant_ids)],
        )
        return {variant_id for (variant_id,) in rows}

    def point(self, variant_id: UUID, endpoint: Endpoint) -> None:
        """Say where a variant is asked from now on. Not for one that was answered elsewhere."""
        self._db.execute(
            "insert into variant_endpoints values (?, ?, ?)",
            [variant_id, endpoint.id, clock.now()],
        )

    def point_player(self, variant_id: UUID, endpoint: Endpoint) -> None:
        """Say where a variant's users are played from now on. Not for one whose users were played
        elsewhere."""
        self._db.execute(
            "insert into player_endpoints values (?, ?, ?)",
            [variant_id, endpoint.id, clock.now()],
        )


def _there(
    alike: Iterable[UUID], place: Endpoint | None, known: Mapping[UUID, Endpoint]
) -> list[UUID]:
    """Those that are known to be asked at a place; none where there is no place."""
    if place is None:
        return []
    return [one for one in alike if one in known and known[one].answers_like(place)]


def _free(alike: Iterable[UUID], place: Endpoint | None, taken: Collection[UUID]) -> list[UUID]:
    """Those that may be asked at a place, since no answer was had elsewhere; all where there is no
    place."""
    return [one for one in alike if place is None or one not in taken]


def _content(prompt: PromptVersion, connection: str, model: str, parameters: Parameters) -> str:
    return fingerprint(str(prompt.id), connection, model, parameters.compact())


def _variant(row: Row) -> Variant:
    variant_id, feature_id, label, connection, model, parameters, *version = row
    return Variant(
        variant_id,
        feature_id,
        label,
        version_of(tuple(version)),
        connection,
        model,
        Parameters.parse(json.loads(parameters)),
    )

"""From a connection to a client: names become keys, the local model becomes an address."""

import asyncio
from dataclasses import dataclass

from workbench.domain.calls import Message, Parameters, Request
from workbench.domain.connections import Connection
from workbench.errors import CallFailure, ModelError
from workbench.models import keys
from workbench.models.client import Client
from workbench.models.local import LocalModel

_TEST_TIMEOUT_S = 30.0


@dataclass(frozen=True)
class Probe:
    """What a connection's test brought back: it answers, how fast, and with what."""

    latency_ms: float
    sample: str
    model: str


class Models:
    """Everybody who may be asked. Holds no keys: each is looked up when a client is made."""

    def __init__(self, local: LocalModel) -> None:
        self.local = local

    def client(self, connection: Connection) -> Client:
        """A client for this connection; the local model is started if need be.

        Raises ModelError: AUTHENTICATION where the named key is missing or unusable, LOCAL_MODEL
        where the local model cannot start, UNKNOWN_MODEL where nobody can be asked.
        """
        refuse_outside(connection)
        if connection.is_local:
            endpoint = self.local.endpoint()
            return Client(connection, endpoint.base_url, endpoint.api_key)
        name = connection.api_key_env
        if not name:
            return Client(connection)
        key = keys.find(name)
        if key is None:
            raise ModelError(
                CallFailure.AUTHENTICATION,
                f"The variable {name} is not set, so “{connection.name}” has no key.",
                f"Set {name} in the environment or in .streamlit/secrets.toml, then try again.",
            )
        return Client(connection, api_key=key)

    def test(self, connection: Connection, model: str) -> Probe:
        """One tiny call, in an event loop of its own. Raises ModelError if it does not answer."""
        return asyncio.run(self._probe(connection, model))

    async def _probe(self, connection: Connection, model: str) -> Probe:
        question = (Message("user", "Reply with one word: ready"),)
        request = Request(model, question, Parameters(max_tokens=16))
        async with self.client(connection) as client:
            # No more patience than the connection has, and never so much that a page seems dead.
            answer = await client.ask(request, min(connection.timeout_s, _TEST_TIMEOUT_S))
        return Probe(latency_ms=answer.latency_ms, sample=answer.text, model=answer.model)


def refuse_outside(connection: Connection) -> None:
    """Raises ModelError where a connection stands for results that were made elsewhere."""
    if connection.is_outside:
        raise ModelError(
            CallFailure.UNKNOWN_MODEL,
            "These results were made elsewhere: the workbench cannot ask for more of them.",
            "Import a file that holds the missing trials, or compare with a variant that has a "
            "connection.",
        )

"""From a connection to a client: names become keys, the local model becomes an address."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from workbench.domain.adaptations import Adaptation
from workbench.domain.calls import Answer, Parameters, Request
from workbench.domain.connections import Connection
from workbench.domain.conversations import Message
from workbench.errors import CallFailure, ModelError
from workbench.models import keys, unconfirmed
from workbench.models.adapting import taught
from workbench.models.client import Client
from workbench.models.local import LocalModel
from workbench.models.stopping import Stop

_TEST_TIMEOUT_S = 30.0
_TEST_TOKENS = 256
"""Enough for a model that thinks first; others stop after their word."""
_LESSONS = 8
Lessons = tuple[tuple[Adaptation, str], ...]
"""What a server was found to refuse, each with its words."""


@dataclass(frozen=True)
class Probe:
    """What a connection's test brought back: it answers, how fast, and with what.

    `reasoning` is what the model thought before. `lessons` are what the server was found to refuse
    on the way, each with its words.
    """

    latency_ms: float | None
    sample: str
    model: str
    reasoning: str = ""
    lessons: Lessons = ()


@dataclass(frozen=True)
class Tried:
    """What a call to a product's endpoint came to. `came` is the reply as it was read, without
    secrets; either there is an `answer` or a `problem`."""

    sent: str
    came: str
    answer: Answer | None
    problem: ModelError | None = None


class Models:
    """Everybody who may be asked. Holds no keys: each is looked up when a client is made."""

    def __init__(self, local: LocalModel) -> None:
        self.local = local

    def client(self, connection: Connection, place: int = 0) -> Client:
        """A client for this connection; the local model is started if need be, or at `place` 1 the
        process beside it.

        Raises ModelError: AUTHENTICATION where the named key is missing, unusable or unconfirmed,
        LOCAL_MODEL where the local model cannot start, UNKNOWN_MODEL where nobody can be asked.
        """
        refuse_outside(connection)
        if connection.is_local:
            endpoint = (self.local.beside() if place else self.local).endpoint()
            return Client(connection, endpoint.base_url, endpoint.api_key)
        refuse_unconfirmed(connection)
        headers = {header: keys.header_value(env, header) for header, env in connection.headers}
        name = connection.api_key_env
        if not name:
            return Client(connection, headers=headers)
        key = keys.find(name)
        if key is None:
            raise ModelError(
                CallFailure.AUTHENTICATION,
                f"The variable {name} is not set, so “{connection.name}” has no key.",
                f"Set {name} in the environment or in .streamlit/secrets.toml, then try again.",
            )
        return Client(connection, api_key=key, headers=headers)

    def test(self, connection: Connection, model: str, known: tuple[Adaptation, ...] = ()) -> Probe:
        """One tiny call, in an event loop of its own. Raises ModelError if it does not answer.

        `known` is what the server was found to refuse before. A call that it refuses for a field
        is made again as it wants it, as a run does.
        """
        return asyncio.run(self._probe(connection, model, known))

    async def _probe(
        self, connection: Connection, model: str, known: tuple[Adaptation, ...]
    ) -> Probe:
        question = (Message("user", "Reply with one word: ready"),)
        request = Request(model, question, Parameters(max_tokens=_TEST_TOKENS), known)
        # No more patience than the connection has, and never so much that a page seems dead.
        patience = min(connection.timeout_s, _TEST_TIMEOUT_S)
        try:
            answer, kept = await self._answered(connection, request, patience)
        except ModelError as error:
            if error.reasoning:
                # A model that thinks is well, though it came to no answer in so few tokens.
                return Probe(None, "", model, error.reasoning)
            raise
        return Probe(answer.latency_ms, answer.text, answer.model, answer.reasoning, kept)

    def tried(self, connection: Connection, body: str) -> "Tried":
        """One call to a product's endpoint with this body, in an event loop of its own: what was
        sent, what came back, and the answer or why there is none. Raises ModelError where nothing
        could be sent."""
        return asyncio.run(self._tried(connection, body))

    async def _tried(self, connection: Connection, body: str) -> "Tried":
        product = connection.product
        if product is None:
            raise RuntimeError("Only a product's endpoint is tried with a body.")
        sent = f"{product.method} {connection.base_url}"
        named = [name for name, _ in connection.headers]
        if connection.api_key_env:
            named.append("Authorization")
        if named:
            sent += f", with the headers {', '.join(named)} (values not shown)"
        request = Request(connection.models[0], (Message("user", body),))
        async with self.client(connection) as client:
            client.heard = []
            try:
                answer = await client.ask(request, min(connection.timeout_s, _TEST_TIMEOUT_S))
            except ModelError as error:
                return Tried(sent, client.came(), None, error)
            return Tried(sent, client.came(), answer)

    def answer(
        self,
        connection: Connection,
        request: Request,
        known: tuple[Adaptation, ...] = (),
        stop: Stop | None = None,
        on_text: Callable[[str], None] | None = None,
    ) -> tuple[Answer, Lessons]:
        """The answer to one request, in an event loop of its own, and what was learnt of the
        server on the way; `on_text` gets the text so far, `stop` ends it. Raises ModelError."""
        asked = replace(request, adaptations=known)
        answered = self._answered(connection, asked, connection.timeout_s, on_text)
        return asyncio.run(answered if stop is None else stop.guard(answered))

    async def _answered(
        self,
        connection: Connection,
        request: Request,
        patience: float,
        on_text: Callable[[str], None] | None = None,
    ) -> tuple[Answer, Lessons]:
        lessons: list[tuple[Adaptation, str]] = []
        async with self.client(connection) as client:
            while True:
                try:
                    answer = await client.ask(request, patience, on_text)
                except ModelError as error:
                    lesson = Adaptation.parse(error.lesson) if error.lesson else None
                    if error.reasoning or lesson is None or lesson in request.adaptations:
                        raise
                    if len(lessons) > _LESSONS:
                        raise
                    lessons.append((lesson, error.message))
                    request = replace(request, adaptations=taught(request.adaptations, lesson))
                else:
                    kept = tuple(one for one in lessons if str(one[0]) in answer.adaptations)
                    return answer, kept


def refuse_unconfirmed(connection: Connection) -> None:
    """Raises ModelError where a key would go to a host that nobody named it for."""
    for name in connection.unconfirmed:
        raise unconfirmed.failure(connection, name)


def refuse_outside(connection: Connection) -> None:
    """Raises ModelError where a connection stands for results that were made elsewhere."""
    if connection.is_outside:
        raise ModelError(
            CallFailure.UNKNOWN_MODEL,
            "These results were made elsewhere: the workbench cannot ask for more of them.",
            "Import a file that holds the missing trials, or compare with a variant that has a "
            "connection.",
        )

"""What the tests of the models floor share: one local model, and a way to ask the fault server."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from tests.faults import endpoint as faults
from tests.faults import hostile
from workbench.domain.calls import Answer, Parameters, Request
from workbench.domain.connections import Connection
from workbench.domain.conversations import Message
from workbench.errors import ModelError
from workbench.models.client import Client
from workbench.models.local import LocalModel

CANARY = "sk-canary-7f3a91d2c4"


@pytest.fixture(scope="session")
def local_model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalModel]:
    """The real local model, started once."""
    local = LocalModel(tmp_path_factory.mktemp("home"))
    if not local.availability().is_available:
        pytest.skip(local.availability().reason)
    yield local
    local.close()


def ask(
    server: faults.Endpoint | hostile.Hostile,
    parameters: Parameters | None = None,
    timeout_s: float = 10.0,
    on_text: Callable[[str], None] | None = None,
    api_key: str = CANARY,
    prompt: str = "ping",
    base_url: str = "",
) -> Answer:
    """One call to the fault server."""

    async def call() -> Answer:
        connection = Connection("Fake", base_url or server.base_url)
        request = Request("fake-1", (Message("user", prompt),), parameters or Parameters())
        async with Client(connection, api_key=api_key) as client:
            return await client.ask(request, timeout_s, on_text)

    return asyncio.run(call())


def failure(mode: str, timeout_s: float = 10.0, is_streamed: bool = False) -> ModelError:
    """The error that one call to a server in this mode ends with, and no second request."""
    with faults.serve(mode) as server:
        with pytest.raises(ModelError) as caught:
            ask(server, timeout_s=timeout_s, on_text=ignore if is_streamed else None)
        # None where a busy machine lets a short deadline pass before anything is sent.
        assert server.requests <= 1
    return caught.value


def ignore(text: str) -> None:
    """A reader of a stream who does nothing with it."""

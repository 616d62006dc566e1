"""What leaves for a model is what it is told, and nothing else."""

import ast
import asyncio
from collections.abc import Mapping

import pytest

from tests.faults import endpoint as faults
from workbench.config import ROOT
from workbench.models.transport import CHAT, Reply, Transport

_LIBRARIES = ("openai", "aiohttp", "httpx2", "multidict")
_OURS = {"accept", "accept-encoding", "content-length", "content-type", "host", "user-agent"}
_BODY = '{"model": "fake-1", "messages": [], "größe": "ß"}'.encode()


def _private(text: str) -> list[str]:
    """Names that a library keeps to itself, in some code that imports them."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module:
            whole = (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            whole = (alias.name for alias in node.names)
        else:
            continue
        found += [
            name
            for name in whole
            if name.split(".")[0] in _LIBRARIES
            and any(part.startswith("_") for part in name.split("."))
        ]
    return found


def test_nothing_that_a_library_keeps_to_itself_is_imported() -> None:
    for file in (ROOT / "workbench").rglob("*.py"):
        assert _private(file.read_text("utf-8")) == [], file


def test_what_a_library_keeps_to_itself_is_found_however_it_is_imported() -> None:
    text = "import aiohttp._models\nfrom httpx2 import _client\nfrom httpx2._types import Any\n"
    assert _private(text) == ["aiohttp._models", "httpx2._client", "httpx2._types.Any"]


async def _read(reply: Reply) -> bytes:
    async with reply:
        return b"".join([chunk async for chunk in reply])


def _sent(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


async def _once(address: str, key: str, headers: Mapping[str, str]) -> bytes:
    transport = Transport(address + CHAT, key, headers)
    try:
        return await _read(await transport.send(_BODY, {}))
    finally:
        await transport.close()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("OPENAI_ORG_ID", "org-of-somebody"),
        ("OPENAI_ORG_ID", "größe\nX-Evil: 1"),
        ("OPENAI_PROJECT_ID", "project-of-somebody"),
        ("OPENAI_CUSTOM_HEADERS", "X-Custom: planted"),
        ("OPENAI_CUSTOM_HEADERS", "Größe: ✓\nAuthorization: Bearer other"),
        ("OPENAI_CUSTOM_HEADERS", ": \n \x01: \x01"),
        ("OPENAI_BASE_URL", "http://127.0.0.1:9/v1"),
        ("OPENAI_API_KEY", "sk-of-somebody"),
        ("OPENAI_ADMIN_KEY", "sk-admin-of-somebody"),
        ("HTTP_PROXY", "http://127.0.0.1:9"),
        ("ALL_PROXY", "http://127.0.0.1:9"),
    ],
)
def test_nothing_of_the_environment_gets_into_a_request(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with faults.serve() as server:
        assert b"pong" in asyncio.run(_once(server.base_url, "my-key", {"X-Mine": "yes"}))
        sent = _sent(server.headers)
    assert set(sent) == _OURS | {"authorization", "x-mine"}
    assert sent["authorization"] == "Bearer my-key"
    assert sent["user-agent"] == "ai-requirements-workbench"
    assert server.last_body == {"model": "fake-1", "messages": [], "größe": "ß"}


def test_where_there_is_no_key_none_is_sent() -> None:
    with faults.serve() as server:
        asyncio.run(_once(server.base_url, "", {}))
        assert set(_sent(server.headers)) == _OURS


def test_the_headers_of_one_call_go_along_with_no_other() -> None:
    async def turns() -> list[dict[str, str]]:
        transport, seen = Transport(server.base_url + CHAT, "k", {"X-All": "a"}), []
        try:
            for own in ({"X-One": "1", "X-All": "b"}, {}, {"X-Two": "2"}, {}):
                await _read(await transport.send(_BODY, own))
                seen.append(_sent(server.headers))
        finally:
            await transport.close()
        return seen

    with faults.serve() as server:
        seen = asyncio.run(turns())
    own = [{n: v for n, v in each.items() if n.startswith("x-")} for each in seen]
    plain = {"x-all": "a"}
    assert own == [{"x-one": "1", "x-all": "b"}, plain, {"x-two": "2", "x-all": "a"}, plain]

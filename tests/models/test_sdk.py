"""The SDK is used by what it documents, and says nothing but what it is told."""

import ast
import asyncio

import openai
import pytest
from httpx2 import AsyncByteStream

from tests.faults import endpoint as faults
from workbench.config import ROOT
from workbench.models import sdk

CHECKED_WITH = ("3.57.0",)
"""The versions of the SDK in which `_build_request` is what its requests are built by."""

_LIBRARIES = ("openai", "httpx2", "aiohttp")
_OURS = {"accept", "accept-encoding", "authorization", "content-length", "content-type", "host"}
_OURS |= {"user-agent"}


class _Counting:
    """A property that counts how often it is read."""

    count = 0

    def __get__(self, *_: object) -> dict[str, str]:
        self.count += 1
        return {}


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


def _heirs(text: str) -> list[str]:
    """Classes that inherit from one of the SDK's own."""
    classes = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ClassDef))
    return [c.name for c in classes if any("OpenAI" in ast.unparse(base) for base in c.bases)]


def test_nothing_that_the_sdk_keeps_to_itself_is_imported_and_one_class_inherits_from_it() -> None:
    heirs = []
    for file in (ROOT / "workbench").rglob("*.py"):
        text = file.read_text("utf-8")
        assert _private(text) == [], file
        heirs += [f"{file.stem}: {heir}" for heir in _heirs(text)]
    assert heirs == ["sdk: _Lean"]


async def _read(reply: AsyncByteStream) -> bytes:
    """All bytes of a reply, which is closed then."""
    try:
        return b"".join([chunk async for chunk in reply])
    finally:
        await reply.aclose()


def test_the_one_undocumented_name_was_checked_with_this_version_of_the_sdk() -> None:
    assert openai.__version__ in CHECKED_WITH, (
        f"`_Lean._build_request` of models/sdk.py was checked with openai "
        f"{', '.join(CHECKED_WITH)}; this is {openai.__version__}. If the other tests here pass, "
        "add it to CHECKED_WITH; if only the one below fails, calls cost more and are as right."
    )


def test_no_headers_are_made_that_are_never_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    async def once() -> int:
        opened = sdk.Sdk(server.base_url, "k")
        reply = await opened.complete({"model": "m", "messages": []})
        await _read(reply)
        await opened.close()
        return made.count

    made = _Counting()
    monkeypatch.setattr(openai.AsyncOpenAI, "default_headers", made)
    with faults.serve() as server:
        assert asyncio.run(once()) == 0
        assert server.requests == 1


def test_what_a_library_keeps_to_itself_is_found_however_it_is_imported() -> None:
    text = "import openai._models\nfrom openai import _client\nfrom httpx2._types import Any\n"
    assert _private(text) == ["openai._models", "openai._client", "httpx2._types.Any"]
    assert _heirs("class Mine(openai.AsyncOpenAI): ...") == ["Mine"]


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
    ],
)
def test_nothing_of_the_environment_gets_into_a_request(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)

    async def once() -> bytes:
        opened = sdk.Sdk(server.base_url, "my-key", {"X-Mine": "yes"})
        try:
            reply = await opened.complete({"model": "fake-1", "messages": [], "größe": "ß"})
            return await _read(reply)
        finally:
            await opened.close()

    with faults.serve() as server:
        assert b"pong" in asyncio.run(once())
        sent = {name.lower(): value for name, value in server.headers.items()}
    assert set(sent) == _OURS | {"x-mine"}
    assert (sent["authorization"], sent["user-agent"]) == (
        "Bearer my-key",
        "ai-requirements-workbench",
    )
    assert server.last_body == {"model": "fake-1", "messages": [], "größe": "ß"}


def test_the_headers_of_one_call_go_along_with_no_other() -> None:
    async def turns() -> list[dict[str, str]]:
        opened, seen = sdk.Sdk(server.base_url, "k", {"X-All": "a"}), []
        try:
            for own in ({"X-One": "1", "X-All": "b"}, None, {"X-Two": "2"}, {}):
                reply = await opened.complete({"model": "m", "messages": []}, own)
                await _read(reply)
                seen.append(dict(server.headers))
        finally:
            await opened.close()
        return seen

    with faults.serve() as server:
        seen = [{n.lower(): v for n, v in each.items()} for each in asyncio.run(turns())]
    own = [{n: v for n, v in each.items() if n.startswith("x-")} for each in seen]
    plain = {"x-all": "a"}
    assert own == [{"x-one": "1", "x-all": "b"}, plain, {"x-two": "2", "x-all": "a"}, plain]

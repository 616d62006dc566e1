"""A key goes to the host that a person named, and nowhere else."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.faults import endpoint as faults
from workbench.domain import sending
from workbench.domain.calls import Parameters, Request
from workbench.domain.connections import Connection
from workbench.domain.conversations import Message
from workbench.errors import InputError, ModelError
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.store.store import Store

CANARY = "sk-canary-58e2c9b1f7"

REFUSED = [
    "http://user:secret@{host}/v1",
    "http://user@{host}/v1",
    "http://@{host}/v1",
    "http://api.example.com%40{host}/v1",
    "http://api.example.com\\@{host}/v1",
    "http://{host}#@api.example.com/v1",
    "http://{host}?@api.example.com/v1",
    "http://{host}/v1?",
    "file:///etc/passwd",
    "file://{host}/v1",
    "ftp://{host}/v1",
    "javascript://{host}/v1",
    "//{host}/v1",
    "http:{host}/v1",
    "http:///{host}/v1",
    "http://0x7f000001:{port}/v1",
    "http://0x7f.0.0.1:{port}/v1",
    "http://2130706433:{port}/v1",
    "http://0177.0.0.1:{port}/v1",
    "http://127.1:{port}/v1",
    "http://[::ffff:127.0.0.1]:{port}/v1",
    "http://[::ffff:7f00:1]:{port}/v1",
    "http://１２７.0.0.1:{port}/v1",
    "http://127。0。0。1:{port}/v1",
    "http://ｌocalhost:{port}/v1",
    "http://local\u200bhost:{port}/v1",
    "http://local\thost:{port}/v1",
    "http://{host}\r\nHost: api.example.com/v1",
    "http://[127.0.0.1]:{port}/v1",
    "http://127.0.0.1:{port}x/v1",
    "http://127.0.0.1:99999/v1",
    "http://[::1",
    "http://api..example.com:{port}/v1",
]
"""Addresses that are none, or that two programs could take for different ones."""

ALLOWED = [
    "https://api.example.com/v1",
    "HTTPS://API.Example.com:8443/v1/",
    "http://localhost:11434/v1",
    "http://127.0.0.1:8000",
    "http://[::1]:8000/v1",
    "http://my_gateway.internal/openai/v1",
    "https://xn--bcher-kva.example/v1",
    "https://1password.example.com./v1",
]


class Thief:
    """A server that keeps whatever is sent to it."""

    def __init__(self) -> None:
        self.port = 0
        self.heard: list[str] = []

    @property
    def host(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.port}"


@contextmanager
def thief(redirect: tuple[int, str] | None = None) -> Iterator[Thief]:
    """A server that answers everything, or redirects it all to an address with a status."""
    found = Thief()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(size).decode(errors="replace")
            found.heard.append(f"{self.requestline}\n{self.headers}\n{body}")
            self.send_response(200 if redirect is None else redirect[0])
            if redirect is not None:
                self.send_header("Location", redirect[1])
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST
        do_CONNECT = do_POST

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    found.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Models:
    """Everybody who may be asked; GATEWAY_KEY holds a key."""
    monkeypatch.setenv("GATEWAY_KEY", CANARY)
    return Models(LocalModel(tmp_path))


def ask(models: Models, connection: Connection) -> str:
    """What one call through a connection ends in: the answer, or why there is none."""

    async def call() -> str:
        request = Request("fake-1", (Message("user", "ping"),))
        try:
            async with models.client(connection) as client:
                return (await client.ask(request, 2.0)).text
        except ModelError as error:
            return str(error)

    return asyncio.run(call())


def gateway(base_url: str) -> Connection:
    """A connection with a key."""
    return Connection("Gateway", base_url, ("fake-1",), api_key_env="GATEWAY_KEY")


@pytest.mark.parametrize("form", REFUSED)
def test_an_address_that_could_mislead_is_refused_and_no_key_leaves(
    store: Store, models: Models, form: str
) -> None:
    with thief() as collector:
        address = form.format(host=collector.host, port=collector.port)
        with pytest.raises(InputError) as caught:
            store.connections.add(gateway(address))
        assert caught.value.hint
        assert CANARY not in str(caught.value)
    assert [c.name for c in store.connections.all()] == ["Local model"]
    assert collector.heard == []


@pytest.mark.parametrize("address", ALLOWED)
def test_an_ordinary_address_is_taken(store: Store, address: str) -> None:
    assert store.connections.add(gateway(address)).base_url == address.rstrip("/")


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 305, 306, 307, 308])
def test_a_redirect_is_not_followed_to_another_host(models: Models, status: int) -> None:
    with thief() as collector, thief((status, f"http://{collector.host}/v1")) as named:
        said = ask(models, gateway(f"http://{named.host}/v1"))
    assert "redirects are not followed" in said
    assert CANARY not in said
    assert len(named.heard) == 1
    assert collector.heard == []


@pytest.mark.parametrize("where", ["same port", "other path"])
def test_a_redirect_is_not_followed_on_the_same_host(models: Models, where: str) -> None:
    path = "/v2/chat/completions" if where == "other path" else "/v1/chat/completions"
    with thief((307, path)) as named:
        assert "redirects are not followed" in ask(models, gateway(f"http://{named.host}/v1"))
    assert len(named.heard) == 1


@pytest.mark.parametrize(
    "name",
    [
        "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy",
        "OPENAI_BASE_URL", "OPENAI_API_BASE", "AZURE_OPENAI_ENDPOINT",
    ],
)  # fmt: skip
def test_the_environment_sends_no_key_elsewhere(
    models: Models, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with thief() as collector, faults.serve() as server:
        monkeypatch.setenv(name, f"http://{collector.host}/v1")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        assert ask(models, gateway(server.base_url)) == "pong"
    assert server.headers["authorization"] == f"Bearer {CANARY}"
    assert collector.heard == []


def test_a_key_of_the_environment_goes_only_where_a_connection_names_it(
    models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, CANARY)
    with thief() as collector:
        ask(models, replace(gateway(f"http://{collector.host}/v1"), api_key_env=""))
    assert len(collector.heard) == 1
    assert CANARY not in collector.heard[0]


def test_a_netrc_file_sends_no_password(
    models: Models, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine 127.0.0.1 login ada password {CANARY}\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with thief() as collector:
        ask(models, replace(gateway(f"http://{collector.host}/v1"), api_key_env=""))
    assert CANARY not in collector.heard[0]
    assert "Basic" not in collector.heard[0]


@pytest.mark.parametrize("moved", ["other host", "other port", "other scheme", "other path"])
def test_a_saved_address_that_is_edited_loses_its_key(
    store: Store, models: Models, moved: str
) -> None:
    with thief() as collector:
        before = {
            "other host": "http://api.example.com/v1",
            "other port": "http://127.0.0.1:9/v1",
            "other scheme": f"https://{collector.host}/v1",
            "other path": f"http://{collector.host}/other/v1",
        }[moved]
        saved = store.connections.add(gateway(before))
        edited = store.connections.save(replace(saved, base_url=f"http://{collector.host}/v1"))
        ask(models, edited)
    assert edited.api_key_env == ""
    assert len(collector.heard) == 1
    assert CANARY not in collector.heard[0]


@pytest.mark.parametrize(
    "name",
    [
        "Host", "host", "Content-Length", "Transfer-Encoding", "Connection", "TE", "Upgrade",
        "Trailer", "Expect", "Keep-Alive", "Proxy-Authorization", "Content-Type", "Accept-Encoding",
        "Content-Encoding", ":authority", "X Team", "X-Team:", "X-Team\r\nHost", "", "Ünicode",
        "Authorization", "authorization",
    ],
)  # fmt: skip
def test_a_header_that_could_break_a_request_apart_is_refused(store: Store, name: str) -> None:
    with pytest.raises(InputError) as caught:
        store.connections.add(replace(gateway("http://h/v1"), headers=((name, "TEAM"),)))
    assert caught.value.hint


@pytest.mark.parametrize("value", [CANARY, f"Bearer {CANARY}", "two words", "team-alpha", ""])
def test_a_header_is_kept_by_the_name_of_its_variable_only(store: Store, value: str) -> None:
    with pytest.raises(InputError) as caught:
        store.connections.add(replace(gateway("http://h/v1"), headers=(("X-Team", value),)))
    assert not value or value not in str(caught.value)


def test_a_header_is_given_once(store: Store) -> None:
    assert sending.read_headers("X-Team: A\n\n X-Org : B ") == {"X-Team": "A", "X-Org": "B"}
    with pytest.raises(InputError):
        sending.read_headers("X-Team: A\nx-team: B")


def test_a_saved_address_that_is_edited_loses_its_headers(store: Store, models: Models) -> None:
    named = replace(gateway("http://api.example.com/v1"), api_key_env="")
    saved = store.connections.add(replace(named, headers=(("X-Team", "GATEWAY_KEY"),)))
    with thief() as collector:
        edited = store.connections.save(replace(saved, base_url=f"http://{collector.host}/v1"))
        ask(models, edited)
    assert edited.headers == ()
    assert CANARY not in collector.heard[0]


def test_a_header_goes_to_the_named_host_whatever_it_answers(models: Models) -> None:
    with thief() as collector, thief((307, f"http://{collector.host}/v1")) as named:
        known = replace(gateway(f"http://{named.host}/v1"), headers=(("X-Team", "GATEWAY_KEY"),))
        ask(models, known)
    assert len(named.heard) == 1
    assert f"X-Team: {CANARY}" in named.heard[0]
    assert collector.heard == []


def test_a_file_from_a_stranger_cannot_choose_which_secret_is_sent(
    models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match="may not use"):
        sending.checked_headers({"X-Leak": "GATEWAY_KEY"}, is_shared=True)
    with pytest.raises(InputError, match="belongs to a connection"):
        sending.checked_headers({"Authorization": "WORKBENCH_HEADER_A"}, is_shared=True)
    # Not even from a database that somebody has edited.
    with thief() as collector:

        async def call() -> None:
            leak = Parameters(headers={"X-Leak": "GATEWAY_KEY"})
            request = Request("fake-1", (Message("user", "ping"),), leak)
            known = replace(gateway(f"http://{collector.host}/v1"), api_key_env="")
            async with models.client(known) as client:
                await client.ask(request, 2.0)

        with pytest.raises(ModelError, match="may not use"):
            asyncio.run(call())
    assert collector.heard == []


def test_a_header_without_its_variable_is_not_sent_and_says_so(models: Models) -> None:
    with thief() as collector:
        known = replace(
            gateway(f"http://{collector.host}/v1"), headers=(("X-Team", "WORKBENCH_HEADER_NONE"),)
        )
        said = ask(models, known)
    assert "WORKBENCH_HEADER_NONE is not set" in said
    assert "X-Team" in said
    assert collector.heard == []


@pytest.mark.parametrize("name", ["AWS_SECRET_ACCESS_KEY", "PATH", "DATABASE_URL"])
@pytest.mark.parametrize("where", ["key", "header"])
def test_a_kept_connection_that_names_another_secret_says_so_and_sends_nothing(
    store: Store, models: Models, monkeypatch: pytest.MonkeyPatch, name: str, where: str
) -> None:
    monkeypatch.setenv(name, CANARY)
    with thief() as collector:
        store.connections.add(replace(gateway(f"http://{collector.host}/v1"), api_key_env=""))
        column = "api_key_env" if where == "key" else "headers"
        value = name if where == "key" else f'{{"X-Team":"{name}"}}'
        store.database.execute(f"update connections set {column} = ?", [value])
        store.database.execute(
            "insert into key_hosts values (?, ?, '', now())", [name, f"http://{collector.host}"]
        )
        said = ask(models, store.connections.named("Gateway"))
    assert f"{name} may not be named" in said
    assert "not sent" in said
    assert collector.heard == []


def test_a_key_is_not_sent_to_a_host_that_was_changed_in_the_file(
    store: Store, models: Models
) -> None:
    with thief() as collector:
        store.connections.add(gateway("https://api.example.com/v1"))
        store.database.execute(
            "update connections set base_url = ?", [f"http://{collector.host}/v1"]
        )
        said = ask(models, store.connections.named("Gateway"))
        assert collector.heard == []
        store.connections.confirm_host(f"http://{collector.host}")
        ask(models, store.connections.named("Gateway"))
    assert f"--send-key-to http://{collector.host}" in said
    assert len(collector.heard) == 1


def test_a_pattern_of_the_operator_that_is_none_stops_every_key(
    models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_KEY_NAMES", "*")
    with thief() as collector:
        said = ask(models, gateway(f"http://{collector.host}/v1"))
    assert "WORKBENCH_KEY_NAMES holds" in said
    assert collector.heard == []

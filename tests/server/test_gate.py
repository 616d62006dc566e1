"""What the gate lets through, on its own: no server, no Streamlit behind it."""

import pytest
from starlette.middleware import Middleware

from tests.server import asgi
from tests.server.asgi import OURS, Headers
from workbench.server import gate


def ask(
    headers: Headers,
    path: str = "/",
    method: str = "GET",
    body: tuple[bytes, ...] = (b"",),
    ends: bool = True,
    kind: str = "http",
) -> tuple[int, dict[str, str]]:
    """The status and headers of one answer; 101 for an accepted websocket."""
    hosts = gate.authorities("127.0.0.1", 8501)
    app = asgi.behind(Middleware(gate.Gate, hosts=hosts, max_body=100, body_pause=0.02))
    said = asgi.ask(app, path, headers, method, body, ends=ends, kind=kind)
    return said.status, said.headers


@pytest.mark.parametrize("host", [OURS, "localhost:8501", "LocalHost:8501", "[::1]:8501"])
def test_the_names_of_this_machine_are_answered(host: str) -> None:
    assert ask([("Host", host)])[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8501",
        "127.0.0.1",
        "127.0.0.1:80",
        "localhost.evil.example:8501",
        "user@127.0.0.1:8501",
        "127.0.0.1:8501@evil.example",
        "2130706433:8501",
        "0.0.0.0:8501",
        "",
    ],
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_any_other_host_is_refused(host: str, kind: str) -> None:
    assert ask([("Host", host)], "/_stcore/stream", kind=kind)[0] == 403


@pytest.mark.parametrize("hosts", [[], [OURS, OURS], [OURS, "evil.example"]])
def test_a_request_without_exactly_one_host_is_refused(hosts: list[str]) -> None:
    assert ask([("Host", host) for host in hosts])[0] == 400


ORIGINS = [
    (None, True),
    (f"http://{OURS}", True),
    ("http://evil.example", False),
    ("http://evil.example:8501", False),
    ("http://127.0.0.1:8502", False),
    ("http://127.0.0.1", False),
    ("http://localhost:8501", False),  # ours too, but not the page that Host names
    (f"http://{OURS}.evil.example", False),
    (f"http://{OURS}@evil.example", False),
    ("file://", False),
    ("null", False),
    ("", False),
]


@pytest.mark.parametrize(("origin", "is_ours"), ORIGINS)
def test_a_websocket_is_opened_for_our_own_pages_only(origin: str | None, is_ours: bool) -> None:
    headers = [("Host", OURS)] + ([] if origin is None else [("Origin", origin)])
    status, _ = ask(headers, "/_stcore/stream", kind="websocket")
    assert status == (101 if is_ours else 403)


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
@pytest.mark.parametrize(("origin", "is_ours"), ORIGINS)
def test_a_change_is_taken_from_our_own_pages_only(
    method: str, origin: str | None, is_ours: bool
) -> None:
    headers = [("Host", OURS)] + ([] if origin is None else [("Origin", origin)])
    assert ask(headers, "/_stcore/upload_file/a/b", method)[0] == (200 if is_ours else 403)


def test_two_origins_are_refused_even_if_one_is_ours() -> None:
    headers = [("Host", OURS), ("Origin", f"http://{OURS}"), ("Origin", "http://evil.example")]
    assert ask(headers, "/_stcore/stream", kind="websocket")[0] == 403


def test_a_name_given_for_a_proxy_is_answered_as_it_is() -> None:
    hosts = gate.authorities("0.0.0.0", 8501, ["Bench.example.com"])
    assert "bench.example.com" in hosts
    assert "0.0.0.0:8501" not in hosts


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/metrics/",
        "/_stcore/agent/interact",
        "/_stcore/agent/openapi.json",
        "/_stcore/agent/mcp",
        "/_stcore/script-health-check",
    ],
)
def test_what_needs_no_login_and_should_is_not_found(path: str) -> None:
    assert ask([("Host", OURS)], path)[0] == 404


def test_a_path_that_only_begins_like_a_denied_one_is_served() -> None:
    assert ask([("Host", OURS)], "/_stcore/metrics-of-ours")[0] == 200


@pytest.mark.parametrize(
    ("length", "status"),
    [("100", 200), ("101", 413), ("9" * 5000, 413), ("-1", 400), ("1e3", 400), ("٣", 400)],
)
def test_the_announced_size_of_an_upload_is_limited(length: str, status: int) -> None:
    headers = [("Host", OURS), ("Content-Length", length)]
    assert ask(headers, "/_stcore/upload_file/a/b", "PUT")[0] == status


def test_an_upload_that_grows_past_the_limit_is_ended() -> None:
    assert ask([("Host", OURS)], method="PUT", body=(b"x" * 60, b"x" * 40))[0] == 200
    assert ask([("Host", OURS)], method="PUT", body=(b"x" * 60, b"x" * 41))[0] == 413


def test_an_upload_that_stalls_is_ended() -> None:
    assert ask([("Host", OURS)], method="PUT", body=(b"x",), ends=False)[0] == 408


@pytest.mark.parametrize("host", [OURS, "evil.example"])
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_every_answer_carries_the_security_headers(host: str, kind: str) -> None:
    _, headers = ask([("Host", host)], "/_stcore/stream", kind=kind)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_the_policy_names_no_remote_source() -> None:
    policy = ask([("Host", OURS)])[1]["content-security-policy"]
    sources = {source for rule in policy.split("; ") for source in rule.split()[1:]}
    remote = {source for source in sources if "//" in source or "*" in source}
    assert remote == {f"ws://{OURS}", f"wss://{OURS}"}
    assert "'unsafe-eval'" not in sources


def test_a_stored_file_may_run_nothing() -> None:
    policy = ask([("Host", OURS)], "/media/0123.html")[1]["content-security-policy"]
    assert policy.startswith("default-src 'none'; sandbox")


def test_a_browser_is_given_an_id_with_its_first_page_and_no_second_one() -> None:
    _, headers = ask([("host", OURS)])
    cookie = headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    kept = cookie.split(";")[0]
    assert "set-cookie" not in ask([("host", OURS), ("cookie", kept)])[1]


@pytest.mark.parametrize("path", ["/static/app.js", "/_stcore/health", "/media/abc.png"])
def test_what_a_page_loads_gives_no_id(path: str) -> None:
    assert "set-cookie" not in ask([("host", OURS)], path)[1]


@pytest.mark.parametrize("forged", ["", "x", "A" * 32, "g" * 32, "0" * 31, "../../etc/passwd"])
def test_an_id_that_is_not_one_of_ours_is_replaced(forged: str) -> None:
    _, headers = ask([("host", OURS), ("cookie", f"workbench_browser={forged}")])
    assert "set-cookie" in headers


def test_two_browsers_get_two_ids() -> None:
    assert ask([("host", OURS)])[1]["set-cookie"] != ask([("host", OURS)])[1]["set-cookie"]

"""The page as browsers get it: Streamlit's own, with our style and script, allowed to run."""

import gzip

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.server.asgi import OURS, ask
from workbench.server import dressing, gate

PAGE = "<html><head><title>Streamlit</title></head><body>" + "x" * 2_000 + "</body></html>"
HOST = (("host", OURS),)


async def _answer(request: Request) -> Response:
    headers = {"etag": '"one"', "last-modified": "Mon, 02 Nov 2026 10:00:00 GMT"}
    if request.headers.get("if-none-match") == '"one"':
        return Response(status_code=304)
    if request.url.path.endswith(".js"):
        return Response("</head>", media_type="text/javascript", headers=headers)
    if request.url.path.endswith("missing"):
        return HTMLResponse("</head>", status_code=404)
    return HTMLResponse(PAGE, headers=headers)


def _app() -> Starlette:
    return Starlette(
        routes=[Route("/{path:path}", _answer)],
        middleware=[
            Middleware(gate.Gate, hosts=frozenset({OURS}), max_body=1_000),
            Middleware(dressing.Dressing, is_page=gate.is_page),
            Middleware(GZipMiddleware, minimum_size=100),
        ],
    )


def test_a_page_prints_shows_its_focus_and_lets_back_go_back() -> None:
    answer = ask(_app(), "/requirements?feature=x", HOST)
    assert "@media print" in answer.text
    assert "a:focus-visible" in answer.text
    assert "history.pushState" in answer.text
    assert answer.text.startswith("<html><head><title>Streamlit</title><style>")
    assert answer.text.endswith("</script></head>" + PAGE.partition("</head>")[2])
    assert answer.headers["content-length"] == str(len(answer.text.encode()))


def test_the_script_of_the_page_is_allowed_to_run() -> None:
    (ours,) = gate.inline_script_hashes(dressing.dressed(PAGE))
    assert ours in ask(_app(), "/", HOST).headers["content-security-policy"]


def test_a_browser_that_asks_for_a_packed_page_gets_it_dressed() -> None:
    answer = ask(_app(), "/", (*HOST, ("accept-encoding", "gzip")))
    assert "content-encoding" not in answer.headers
    assert "@media print" in answer.text
    with pytest.raises(gzip.BadGzipFile):
        gzip.decompress(answer.text.encode())


def test_a_page_is_never_said_to_be_as_it_was_before_our_part_changed() -> None:
    answer = ask(_app(), "/", (*HOST, ("if-none-match", '"one"')))
    assert answer.status == 200
    assert "etag" not in answer.headers
    assert "last-modified" not in answer.headers


@pytest.mark.parametrize("address", ["/static/js/index.js", "/app.js", "/missing"])
def test_what_is_no_page_is_passed_on_as_it_is(address: str) -> None:
    assert ask(_app(), address, HOST).text == "</head>"


def test_streamlits_own_page_has_a_head_to_dress() -> None:
    assert "@media print" in dressing.streamlit_page()


def test_the_app_is_served_through_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import Path

    from streamlit.runtime.app_session import AppSession

    from workbench.server import start

    # What `build` puts in its place sends to the sessions of a server, and here is none.
    monkeypatch.setattr(AppSession, "_enqueue_forward_msg", AppSession._enqueue_forward_msg)
    app = start.build(Path("app.py"), frozenset({OURS}), lambda: None, lambda: None, None)
    classes = [each.cls for each in app._user_middleware]
    assert classes.index(gate.Gate) < classes.index(dressing.Dressing) == len(classes) - 1

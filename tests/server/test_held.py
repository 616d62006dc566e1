"""What a page is made of is read once; whatever else is asked is asked of Streamlit each time."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.server.asgi import OURS, ask
from workbench.server import gate, held

HOST = (("host", OURS),)
FILE = "/static/js/index.Abc123.js"
LASTING = {"cache-control": "public, immutable, max-age=31536000", "etag": '"one"'}


class Disk:
    """An app that counts what it is asked for."""

    def __init__(self, status: int = 200, **headers: str) -> None:
        self.asked: list[str] = []
        self._status = status
        self._headers = LASTING | {key.replace("_", "-"): value for key, value in headers.items()}

    async def answer(self, request: Request) -> Response:
        """The path, as a file would be."""
        self.asked.append(request.url.path)
        return Response(request.url.path, self._status, self._headers, "text/javascript")

    def behind(self) -> Starlette:
        """The app behind the gate and what holds its files."""
        return Starlette(
            routes=[Route("/{path:path}", self.answer, methods=["GET", "HEAD", "POST"])],
            middleware=[
                Middleware(gate.Gate, hosts=frozenset({OURS}), max_body=1_000),
                Middleware(held.Held),
            ],
        )


def test_a_file_is_read_once_and_answered_alike_each_time() -> None:
    disk = Disk()
    app = disk.behind()
    first, second, third = (ask(app, FILE, HOST) for _ in "123")
    assert disk.asked == [FILE]
    assert first.text == second.text == third.text == FILE
    assert first.headers == second.headers == third.headers
    assert second.headers["content-security-policy"]
    assert second.headers["etag"] == '"one"'


def test_each_file_is_itself() -> None:
    app = Disk().behind()
    for _ in "12":
        assert ask(app, FILE, HOST).text == FILE
        assert ask(app, "/static/js/other.js", HOST).text == "/static/js/other.js"


@pytest.mark.parametrize("path", ["/", "/media/abc.png", "/_stcore/health", "/app/static/x.js"])
def test_only_what_pages_are_made_of_is_held(path: str) -> None:
    disk = Disk()
    app = disk.behind()
    for _ in "12":
        ask(app, path, HOST)
    assert disk.asked == [path, path]


@pytest.mark.parametrize(
    "disk",
    [
        Disk(status=404),
        Disk(status=206),
        Disk(cache_control="no-cache"),
        Disk(vary="accept-encoding"),
        Disk(content_encoding="gzip"),
        Disk(set_cookie="one=two"),
    ],
)
def test_an_answer_that_another_browser_may_not_get_is_not_held(disk: Disk) -> None:
    app = disk.behind()
    for _ in "12":
        ask(app, FILE, HOST)
    assert disk.asked == [FILE, FILE]


def test_no_more_is_held_than_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "_MOST_BYTES", 2 * len(FILE))
    disk = Disk()
    app = disk.behind()
    spellings = [FILE.replace("index", f"inde{letter}") for letter in "abc"]
    for path in spellings * 2:
        assert ask(app, path, HOST).text == path
    assert disk.asked == [*spellings, spellings[-1]]


@pytest.mark.parametrize("header", ["if-none-match", "if-modified-since", "if-range", "range"])
def test_who_asks_for_less_than_the_file_is_not_given_all_of_it(header: str) -> None:
    disk = Disk()
    app = disk.behind()
    ask(app, FILE, HOST)
    ask(app, FILE, (*HOST, (header, "x")))
    assert disk.asked == [FILE, FILE]

"""Who gets in: nobody without the address that was printed, and everything with it."""

from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from starlette.middleware import Middleware

from tests.server import asgi
from tests.server.asgi import OURS, Answer, Headers
from workbench import config
from workbench.errors import InputError
from workbench.server import door, gate

PATHS = (
    "/",
    "/verdicts",
    "/no/such/page",
    "/static/js/index.js",
    "/favicon.png",
    "/media/0123.csv",
    "/component/x/index.html",
    "/_stcore/host-config",
    "/_stcore/upload_file/session/file",
    "/_stcore/bidi-components/x.js",
    "/_stcore/health/",
    "/_stcore/health/details",
    "/auth/login",
    "//_stcore/health",
)


def pass_of(answer: Answer) -> str:
    """The cookie that admits, if one was given."""
    found = [each for each in answer.cookies if each.startswith("workbench_door_")]
    return found[0].split(";")[0] if found else ""


def ask(
    keeper: door.Keeper,
    address: str = "/",
    headers: Headers = (),
    method: str = "GET",
    kind: str = "http",
) -> Answer:
    """One request through the gate and the door, as in the server."""
    app = asgi.behind(
        Middleware(gate.Gate, hosts=gate.authorities("127.0.0.1", 8501), max_body=100),
        Middleware(door.Door, keeper=keeper),
    )
    return asgi.ask(app, address, (("Host", OURS), *headers), method, kind=kind)


@pytest.fixture
def keeper(tmp_path: Path) -> door.Keeper:
    return door.keeper(tmp_path / "home", 8501)


def entered(keeper: door.Keeper) -> list[tuple[str, str]]:
    """The headers of a browser that opened the printed address."""
    return [("Cookie", pass_of(ask(keeper, f"/?token={keeper.token}")))]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "POST", "DELETE"])
def test_no_route_answers_without_the_cookie(keeper: door.Keeper, path: str, method: str) -> None:
    refused = ask(keeper, path, method=method)
    assert refused.status == 403
    assert "inside" not in refused.text
    assert pass_of(refused) == ""
    assert ask(keeper, path, entered(keeper), method).status == 200


def test_no_websocket_is_opened_without_the_cookie(keeper: door.Keeper) -> None:
    assert ask(keeper, "/_stcore/stream", kind="websocket").status == 403
    token = f"/_stcore/stream?token={keeper.token}"
    assert ask(keeper, token, kind="websocket").status == 403
    assert ask(keeper, "/_stcore/stream", entered(keeper), kind="websocket").status == 101


def test_health_answers_anybody(keeper: door.Keeper) -> None:
    assert ask(keeper, "/_stcore/health").status == 200


def test_the_printed_address_becomes_a_cookie_that_no_script_and_no_other_site_gets(
    keeper: door.Keeper,
) -> None:
    answer = ask(keeper, urlsplit(door.with_token("http://x", keeper.token)).query.join(["/?", ""]))
    assert answer.status == 303
    (cookie,) = (each for each in answer.cookies if each.startswith("workbench_door_8501="))
    parts = {each.strip().lower() for each in cookie.split(";")[1:]}
    assert {"httponly", "samesite=strict", "path=/"} <= parts
    assert keeper.token not in cookie
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("asked", "onward"),
    [
        ("/?token=TOKEN", "/"),
        ("/verdicts?feature=A%26B&token=TOKEN", "/verdicts?feature=A%26B"),
        ("/verdicts?token=TOKEN&feature=%C3%A9&empty=", "/verdicts?feature=%C3%A9&empty="),
        ("/verdicts?token=%20TOKEN%0A", "/verdicts"),
        ("/spec?token=" + quote("http://127.0.0.1:8501/?token=TOKEN", safe=""), "/spec"),
        ("//evil.example/?token=TOKEN", "/evil.example/"),
        ("/\\evil.example?token=TOKEN", "/evil.example"),
    ],
)
def test_the_token_leaves_the_address_and_the_rest_of_it_stays(
    keeper: door.Keeper, asked: str, onward: str
) -> None:
    answer = ask(keeper, asked.replace("TOKEN", keeper.token))
    assert (answer.status, answer.headers["location"]) == (303, onward)
    assert pass_of(answer)


def test_who_is_in_already_loses_even_an_old_token_from_the_address(keeper: door.Keeper) -> None:
    answer = ask(keeper, "/verdicts?feature=A&token=old", entered(keeper))
    assert (answer.status, answer.headers["location"]) == (303, "/verdicts?feature=A")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_link_from_elsewhere_leads_in_by_a_page_of_ours(keeper: door.Keeper, site: str) -> None:
    # The browser keeps the strict cookie back, and after a redirect too.
    elsewhere = [("Sec-Fetch-Site", site)]
    first = ask(keeper, "/verdicts?feature=A%26%22B", elsewhere)
    assert first.status == 200
    assert 'content="0;url=/verdicts?feature=A%26%22B"' in first.text
    assert ask(keeper, "/verdicts", [("Sec-Fetch-Site", "same-origin")]).status == 403
    opening = ask(keeper, f"/verdicts?token={keeper.token}", elsewhere)
    assert (opening.status, bool(pass_of(opening))) == (200, True)
    assert 'content="0;url=/verdicts"' in opening.text
    assert keeper.token not in opening.text


@pytest.mark.parametrize(
    "token", ["", "x", "é", "%00", "%ff", "'", "a" * 5000, "token=", "?token="]
)
def test_a_wrong_token_is_told_and_opens_nothing(keeper: door.Keeper, token: str) -> None:
    answer = ask(keeper, f"/spec?token={quote(token, safe='%')}&feature=A")
    assert (answer.status, pass_of(answer)) == (403, "")
    assert "That is not the token of this start" in answer.text


def test_every_letter_of_the_token_counts(keeper: door.Keeper) -> None:
    near = [keeper.token[:-1], keeper.token + "a", keeper.token.swapcase(), keeper.token[1:]]
    assert not any(pass_of(ask(keeper, f"/?token={each}")) for each in near)


def test_the_page_without_entry_says_what_to_do_and_keeps_the_deep_link(
    keeper: door.Keeper,
) -> None:
    page = ask(keeper, "/verdicts?feature=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").text
    assert "This workbench is locked" in page
    assert "The workbench is at" in page
    assert '<input type="text" id="token" name="token"' in page
    assert 'name="feature" value="&quot;&gt;&lt;script&gt;' in page
    assert "<script>" not in page


@pytest.mark.parametrize("part", range(3))
def test_a_cookie_that_was_changed_or_made_up_is_none(keeper: door.Keeper, part: int) -> None:
    name, _, value = entered(keeper)[0][1].partition("=")
    parts = value.split(".")
    parts[part] = parts[part][:-2] + ("AA" if parts[part][-2:] != "AA" else "BB")
    for forged in (".".join(parts), "", "x", "a.b.c", keeper.token, value.rsplit(".", 1)[0]):
        assert ask(keeper, "/", [("Cookie", f"{name}={forged}")]).status == 403


def test_a_cookie_of_another_home_or_port_opens_nothing(tmp_path: Path) -> None:
    here, other_port = door.keeper(tmp_path / "a", 8501), door.keeper(tmp_path / "a", 8502)
    elsewhere = door.keeper(tmp_path / "b", 8501)
    assert ask(here, "/", entered(elsewhere)).status == 403
    assert ask(here, "/", entered(other_port)).status == 403
    assert not here.opens(elsewhere.token)


def test_after_a_restart_the_cookie_holds_and_the_old_address_does_not(tmp_path: Path) -> None:
    before = door.keeper(tmp_path, 8501)
    cookie = entered(before)
    after = door.keeper(tmp_path, 8501)
    assert ask(after, "/", cookie).status == 200
    assert ask(after, f"/?token={before.token}").status == 403


@pytest.mark.parametrize("spoilt", ["mode", "empty", "short", "binary"])
def test_a_key_that_others_could_read_or_that_is_none_is_replaced(
    tmp_path: Path, spoilt: str
) -> None:
    cookie = entered(door.keeper(tmp_path, 8501))
    key = tmp_path / "door.key"
    assert key.stat().st_mode & 0o777 == 0o600
    if spoilt == "mode":
        key.chmod(0o644)
    else:
        key.write_bytes({"empty": b"", "short": b"ab12", "binary": b"\xff" * 80}[spoilt])
    assert ask(door.keeper(tmp_path, 8501), "/", cookie).status == 403
    assert key.stat().st_mode & 0o777 == 0o600


def test_a_home_that_cannot_hold_the_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(InputError, match="can't be kept"):
        door.keeper(tmp_path / "home", 8501)


@pytest.mark.parametrize(
    ("said", "asks"),
    [(None, True), ("", True), ("0", True), ("no", True), ("fasle", True), ("1", False)]
    + [(yes, False) for yes in ("true", " Yes ", "ON")],
)
def test_only_a_plain_yes_in_the_environment_takes_the_door_away(
    monkeypatch: pytest.MonkeyPatch, said: str | None, asks: bool
) -> None:
    monkeypatch.delenv("WORKBENCH_NO_TOKEN", raising=False)
    if said is not None:
        monkeypatch.setenv("WORKBENCH_NO_TOKEN", said)
    assert config.load().asks_token is asks

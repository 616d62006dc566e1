"""A browser tab without a browser: Streamlit's websocket and its uploads, as its own page does."""

import copy
import http.client
import http.cookies
import secrets
import socket
import time
from collections.abc import Container
from contextlib import suppress
from types import TracebackType
from urllib.parse import urlsplit

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

_PATIENCE_S = 180.0
"""A busy machine is slow, not broken."""
_PAGE_ENDS = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_WITH_COMPILE_ERROR)
_PART_ENDS = (ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,)


def free_port() -> int:
    """A port for a server to come. Of the first free one two servers that start at once would both
    think that it is theirs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Visitor:
    """One browser: the cookies that it was given. `address` is what `serve` printed."""

    def __init__(self, address: str) -> None:
        self._at = urlsplit(address)
        self.cookies: dict[str, str] = {}
        status, _ = self.get(f"{self._at.path or '/'}?{self._at.query}")
        assert status in (200, 303), status
        self.get("/")
        # As the page does: with it comes the cookie that uploads must repeat.
        self.get("/_stcore/health")

    def another(self) -> "Visitor":
        """Another browser, of somebody else, that was let in too."""
        found = copy.copy(self)
        found.cookies = self.cookies | {"workbench_browser": secrets.token_hex(16)}
        return found

    @property
    def host(self) -> str:
        """The server's name and port."""
        return self._at.netloc

    def get(self, path: str) -> tuple[int, bytes]:
        """The status and body of one answer."""
        return self.send("GET", path)

    def send(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """The same for any method; cookies are kept."""
        connection = http.client.HTTPConnection(self.host, timeout=_PATIENCE_S)
        try:
            more = {"Cookie": self.cookie} if self.cookies else {}
            connection.request(method, path, body or None, {**more, **(headers or {})})
            answer = connection.getresponse()
            for given in answer.headers.get_all("set-cookie") or []:
                found: http.cookies.SimpleCookie = http.cookies.SimpleCookie(given)
                self.cookies |= {name: morsel.value for name, morsel in found.items()}
            return answer.status, answer.read()
        finally:
            connection.close()

    @property
    def cookie(self) -> str:
        """The cookies as a header."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


class Tab:
    """A tab of a browser: opens a page, waits until it is drawn, and is closed in the end."""

    def __init__(
        self, visitor: Visitor, page: str = "", back_to: str = "", query: str = ""
    ) -> None:
        self._visitor = visitor
        self._page, self._back_to, self._query = page, back_to, query
        self.session_id = ""
        self.texts: list[str] = []
        self.words: list[str] = []
        """What the page says in Markdown, the newest last."""
        self.alerts: list[str] = []
        """What the page says in coloured boxes."""
        self.toasts: list[str] = []
        """What it says in passing, in its corner."""
        self.errors: list[str] = []
        """What went wrong in drawing it, since the tab was opened."""
        self._looks_again: dict[str, float] = {}
        self._script = ""
        self._is_drawn = False
        self._ends: Container[int] = _PAGE_ENDS
        self._buttons: dict[str, str] = {}
        self._parts: dict[str, str] = {}
        """By button, the part of the page that it is drawn in."""
        self.media: list[str] = []
        """The files that the page shows or offers."""

    def __enter__(self) -> "Tab":
        self._socket = connect(
            f"ws://{self._visitor.host}/_stcore/stream",
            origin=Origin(f"http://{self._visitor.host}"),
            additional_headers={"Cookie": self._visitor.cookie},
            subprotocols=[Subprotocol(name) for name in ("streamlit", *self._comes_back())],
            open_timeout=_PATIENCE_S,
            max_size=None,
        )
        self.draw()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    @property
    def looks_again(self) -> bool:
        """Whether a part of the page draws itself again every second, as while a run goes on. (What
        asks who else is here does so for ever, less often.)"""
        return any(every <= 1 for every in self._looks_again.values())

    def press(self, label: str) -> None:
        """Press the button whose words begin so, and wait until what came of it is drawn."""
        pressed = next(key for words, key in self._buttons.items() if words.startswith(label))
        self.draw(pressed)

    def press_in_part(self, label: str) -> None:
        """The same for a button in a part that is then drawn again by itself, as a browser asks."""
        pressed = self._buttons[label]
        self.draw(pressed, self._parts[pressed])

    def click(self, label: str) -> None:
        """Press the button with these words and wait for nothing."""
        self._ask(self._buttons[label])

    def go(self, page: str) -> None:
        """Go to another page of the app in this tab, and wait until it is drawn."""
        self._page = page
        self.draw()

    def stay(self, seconds: float) -> int:
        """Leave the tab open for so long: what looks again by itself does. Returns how often."""
        until, looked = time.monotonic() + seconds, 0
        due = {part: time.monotonic() + every for part, every in self._looks_again.items()}
        while (now := time.monotonic()) < until:
            for part in [part for part, at in due.items() if at <= now]:
                asked = BackMsg()
                asked.rerun_script.fragment_id, asked.rerun_script.is_auto_rerun = part, True
                asked.rerun_script.page_script_hash = self._script
                asked.rerun_script.query_string = self._query
                self._socket.send(asked.SerializeToString())
                looked += 1
                due[part] = now + self._looks_again[part]
            with suppress(TimeoutError):
                self._hear(max(min([until, *due.values()]) - now, 0.001))
            # As in a browser nobody waits for an answer: of a part that is gone there comes none.
            due = {
                part: due.get(part, time.monotonic() + every)
                for part, every in self._looks_again.items()
            }
        return looked

    def is_told(self, words: str) -> bool:
        """Ask for nothing, and wait until the server has the page say these words."""
        with suppress(TimeoutError):
            while not any(words in said for said in self.words):
                self._hear(_PATIENCE_S)
        return any(words in said for said in self.words)

    def is_drawn_by_the_server(self) -> bool:
        """Ask for nothing, and wait until the server has drawn the page, or a part, once more."""
        self.words = []
        with suppress(TimeoutError):
            while self._hear(_PATIENCE_S) != "script_finished":
                pass
            return True
        return False

    def is_told_no_more(self, words: str) -> bool:
        """The same until it is drawn without these words: on a busy machine it may be drawn once
        more for what was before."""
        while self.is_drawn_by_the_server():
            if not any(words in said for said in self.words):
                return True
        return False

    def draw(self, pressed: str = "", part: str = "") -> None:
        """Ask for the page, or a part of it, and wait until all of it is drawn."""
        self._ask(pressed, part)
        self.texts, self.words, self.alerts, self.media = [], [], [], []
        self.toasts = []
        self._is_drawn, self._ends = False, _PART_ENDS if part else _PAGE_ENDS
        if not part:
            self._looks_again = {}
        while not self._is_drawn:
            self._hear(_PATIENCE_S)

    def _ask(self, pressed: str, part: str = "") -> None:
        asked = BackMsg()
        asked.rerun_script.fragment_id = part
        if pressed:
            button = asked.rerun_script.widget_states.widgets.add()
            button.id, button.trigger_value = pressed, True
            # Without it a page counts as changed, and what was chosen on the old one is forgotten.
            asked.rerun_script.page_script_hash = self._script
        asked.rerun_script.page_name = self._page
        asked.rerun_script.query_string = self._query
        self._socket.send(asked.SerializeToString())

    def _hear(self, seconds: float) -> str:
        """Take note of the next message; its kind. Raises TimeoutError where none comes."""
        heard = ForwardMsg()
        heard.ParseFromString(self._socket.recv(timeout=seconds, decode=False))
        kind = heard.WhichOneof("type") or ""
        if kind == "new_session":
            self.session_id = heard.new_session.initialize.session_id
            self._script = heard.new_session.page_script_hash
        elif kind == "navigation":
            self._script = heard.navigation.page_script_hash
        elif kind == "script_finished":
            # A part may end in between, and a run that is followed by another one (`st.rerun`).
            self._is_drawn = heard.script_finished in self._ends
        elif kind == "auto_rerun":
            self._looks_again[heard.auto_rerun.fragment_id] = heard.auto_rerun.interval
        elif kind == "stop_auto_rerun":
            for part in heard.stop_auto_rerun.fragment_ids:
                self._looks_again.pop(part, None)
        elif kind == "delta":
            self._note(heard)
        return kind

    def upload(self, content: bytes, session_id: str = "") -> int:
        """The status of an upload to this session, or to another."""
        boundary = secrets.token_hex(16)
        body = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="a.csv"; filename="a.csv"\r\n'
            f"Content-Type: text/csv\r\n\r\n"
        ).encode() + content
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "X-Xsrftoken": self._visitor.cookies.get("_streamlit_xsrf", ""),
            "Origin": f"http://{self._visitor.host}",
        }
        path = f"/_stcore/upload_file/{session_id or self.session_id}/{secrets.token_hex(8)}"
        body += f"\r\n--{boundary}--\r\n".encode()
        return self._visitor.send("PUT", path, body, headers)[0]

    def _comes_back(self) -> list[str]:
        return ["no-token", self._back_to] if self._back_to else []

    def _note(self, heard: ForwardMsg) -> None:
        element = heard.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "download_button":
            self.media.append(element.download_button.url)
        elif kind == "button":
            self._buttons[element.button.label] = element.button.id
            self._parts[element.button.id] = heard.delta.fragment_id
        elif kind == "toast":
            self.toasts.append(element.toast.body)
        elif kind == "alert":
            self.alerts.append(element.alert.body)
            if element.alert.format == Alert.ERROR:
                self.errors.append(element.alert.body)
        elif kind == "exception":
            self.errors.append(element.exception.message)
        elif kind == "markdown":
            self.words.append(element.markdown.body)
        elif kind == "text":
            self.texts.append(element.text.body)
        elif kind == "imgs":
            self.media += [image.url for image in element.imgs.imgs]

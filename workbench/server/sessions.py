"""Sessions that come and go: what they hold is let go of, and files are served to their own only.

Streamlit keeps a closed tab's session for two minutes, so that a short loss of the network loses
nothing. Each holds an event loop (three file handles) though no script runs, one that is past its
time is found at the next visit only, and whoever knows the address of a file gets it. This holds
for Streamlit 1.67; `tests/server/test_sessions.py` shows when it no longer does.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from os.path import splitext

import streamlit as st
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config as options
from streamlit.runtime import Runtime
from streamlit.runtime.app_session import _close_script_event_loop
from streamlit.runtime.media_file_storage import MediaFileKind
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx
from streamlit.runtime.session_manager import SessionInfo, SessionStorage

from workbench.server.settled import Settling
from workbench.ui.parts import browser

MEDIA = "/media/"
UPLOADS = "/_stcore/upload_file/"
_SWEEP_S = 1.0


class Waiting(SessionStorage):
    """Sessions whose tab is gone and may come back within `life_s`. They hold no file handles."""

    def __init__(self, life_s: float, most: int = 128) -> None:
        self._life_s, self._most = life_s, most
        self.n_ended = 0
        """How many sessions were ended so far."""
        # In the order in which they were left, with when they end.
        self._left: dict[str, tuple[float, SessionInfo]] = {}

    def get(self, session_id: str) -> SessionInfo | None:
        """The session, unless its time is over."""
        until, info = self._left.get(session_id, (0.0, None))
        return info if time.monotonic() < until else None

    def save(self, session_info: SessionInfo) -> None:
        """Its tab is gone. The longest gone makes room where there are too many."""
        self._left[session_info.session.id] = time.monotonic() + self._life_s, session_info
        while len(self._left) > self._most:
            self._end(next(iter(self._left)))

    def delete(self, session_id: str) -> None:
        """Its tab is back, or it is ended: what `sweep` closed is opened again."""
        session = self._left.pop(session_id)[1].session
        if session._script_event_loop.is_closed():
            session._script_event_loop = asyncio.new_event_loop()

    def list(self) -> list[SessionInfo]:
        """All that may come back."""
        return [info for until, info in self._left.values() if time.monotonic() < until]

    def sweep(self) -> None:
        """End those past their time, and take the event loop from those whose script is done."""
        for session_id, (until, info) in tuple(self._left.items()):
            if time.monotonic() >= until:
                self._end(session_id)
            elif info.session._scriptrunner is None:
                _close_script_event_loop(info.session._script_event_loop)

    def _end(self, session_id: str) -> None:
        # Dropped only, it would hold what it has until the garbage is collected.
        self._left.pop(session_id)[1].session.shutdown()
        self.n_ended += 1


class OwnedFiles(MemoryMediaFileStorage):
    """What pages show and offer for download, and whose it is: a session's while it lives."""

    def __init__(self) -> None:
        super().__init__(MEDIA.rstrip("/"))
        self._owners: dict[str, set[str]] = {}

    def load_and_get_id(
        self,
        path_or_data: str | bytes,
        mimetype: str,
        kind: MediaFileKind,
        filename: str | None = None,
    ) -> str:
        """Keep a file for the session that is being drawn."""
        file_id = super().load_and_get_id(path_or_data, mimetype, kind, filename)
        drawn = get_script_run_ctx(suppress_warning=True)
        if drawn is not None:
            self._owners.setdefault(file_id, set()).add(drawn.session_id)
        return file_id

    def delete_file(self, file_id: str) -> None:
        """Forget a file and its owners."""
        super().delete_file(file_id)
        self._owners.pop(file_id, None)

    def owners(self, file_id: str) -> frozenset[str]:
        """The sessions that have been shown this file."""
        return frozenset(self._owners.get(file_id, ()))


class App(st.App):
    """Streamlit's app with these two in place of its own."""

    files: OwnedFiles
    waiting: Waiting

    def _create_runtime(self) -> Runtime:
        runtime = super()._create_runtime()
        self.files = OwnedFiles()
        self.waiting = Waiting(options.get_option("server.disconnectedSessionTTL"))
        # Before the routes are made and before anybody can have a session.
        runtime.media_file_mgr._storage = self.files
        runtime._session_mgr._session_storage = self.waiting  # type: ignore[attr-defined]
        return runtime

    @asynccontextmanager
    async def sweeping(self) -> AsyncIterator[None]:
        """Inside, sessions are tidied up behind."""
        task = asyncio.create_task(self._sweep())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _sweep(self) -> None:
        settling = Settling()
        while True:
            await asyncio.sleep(_SWEEP_S)
            self.waiting.sweep()
            settling.look(self.waiting.n_ended)


class OwnFiles:
    """ASGI middleware: a file goes to the browser that a living session showed it in, and is taken
    from the one whose session it is for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or say that there is no such file: to others there is none."""
        is_file = scope["type"] == "http" and scope["path"].startswith((MEDIA, UPLOADS))
        if is_file and not _is_own(HTTPConnection(scope)):
            await PlainTextResponse("Not found.\n", status_code=404)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _is_own(asked: HTTPConnection) -> bool:
    """Whether the file is one of a session that lives in the browser that asks."""
    known = asked.cookies.get(browser.COOKIE)
    runtime = Runtime.instance()
    path: str = asked.scope["path"]
    if path.startswith(UPLOADS):
        sessions = frozenset({path.removeprefix(UPLOADS).partition("/")[0]})
    else:
        files = runtime.media_file_mgr._storage
        assert isinstance(files, OwnedFiles)
        sessions = files.owners(splitext(path.removeprefix(MEDIA))[0])
    living = [client.client_context for client in map(runtime.get_client, sessions) if client]
    return any(known and seen and seen.cookies.get(browser.COOKIE) == known for seen in living)

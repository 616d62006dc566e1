"""Has a tab look around where there is something new to see, so that no tab has to ask.

Streamlit draws a page where its own browser asks for it, so tabs that show who else is here asked
every few seconds: twenty idle ones took three times what one takes, and all heard late. Here one
task compares what each tab showed of the others with how it is now, and asks in its name, as the
browser would, for the part of the page that shows them. `tests/server/test_bell.py` shows when
Streamlit (1.67) no longer takes that.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Hashable, Mapping
from contextlib import asynccontextmanager, suppress

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime import get_instance
from streamlit.runtime.app_session import AppSession

from workbench import logs
from workbench.errors import WorkbenchError
from workbench.ui.parts import resources, together
from workbench.ui.parts.presence import Tab
from workbench.ui.parts.resources import Services

_log = logging.getLogger(__name__)

_LOOK_S = 1.0
_ALL_S = 10.0
"""How often what changes by itself is looked at: who typed a minute ago types no longer."""
_AFTER_TROUBLE_S = 30.0
_AGAIN_S = 5.0
"""How soon a tab is asked once more to show what it was asked to show already."""


@asynccontextmanager
async def ringing() -> AsyncIterator[None]:
    """Inside, open tabs hear of each other."""
    task = asyncio.create_task(_ring_on())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _ring_on() -> None:
    held = resources.at_hand()
    if held is None:
        return
    bell = _Bell(held)
    held.presence.is_told = True
    try:
        while True:
            await asyncio.sleep(_LOOK_S)
            try:
                await bell.ring()
            except WorkbenchError:
                # Of a store that can't be read now the page that is open tells, in its own words.
                continue
            except Exception as error:
                # The top of a task: were it to end here, tabs that are open would hear no more.
                logs.report(_log, error, "Tabs were not told what is new")
                await asyncio.sleep(_AFTER_TROUBLE_S)
    finally:
        # Whatever ends this: tabs that are opened from now on ask by themselves again.
        held.presence.is_told = False


class _Bell:
    """Knows which tabs were asked to show what."""

    def __init__(self, held: Services) -> None:
        self._here, self._changes = held.presence, held.store.condition.changes
        self._heard: tuple[int, int] | None = None
        self._all_at = 0.0
        self._asked: dict[str, tuple[Hashable, float]] = {}

    async def ring(self) -> None:
        """Tell who left, and have the tabs look that show something else than there is."""
        known = {each.session.id for each in get_instance()._session_mgr.list_sessions()}
        self._here.keep(_active(), known)
        now, heard = time.monotonic(), (self._here.revision, self._changes.commits)
        if heard == self._heard and now < self._all_at:
            return
        # It may read, and wait for what others read: not on the loop that serves everybody.
        new = await asyncio.to_thread(_new, self._here.tabs())
        sessions = _active()
        left = [key for key in new.keys() & sessions if not self._ask(sessions[key], *new[key])]
        self._asked = {key: asked for key, asked in self._asked.items() if key in new}
        self._heard, self._all_at = None if left else heard, now + _ALL_S

    def _ask(self, session: AppSession, tab: Tab, seen: Hashable) -> bool:
        """Ask for the part that shows the others; False where that has to wait. While the page is
        drawn it has to: what its browser asks for meanwhile must not be mixed with what this knows
        of it."""
        if session._scriptrunner is not None:
            return False
        before, at = self._asked.get(session.id, (None, 0.0))
        if before == seen and time.monotonic() - at < _AGAIN_S:
            return True
        self._asked[session.id] = seen, time.monotonic()
        wanted = ClientState()
        wanted.CopyFrom(session._client_state)
        wanted.fragment_id, wanted.is_auto_rerun = tab.part, True
        session.request_rerun(wanted)
        return True


def _active() -> dict[str, AppSession]:
    found = get_instance()._session_mgr.list_active_sessions()
    return {each.session.id: each.session for each in found}


def _new(tabs: Mapping[str, Tab]) -> dict[str, tuple[Tab, Hashable]]:
    seen = {key: together.glance(tab.who, tab.feature_id) for key, tab in tabs.items()}
    return {key: (tabs[key], each) for key, each in seen.items() if each != tabs[key].showed}

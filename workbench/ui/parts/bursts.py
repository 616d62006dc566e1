"""What a page draws goes to its browser in few bursts, for a browser draws anew after each.

Streamlit sends each element within 5 ms. A browser lays its whole page out anew for what has come
until then, up to twenty times a page, and that is most of what a page takes. So what is drawn waits
a moment for the rest, and goes at once when its script has ended. This holds for Streamlit 1.67;
`tests/server/test_bursts.py` shows when it no longer does.
"""

import time
from functools import partial
from weakref import WeakSet

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import get_instance
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import get_script_run_ctx

HOLD_S = 0.1
"""How long at most what is drawn waits for what is drawn next: who waits for a model sees that."""

_HEAD_START_S = 0.06
"""What a browser takes for what a page draws at a time, where it stands on a machine of its own
or on this one."""

_at_once = AppSession._enqueue_forward_msg
_due: WeakSet[AppSession] = WeakSet()
"""The sessions whose burst is to be sent in a moment. Streamlit's event loop alone looks at it."""


def _soon(session: AppSession, msg: ForwardMsg) -> None:
    """Put a message into the queue of a session, and have that sent in a moment: now, where the
    script is over, and where it is no element."""
    # Which page it is goes ahead of what that page writes into its address: a browser that hears
    # of both at once writes the new page's address over that of the page before.
    if session._scriptrunner is None or msg.WhichOneof("type") != "delta":
        _at_once(session, msg)
        return
    session._browser_queue.enqueue(msg)
    if session not in _due:
        _due.add(session)
        session._event_loop.call_later(HOLD_S, _send, session)


def _send(session: AppSession) -> None:
    _due.discard(session)
    if session._message_enqueued_callback is not None:
        session._message_enqueued_callback()


def send() -> None:
    """Send what this script has drawn, and give it a head start: what the script does next takes
    longer than anybody should wait.

    Without that it takes the interpreter from the thread that sends, and where the browser is on
    this machine, the cores: after a key it came as late as if nothing had been sent by itself.
    """
    context = get_script_run_ctx()
    if context is None or AppSession._enqueue_forward_msg is not _soon:
        return  # Nothing waits: Streamlit sends each element by itself.
    found = get_instance()._session_mgr.get_session_info(context.session_id)
    if found is not None:
        # After what was drawn so far, which goes to that loop in turn.
        found.session._call_soon_on_event_loop(partial(_send, found.session))
        time.sleep(_HEAD_START_S)


def install() -> None:
    """See to it in this process; a second time changes nothing."""
    AppSession._enqueue_forward_msg = _soon  # type: ignore[assignment, method-assign]

"""What a person does is done whole: a click is neither lost nor cut in the middle by the next one.

Streamlit 1.67 stops the run of a script at its next look at the session when something else is
clicked or typed, and a callback is no exception: what saves a form or takes a typed text is left
half done, or not begun, and is never called again. A form then lost what had been typed last, and
*Save* did nothing, on a machine that was busy enough. `tests/server/test_uncut.py` shows it.
"""

from typing import Any

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_run_context import RunLocation, ThreadState
from streamlit.runtime.state.safe_session_state import SafeSessionState

SETTINGS = {
    # With it, a run that has not begun is dropped for the next one, and with it its click. Without
    # it the next one waits for the look at the session, and takes the click along.
    "runner.fastReruns": False,
}

_look = ScriptRunner._maybe_handle_execution_control_request


def _look_between(runner: ScriptRunner) -> None:
    """Whether something else waits to be done, asked between callbacks and in a page only."""
    if ThreadState.get().run_location is not RunLocation.CALLBACK:
        _look(runner)


def _call_all(state: SafeSessionState, *given: Any, **named: Any) -> None:
    """Call the callbacks of a run. Streamlit looks whether something else waits first, and forgets
    this run's clicks if so; it looks again after them, which is early enough."""
    with state._lock:
        state._state.on_script_will_rerun(*given, **named)


def install() -> None:
    """See to it in this process; a second time changes nothing."""
    ScriptRunner._maybe_handle_execution_control_request = _look_between  # type: ignore[assignment, method-assign]
    SafeSessionState.on_script_will_rerun = _call_all  # type: ignore[assignment, method-assign]

"""Errors as people should see them: what is wrong and what to do, never a traceback."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import NoReturn, ParamSpec

import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState, get_script_run_ctx

from workbench import logs
from workbench.errors import Conflict, WorkbenchError
from workbench.ui.parts.text import md, output

P = ParamSpec("P")

_log = logging.getLogger(__name__)


class Ended(Exception):
    """A page has nothing more to draw. Not `st.stop`: after that nothing can be drawn any more, and
    what stands above the page is put right when the page is whole."""


def end() -> NoReturn:
    """Draw no more of this page."""
    raise Ended


@contextmanager
def errors() -> Iterator[None]:
    """Show what goes wrong inside as a message. What we did not foresee gets a number only.

    Streamlit's own signals (a rerun, a stop) pass through: they are not of type Exception's
    everyday children, and are raised again.
    """
    try:
        yield
    except Ended:
        pass
    except WorkbenchError as error:
        show(error)
    except _passing():
        raise
    except Exception as error:
        # The top of a page: the message may hold a secret or another user's words, so the page
        # gets a number, and the log the error's kind and place.
        unforeseen(error)


def on_script_error(error: Exception) -> bool:
    """The same for what is raised outside of `errors`, as in a callback. Tells Streamlit that the
    error was shown: by itself it would write its text to the terminal's log."""
    if isinstance(error, WorkbenchError):
        show(error)
    elif not isinstance(error, Ended):
        unforeseen(error)
    return True


def unforeseen(error: Exception) -> None:
    """Say that something went wrong, and by which number it is found in the log."""
    number = logs.report(_log, error, "Something that we did not foresee, on a page")
    said = (
        f"Something went wrong that we did not foresee ({type(error).__name__}, number {number}). "
        f"Nothing that was saved is lost. {logs.place()}"
    )
    _say(md(said))


def boundary(draw: Callable[P, None]) -> Callable[P, None]:
    """A fragment's or dialog's drawing, with its errors shown: it runs without the page around."""

    @wraps(draw)
    def safely(*args: P.args, **kwargs: P.kwargs) -> None:
        with errors():
            draw(*args, **kwargs)

    return safely


def show(error: WorkbenchError) -> None:
    """One of our errors as a message; a conflict with both texts."""
    first, *lines = error.message.split("\n")
    _say(
        f"**{md(first)}** {md(error.hint)}",
        "\n".join(f"- {md(line)}" for line in lines),
    )
    if isinstance(error, Conflict) and not _has_no_place():
        mine, theirs = st.columns(2)
        with mine:
            st.caption("Yours, not saved yet")
            output(error.mine)
        with theirs:
            st.caption("Theirs, saved")
            output(error.theirs)


def _say(said: str, more: str = "") -> None:
    if _has_no_place():
        st.toast(f"{said}\n\n{more}", icon=":material/error:", duration="infinite")
        return
    st.error(said, icon=":material/error:")
    if more:
        st.markdown(more)


def _has_no_place() -> bool:
    """Whether this is the callback of a part that is drawn without its page: what it draws would
    take the place of what stands first on the page."""
    context, thread = get_script_run_ctx(), ThreadState.get()
    is_part = context is not None and bool(context.fragment_ids_this_run)
    return is_part and (thread.in_fragment_callback or thread.fragment_id is None)


def later(place: str, error: WorkbenchError) -> None:
    """Keep an error for a place of the page: what a callback draws stands above all of it."""
    st.session_state[f"trouble_{place}"] = error


def show_kept(place: str) -> None:
    """Show what was kept for a place, once."""
    error = st.session_state.pop(f"trouble_{place}", None)
    if error is not None:
        show(error)


def _passing() -> tuple[type[BaseException], ...]:
    from streamlit.runtime.scriptrunner_utils.exceptions import RerunException, StopException

    return (RerunException, StopException)

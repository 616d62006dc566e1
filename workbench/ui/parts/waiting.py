"""Wait for a server of somebody else's, and let the person go who does not want to."""

from collections.abc import Callable
from multiprocessing.pool import ThreadPool
from typing import TypeVar

import streamlit as st

_LOOK_S = 0.1
Found = TypeVar("Found")


def waited(words: str, call: Callable[[], Found]) -> Found:
    """What the call returns or raises, with `words` beside a spinner until then.

    Whoever clicks elsewhere meanwhile gets there at once: the call goes on without them, and what
    it keeps in the store is kept. It may not use the session, which is not its own.
    """
    # This kind of pool is not waited for when the server stops; a model may take minutes.
    pool = ThreadPool(1)
    answer = pool.apply_async(call)
    pool.close()
    with st.spinner(words):
        while not answer.ready():
            answer.wait(_LOOK_S)
            # Streamlit leaves a page for what was clicked next where it looks at the session.
            st.session_state.get("waited")
    return answer.get()

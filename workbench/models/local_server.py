"""The child process around the local model: llama.cpp's own server, gone when its parent is gone.

Started as `python -m workbench.models.local_server`; reads one JSON line (model path, API key,
log file, model name) from standard input, writes one line, the address, to standard output, then
waits for standard input to end. The kernel closes that pipe however the parent dies.
"""

import json
import os
import sys
from dataclasses import dataclass, field
from typing import Any

from workbench import private

SLOTS = 4
TOKENS_PER_SLOT = 2048
_NICENESS = 5


@dataclass(frozen=True)
class Orders:
    """What the parent wants. They come through the pipe because arguments are public."""

    model: str
    name: str
    log: str
    api_key: str = field(repr=False)


def main() -> None:
    """Serve until standard input ends."""
    orders = Orders(**json.loads(sys.stdin.readline()))
    to_parent = os.fdopen(os.dup(1), "w")
    # The engine writes to the process's own stdout and stderr; the address line stays clean.
    log = private.opened(orders.log, os.O_WRONLY | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    server = _start(orders)
    print(server.listening_address, file=to_parent, flush=True)
    sys.stdin.read()
    # Tearing the engine down was seen to hang; there is nothing to save.
    os._exit(0)


def _start(orders: Orders) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = orders.model
    params.model_alias = {orders.name}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [orders.api_key]
    params.cors_origins = "localhost"
    params.ui = False
    params.n_parallel = SLOTS
    params.n_ctx = SLOTS * TOKENS_PER_SLOT
    # More threads than free cores collapse: their barriers spin. The other half of the cores is a
    # second process's, see `LocalModel`.
    params.cpuparams.n_threads = max(1, (os.cpu_count() or 2) // 2)
    params.cache_ram_mib = 64
    params.verbosity = -1
    return xllamacpp.Server(params)


if __name__ == "__main__":
    main()

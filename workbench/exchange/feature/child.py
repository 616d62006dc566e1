"""The child process that reads a feature file: its memory and time end here, not in the app.

Run by `confined.run`: the text comes through stdin, and what was read, or what is wrong, goes to
stdout as JSON.
"""

import gc
import json
import os
import sys
from typing import Any, NoReturn

from workbench import confined
from workbench.errors import InputError
from workbench.exchange.feature import reader


def main() -> NoReturn:
    """Read stdin, and answer on stdout."""
    order = confined.begin()
    # Nothing here is circular, and millions of small objects make each collection slow.
    gc.disable()
    said: dict[str, Any]
    try:
        text = sys.stdin.buffer.read().decode("utf-8", "surrogatepass")
        said = {"data": reader.read(text, order["source_name"]).data}
    except InputError as error:
        said = {"error": error.message, "hint": error.hint}
    except MemoryError:
        said = {"error": "Reading it takes too much memory.", "hint": "Split the file."}
    sys.stdout.buffer.write(json.dumps(said).encode())
    sys.stdout.buffer.flush()
    # Millions of objects need not be let go of one by one.
    os._exit(0)


if __name__ == "__main__":
    main()

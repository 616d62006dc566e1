"""The child process that opens a ZIP archive: its memory and time end here, not in the app.

To stdout goes a line of JSON, the names and sizes of what was unpacked or what is wrong, and then
the bytes of one file after the other. Nothing is written to disk, so no name leads anywhere.
"""

import io
import json
import os
import sys
import zipfile
import zlib
from typing import Any, NoReturn

from workbench import confined
from workbench.errors import InputError


def main() -> NoReturn:
    """Read stdin, and answer on stdout."""
    order = confined.begin()
    said: dict[str, Any]
    files: list[tuple[str, bytes]] = []
    try:
        files = unpacked(sys.stdin.buffer.read(), order["most_files"], order["most_bytes"])
        said = {"files": [[name, len(data)] for name, data in files]}
    except InputError as error:
        said = {"error": error.message, "hint": error.hint}
    except MemoryError:
        said = {"error": "Reading it takes too much memory.", "hint": "Split it."}
    out = sys.stdout.buffer
    out.write(json.dumps(said).encode() + b"\n")
    for _, data in files if "files" in said else ():
        out.write(data)
    out.flush()
    os._exit(0)


def unpacked(data: bytes, most_files: int, most_bytes: int) -> list[tuple[str, bytes]]:
    """The files of an archive, in its order, with at most so many bytes in all. Raises
    InputError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            # What macOS adds beside each file is none of its owner's.
            members = [one for one in members if not one.filename.startswith("__MACOSX/")]
            if len(members) > most_files:
                raise InputError(
                    f"It holds {len(members):,} files, more than {most_files:,}.", "Split it."
                )
            names = [one.filename for one in members]
            if len(set(names)) < len(names):
                raise InputError("It holds two files of one name.", "Pack it anew.")
            found, left = [], most_bytes
            for one in members:
                if one.flag_bits & 1:
                    raise InputError("It has a password.", "Pack it without one.")
                with archive.open(one) as reading:
                    content = reading.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise InputError(f"It unfolds to more than {most_bytes >> 20} MB.", "Split it.")
                found.append((one.filename, content))
            return found
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise InputError("It is no ZIP, or damaged.", "Pack it anew, as ZIP.") from error
    except (ValueError, OSError, RuntimeError, KeyError) as error:
        raise InputError("It is no ZIP, or damaged.", "Pack it anew, as ZIP.") from error


if __name__ == "__main__":
    main()

"""ZIP archives: read within bounds, in a child process, and written always the same way."""

import io
import json
import zipfile
from collections.abc import Mapping

from workbench.confined import Limits
from workbench.errors import InputError
from workbench.exchange import child

MOST_BYTES = 256 * 1024 * 1024
"""The largest archive, and what it may unfold to."""
MOST_FILES = 5_000
_LIMITS = Limits(1_536 * 1024 * 1024, 30, 30.0)
# ZIP counts from here; with the time of its packing, the same content would differ each time.
_MOMENT = (1980, 1, 1, 0, 0, 0)


def is_zip(data: bytes) -> bool:
    """Whether the bytes begin as an archive does."""
    return data.startswith(b"PK\x03\x04")


def unpack(data: bytes, name: str) -> dict[str, bytes]:
    """What the files of an archive hold, by their names in it. Raises InputError naming the
    archive, for one that is damaged, too large, or unfolds too far."""
    if len(data) > MOST_BYTES:
        raise InputError(f"{name}: it has more than {MOST_BYTES >> 20} MB.", "Split it.")
    said = child.read(
        "workbench.exchange.archives.child",
        {"most_files": MOST_FILES, "most_bytes": MOST_BYTES},
        data,
        _LIMITS,
        broken="it is damaged, or reading it takes too much memory.",
        way_out=("Split it.", "Pack it anew, or split it."),
        where=name,
    )
    about, _, contents = said.partition(b"\n")
    found = json.loads(about)
    if "error" in found:
        raise InputError(f"{name}: {found['error']}", found["hint"])
    files, at = {}, 0
    for member, size in found["files"]:
        files[member] = contents[at : at + size]
        at += size
    return files


def pack(files: Mapping[str, bytes]) -> bytes:
    """An archive of these files, in this order: the same bytes for the same content."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in files.items():
            member = zipfile.ZipInfo(name, _MOMENT)
            member.external_attr = 0o600 << 16
            # Pictures and PDFs are packed by themselves; texts shrink to a fifth.
            is_text = name.endswith((".yaml", ".jsonl", ".csv"))
            member.compress_type = zipfile.ZIP_DEFLATED if is_text else zipfile.ZIP_STORED
            archive.writestr(member, data)
    return made.getvalue()

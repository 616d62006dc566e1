"""Looking into files before they are kept: what they are by their content, and whether they are
well."""

import json
from collections.abc import Sequence
from hashlib import sha256

from workbench.confined import Limits
from workbench.domain.attachments import MOST_BYTES, Content, tidy_name
from workbench.errors import InputError
from workbench.exchange import child

_MEMORY = 1024 * 1024 * 1024
_SECONDS, _SECONDS_EACH = 20.0, 1.0
# Starting a child takes a quarter of a second, so many small files go to one.
_AT_ONCE, _BYTES_AT_ONCE = 40, 64 * 1024 * 1024
_SMALLER = "Make it smaller, or save it anew with another program."


def look(name: str, data: bytes) -> Content:
    """A picture or document, looked at in a child process that can be stopped.

    Its kind is told by its bytes, whatever it is called. Raises InputError naming the file, for
    one that is too large, of another kind, damaged, or that takes too long or unfolds too far.
    """
    (found,) = _together([(name, data)])
    return found


def look_at_all(files: Sequence[tuple[str, bytes]]) -> list[Content]:
    """The same of many files, with their names. Raises InputError naming the first that is not
    well."""
    found: list[Content] = []
    batch: list[tuple[str, bytes]] = []
    for file in files:
        size = sum(len(data) for _, data in batch) + len(file[1])
        if batch and (len(batch) == _AT_ONCE or size > _BYTES_AT_ONCE):
            found += _together(batch)
            batch = []
        batch.append(file)
    return found + (_together(batch) if batch else [])


def _together(files: Sequence[tuple[str, bytes]]) -> list[Content]:
    for name, data in files:
        _refuse_size(tidy_name(name), len(data))
    seconds = _SECONDS + _SECONDS_EACH * len(files)
    try:
        said = child.read(
            "workbench.exchange.attachments.child",
            {"sizes": [len(data) for _, data in files]},
            b"".join(data for _, data in files),
            Limits(_MEMORY, int(seconds), seconds),
            broken="it is damaged, or reading it takes too much memory.",
            way_out=(_SMALLER, _SMALLER),
            where=tidy_name(files[0][0]),
        )
    except InputError:
        if len(files) == 1:
            raise
        # One of them stopped the child: which one is found by looking at each.
        return [content for file in files for content in _together([file])]
    about, _, previews = said.partition(b"\n")
    found, at = [], 0
    for (name, data), one in zip(files, json.loads(about), strict=True):
        if "error" in one:
            raise InputError(f"{tidy_name(name)}: {one['error']}", one["hint"])
        size = one.pop("preview")
        preview = previews[at : at + size] or None
        found.append(Content(sha256(data).hexdigest(), data=data, preview=preview, **one))
        at += size
    return found


def _refuse_size(name: str, size: int) -> None:
    if not size:
        raise InputError(f"{name}: it is empty.", "Choose another file.")
    if size > MOST_BYTES:
        raise InputError(
            f"{name}: it has {size / 2**20:,.1f} MB.",
            f"Make it smaller: at most {MOST_BYTES >> 20} MB can be attached.",
        )

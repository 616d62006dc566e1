"""An upload as a table and the files beside it: a ZIP holds both."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

import streamlit as st

from workbench.domain.attachments import Content
from workbench.exchange.tables import files

MOST_MB = 100
"""The largest upload."""


def source(given: Any) -> files.Packed:
    """The table of an upload, and the files beside it where it is a ZIP. Raises InputError."""
    if PurePath(given.name).suffix.lower() != files.ARCHIVE:
        return files.Packed(given.name, given.getvalue(), files.nowhere)
    return _unpacked(given.file_id, given.name, given)


def looked_at(
    named_by: Mapping[str, str], packed: files.Packed | None, file_id: str
) -> dict[str, Content]:
    """The files that cases name, each looked at once. Raises InputError."""
    find = files.nowhere if packed is None else packed.find
    return _looked_at(file_id, tuple(named_by.items()), find) if named_by else {}


# Kept as they are and not copied on each drawing: they may have a hundred megabytes.
@st.cache_resource(show_spinner="Opening the ZIP…", max_entries=2, ttl="15m")
def _unpacked(file_id: str, name: str, _given: Any) -> files.Packed:
    return files.of_archive(name, _given.getvalue())


@st.cache_resource(show_spinner="Looking at the files…", max_entries=4, ttl="15m")
def _looked_at(
    file_id: str, named_by: tuple[tuple[str, str], ...], _find: files.Find
) -> dict[str, Content]:
    return files.looked_at(dict(named_by), _find)

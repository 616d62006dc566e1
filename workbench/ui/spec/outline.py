"""The outline of the spec: its parts beside the text, each a link to where it begins."""

import re
from collections.abc import Mapping
from typing import NamedTuple

import streamlit as st

from workbench.ui.parts.text import md, short

_HEADING = re.compile(r"(##|###) (.+)")
_FENCE = re.compile(r"(`{3,})")
_KEY = re.compile(r"(R\d+): ")
_SHOWN = 64


class Part(NamedTuple):
    """A heading as it stands in the text, and the id that Streamlit gives to it."""

    title: str
    anchor: str
    is_within: bool
    """Whether it belongs to the part before it, as each requirement does."""


def parts(markdown: str) -> list[Part]:
    """The parts of a spec in their order. What stands in a block of code is no heading."""
    found: list[Part] = []
    fence = ""
    for line in markdown.splitlines():
        if marks := _FENCE.match(line):
            fence = marks.group(1) if not fence else "" if line == fence else fence
        elif not fence and (heading := _HEADING.fullmatch(line)):
            level, title = heading.groups()
            found.append(Part(title, _anchor(title), level == "###"))
    return found


def draw(markdown: str, statements: Mapping[str, str]) -> None:
    """The outline of what is shown; `statements` are those of the requirements, by key."""
    rows = []
    for part in parts(markdown):
        key = _KEY.match(part.title)
        said = f"{key.group(1)}: {statements.get(key.group(1), '')}" if key else part.title
        rows.append(f"{'  ' * part.is_within}- [{short(said, _SHOWN)}](#{md(part.anchor)})")
    with st.container(key="spec_outline", width=300, gap="xsmall"):
        st.caption("In this spec")
        st.markdown("\n".join(rows))


def _anchor(title: str) -> str:
    """As Streamlit makes it of our own headings: these are ASCII words."""
    return re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")

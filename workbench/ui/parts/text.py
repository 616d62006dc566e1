"""Other people's words on a page: never live, nothing hidden in them, cut where they are long."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from workbench.domain import lookalikes, values
from workbench.domain.values import Value
from workbench.exchange.safe import markdown

if TYPE_CHECKING:
    import pandas as pd

_MARKDOWN = re.compile(r"^(#{1,6} |```|[-*] .+\n[-*] |\|.+\|$)", re.MULTILINE)
"""A heading, a fence of code, a list or a table."""
SHOWN = 4_000
"""Characters of one text on a page; Streamlit takes seconds for more."""


def md(text: str) -> str:
    """Untrusted text for a place that reads Markdown: labels, headings, captions, helps."""
    return markdown.escape(text)


def short(text: str, length: int = 80) -> str:
    """Untrusted text on one line, cut; for labels, through `md`."""
    flat = " ".join(text.split())
    return md(flat if len(flat) <= length else f"{flat[: length - 1]}…")


def plain(text: str, length: int = 300) -> str:
    """Untrusted text on one line, cut, for a place that reads no Markdown: select boxes."""
    flat = " ".join(text.split())
    cut = flat if len(flat) <= length else f"{flat[: length - 1]}…"
    return lookalikes.marked(markdown.visible(cut))


def tabular(rows: "pd.DataFrame | Sequence[Mapping[str, object]] | Mapping[str, object]") -> Any:
    """A frame for `st.dataframe`, with what hides something named in its cells and headings."""
    import pandas as pd

    frame = pd.DataFrame(rows).rename(columns=_seen)
    for place, dtype in enumerate(frame.dtypes):
        if pd.api.types.is_object_dtype(dtype) or pd.api.types.is_string_dtype(dtype):
            seen = [_seen(cell) for cell in frame.iloc[:, place]]
            frame.isetitem(place, pd.Series(seen, dtype=dtype).array)
    return frame


def tinted(
    rows: "pd.DataFrame | Sequence[Mapping[str, object]] | Mapping[str, object]",
    tint: Callable[[object], str],
    columns: Sequence[str],
) -> Any:
    """The same with a colour behind each cell of these columns, as CSS; empty for none. What the
    colour says stands in the cell, too."""
    return tabular(rows).style.map(tint, subset=list(columns))


def _seen(cell: object) -> object:
    if isinstance(cell, str):
        return lookalikes.marked(markdown.visible(cell))
    return [_seen(each) for each in cell] if isinstance(cell, list) else cell


def prose(text: str) -> None:
    """Untrusted text as paragraphs: what people wrote."""
    st.markdown(markdown.paragraphs(_cut(text)))


def output(text: str) -> None:
    """A model's output, as it came: wrapped, selectable, its spaces kept; coloured as what it is,
    and never live."""
    st.code(markdown.visible(_cut(text)), language=_written_in(text), wrap_lines=True)


def _written_in(text: str) -> str | None:
    """What colours a text: JSON, Markdown, XML or HTML; None where it is plain."""
    if len(text) > SHOWN:
        return None
    start = text.lstrip()[:1]
    if start in ("{", "["):
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            return None
        return "json"
    if start == "<" and text.rstrip().endswith(">"):
        return "xml"
    return "markdown" if _MARKDOWN.search(text) else None


def value(held: Value) -> None:
    """What a case holds under a name: its text, or each item of a list on a line of its own."""
    output(values.block(held))


def reference(held: Value) -> None:
    """What a good answer says, under a caption; of several answers, that any of them is right."""
    answers = values.alternatives(held)
    if isinstance(held, list) and len(answers) > 1:
        st.caption("References: any one of these is right")
        for answer in answers:
            output(answer)
    else:
        st.caption("Reference: what a good answer says")
        output(values.block(held))


def _cut(text: str) -> str:
    if len(text) <= SHOWN:
        return text
    return f"{text[:SHOWN]}… ({len(text):,} characters in all)"

"""The files of a case as people see them: a small picture of each picture, a document by name.

Only previews are shown, which the workbench made itself; nothing is loaded from elsewhere.
"""

from collections.abc import Sequence

import streamlit as st

from workbench.domain.attachments import Attachment
from workbench.errors import WorkbenchError
from workbench.say import count
from workbench.store.attachments import Known
from workbench.ui.parts import session, trouble
from workbench.ui.parts.text import md, output, short

WIDTH = 180
"""Of what a file takes on a page, in pixels."""
_PICTURE = WIDTH - 20
_MOST_SHOWN = 20_000
"""How much of a document's text is drawn, in characters."""


def draw(files: Sequence[Attachment]) -> None:
    """The files of one message or case, side by side."""
    if not files:
        return
    known = session.store().attachments.known([one.sha256 for one in files])
    with st.container(horizontal=True, gap="small"):
        for one in files:
            one_file(one, known.get(one.sha256))


def one_file(one: Attachment, known: Known | None) -> None:
    """One file: its picture, or what there is to read of it, and what it is."""
    with st.container(width=WIDTH, gap="xsmall"):
        if known is None:
            st.caption(f":material/broken_image: {md(one.name)}: not in the database")
            return
        preview = session.store().attachments.preview(one.sha256) if one.is_image else None
        if preview is not None:
            st.image(preview, width=_PICTURE, alt=f"Attached picture {one.name}")
        elif not one.is_image:
            with st.popover(short(one.name, 18), icon=":material/description:"):
                _text(one)
        st.caption(f"{md(short(one.name, 40))} · {about(known)}")


def about(known: Known) -> str:
    """How large a file is, in a few words: “1,200 × 800, 240 kB”."""
    size = f"{known.size / 1e6:.1f} MB" if known.size >= 1e6 else f"{max(1, known.size // 1000)} kB"
    if known.pages is not None:
        return f"{count(known.pages, 'page')}, {size}"
    return f"{known.width:,} × {known.height:,}, {size}"


def _text(one: Attachment) -> None:
    try:
        text = session.store().attachments.text(one)
    except WorkbenchError as error:
        trouble.show(error)
        return
    st.caption("What is sent of it: its name and this text.")
    output(text[:_MOST_SHOWN])
    if len(text) > _MOST_SHOWN:
        st.caption(f"The first {_MOST_SHOWN:,} of {len(text):,} characters.")

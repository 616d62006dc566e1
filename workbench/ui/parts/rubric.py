"""A rubric: what each score means, with outputs that show it."""

import streamlit as st

from workbench.domain.criteria import Scorer
from workbench.ui.parts.text import md, output


def draw(scorer: Scorer) -> None:
    """The levels of a scorer, lowest first; nothing where its rubric does not describe them."""
    if not scorer.levels:
        return
    with st.container(border=True, gap="xxsmall", key="rubric"):
        st.caption("What each score means")
        for level in scorer.levels:
            passes = " · passes" if level.score >= (scorer.passes_from or 0) else ""
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(
                    f"**{level.score:g}**\u2002{md(level.description)}:gray[{passes}]",
                    width="content",
                )
                if level.anchors:
                    with st.popover("Examples", type="tertiary", icon=":material/article:"):
                        for anchor in level.anchors:
                            output(anchor)

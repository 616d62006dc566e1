"""The few rules of layout that Streamlit has no setting for, each a page's own file beside this.

They name containers by the keys that pages give them. Where a browser ignores them, a page is less
tidy and works all the same.
"""

from pathlib import Path

import streamlit as st

_FOLDER = Path(__file__).parent / "sheets"


def use(page: str) -> None:
    """Lay out a page by its own sheet: `sheets/<page>.css`."""
    st.html(_FOLDER / f"{page}.css")

"""The file that holds everything: where it is, how big, how to back it up and bring it back."""

from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from workbench import say
from workbench.actions import upkeep
from workbench.errors import WorkbenchError
from workbench.exchange.safe.markdown import visible
from workbench.ui.parts import altered, session, trouble
from workbench.ui.parts.text import md, tabular

_MADE = "settings_backup_made"


def draw() -> None:
    """The file, its backups, and the way back."""
    store = session.store()
    path = store.condition.path
    st.subheader("The file", anchor=False)
    altered.draw()
    if store.condition.is_in_memory:
        st.warning("Nothing is kept: the workbench runs in memory. Back up to keep it.")
    else:
        st.caption(
            f"Everything is in this one file: features, prompts, outputs, verdicts. "
            f"It takes {_size(Path(path))} now."
        )
        st.code(visible(path), language=None, wrap_lines=True)
    with st.expander("What is in it: rows per table", icon=":material/table_rows:"):
        frame = session.remembered("tables", path, lambda: store.reports.home.tables())
        st.dataframe(tabular(frame), hide_index=True, width="stretch", key="settings_tables")
    _backups()
    with st.expander("How to restore a backup", icon=":material/settings_backup_restore:"):
        st.markdown(
            "Close the workbench, then run this with the path of a backup. The file that is there "
            "now is kept beside it. Connections of the restored file send no key until you have "
            "confirmed their addresses here."
        )
        st.code("python -m workbench restore FILE", language="bash")


def _backups() -> None:
    store = session.store()
    if st.button(
        "Back up now",
        key="settings_backup",
        icon=":material/backup:",
        help="A copy of everything, compared with the original table by table.",
    ):
        try:
            with st.spinner("Copying and comparing…"):
                st.session_state[_MADE] = str(upkeep.back_up(store, session.who()))
        except WorkbenchError as error:
            trouble.show(error)
        else:
            st.rerun()
    made = st.session_state.get(_MADE)
    if made:
        st.success(f"Backed up to {md(str(made))}", icon=":material/check_circle:")
    found = store.backups.all()
    if not found:
        st.caption("There is no backup yet.")
        return
    label = "backup" if len(found) == 1 else "backups"
    with st.expander(f"{len(found)} {label}", icon=":material/inventory_2:"):
        for backup in found[:20]:
            when = datetime.fromtimestamp(backup.stat().st_mtime, UTC)
            st.caption(f"{say.ago(when)}, {_size(backup)}")
            st.code(visible(str(backup)), language=None, wrap_lines=True)
        if len(found) > 20:
            st.caption(f"And {len(found) - 20} older ones in the same folder.")


def _size(path: Path) -> str:
    """How much a file takes; asked of the folder, because the open file must not be opened."""
    size = float(path.stat().st_size)
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"

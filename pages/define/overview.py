"""Overview: what the feature is for, how it stands, and one click to the first evidence."""

import streamlit as st

from workbench.ui.overview import archive, first_run, from_text, requirements
from workbench.ui.overview import changes as overview_changes
from workbench.ui.overview import feature as overview_feature
from workbench.ui.overview import library as overview_library
from workbench.ui.overview import sessions as overview_sessions
from workbench.ui.parts import dialogs, glossary, session

st.header("Overview", anchor=False)
st.caption(
    "What this feature is for, what it must do, and what the evidence says so far.",
    help=glossary.hover("criterion", "verdict", "horizon", "case", "trial", "variant"),
)

has_features = bool(session.features())
if has_features:
    feature = session.feature()
    feature_id = session.feature_id()
    overview_sessions.opened(feature_id)
    first_run.draw(feature_id)
    overview_feature.card(feature)
    requirements.draw(feature_id)
    st.space("small")
    # Side by side where both have room; on a narrow page one after the other.
    desk = st.grid(2, min_column_width=380, gap="large")
    with desk.cell():
        overview_changes.draw(feature_id)
    with desk.cell():
        overview_library.draw(feature)
    overview_sessions.draw(feature_id)
else:
    overview_library.welcome()

match dialogs.opened().partition(" ")[0]:
    case overview_feature.EDIT | overview_feature.NEW:
        overview_feature.dialog()
    case from_text.OPEN:
        from_text.dialog()
    case overview_library.IMPORT:
        overview_library.import_dialog()
    case archive.ARCHIVE:
        archive.archive_dialog()
    case archive.RESTORE:
        archive.restore_dialog()

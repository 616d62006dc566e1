"""Overview: what the feature is for, how it stands, and one click to the first evidence."""

import streamlit as st

from workbench.ui import (
    overview_changes,
    overview_dialogs,
    overview_feature,
    overview_library,
    overview_requirements,
    overview_run,
    session,
)

st.header("Overview", anchor=False)
st.caption("What this feature is for, what it must do, and what the evidence says so far.")

has_features = bool(session.store().features.all())
if has_features:
    feature = session.feature()
    feature_id = session.feature_id()
    overview_run.draw(feature_id)
    overview_feature.card(feature)
    overview_requirements.draw(feature_id)
    st.space("small")
    changes, library = st.columns(2, gap="large")
    with changes:
        overview_changes.draw(feature_id)
    with library:
        overview_library.draw(feature)
else:
    overview_library.welcome()

match overview_dialogs.opened().partition(" ")[0]:
    case overview_feature.EDIT | overview_feature.NEW:
        overview_feature.dialog()
    case overview_library.IMPORT:
        overview_library.import_dialog()
    case overview_library.ARCHIVE:
        overview_library.archive_dialog()

"""The app: page set-up, menu and feature picker. `python -m workbench serve` runs it."""

import streamlit as st

from workbench import config
from workbench.ui import guard, links, loop_bar, pages, session

st.set_page_config(
    page_title="AI Requirements Workbench",
    # A file of ours: Streamlit would fetch a Material icon's picture from the web.
    page_icon=str(config.ROOT / "workbench" / "ui" / "icon.png"),
    layout="wide",
    initial_sidebar_state="expanded",
)

MENU: dict[str, dict[str, st.Page]] = {
    "Define": {
        "overview": st.Page(
            "pages/define/overview.py",
            title="Overview",
            icon=":material/dashboard:",
            url_path="home",
            default=True,
        ),
        # The default page lives at the root, and its own name is not found; people type it.
        "overview_alias": st.Page(
            lambda: pages.go("overview"),
            title="Overview",
            url_path="overview",
            visibility="hidden",
        ),
        "requirements": st.Page(
            "pages/define/requirements.py",
            title="Requirements",
            icon=":material/edit_note:",
            url_path="requirements",
        ),
        "data": st.Page(
            "pages/define/data.py", title="Data", icon=":material/table:", url_path="data"
        ),
    },
    "Experiment": {
        "playground": st.Page(
            "pages/experiment/playground.py",
            title="Playground",
            icon=":material/chat:",
            url_path="playground",
        ),
        "experiments": st.Page(
            "pages/experiment/experiments.py",
            title="Experiments",
            icon=":material/science:",
            url_path="experiments",
        ),
    },
    "Score": {
        "compare": st.Page(
            "pages/score/compare.py", title="Score", icon=":material/grading:", url_path="compare"
        ),
    },
    "Decide": {
        "verdicts": st.Page(
            "pages/decide/verdicts.py",
            title="Decide",
            icon=":material/balance:",
            url_path="verdicts",
        ),
        "spec": st.Page(
            "pages/decide/spec.py", title="Spec", icon=":material/description:", url_path="spec"
        ),
    },
    "Set up": {
        "settings": st.Page(
            "pages/setup/settings.py",
            title="Settings",
            icon=":material/settings:",
            url_path="settings",
        ),
    },
}

chosen = st.navigation({section: list(found.values()) for section, found in MENU.items()})
by_path = {path: page for found in MENU.values() for path, page in found.items()}
pages.register(by_path)

with guard.errors():
    names = [feature.name for feature in session.store().features.all()]
    if names:
        links.take("feature", session.FEATURE, names)
        st.sidebar.selectbox("Feature", names, key=session.FEATURE, persist_state="session")
        links.give("feature", session.FEATURE)
        loop_bar.draw(by_path, chosen.url_path or "overview")
    pages.follow()
    chosen.run()

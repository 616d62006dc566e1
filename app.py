"""The app: page set-up, menu and feature picker. `python -m workbench serve` runs it."""

from contextlib import nullcontext

import streamlit as st

from workbench import config
from workbench.ui.parts import (
    check_files,
    glossary,
    links,
    loop_bar,
    pages,
    read_only,
    session,
    sitting,
    together,
    trouble,
)

st.set_page_config(
    page_title="AI Requirements Workbench",
    # A file of ours: Streamlit would fetch a Material icon's picture from the web.
    page_icon=str(config.ROOT / "workbench" / "ui" / "icon.png"),
    layout="wide",
    # Open where there is room: on a page that is enlarged to 200% it would cover what is read.
    initial_sidebar_state="auto",
)
st.logo(str(config.ROOT / "workbench" / "ui" / "name.svg"), size="large")

# By section: URL path, title, icon and file.
MENU = {
    "Define": [
        ("overview", "Overview", "dashboard", "define/overview"),
        ("requirements", "Requirements", "edit_note", "define/requirements"),
        ("data", "Data", "table", "define/data"),
    ],
    "Experiment": [
        ("playground", "Playground", "chat", "experiment/playground"),
        ("experiments", "Experiments", "science", "experiment/experiments"),
        ("capabilities", "Capabilities", "social_leaderboard", "experiment/capabilities"),
    ],
    "Score": [
        ("rating", "Score", "grading", "score/rating"),
        ("failures", "Failures", "troubleshoot", "score/failures"),
    ],
    "Decide": [
        ("verdicts", "Decide", "balance", "decide/verdicts"),
        ("spec", "Spec", "description", "decide/spec"),
    ],
    "Set up": [("settings", "Settings", "settings", "setup/settings")],
}
HOME = "overview"
# Where a page lived before, and where the Overview would be looked for: people keep links.
ALIASES = {"overview": HOME, "compare": "rating"}

menu: dict[str, list[st.Page]] = {}
by_path: pages.Pages = {}
for section, entries in MENU.items():
    for path, title, icon, file in entries:
        by_path[path] = st.Page(
            f"pages/{file}.py",
            title=title,
            icon=f":material/{icon}:",
            # The default page lives at the root, whatever its path is called.
            url_path="home" if path == HOME else path,
            default=path == HOME,
        )
        menu.setdefault(section, []).append(by_path[path])
aliases = [
    st.Page(pages.way_to(path), title=by_path[path].title, url_path=old, visibility="hidden")
    for old, path in ALIASES.items()
]
chosen = st.navigation({**menu, "Define": [*menu["Define"], *aliases]})
pages.register(by_path)
# An old address leads on by itself; until then it is where it leads to.
here = ALIASES.get(chosen.url_path, chosen.url_path or HOME)

with trouble.errors(), session.drawing():
    read_only.draw()
    names = session.names(st.query_params.get("feature"))
    if names:
        links.take("feature", session.FEATURE, names)
        st.sidebar.selectbox("Feature", names, key=session.FEATURE, persist_state="session")
        links.give("feature", session.FEATURE)
        check_files.draw()
    with loop_bar.above(by_path, here) if names else nullcontext():
        if names:
            sitting.draw()
            together.draw(here)
        glossary.draw()
        pages.follow()
        chosen.run()
    if names:
        together.seen(here)

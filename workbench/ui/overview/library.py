"""All features: open another, bring one in from a file."""

import streamlit as st

from workbench.actions import features
from workbench.domain.features import Feature
from workbench.errors import InputError, WorkbenchError
from workbench.exchange.feature import bundle, reader
from workbench.exchange.feature.reader import FeatureFile
from workbench.say import count
from workbench.store.reports.home import FeatureCounts
from workbench.ui.overview import archive, from_text
from workbench.ui.overview import feature as overview_feature
from workbench.ui.parts import dialogs, resources, session, trouble
from workbench.ui.parts.text import md

IMPORT = "import"
_MOST_MB = 100
_FILE, _PASTED, _NAME = "overview_file", "overview_pasted", "overview_import_name"


def welcome() -> None:
    """What to do where there is no feature at all."""
    with st.container(border=True, horizontal_alignment="center", key="overview_welcome"):
        st.subheader("Start with a feature", anchor=False, width="content")
        st.markdown(
            "A feature is what your AI will do for somebody: drafting a reply, sorting a ticket. "
            "The sample shows the whole loop and runs on this machine.",
            width="content",
        )
        with st.container(horizontal=True, horizontal_alignment="center"):
            is_chosen = st.button(
                "Load the sample feature",
                key="overview_sample",
                type="primary",
                icon=":material/download:",
            )
            from_text.offer()
            overview_feature.new_button()
            _import_button()
    if is_chosen:
        try:
            features.bring_in(session.store(), session.who(), resources.sample())
        except WorkbenchError as error:
            trouble.show(error)
        else:
            st.rerun()
    archive.draw()


def draw(opened: Feature) -> None:
    """The list of features, with what each holds."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("All features", width="stretch", anchor=False)
        from_text.offer()
        overview_feature.new_button()
        _import_button()
    counts = session.remembered("features", "all", lambda: session.store().reports.home.features())
    for feature in session.features():
        assert feature.id is not None
        is_open = feature.id == opened.id
        with st.container(
            horizontal=True, vertical_alignment="center", key=f"overview_row_{feature.id}"
        ):
            with st.container(gap=None):
                st.markdown(f"**{md(feature.name)}**" + (" :gray[(open)]" if is_open else ""))
                st.caption(_holds(counts.get(feature.id)))
            st.button(
                "Open",
                key=f"overview_open_{feature.id}",
                disabled=is_open,
                on_click=session.open_feature,
                args=(feature.name,),
            )
            archive.archive_button(feature)
    archive.draw()


def import_dialog() -> None:
    """Bring in a feature file: uploaded or pasted."""
    dialogs.show(
        "Import a feature file", _import_form, icon=":material/upload_file:", width="medium"
    )


def _import_button() -> None:
    st.button(
        "Import",
        key="overview_import",
        icon=":material/upload_file:",
        help="A feature file (YAML) that this workbench or somebody else's exported.",
        on_click=dialogs.choose,
        args=(IMPORT,),
    )


def _import_form() -> None:
    st.file_uploader(
        "Feature file",
        type=["yaml", "yml", "zip"],
        key=_FILE,
        max_upload_size=_MOST_MB,
        help="A ZIP holds a feature file with the pictures and documents of its cases.",
    )
    st.text_area("Or paste it here", key=_PASTED, height=140, placeholder="workbench: 1\nfeature:")
    st.text_input(
        "Import under another name",
        key=_NAME,
        max_chars=80,
        placeholder="Leave empty to keep the file's own name",
    )
    with st.container(horizontal=True):
        st.button(
            "Import",
            key="overview_import_now",
            type="primary",
            icon=":material/upload_file:",
            on_click=_import,
        )
        st.button("Cancel", key="overview_import_cancel", on_click=dialogs.close)


def _import() -> None:
    try:
        file, name = _given(), str(st.session_state.get(_NAME) or "").strip() or None
        wanted = file.feature(name).name
        if session.store().features.named(wanted) is not None:
            raise InputError(
                f"There is a feature named “{wanted}” already.",
                "Give the imported one another name below.",
            )
        feature = features.bring_in(session.store(), session.who(), file, name)
    except WorkbenchError as error:
        dialogs.report(error)
        return
    session.open_feature(feature.name)
    dialogs.close()


def _given() -> FeatureFile:
    """The file to import, read. Raises InputError where there is none, or it is wrong."""
    uploaded = st.session_state.get(_FILE)
    pasted = str(st.session_state.get(_PASTED) or "")
    if uploaded is not None and pasted.strip():
        raise InputError("There is a file, and a pasted text.", "Take one of the two away.")
    if uploaded is None:
        if not pasted.strip():
            raise InputError("There is nothing to import.", "Upload a feature file, or paste one.")
        return reader.load(pasted)
    return bundle.read_bytes(bytes(uploaded.getvalue()), str(uploaded.name))


def _holds(counts: FeatureCounts | None) -> str:
    if counts is None:
        return "Nothing yet"
    parts = (
        (counts.requirements, "requirement"),
        (counts.cases, "case"),
        (counts.outputs, "output"),
    )
    return ", ".join(count(n, noun) for n, noun in parts)

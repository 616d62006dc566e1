"""Spec: the refined spec as engineers get it, what is missing, and the files."""

import streamlit as st

from workbench.evidence import readiness
from workbench.exchange.safe.markdown import visible
from workbench.exchange.spec.markdown import EXIT_CODES
from workbench.ui.parts import glossary, session, sheet
from workbench.ui.spec import files as spec_files
from workbench.ui.spec import outline
from workbench.ui.spec import readiness as spec_readiness

sheet.use("spec")
with st.container(key="spec_head"):
    st.header("Spec", anchor=False)
    st.caption(
        "What engineering gets: the requirements with their evidence, and a file that runs.",
        help=glossary.hover("criterion", "bar", "target", "case", "held out", "horizon"),
    )

feature = session.feature()
rows = session.requirement_verdicts()
store = session.store()
candidate_id = session.candidate()
candidate = spec_readiness.named(candidate_id, session.variants())
markdown, yaml = spec_files.spec(), spec_files.feature_yaml()
name = spec_files.slug(feature.name)

with st.container(key="spec_hand_over", horizontal=True, gap="large"):
    ready = st.container(width=540)
    files = st.container(width="stretch")
with ready:
    ratings_open, modes = session.loop_counts().ratings_open, session.failure_modes()
    opened = session.feature_id()
    lacks = session.remembered(
        "data_lacks", opened, lambda: readiness.data_lacks(store, opened), feature=opened
    )
    found = readiness.points(rows, candidate_id, ratings_open, modes, lacks)
    spec_readiness.draw(found)
with files:
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Spec (Markdown)",
            markdown,
            f"{name}-spec.md",
            "text/markdown",
            key="spec_download_markdown",
            icon=":material/download:",
            type="primary",
            on_click="ignore",
            help="For people: the requirements, their evidence, changes and known limits.",
        )
        st.download_button(
            "Feature file (YAML)",
            yaml,
            f"{name}.yaml",
            "application/yaml",
            key="spec_download_yaml",
            icon=":material/download:",
            on_click="ignore",
            help="For machines: requirements, criteria, cases, prompts and plans. No results, no "
            "keys. It can be imported again, and diffs well in git.",
        )
        if spec_files.has_attachments():
            st.download_button(
                "With attachments (ZIP)",
                spec_files.feature_zip(),
                f"{name}.zip",
                "application/zip",
                key="spec_download_zip",
                icon=":material/folder_zip:",
                on_click="ignore",
                help="The feature file, and the pictures and documents of its cases, byte for "
                "byte. Import and run take it in place of the YAML.",
            )
    st.caption("Engineering runs the same requirements against its own endpoint:")
    st.code(
        visible(spec_files.command(f"{name}.yaml", candidate)), language="bash", wrap_lines=True
    )
    st.caption(f"{EXIT_CODES} The key stays in the environment: the file never holds it.")

rendered, source, file = st.tabs(
    [":material/article: Spec", ":material/code: Markdown source", ":material/data_object: YAML"],
    key="spec_tabs",
    # Only the open one is drawn: a browser colours 60,000 characters in a tenth of a second.
    on_change="rerun",
)
for tab, text, language in (
    (rendered, markdown, ""),
    (source, markdown, "markdown"),
    (file, yaml, "yaml"),
):
    if not tab.open:
        continue
    with tab:
        shown, is_cut = spec_files.preview(text)
        if is_cut:
            st.info(
                f"The first {len(shown):,} of {len(text):,} characters. The download has the rest.",
                icon=":material/content_cut:",
            )
        if language:
            st.code(visible(shown), language=language, wrap_lines=True)
        else:
            with st.container(horizontal=True, gap="large"):
                outline.draw(
                    shown, {row.requirement.key: row.requirement.draft.statement for row in rows}
                )
                with st.container(width="stretch"):
                    # The writer escapes what people or models wrote: nothing in it is live.
                    st.markdown(shown, anchors=True)

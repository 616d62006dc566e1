"""Packs of your own: made of the open feature's cases and criteria, or brought in as a file."""

import streamlit as st

from workbench.actions import pack_making, packs
from workbench.actions.pack_making import Recipe
from workbench.domain.features import Feature
from workbench.domain.kinds.entry import By
from workbench.errors import WorkbenchError
from workbench.exchange.feature import reader
from workbench.exchange.feature.kinds import text_of
from workbench.ui.capabilities import choosing
from workbench.ui.parts import folds, session, trouble
from workbench.ui.parts.text import md, plain

_P = "capabilities_own_"
_FILE = f"{_P}file"
_PLACE, _SAID = "capabilities_own", "capabilities_own_said"


def draw() -> None:
    """The two ways to a pack of your own, folded."""
    label = "Packs of your own"
    with st.expander(
        label, icon=":material/inventory_2:", **folds.bind("capabilities_own", label)
    ) as folded:
        # A file that was chosen would be lost when this is folded again.
        if not folded.open and not st.session_state.get(_FILE):
            return
        # Always there, so that the tabs keep their place, and which is open, when it fills.
        with st.container(key=f"{_P}came"):
            _say_what_came()
        making, bringing = st.tabs(["Make one", "Bring one in"], key=f"{_P}tabs")
        with making:
            _make()
        with bringing:
            _bring()


def _bring() -> None:
    uploaded = st.file_uploader(
        "A pack's file", type=["yaml", "yml"], key=_FILE, help="A YAML file that says “pack:”."
    )
    if uploaded is not None:
        content, name = bytes(uploaded.getvalue()), str(uploaded.name)
        st.button("Bring it in", key=f"{_P}bring", on_click=_bring_in, args=(content, name))


def _bring_in(content: bytes, name: str) -> None:
    """Callback: keep the pack of a file."""
    try:
        _keep(text_of(content, name), name)
    except WorkbenchError as error:
        trouble.later(_PLACE, error)


def _keep(text: str, name: str = "") -> None:
    """Keep a pack and choose it: whoever brings one in wants to try it. Raises InputError."""
    kept = packs.bring_in(session.store(), session.who(), reader.load(text, name))
    choosing.add(kept)
    st.session_state[_SAID] = kept.title


def _say_what_came() -> None:
    trouble.show_kept(_PLACE)
    if said := st.session_state.pop(_SAID, ""):
        st.success(
            f"“{md(said)}” is among the packs above, and chosen.", icon=":material/check_circle:"
        )


def _open() -> Feature | None:
    """The open feature, unless there is none or it is a pack itself."""
    found = session.store().features.named(str(st.session_state.get(session.FEATURE) or ""))
    if found is None or found.id is None or session.store().packs.of(found.id) is not None:
        return None
    return found


def _make() -> None:
    feature, store = _open(), session.store()
    if feature is None or feature.id is None:
        st.info("Open a feature: its cases and criteria become the pack.")
        return
    datasets = {v.name: v for v in session.datasets()}
    prompts = {v.label: v for v in reversed(store.prompts.versions(feature.id))}
    criteria = {
        f"{c.key} {c.draft.title}": c
        for c in session.criteria()
        if c.draft.scorer.kind.by is By.CODE
    }
    if not (datasets and prompts and criteria):
        st.info(
            f"“{md(feature.name)}” needs cases, a prompt and a criterion that code scores first."
        )
        return
    st.caption(f"From “{md(feature.name)}”. Held-out cases stay out: what is shared is seen.")
    grid = st.grid(2, min_column_width=260)
    title = grid.cell().text_input(
        "What it checks", key=f"{_P}title", max_chars=60, persist_state="session"
    )
    licence = grid.cell().text_input(
        "Licence",
        key=f"{_P}licence",
        placeholder="CC0-1.0",
        help="Terms for whoever gets it.",
        persist_state="session",
    )
    dataset = grid.cell().selectbox(
        "Cases", list(datasets), format_func=plain, key=f"{_P}dataset", persist_state="session"
    )
    prompt = grid.cell().selectbox(
        "Prompt", list(prompts), format_func=plain, key=f"{_P}prompt", persist_state="session"
    )
    chosen = st.multiselect(
        "Criteria",
        list(criteria),
        format_func=plain,
        key=f"{_P}criteria",
        help="Those that code scores: a pack is tried without a person.",
        persist_state="session",
    )
    version = st.number_input(
        "Version",
        1,
        999,
        step=1,
        key=f"{_P}version",
        help="Raise it when the pack changes.",
        persist_state="session",
    )
    if not (title.strip() and licence.strip() and chosen and dataset and prompt):
        st.caption("Say what it checks, under which licence, and choose criteria.")
        return
    recipe = Recipe(
        title=title,
        about=f"Made of “{feature.name}”.",
        licence=licence,
        dataset_version_id=datasets[dataset].id,
        prompt_version_id=prompts[prompt].id,
        criterion_ids=[criteria[name].id for name in chosen],
        version=int(version),
    )
    try:
        text = pack_making.made(store, feature.id, recipe)
    except WorkbenchError as error:
        trouble.show(error)
        return
    _use(text, pack_making.key_of(title))


def _use(text: str, key: str) -> None:
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Download the pack",
            text,
            f"{key}.yaml",
            "application/yaml",
            key=f"{_P}download",
            icon=":material/download:",
            on_click="ignore",
        )
        st.button(
            "Use it here", key=f"{_P}use", icon=":material/add:", on_click=_use_it, args=(text,)
        )


def _use_it(text: str) -> None:
    """Callback: keep the pack that was made."""
    try:
        _keep(text)
    except WorkbenchError as error:
        trouble.later(_PLACE, error)

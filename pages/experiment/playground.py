"""Playground: change a prompt, ask some models about some cases, read the answers side by side."""

import streamlit as st

from workbench.actions.asking import Wish, ask
from workbench.errors import WorkbenchError
from workbench.ui.parts import session, trouble
from workbench.ui.parts.resources import services
from workbench.ui.playground import cases, earlier, grid, prompt
from workbench.ui.playground import ways as playground_ways

feature_id = session.feature_id()
store = session.store()
versions = prompt.begin(feature_id)

st.header("Playground", anchor=False)
st.caption("Change a prompt and see at once, side by side, what the models make of your cases.")

desk = st.grid(2, min_column_width=380, gap="medium")
with desk.cell(), st.container(border=True):
    edited = prompt.edit(versions)
    below_prompt = st.container()
with desk.cell(), st.container(border=True):
    chosen = cases.choose(edited)
    cases.preview(edited, chosen)
with below_prompt:
    prompt.variables(edited, chosen.available)
    prompt.actions(edited, feature_id)

with st.container(border=True):
    ways = playground_ways.choose(versions, edited.saved, chosen.cases)
    wish = Wish(
        feature_id=feature_id,
        name=edited.name,
        text=edited.text,
        models=ways.models,
        parameters=ways.parameters,
        trials=ways.trials,
        dataset=chosen.version,
        case_ids=tuple(case.id for case in chosen.cases),
        typed=chosen.cases[0].draft() if chosen.is_typed and chosen.cases else None,
        other_versions=ways.other_versions,
        other_variants=ways.other_variants,
    )
    variants, expected, known = playground_ways.outlook(wish, chosen)
    lacks = playground_ways.lacking(edited, chosen, variants, ways.flaw)
    with st.container(horizontal=True, vertical_alignment="center"):
        is_asked = st.button(
            "Ask",
            key="playground_ask",
            type="primary",
            icon=":material/send:",
            disabled=bool(lacks),
        )
        st.caption(lacks or playground_ways.sentence(expected, known), width="stretch")
    if is_asked and not lacks:
        try:
            asked = ask(store, services().jobs, session.who(), wish)
        except WorkbenchError as error:
            trouble.show(error)
        else:
            earlier.show(asked, edited)
            st.rerun()

shown = earlier.choose(feature_id)
if shown is None:
    st.info(
        "No answers yet. Choose a case or two and press Ask: the answers appear here, with what "
        "the checks think of them.",
        icon=":material/lightbulb:",
    )
else:
    grid.draw(shown)

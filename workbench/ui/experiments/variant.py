"""A new variant from its parts, where an experiment is set up."""

from collections.abc import Callable
from uuid import UUID

import streamlit as st

from workbench.actions import experiments
from workbench.domain.calls import Parameters
from workbench.domain.prompts import Variant
from workbench.ui.parts import pages, request_fields, session
from workbench.ui.parts.text import plain

_PREFIX = "experiments_variant_"


def draw(feature_id: UUID, added: Callable[[Variant], None]) -> None:
    """A popover that puts a variant together and hands it to `added`."""
    store = session.store()
    versions = reversed(store.prompts.versions(feature_id))
    prompts = {str(p.id): p for p in versions if not p.is_outside}
    with st.popover("New variant", icon=":material/add:", key=f"{_PREFIX}open"):
        if not prompts:
            st.markdown("There is no prompt yet. Write one where you can try it at once.")
            st.page_link(
                pages.link("playground"), label="Write a prompt", icon=":material/arrow_forward:"
            )
            return
        connections = {c.name: c for c in store.connections.all()}
        prompt = st.selectbox(
            "Prompt",
            list(prompts),
            format_func=lambda p: plain(prompts[p].label),
            key=f"{_PREFIX}prompt",
        )
        connection = st.selectbox(
            "Connection", list(connections), format_func=plain, key=f"{_PREFIX}connection"
        )
        model = st.selectbox(
            "Model",
            connections[connection].models,
            format_func=plain,
            key=f"{_PREFIX}model_{connection}",
            accept_new_options=True,
            placeholder="The model's name",
        )
        left, right = st.columns(2)
        temperature = left.number_input(
            "Temperature",
            min_value=0.0,
            max_value=2.0,
            value=None,
            step=0.1,
            placeholder="Server's own",
            key=f"{_PREFIX}temperature",
            help="0 gives (nearly) the same answer each time; higher values vary more.",
        )
        limit = right.number_input(
            "Token limit",
            min_value=1,
            max_value=32_000,
            value=256,
            step=32,
            key=f"{_PREFIX}limit",
            help="An answer is cut off here. One token is about four characters.",
        )
        seed = left.number_input(
            "Seed",
            min_value=0,
            value=None,
            step=1,
            placeholder="None",
            key=f"{_PREFIX}seed",
            help="With a seed, some servers repeat themselves: useful to reproduce, not to measure "
            "consistency.",
        )
        more = request_fields.draw(_PREFIX)
        st.button(
            "Add variant",
            key=f"{_PREFIX}add",
            type="primary",
            disabled=not model or bool(more.flaw),
            on_click=_add,
            args=(feature_id, prompt, connection, model, temperature, limit, seed, more, added),
        )


def _add(
    feature_id: UUID,
    prompt: str,
    connection: str,
    model: str,
    temperature: float | None,
    limit: int,
    seed: int | None,
    more: request_fields.More,
    added: Callable[[Variant], None],
) -> None:
    parameters = Parameters(
        temperature=temperature,
        max_tokens=int(limit),
        seed=seed,
        extra_body=more.extra_body,
        headers=more.headers,
    )
    version = session.store().prompts.get(UUID(prompt))
    way = version, connection, model, parameters
    added(experiments.add_variant(session.store(), session.who(), feature_id, *way))

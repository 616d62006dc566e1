"""A frozen plan, to read: what was asked, of whom, on which cases, judged by what."""

import streamlit as st

from workbench.actions import outlook
from workbench.domain.experiments import Experiment
from workbench.errors import NotFound
from workbench.evidence.words import measures
from workbench.say import count
from workbench.ui.experiments import setup
from workbench.ui.experiments.words import held_out_words, variant_name
from workbench.ui.parts import look, prompts, session
from workbench.ui.parts.text import md, prose


def draw(experiment: Experiment) -> None:
    """The whole plan."""
    store = session.store()
    dataset_id = store.datasets.version(experiment.dataset_version_id).dataset_id
    tags = f", tagged {', '.join(experiment.slices)}" if experiment.slices else ""
    # Below each other where the page is too narrow for both.
    with st.container(horizontal=True, gap="large"):
        left, right = st.container(width=560), st.container(width=360)
    with left:
        st.markdown("**Question**")
        prose(experiment.question)
        st.markdown(
            f"**Cases** {count(experiment.n_cases, 'case')} of “{md(experiment.dataset)}” version "
            f"{experiment.dataset_number}{md(tags)}, {held_out_words(experiment.held_out)}"
        )
        st.markdown(f"**Trials** {count(experiment.trials, 'trial')} per case and variant")
        if experiment.is_sequential:
            st.markdown("**Ends** as soon as every bar is decided")
        st.markdown("**Variants**")
        for variant in experiment.variants:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                look.variant(variant)
                st.markdown(md(variant_name(variant)), width="content")
            with st.expander(md(f"Prompt of {variant.label}: {variant.prompt.label}")):
                prompts.draw(variant)
                st.caption("Parameters")
                st.json(variant.parameters.compact() or {"max_tokens": 256}, expanded=False)
    with right:
        st.markdown("**Criteria, as they were then**")
        for criterion_id, number in experiment.criteria:
            try:
                criterion = store.criteria.get(criterion_id, number)
            except NotFound:
                st.caption("A criterion that is gone.")
                continue
            st.markdown(f"**{criterion.key}** {md(criterion.draft.title)}")
            st.caption(md(f"{measures.promise(criterion)} Version {number}."))
        _reach(experiment)
    st.caption(
        f":material/lock: Frozen as `{experiment.plan_hash[:8]}` by {md(experiment.author)} on "
        f"{experiment.created_at:%d %B %Y at %H:%M} UTC. The fingerprint covers the question, "
        "cases, variants, criteria, trials and stop rule: change one and it is another experiment.",
        help=f"In full: {experiment.plan_hash}",
    )
    st.button(
        "Use as a starting point",
        key=f"experiments_start_from_{experiment.id}",
        icon=":material/content_copy:",
        on_click=setup.start_from,
        args=(experiment, dataset_id),
        help="Opens the set-up with this plan in it, on the dataset as it is now.",
    )


def _reach(experiment: Experiment) -> None:
    """Whether each bar could be met by so many cases and trials, or which can't and why."""
    if all(variant.is_outside for variant in experiment.variants):
        return
    found = session.remembered(
        "reach",
        experiment.id,
        lambda: outlook.bars_of(session.store(), experiment, session.alikeness()),
        feature=experiment.feature_id,
    )
    if found.promise:
        st.markdown(f":green[:material/check_circle:] {md(found.promise)}")
    for warning in found.warnings:
        st.markdown(f":orange[:material/warning:] {md(warning)}")

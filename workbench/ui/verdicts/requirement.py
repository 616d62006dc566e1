"""One requirement against its evidence: the verdict, each criterion, what failed, what to do."""

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from workbench.domain.kinds.looking import LooksAt
from workbench.domain.prompts import Variant
from workbench.domain.verdicts import CriterionVerdict, Verdict
from workbench.evidence.verdicts import RequirementVerdict
from workbench.evidence.words import figures, measures, sentences
from workbench.ui.parts import folds, look, pages, pictures
from workbench.ui.parts.text import md, output, prose, short
from workbench.ui.verdicts import disagreements, dots, reading, revision, steps, trend
from workbench.ui.verdicts.reading import Example


def draw(row: RequirementVerdict, known: dict[UUID, Variant]) -> None:
    """A requirement with everything that its verdict rests on."""
    requirement = row.requirement
    with st.container(border=True, key=f"decide_card_{requirement.id}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{md(requirement.key)}**", width="content")
            look.draw(
                look.verdict(
                    row.verdict,
                    is_evaluated=row.is_evaluated,
                    is_stale=row.is_stale,
                )
            )
            st.caption(
                f"{requirement.draft.kind.value} · {requirement.draft.impact.value} impact",
                width="content",
            )
            st.space("stretch")
            is_revised = st.button(
                "Revise",
                key=f"decide_revise_{requirement.id}",
                icon=":material/edit:",
                help="Opens the requirement with this evidence attached, so that its history says "
                "why it changed.",
            )
        st.markdown(f"**{md(requirement.draft.statement)}**")
        pictured = reading.most_telling(row.criteria)
        if pictured is not None:
            if len(row.criteria) > 1:
                st.caption(
                    f"{md(pictured.criterion.key)} {short(pictured.criterion.draft.title, 60)}, "
                    f"variant {md(pictured.variant)}"
                )
            dots.draw(pictured)
        if is_revised:
            revision.revise(row)
        if not row.criteria:
            st.warning(
                "Nothing says yet how we can tell that this is met. Add a criterion.",
                icon=":material/rule:",
            )
        together = sentences.together(row.criteria)
        if together:
            st.caption(f":material/rule: {md(together)}")
        for group in reading.by_criterion(row):
            _draw_criterion(group, known)


def _draw_criterion(group: Sequence[CriterionVerdict], known: dict[UUID, Variant]) -> None:
    criterion = group[0].criterion
    st.markdown(
        f"{md(criterion.key)} · **{md(criterion.draft.title)}** "
        f":gray[{md(measures.bar(criterion))}] "
        + (
            look.verdict(group[0].verdict, is_evaluated=group[0].is_evaluated).badge
            if len(group) == 1
            else ""
        )
    )
    for found in group:
        if len(group) > 1 and found.variant_id in known:
            assert found.variant_id is not None
            st.markdown(
                f"{look.variant_text(known[found.variant_id])} "
                f"{look.verdict(found.verdict, is_evaluated=found.is_evaluated).badge}"
            )
        if found.is_evaluated:
            pictures.line(found, key=f"decide_line_{_place(found)}")
        pictures.sentences(found)
        steps.draw(found, key=f"decide_step_{_place(found)}")
        pictures.spread(found, key=f"decide_spread_{_place(found)}")
        _draw_examples(found)
        disagreements.draw(found)
    trend.draw(criterion)
    _draw_details(group)


def _draw_examples(found: CriterionVerdict) -> None:
    """Up to three outputs that failed, each with a tick box that takes it along."""
    if found.verdict is not Verdict.NOT_MET:
        return
    shown = reading.examples(found)
    if not shown:
        return
    label = f"Failing outputs: {len(shown)} of {shown[0].total}"
    key = f"decide_fails_{_place(found)}"
    with st.expander(label, icon=":material/cancel:", **folds.bind(key, label)) as folded:
        for example in shown if folded.open else ():
            _draw_example(found, example)


def _draw_example(found: CriterionVerdict, example: Example) -> None:
    with st.container(key=f"decide_example_{_place(found)}_{example.trial_id}"):
        st.markdown(f"**{short(example.case)}**")
        if example.reason:
            prose(example.reason)
        st.caption("Input")
        output(example.input)
        what = found.criterion.draft.scorer.looks_at
        judged = "Output" if what is LooksAt.ANSWER else f"Judged, {what.label},"
        st.caption(f"{judged} of {md(found.variant)}")
        output(example.output)
        st.checkbox(
            "Attach to the revision",
            key=revision.attach_key(found, example),
            help="“Revise” then takes this case and its output along as evidence.",
            # It stays ticked when the outputs are folded again.
            persist_state="page",
        )


def _draw_details(group: Sequence[CriterionVerdict]) -> None:
    if all(found.experiment_id is None for found in group):
        return
    key = f"decide_details_{group[0].criterion.id}"
    with st.expander("Details", **folds.bind(key, "Details")) as folded:
        if folded.open:
            _details(group)


def _details(group: Sequence[CriterionVerdict]) -> None:
    criterion = group[0].criterion
    st.markdown(md(measures.promise(criterion)))
    st.caption(f"Passes: an output that {md(measures.describe_scorer(criterion))}.")
    for found in group:
        if found.experiment_id is None:
            continue
        st.markdown(f"Variant {md(found.variant)}: {md(figures.figure(found))}")
        said = reading.origin(found)
        if said:
            st.caption(f":material/dns: {md(said)}")
        pictures.details(found)
        if st.button(
            f"Open the outputs of {md(found.experiment)}",
            key=f"decide_outputs_{_place(found)}",
            icon=":material/table_rows:",
        ):
            st.session_state["experiments_open"] = found.experiment
            pages.go("experiments")


def _place(found: CriterionVerdict) -> str:
    return f"{found.criterion.id}_{found.variant_id}"

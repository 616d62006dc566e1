"""The way back: a requirement opened for revision with the evidence that calls for it."""

from collections.abc import Sequence

import streamlit as st

from workbench.domain.verdicts import CriterionVerdict, Verdict
from workbench.evidence.verdicts import RequirementVerdict
from workbench.evidence.words import figures, measures
from workbench.ui.parts import pages
from workbench.ui.parts.text import SHOWN
from workbench.ui.verdicts import reading
from workbench.ui.verdicts.reading import Example

EvidenceEntry = dict[str, str]
"""The fields of `domain.requirements.Evidence`, as session state carries them to Requirements."""

_ATTACH = "decide_attach_"


def attach_key(found: CriterionVerdict, example: Example) -> str:
    """The key of the tick box that attaches an example to the revision."""
    return f"{_ATTACH}{found.criterion.id}_{example.trial_id}"


def evidence(
    row: RequirementVerdict, attached: Sequence[tuple[CriterionVerdict, Example]]
) -> list[EvidenceEntry]:
    """What calls for a revision: the verdicts that are not met (or all), and chosen examples."""
    open_ones = [v for v in row.criteria if v.verdict is not Verdict.MET and v.is_evaluated]
    chosen = open_ones or [v for v in row.criteria if v.is_evaluated]
    entries = [_entry(found, _summary(found)) for found in chosen]
    for found, example in attached:
        reason = example.reason or "the scorer gave no reason"
        summary = f"{found.criterion.key} failed on {example.case}: {reason}"
        entries.append(_entry(found, summary, example.case, example.output[:SHOWN]))
    return entries


def attached_examples(row: RequirementVerdict) -> list[tuple[CriterionVerdict, Example]]:
    """The failing outputs whose tick box is on."""
    return [
        (found, example)
        for found in row.criteria
        if found.verdict is Verdict.NOT_MET
        for example in reading.examples(found)
        if st.session_state.get(attach_key(found, example))
    ]


def revise(row: RequirementVerdict) -> None:
    """Open the requirement on its page, with the evidence attached."""
    st.session_state["requirements_evidence"] = evidence(row, attached_examples(row))
    st.session_state["requirements_open"] = row.requirement.key
    pages.go("requirements")


def _summary(found: CriterionVerdict) -> str:
    draft = found.criterion.draft
    return (
        f"{found.criterion.key} {draft.title}: {found.verdict.label}, "
        f"{figures.figure(found)} against {measures.bar(found.criterion)}"
    )


def _entry(
    found: CriterionVerdict, summary: str, case: str = "", output: str = ""
) -> EvidenceEntry:
    return {
        "summary": summary,
        "experiment": found.experiment,
        "criterion": found.criterion.key,
        "variant": found.variant,
        "case": case,
        "output": output,
    }

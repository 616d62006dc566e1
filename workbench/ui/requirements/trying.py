"""Try a criterion before it is kept: an example answer, the outcome at once, and the promise."""

from collections.abc import Mapping

import streamlit as st

from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.datasets import Case
from workbench.domain.kinds import looking
from workbench.domain.kinds.entry import By
from workbench.domain.kinds.looking import LooksAt
from workbench.domain.requirements import Requirement
from workbench.domain.values import Value
from workbench.errors import InputError, WorkbenchError
from workbench.evidence.words import measures
from workbench.scoring import checks
from workbench.ui.parts import look, session
from workbench.ui.parts.form import Form
from workbench.ui.parts.text import md, plain
from workbench.ui.requirements import rubric_trial, scorers

UNTRIED = (
    ScorerKind.RATING,
    ScorerKind.JUDGE,
    ScorerKind.PREFERENCE,
    ScorerKind.PAIRWISE_JUDGE,
    ScorerKind.LATENCY,
    ScorerKind.COST,
    ScorerKind.SAME,
    ScorerKind.MEANING,
)
"""What says nothing about a pasted answer."""
_PASTED = {
    LooksAt.ANSWER: "an answer",
    LooksAt.ANSWERS: "the answers of a trial",
    LooksAt.TRANSCRIPT: "a conversation",
    LooksAt.REASONING: "what a model thought",
}


Described = CriterionDraft | InputError
"""The criterion as the fields describe it, or what it lacks."""


def draw(form: Form, described: Described, requirement: Requirement) -> None:
    """An example answer and what the check thinks of it, at once."""
    with st.container(border=True, gap="small", key="requirements_try"):
        kind = ScorerKind(form.value("kind"))
        if kind.entry.is_paired and kind.by is By.PERSON:
            st.caption(
                ":material/person: It takes two answers. Save it: once an experiment with two "
                "variants has outputs, Score shows them side by side."
            )
            return
        if kind.by is By.PERSON:
            try:
                scorer = _usable(form, described)
            except WorkbenchError as error:
                _lacks(error, described)
                return
            rubric_trial.draw(scorer, requirement)
            return
        if kind.by is not By.CODE:
            st.caption(
                ":material/smart_toy: It cannot be tried on a pasted answer. Save it: once an "
                "experiment has outputs, Experiments offers to let the judge score them."
            )
            return
        if kind.entry.is_measured:
            st.caption(":material/timer: Nothing to try: time and cost are measured in a run.")
            return
        if kind.entry.fewest_trials > 1:
            st.caption(
                ":material/repeat: Nothing to try on one answer: it holds all answers to a case "
                f"against each other. Plan {kind.entry.fewest_trials} trials per case or more."
            )
            return
        what = LooksAt(form.value(looking.NAME) or LooksAt.ANSWER)
        st.text_area(
            f"Try it: paste {_PASTED[what]}",
            **form.bind("example"),
            height=90,
            placeholder="What the model said or thought, or could have",
        )
        slices = set(form.value("slices"))
        by_key = {
            case.key: case
            for case in cases(requirement)
            if not slices or not slices.isdisjoint(case.tags)
        }
        names: Mapping[str, Value] = {}
        if by_key and kind.entry.names_values(form.values()):
            chosen = st.selectbox(
                "With the values of case",
                list(by_key),
                format_func=plain,
                key="requirements_try_case",
                help="The texts name values of a case: these are filled in.",
            )
            names = by_key[chosen].names() if chosen in by_key else {}
        example = str(form.value("example"))
        if not example.strip():
            return
        try:
            scorer = _usable(form, described)
        except WorkbenchError as error:
            _lacks(error, described)
            return
        judged = checks.check(scorer, checks.Subject(example, names))
        st.markdown(f"{look.outcome(judged.outcome).text}. {md(judged.reason)}")


def _lacks(error: WorkbenchError, described: Described) -> None:
    """Why it cannot be tried yet: in words only where the sentence below has others."""
    if isinstance(described, InputError) and error.message == described.message:
        st.caption(":material/info: It can be tried once it is whole: what it lacks stands below.")
    else:
        st.caption(f":material/info: {md(error.message)} {md(error.hint)}")


def _usable(form: Form, described: Described) -> Scorer:
    if isinstance(described, InputError):
        # A title is no part of the scorer: without one the scorer can be tried all the same.
        body = form.values()
        described = scorers.draft({**body, "title": body["title"] or "this criterion"})
    checks.refuse_unusable(described.scorer)
    return described.scorer


def preview(form: Form, described: Described) -> None:
    """The criterion as one sentence, or what it still lacks."""
    if isinstance(described, InputError):
        if described.message != form.complaint:  # A save refused for it says so by its button.
            said = f"{md(described.message)} {md(described.hint)}"
            st.info(said, icon=":material/edit:")
        return
    found = scorers.preview(described)
    st.info(
        f"An answer passes when it {md(measures.describe_scorer(found))}. "
        f"{md(measures.promise(found))}",
        icon=":material/format_quote:",
    )


def cases(requirement: Requirement) -> list[Case]:
    """Every case of the feature, for its values and tags."""
    datasets = session.store().datasets
    opened = requirement.feature_id
    return session.remembered(
        "criterion_cases",
        opened,
        lambda: [case for version in datasets.of(opened) for case in datasets.cases(version.id)],
    )

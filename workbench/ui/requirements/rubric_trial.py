"""A rubric tried on ten outputs before it is kept: what raters would say, and nothing is stored."""

from collections import Counter
from uuid import UUID

import streamlit as st

from workbench.actions import rating
from workbench.actions.rating import Choice
from workbench.domain.criteria import Scorer
from workbench.domain.requirements import Requirement
from workbench.domain.scores import Outcome
from workbench.say import count
from workbench.ui.parts import conversation, rubric, session
from workbench.ui.parts.text import md, short

TEN = 10
_HEIGHT = 420  # pixels


def draw(scorer: Scorer, requirement: Requirement) -> None:
    """Ten outputs of the feature, each with the words that a rater would have."""
    found = _outputs(requirement.feature_id)
    if not found:
        st.caption(
            ":material/person: A person will judge each answer. Once there are outputs, you can "
            "try it on ten of them here."
        )
        return
    with st.expander(f"Try it on {count(len(found), 'output')}", icon=":material/science:"):
        rubric.draw(scorer)
        choices = {choice.label: choice for choice in rating.choices_of(scorer)}
        said: list[Choice] = []
        with st.container(height=_HEIGHT, key="requirements_rubric"):
            for trial_id, case in found:
                st.caption(f"Output to {short(case)}")
                conversation.looked_at(scorer.looks_at, *conversation.of_trial(trial_id))
                chosen = st.pills(
                    f"Your rating of the output to {short(case)}",
                    list(choices),
                    format_func=md,
                    key=f"requirements_rubric_{trial_id}_{scorer.fingerprint()[:12]}",
                    label_visibility="collapsed",
                )
                if chosen:
                    said.append(choices[chosen])
        st.caption(md(summary(list(choices.values()), said, len(found))))


def summary(choices: list[Choice], said: list[Choice], outputs: int) -> str:
    """What the ratings come to, and which of its words nothing got."""
    if not said:
        return "Rate them as a rater would. Nothing of it is kept, and no verdict counts it."
    outcomes = Counter(choice.outcome for choice in said)
    told = ", ".join(
        f"{outcomes[outcome]} {outcome.label}" for outcome in Outcome if outcomes[outcome]
    )
    unused = [c.label for c in choices if c.score is not None and c not in said]
    rest = outputs - len(said)
    if rest:
        return f"So far {told}; {count(rest, 'output')} to go. Nothing of it is kept."
    if unused:
        return (
            f"{told.capitalize()}. No output was {' or '.join(unused)}: are these levels needed, "
            "and would two people tell them apart? Nothing of it is kept."
        )
    return f"{told.capitalize()}. Nothing of it is kept."


def _outputs(feature_id: UUID) -> list[tuple[UUID, str]]:
    def read() -> list[tuple[UUID, str]]:
        store = session.store()
        tried = {experiment_id for experiment_id, _ in session.counted().tried(feature_id)}
        for experiment in reversed(store.experiments.of(feature_id)):
            if experiment.id in tried:
                frame = store.reports.outputs.page(experiment.id, limit=5 * TEN)
                rows = frame[frame["failure"].isna()][["trial_id", "case"]]
                # Spread over the page, so that not all are answers to the first case.
                step = max(1, len(rows) // TEN)
                return [tuple(row) for row in rows.iloc[::step].head(TEN).to_numpy()]
        return []

    return session.remembered("criterion_outputs", feature_id, read, feature=feature_id)

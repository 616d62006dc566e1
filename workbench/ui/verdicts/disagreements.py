"""Of the outputs on which a judge and people differ: who was right? A person decides."""

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from workbench.actions import disagreements
from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment
from workbench.domain.verdicts import CriterionVerdict
from workbench.errors import WorkbenchError
from workbench.say import count
from workbench.store.reports.calibration import Labelled
from workbench.ui.parts import conversation, folds, session, trouble
from workbench.ui.parts.text import md, prose, short

_SHOWN = 5


def draw(found: CriterionVerdict) -> None:
    """The first few that are open, each with both words and a button for either."""
    trust = found.trust
    if trust is None or found.experiment_id is None or not (trust.n_apart or trust.n_settled):
        return
    store = session.store()
    experiment = store.experiments.get(found.experiment_id)
    rows = session.remembered(
        "disagreements",
        (experiment.id, found.criterion.id, found.criterion.number),
        lambda: _labelled(experiment, found.criterion),
        feature=experiment.feature_id,
    )
    mine = [row for row in rows if row.is_here and row.variant_id == found.variant_id]
    waiting = [row for row in mine if row.is_apart and not row.is_settled]
    settled = [row for row in mine if row.is_settled]
    if not waiting and not settled:
        return
    label = f"{count(len(waiting) + len(settled), 'disagreement')} with the judge: who was right?"
    key = f"decide_apart_{found.criterion.id}_{found.variant_id}"
    with st.expander(label, icon=":material/balance:", **folds.bind(key, label)) as folded:
        if folded.open:
            _all(experiment, found.criterion, waiting, settled)


def _all(
    experiment: Experiment,
    criterion: Criterion,
    waiting: Sequence[Labelled],
    settled: Sequence[Labelled],
) -> None:
    right = sum(not row.is_apart for row in settled)
    st.caption(
        f"The judge was right on {right}, the label on {len(settled) - right}; "
        f"{len(waiting)} open. What you decide counts as the label; theirs stay."
    )
    for row in waiting[:_SHOWN]:
        _one(experiment, criterion, row)
    if len(waiting) > _SHOWN:
        st.caption(f"{len(waiting) - _SHOWN} more follow when these are decided.")


def _labelled(experiment: Experiment, criterion: Criterion) -> list[Labelled]:
    scorer = criterion.draft.scorer
    return session.store().reports.calibration.labelled(
        experiment.id, criterion.id, scorer.fingerprint(), scorer.labels()
    )


def _one(experiment: Experiment, criterion: Criterion, row: Labelled) -> None:
    key = f"decide_settle_{criterion.id}_{row.trial_id}"
    with st.container(border=True, key=key):
        st.markdown(f"**{short(row.case)}**")
        looks_at = criterion.draft.scorer.looks_at
        conversation.looked_at(looks_at, *conversation.of_trial(row.trial_id))
        prose(f"The judge says {_word(row.judge_passes)}: {row.reason}")
        people = "person says" if row.people == 1 else "people say"
        st.markdown(md(f"{row.people} {people} {_word(row.people_pass)}."))
        with st.container(horizontal=True):
            for who, passes in (
                ("The judge was right", row.judge_passes),
                ("The label was right", row.people_pass),
            ):
                st.button(
                    who,
                    key=f"{key}_{passes}",
                    on_click=_settle,
                    args=(experiment, criterion, row.trial_id, passes),
                )


def _settle(experiment: Experiment, criterion: Criterion, trial_id: UUID, passes: bool) -> None:
    """Callback: keep who was right."""
    try:
        disagreements.settle(
            session.store(), session.who(), experiment, criterion, trial_id, passes=passes
        )
    except WorkbenchError as error:
        trouble.show(error)


def _word(passes: bool) -> str:
    return "pass" if passes else "fail"

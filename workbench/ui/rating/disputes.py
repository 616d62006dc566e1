"""Where people differ: the two readings, each output to talk through, and what follows from it."""

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from workbench.actions import disagreements, rating
from workbench.actions.rating import Choice
from workbench.domain.criteria import Criterion
from workbench.domain.fingerprint import fingerprint
from workbench.domain.looked_at import looked_at
from workbench.domain.scores import Outcome, who_said
from workbench.errors import WorkbenchError
from workbench.evidence import readings
from workbench.evidence.agreement import Agreement, Shown
from workbench.evidence.readings import Way
from workbench.evidence.words import agreement as words
from workbench.say import count
from workbench.store.reports.agreement import Dispute, Opinion
from workbench.ui.parts import conversation, look, pages, session, trouble
from workbench.ui.parts.text import SHOWN, md, short

_AT_ONCE = 5
_EXAMPLES = 3
_ATTACHED = 12
"""How many disputed outputs a revision takes along at most: it keeps each whole."""


def draw(criterion: Criterion, found: Agreement, without: Sequence[UUID]) -> None:
    """The readings side by side, the way to a revision, and the outputs that people differ on, but
    for those of experiments that are left out."""
    every = _read(criterion, without)
    if not every:
        if found.is_shared:
            st.caption("No two people said different things of an output.")
        return
    seen = [dispute for dispute in every if not _waits(dispute, found)]
    ways = readings.two(seen)
    if ways is not None:
        st.markdown(f"**Two readings of “{md(_question(criterion))}”**")
        first, second = ways
        for column, (way, other) in zip(
            st.columns(2, border=True), ((first, second), (second, first)), strict=True
        ):
            with column:
                _reading(criterion, way, other)
        requirement = session.store().requirements.get(criterion.requirement_id)
        st.button(
            f"Revise {requirement.key} with these {count(min(len(seen), _ATTACHED), 'output')}",
            key="score_revise",
            icon=":material/edit:",
            type="primary" if found.shown is Shown.TWO_WAYS else "secondary",
            on_click=_revise,
            args=(criterion, found, seen, requirement.key),
            help="Opens the requirement with what people said of them as the evidence that caused "
            "its next revision. Which variant wrote them is not said.",
        )
    waiting = len(every) - len(seen)
    if waiting:
        st.info(
            f"{count(waiting, 'more output')} that others differ on "
            f"{'waits' if waiting == 1 else 'wait'} for your own rating. Rate first: what they "
            "said would sway you.",
            icon=":material/visibility_off:",
        )
    _list(criterion, seen)


def _waits(dispute: Dispute, found: Agreement) -> bool:
    """Whether this person rates by the criterion too, and has not rated this output."""
    me = session.chosen_name()
    return me in found.scored and all(one.rater != me for one in dispute.opinions)


def _reading(criterion: Criterion, way: Way, other: Way) -> None:
    """Some raters' words on the outputs that part the two readings, theirs alone."""
    kinder = count(len(way.kinder), "output") if way.kinder else "no output"
    st.markdown(f"**{md(_names(way.raters))}** :gray[· kinder on {kinder}]")
    for dispute in (*way.kinder[:_EXAMPLES], *other.kinder[:_EXAMPLES]):
        said = [one for one in dispute.opinions if one.rater in way.raters]
        st.markdown(
            f"**{short(dispute.case)}** :gray[{short(_text(criterion, dispute.trial_id), 90)}]  \n"
            + "  \n".join(map(_opinion, said))
        )


def _list(criterion: Criterion, seen: Sequence[Dispute]) -> None:
    if not seen:
        return
    waiting = [dispute for dispute in seen if dispute.settled is None]
    settled = [dispute for dispute in seen if dispute.settled is not None]
    st.markdown(f"**To talk through** :gray[· {len(waiting)} open, {len(settled)} settled]")
    if waiting:
        st.caption(
            "What you settle counts as the output's word in every count. What was said stays, and "
            "agreement is about that alone."
        )
    for dispute in waiting[:_AT_ONCE]:
        _one(criterion, dispute)
    if len(waiting) > _AT_ONCE:
        st.caption(f"{len(waiting) - _AT_ONCE} more follow when these are settled.")
    if settled:
        with st.expander(f"Settled: {len(settled)}", icon=":material/balance:"):
            for dispute in settled:
                _one(criterion, dispute)


def _one(criterion: Criterion, dispute: Dispute) -> None:
    key = f"score_dispute_{_token(criterion, dispute)}"
    with st.container(border=True, key=key):
        st.markdown(f"**{short(dispute.case)}**")
        conversation.looked_at(
            criterion.draft.scorer.looks_at, *conversation.of_trial(dispute.trial_id)
        )
        said = [_opinion(one) for one in dispute.opinions]
        if dispute.settled is not None:
            said.append(f":material/balance: {_opinion(dispute.settled)}")
        st.markdown("  \n".join(said))
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            if dispute.settled is not None:
                st.button(
                    "Open it again",
                    key=f"{key}_open",
                    icon=":material/undo:",
                    type="tertiary",
                    on_click=_reopen,
                    args=(criterion, dispute.trial_id),
                    help="What the raters said counts again. The decision stays on record.",
                )
                return
            why = f"{key}_why"
            st.text_input("Why (optional)", key=why, placeholder="What decided it?", width=320)
            for choice in rating.choices_of(criterion.draft.scorer):
                if choice.outcome is Outcome.UNSCORED:
                    continue
                st.button(
                    md(f"Settle as {choice.label.lower()}"),
                    key=f"{key}_{choice.label}",
                    on_click=_settle,
                    args=(criterion, dispute.trial_id, choice, why),
                )


def _opinion(said: Opinion) -> str:
    outcome = look.outcome(said.outcome)
    word = outcome.text if said.value is None else f"{outcome.mark} {said.value:g}"
    why = f" :gray[· {short(said.reason, 300)}]" if said.reason else ""
    return f"{word} **{md(who_said(said.rater))}**{why}"


def _settle(criterion: Criterion, trial_id: UUID, choice: Choice, why: str) -> None:
    """Callback: keep the decision."""
    place = (session.store(), session.who(), session.feature_id(), criterion, trial_id)
    try:
        disagreements.adjudicate(*place, choice, str(st.session_state.get(why, "")))
    except WorkbenchError as error:
        trouble.show(error)


def _reopen(criterion: Criterion, trial_id: UUID) -> None:
    """Callback: take the decision back."""
    place = (session.store(), session.who(), session.feature_id(), criterion, trial_id)
    try:
        disagreements.reopen(*place)
    except WorkbenchError as error:
        trouble.show(error)


def _revise(
    criterion: Criterion, found: Agreement, seen: Sequence[Dispute], requirement: str
) -> None:
    """Callback: open the requirement, with what people said as the evidence for its revision."""
    head = f"{criterion.key} {criterion.draft.title}: {words.conclusion(found)}"
    pairs = " ".join(words.frequency(pair) for pair in found.pairs)
    pieces = [_piece(criterion, f"{head} {pairs}")]
    for dispute in seen[:_ATTACHED]:
        said = "; ".join(_spoken(one) for one in readings.people(dispute))
        summary = f"{criterion.key} on {dispute.case}: {said}"
        pieces.append(
            _piece(criterion, summary, dispute.case, _text(criterion, dispute.trial_id)[:SHOWN])
        )
    st.session_state["requirements_evidence"] = pieces
    st.session_state["requirements_open"] = requirement
    pages.want("requirements")


def _spoken(said: Opinion) -> str:
    word = said.outcome.label if said.value is None else f"{said.value:g}"
    return f"{said.rater} says {word}{f' (“{said.reason}”)' if said.reason else ''}"


def _piece(criterion: Criterion, summary: str, case: str = "", text: str = "") -> dict[str, str]:
    """The fields of `domain.requirements.Evidence`; without the variant, so that nobody is told."""
    return {
        "summary": summary,
        "experiment": "",
        "criterion": criterion.key,
        "variant": "",
        "case": case,
        "output": text,
    }


def _read(criterion: Criterion, without: Sequence[UUID]) -> list[Dispute]:
    reports = session.store().reports.agreement
    return session.remembered(
        "score_disputes",
        (criterion.id, criterion.number, tuple(without)),
        lambda: list(reports.disputes(criterion, without=without).values()),
        feature=session.feature_id(),
    )


def _text(criterion: Criterion, trial_id: UUID) -> str:
    """What raters of the criterion looked at."""
    return looked_at(criterion.draft.scorer.looks_at, *conversation.of_trial(trial_id)).text or ""


def _question(criterion: Criterion) -> str:
    return str(criterion.draft.scorer.settings.get("question") or criterion.draft.title)


def _names(raters: Sequence[str]) -> str:
    return ", ".join(who_said(rater) for rater in raters)


def _token(criterion: Criterion, dispute: Dispute) -> str:
    """What a browser may know an output by: nothing in it tells who wrote it."""
    return fingerprint(session.person(), str(criterion.id), str(dispute.trial_id))[:16]

"""One output whole: what was asked, what came back, what was thought of it, and notes."""

from uuid import UUID

import streamlit as st

from workbench.actions import keeping
from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment
from workbench.domain.kinds.entry import By
from workbench.domain.scores import Outcome, Score
from workbench.domain.trials import Trial
from workbench.errors import NotFound, TemplateError
from workbench.models.templates import flaw
from workbench.runs.planning import request
from workbench.say import money
from workbench.ui.parts import drafts, endings, look, prompts, session, thoughts, trouble
from workbench.ui.parts.text import md, output, prose, reference

_WAITS = {By.PERSON: ": waits for a rating", By.MODEL: ": waits for its judge"}


def draw(experiment: Experiment, trial_id: UUID) -> None:
    """A trial with everything that is known of it."""
    store = session.store()
    try:
        trial = store.trials.get(trial_id)
        variant = store.variants.get(trial.variant_id)
        case = store.datasets.case(trial.case_id)
    except NotFound as error:
        trouble.show(error)
        return
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{md(case.key)}**", width="content")
            look.variant(variant)
            st.markdown(f":gray[trial {trial.number}]", width="content")
            for tag in case.tags:
                st.markdown(f":gray-badge[{md(tag)}]", width="content")
        _answer(trial)
        _scores(experiment, trial)
        if case.reference:
            reference(case.reference)
        with st.expander("What was asked", icon=":material/chat:"):
            try:
                messages = request(variant, case).messages
            except TemplateError as error:
                if flaw(variant.prompt.text) is None:
                    trouble.show(error)
                prompts.draw(variant)
            else:
                for message in messages:
                    st.caption(message.role.capitalize())
                    output(message.content)
        _notes(trial)


def _answer(trial: Trial) -> None:
    thoughts.not_as_asked(trial.adaptations)
    if trial.output is None:
        st.error(
            f"This call failed after {trial.attempts} "
            f"request{'' if trial.attempts == 1 else 's'}: {md(trial.message)}",
            icon=endings.failure_icon(trial),
        )
        endings.partial(trial)
        thoughts.folded(trial.reasoning)
        return
    endings.tell(trial)
    output(trial.output)
    thoughts.folded(trial.reasoning)
    parts = [md(trial.model)]
    if trial.latency_ms is not None:
        parts.append(f"{trial.latency_ms / 1000:.2f} s")
    if trial.input_tokens is not None and trial.output_tokens is not None:
        parts.append(f"{trial.input_tokens:,} tokens in, {trial.output_tokens:,} out")
    parts.append("cost unknown" if trial.cost is None else md(money(trial.cost)))
    st.caption(" · ".join(part for part in parts if part))


def _scores(experiment: Experiment, trial: Trial) -> None:
    store = session.store()
    criteria = store.criteria.of_experiment(experiment)
    # A rater's newest word, by the scorer as it is now.
    said: dict[tuple[UUID, str], Score] = {}
    for score in store.scores.of_trial(trial.id):
        said[score.criterion_id, score.rater] = score
    tags = store.datasets.case(trial.case_id).tags
    for criterion in criteria:
        if not criterion.applies_to(tags):
            continue
        scorer = criterion.draft.scorer
        mine = [
            score
            for (criterion_id, _), score in said.items()
            if criterion_id == criterion.id
            and score.scorer in (scorer.fingerprint(), scorer.labels())
        ]
        for (criterion_id, _), score in said.items():
            if criterion_id == criterion.id and score not in mine and score.rater:
                _score(criterion, score, is_earlier=True)
        if mine:
            for score in mine:
                _score(criterion, score)
        else:
            waits = _WAITS.get(criterion.draft.scorer.kind.by, "")
            _line(criterion, Outcome.UNSCORED, waits)


def _score(criterion: Criterion, score: Score, *, is_earlier: bool = False) -> None:
    reason = f": {md(score.judgement.reason)}" if score.judgement.reason else ""
    if criterion.draft.scorer.scale is not None and score.judgement.value is not None:
        reason = f" ({score.judgement.value:g}){reason}"
    rater = f" ({md(score.rater)})" if score.rater else ""
    asked = f", asked “{md(score.question)}”" if score.question else ""
    earlier = ", by an earlier wording: not counted" if is_earlier else ""
    _line(criterion, score.judgement.outcome, f"{reason}{rater}{asked}{earlier}")


def _line(criterion: Criterion, outcome: Outcome, rest: str) -> None:
    shown = look.outcome(outcome).text
    st.markdown(f"{shown} **{criterion.key}** {md(criterion.draft.title)}:gray[{rest}]")


def _notes(trial: Trial) -> None:
    store = session.store()
    scope = drafts.scope("note", trial.id)
    key = f"experiments_note_{trial.id}"
    for note in store.scores.notes([trial.id]).get(trial.id, []):
        st.caption(f":material/sticky_note_2: {md(note.author)}")
        prose(note.text)
    if key not in st.session_state:
        found = drafts.get(scope, start={"text": ""})
        st.session_state[key] = found.body.get("text", "") if found else ""
    st.text_area(
        "Note",
        key=key,
        height=70,
        placeholder="What went wrong, or well, in your words",
        on_change=_keep_note,
        args=(scope, key),
        persist_state="session",
    )
    drafts.clashes(scope, {"text": "Note"}, lambda _, text: _use_note(key, text))
    st.button(
        "Add note",
        key=f"experiments_note_add_{trial.id}",
        icon=":material/add_comment:",
        on_click=_add_note,
        args=(trial.id, key, scope),
    )


def _keep_note(scope: str, key: str) -> None:
    drafts.keep(scope, {"text": st.session_state[key]})


def _use_note(key: str, text: str) -> None:
    st.session_state[key] = text


def _add_note(trial_id: UUID, key: str, scope: str) -> None:
    text = str(st.session_state[key]).strip()
    if not text:
        return
    # Emptied first: a second click finds nothing to add.
    st.session_state[key] = ""
    keeping.note(session.store(), session.who(), session.feature_id(), trial_id, text)
    drafts.drop(scope, start={"text": ""})

"""One answer as several pages show it: what was asked, what came back, what was thought of it."""

from uuid import UUID

import streamlit as st

from workbench.domain.criteria import Criterion
from workbench.domain.datasets import Case
from workbench.domain.experiments import Experiment
from workbench.domain.judging import UNSEEN
from workbench.domain.kinds.entry import By
from workbench.domain.prompts import Variant
from workbench.domain.scores import Outcome, Score, is_judge, who_said
from workbench.domain.trials import Trial
from workbench.errors import TemplateError
from workbench.models.templates import flaw
from workbench.runs.planning import request
from workbench.say import count, money
from workbench.ui.parts import (
    blind,
    conversation,
    endings,
    look,
    prompts,
    session,
    thoughts,
    trouble,
)
from workbench.ui.parts.text import md

_WAITS = {By.PERSON: ": waits for a rating", By.MODEL: ": waits for its judge"}


def asked(variant: Variant, case: Case) -> None:
    """The messages that were sent, folded away."""
    with st.expander("What was asked", icon=":material/chat:"):
        try:
            messages = request(variant, case).messages
        except TemplateError as error:
            if flaw(variant.prompt.text) is None:
                trouble.show(error)
            prompts.draw(variant)
        else:
            conversation.draw(messages)


def draw(trial: Trial) -> None:
    """What came back: the output and how it ended, or why there is none."""
    thoughts.not_as_asked(trial.adaptations)
    if trial.output is None:
        st.error(
            f"This call failed after {trial.attempts} "
            f"request{'' if trial.attempts == 1 else 's'}: {md(trial.message)}",
            icon=endings.failure_icon(trial),
        )
        if trial.transcript:
            st.caption("What was said until then:")
            conversation.draw(trial.transcript)
        endings.partial(trial)
        thoughts.folded(trial.reasoning)
        return
    endings.tell(trial)
    conversation.said(trial)
    thoughts.folded(trial.reasoning)
    parts = [md(trial.model)]
    if trial.latency_ms is not None:
        parts.append(f"{trial.latency_ms / 1000:.2f} s")
    if trial.input_tokens is not None and trial.output_tokens is not None:
        parts.append(f"{count(trial.input_tokens, 'token')} in, {trial.output_tokens:,} out")
    parts.append("cost unknown" if trial.cost is None else md(money(trial.cost)))
    st.caption(" · ".join(part for part in parts if part))


def scores(experiment: Experiment, trial: Trial) -> None:
    """What each criterion's scorer thought of it, a line each."""
    store = session.store()
    criteria = session.criteria_of(experiment)
    # A rater's newest word by each scorer, in the order in which they were first heard.
    said: dict[tuple[UUID, str, str], Score] = {}
    for score in store.scores.of_trial(trial.id):
        said[score.criterion_id, score.scorer, score.rater] = score
    case = store.datasets.case(trial.case_id)
    seen = store.shown_files.seen(trial.id) if case.attachments else set()
    labels = {variant.id: variant.label for variant in experiment.variants}
    hidden = blind.criteria(experiment, criteria)
    for criterion in criteria:
        if not criterion.applies_to(case.tags) or not criterion.is_about(labels[trial.variant_id]):
            continue
        scorer = criterion.draft.scorer
        found = [s for s in said.values() if s.criterion_id == criterion.id and not s.is_withdrawn]
        if criterion in hidden:
            found = [s for s in found if s.rater == session.person() or is_judge(s.rater)]
        own = [s for s in found if s.scorer in (scorer.fingerprint(), scorer.labels())]
        beside = [s for s in found if s.scorer == scorer.aside()]
        again = {s.rater for s in (*own, *beside)}
        for score in found:
            if score not in own and score not in beside and score.rater not in {"", *again}:
                _score(criterion, score, ", by an earlier wording: not counted")
        for score in beside:
            _score(criterion, score, ": compared, and not counted")
        for score in own:
            judges = {(criterion.id, judge.fingerprint()) for judge in scorer.judges}
            saw = is_judge(score.rater) and not seen.isdisjoint(judges)
            _score(criterion, score, ", who saw the case's files, too" if saw else "")
        if not own:
            waits = _WAITS.get(scorer.kind.by, "")
            mine = [s for s in said.values() if s.criterion_id == criterion.id]
            if any(_is_blind(s) for s in mine if s.scorer == scorer.fingerprint()):
                waits += f" again. {md(UNSEEN)}"
            if criterion in hidden:
                waits = ": what others say of it is hidden until you reveal together"
            _line(criterion, Outcome.UNSCORED, waits)


def _is_blind(score: Score) -> bool:
    """Whether it was withdrawn because the judge had not seen the case's files."""
    return score.is_withdrawn and score.judgement.reason == UNSEEN


def _score(criterion: Criterion, score: Score, standing: str = "") -> None:
    reason = f": {md(score.judgement.reason)}" if score.judgement.reason else ""
    if criterion.draft.scorer.scale is not None and score.judgement.value is not None:
        reason = f" ({score.judgement.value:g}){reason}"
    rater = f" ({md(who_said(score.rater))})" if score.rater else ""
    asked = f", asked “{md(score.question)}”" if score.question else ""
    _line(criterion, score.judgement.outcome, f"{reason}{rater}{asked}{standing}")


def _line(criterion: Criterion, outcome: Outcome, rest: str) -> None:
    shown = look.outcome(outcome).text
    st.markdown(f"{shown} **{criterion.key}** {md(criterion.draft.title)}:gray[{rest}]")

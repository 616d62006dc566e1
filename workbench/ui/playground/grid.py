"""The answers side by side, as they stream in and afterwards: cases down, variants across."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import streamlit as st

from workbench.domain import values
from workbench.domain.datasets import Case
from workbench.domain.experiments import Experiment, RunState
from workbench.domain.prompts import Variant
from workbench.domain.scores import Note, Outcome
from workbench.domain.trials import Trial
from workbench.runs.job import Slot
from workbench.say import count
from workbench.store.reports.playground import Judged
from workbench.ui.parts import conversation, endings, look, pages, runs, session, thoughts, trouble
from workbench.ui.parts.resources import services
from workbench.ui.parts.text import md, output, reference, short, value
from workbench.ui.playground import answers, keeping
from workbench.ui.playground.answers import Opinion, Wording

_SHOWN = 3
_INPUT_SHOWN = 160
_WIDE, _NARROW, _MANY = 300, 220, 4
"""Pixels: so many variants have narrower columns, or the last would stand below the first."""


@dataclass(frozen=True)
class _Read:
    """Everything the grid shows, read once for a drawing."""

    experiment: Experiment
    is_live: bool
    trials: Mapping[tuple[UUID, UUID], Sequence[Trial]]
    partial: Mapping[Slot, str]
    judged: Mapping[UUID, Sequence[Judged]]
    notes: Mapping[UUID, list[Note]]


def draw(experiment: Experiment) -> None:
    """The grid; it looks again twice a second while answers come in."""
    live = services().jobs.is_live(experiment.id)

    def look() -> None:
        pages.follow()
        if live and not services().jobs.is_live(experiment.id):
            st.rerun()
        _draw(experiment, live)

    st.fragment(trouble.boundary(look), run_every=0.5 if live else None)()


def _draw(experiment: Experiment, live: bool) -> None:
    store = session.store()
    # What streams is read before what is kept, so that an answer between the two shows twice
    # for a moment rather than not at all.
    partial = services().jobs.partial(experiment.id)
    every = store.trials.of_experiment(experiment.id)
    trials: dict[tuple[UUID, UUID], list[Trial]] = {}
    for trial in every:
        trials.setdefault((trial.variant_id, trial.case_id), []).append(trial)
    ids = [trial.id for trial in every if trial.output is not None]
    judged = store.reports.playground.judged(ids)
    read = _Read(experiment, live, trials, partial, judged, store.scores.notes(ids))
    _status(read, every)
    for case in _cases(experiment):
        _row(read, case)


def _cases(experiment: Experiment) -> list[Case]:
    store = session.store()

    def load() -> list[Case]:
        return store.experiments.cases(experiment.id)

    return session.remembered("playground_asked", experiment.id, load)


def _status(read: _Read, every: Sequence[Trial]) -> None:
    experiment = read.experiment
    failed = sum(trial.failure is not None for trial in every)
    if read.is_live:
        left, right = st.columns([5, 1], vertical_alignment="center")
        share = len(every) / max(1, experiment.n_calls)
        left.progress(
            min(1.0, share), text=f"{len(every)} of {count(experiment.n_calls, 'answer')}"
        )
        with right:
            runs.stop_button(experiment, "playground_halt")
        return
    run = session.store().runs.latest(experiment.id)
    if run is not None and run.state is RunState.FAILED:
        st.error(md(run.message or f"The run {run.state.ended}."), icon=":material/error:")
    open_calls = experiment.n_calls - len(every)
    with st.container(horizontal=True, gap="small"):
        if open_calls > 0:
            missing = count(open_calls, "answer")
            label = f"Ask for the {missing} that {'is' if open_calls == 1 else 'are'} missing"
            if st.button(label, key="playground_resume", icon=":material/play_arrow:"):
                _start(experiment, retry_failed=False)
        if failed:
            label = f"Ask the failed {'one' if failed == 1 else f'{failed}'} again"
            if st.button(label, key="playground_retry", icon=":material/refresh:"):
                _start(experiment, retry_failed=True)
        if len(every) > failed:
            st.button(
                "Set up an experiment with these variants",
                key="playground_experiment_from",
                icon=":material/science:",
                help="What you see here is a look around. An experiment gives evidence.",
                on_click=_set_up,
                args=(experiment,),
            )


def _set_up(experiment: Experiment) -> None:
    st.session_state["experiments_variants"] = [str(v.id) for v in experiment.variants]
    pages.want("experiments")


def _start(experiment: Experiment, *, retry_failed: bool) -> None:
    if runs.start(experiment, retry_failed=retry_failed):
        st.rerun()


def _row(read: _Read, case: Case) -> None:
    with st.container(border=True, key=f"playground_row_{case.id}"):
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            st.markdown(f"**{md(case.key)}**", width="content")
            for tag in case.tags:
                st.markdown(f":gray-badge[{md(tag)}]", width="content")
            st.space("stretch")
            with st.popover("Input", icon=":material/input:", type="tertiary"):
                for name, held in case.given().items():
                    st.caption(md(name))
                    value(held)
                if case.reference:
                    reference(case.reference)
        st.caption(short(" · ".join(map(values.said, case.given().values())), _INPUT_SHOWN))
        asked = read.experiment.variants
        grid = st.grid(len(asked), min_column_width=_WIDE if len(asked) < _MANY else _NARROW)
        for variant in asked:
            with grid.cell():
                _cell(read, case, variant)


def _cell(read: _Read, case: Case, variant: Variant) -> None:
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        look.variant(variant)
        st.caption(look.describe(variant), width="stretch")
    trials = read.trials.get((variant.id, case.id), ())
    color = look.color(look.position_of(variant))
    wordings = answers.distinct(trials)
    for wording in wordings[:_SHOWN]:
        _wording(read, case, wording, color)
    if wordings[_SHOWN:]:
        with st.expander(f"{len(wordings) - _SHOWN} more, each worded differently"):
            for wording in wordings[_SHOWN:]:
                _wording(read, case, wording, color)
    for failure in answers.failures(trials):
        times = f" ({failure.count} times)" if failure.count > 1 else ""
        st.error(
            f"No answer{times}: {md(failure.message)}",
            icon=endings.failure_icon(failure.trials[0]),
        )
        for trial in failure.trials[:_SHOWN]:
            endings.partial(trial)
            thoughts.behind_a_button(trial.reasoning)
    _waiting(read, case, variant, {trial.number for trial in trials})


def _waiting(read: _Read, case: Case, variant: Variant, done: set[int]) -> None:
    waiting = [n for n in range(1, read.experiment.trials + 1) if n not in done]
    if not waiting:
        return
    if not read.is_live:
        st.caption(f":material/more_horiz: {len(waiting)} not asked yet")
        return
    for number in list(waiting):
        text = read.partial.get((variant.id, case.id, number))
        if text is not None:
            waiting.remove(number)
        if text:
            st.caption(":material/edit: writing…")
            output(text)
        elif text is not None:
            st.caption(":material/psychology: thinking…")
    if waiting:
        st.caption(f":material/hourglass_empty: {len(waiting)} to come")


def _wording(read: _Read, case: Case, wording: Wording, color: look.Color) -> None:
    if wording.total > 1:
        mine, others = answers.dots(wording)
        rest = f":gray[{others}]" if others else ""
        st.markdown(f":{color}[{mine}]{rest} {answers.times(wording)}")
    conversation.said(wording.first)
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.caption(answers.facts(wording), width="content")
        endings.badge(wording.telling)
        thoughts.behind_a_button(wording.first.reasoning)
    thoughts.not_as_asked(wording.first.adaptations)
    _opinions(answers.opinions(wording, read.judged))
    if not read.is_live:
        keeping.buttons(read.experiment, case, wording.first, read.notes.get(wording.first.id, []))


def _opinions(found: Sequence[Opinion]) -> None:
    if not found:
        return
    with st.container(horizontal=True, gap="xsmall"):
        for opinion in found:
            shown = look.outcome(opinion.outcome)
            scored = opinion.passed + opinion.failed
            share = f" {opinion.passed}/{scored}" if 0 < opinion.passed < scored else ""
            st.markdown(
                f":{shown.color}-badge[:material/{shown.icon}: {md(opinion.key)}{share}]",
                width="content",
                help=f"{md(opinion.title)}: {md(opinion.reason)}",
            )
    for opinion in found:
        if opinion.outcome is not Outcome.PASS:
            word = "fails" if opinion.outcome is Outcome.FAIL else "is not scored"
            st.caption(f"**{md(opinion.key)} {word}** · {md(opinion.title)}: {md(opinion.reason)}")

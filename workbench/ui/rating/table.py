"""The rater's table: outputs side by side, a rating for each, and whose they were, once rated."""

from typing import NamedTuple

import streamlit as st

from workbench.actions import preferring, rating
from workbench.actions.rating import Choice, Shown, Task
from workbench.domain import datasets, values
from workbench.domain.datasets import Case
from workbench.domain.kinds.looking import LooksAt
from workbench.domain.prompts import Variant
from workbench.domain.scores import Outcome
from workbench.errors import WorkbenchError
from workbench.store.reports.rating import CaseToRate
from workbench.ui.parts import (
    attached,
    conversation,
    drafts,
    endings,
    kept_text,
    look,
    redline,
    session,
    thoughts,
    trouble,
)
from workbench.ui.parts.text import SHOWN, md, output, prose, reference, short
from workbench.ui.rating import place as rating_place
from workbench.ui.rating import reading, reveal

UNDO = "U"
_OUTSIDE, _CANNOT_TELL = "A", "T"
_DIGITS = tuple("0123456789")
_SHORT = 40  # characters of a variable that fits on a line with others
_ICONS = {
    "Pass": ":material/thumb_up:",
    "Fail": ":material/thumb_down:",
    "Can't tell": ":material/question_mark:",
    rating.NOT_APPLICABLE: ":material/do_not_disturb_on:",
}


def draw_case(task: Task, case: Case) -> None:
    """The question that is asked, and what the model was given."""
    st.subheader(md(task.question), anchor=False)
    held = datasets.given(case.variables, case.messages)
    given = {
        name: values.block(value) for name, value in held.items() if not values.is_blank(value)
    }
    short_ones = {name: text for name, text in given.items() if len(text) <= _SHORT}
    # One short variable is the input itself; several are what goes with a longer one.
    if len(short_ones) == len(given):
        short_ones = dict(list(short_ones.items())[1:])
    columns = st.columns([3, 2] if case.reference else 1)
    with columns[0]:
        st.caption(f"Input of {short(case.key)}")
        for name, text in given.items():
            if name not in short_ones:
                output(text)
        if not given and not case.attachments:
            st.text("(empty)")
        attached.draw(case.attachments)
        if short_ones:
            st.caption(
                " · ".join(f"{short(n)}: **{short(values.said(held[n]))}**" for n in short_ones)
            )
    if case.reference:
        with columns[-1]:
            reference(case.reference)


class _Ends(NamedTuple):
    """What a rating of an output ends, as the page was drawn: the row, the case."""

    row: bool
    case: bool


def draw(task: Task, case: CaseToRate, given: Case) -> None:
    """The outputs of a case (`given` is what is in it) side by side, each with its rating; whose
    they are once the rater was told."""
    is_hidden = not reading.is_told(task, case.id)
    trials = reading.trials(task, case.id)
    found = rating.outputs(session.store(), task, case.id, given, trials)
    rows = reading.batches(found)
    chosen = rating_place.choose_batch(rows)
    number = sum(len(row) for row in rows[:chosen])
    if len(rows[chosen]) > 1:
        _difference(rows[chosen], number)
    waits = [shown for shown in found if shown.mine is None and not shown.nothing]
    waiting = [shown for shown in rows[chosen] if shown in waits]
    for place, (column, shown) in enumerate(
        zip(st.columns(len(rows[chosen]), border=True), rows[chosen], strict=True)
    ):
        with column:
            others = len([s for s in waiting if s is not shown])
            ends = _Ends(not others, not [s for s in waits if s is not shown])
            is_next = shown in waiting[:1]
            _draw_output(task, case, shown, (number, place), is_hidden, is_next, ends)


def _difference(row: list[Shown], number: int) -> None:
    """On demand, each output word by word against the first of its row."""
    if not st.toggle(
        "Show what differs",
        key="score_difference",
        help="Word by word: what the first output says and the other doesn't is struck out, what "
        "only the other says is bold.",
        persist_state="session",
    ):
        return
    first = row[0].text[:SHOWN]
    for place, shown in enumerate(row[1:], number + 2):
        with st.container(border=True, gap="small"):
            st.caption(f"From output {number + 1} to output {place}")
            st.markdown(redline.of(first, shown.text[:SHOWN]) or ":gray[both are empty]")


def draw_undo(task: Task) -> None:
    """What takes the newest rating back, by key too."""
    st.button(
        "Take the last rating back",
        key="score_undo",
        icon=":material/undo:",
        type="tertiary",
        shortcut=UNDO,
        help="Its output waits for a rating again. Both words stay on record.",
        on_click=_take_back,
        args=(task,),
    )


def _draw_output(
    task: Task,
    case: CaseToRate,
    shown: Shown,
    at_place: tuple[int, int],
    is_hidden: bool,
    is_next: bool,
    ends: _Ends,
) -> None:
    """One output; `at_place`: how many outputs stand in the rows before, its place in its own."""
    before, place = at_place
    number = before + place + 1
    by_id = {variant.id: variant for variant in task.experiment.variants}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**Output {number}**")
        if not is_hidden:
            _name(by_id[shown.variant_id], shown, task)
        if shown.mine is not None:
            st.caption(":material/check: rated")
        endings.badge(shown.trial)
    note = f"score_note_{shown.token}"
    said = shown.mine.judgement if shown.mine else None
    choices, possible = rating.choices(task), rating.choices_for(task, shown)
    with st.container(horizontal=True, gap="small"):
        for at, choice in enumerate(choices, start=1):
            if choice not in possible:
                continue  # The others keep the keys that they have everywhere.
            is_said = said is not None and (said.outcome, said.value) == (
                choice.outcome,
                choice.score,
            )
            st.button(
                md(choice.label),
                # Counted on with each word: a key or click that was meant for this output as it
                # stood before finds no button any more, instead of another meaning.
                key=f"score_{_slug(choice)}_{shown.token}_{shown.said_before}",
                icon=_ICONS.get(choice.label),
                help=md(choice.meaning) or None,
                type="primary" if is_said else "secondary",
                shortcut=_shortcut(task, shown, choice, at + place * (len(choices) - 1), is_next),
                on_click=_rate,
                args=(task, case, shown, choice, note, ends),
            )
    if task.criterion.draft.scorer.scale is not None:
        st.caption(f"{task.criterion.draft.scorer.passes_from:g} and more pass.")
    what = task.criterion.draft.scorer.looks_at
    conversation.looked_at(what, shown.trial, shown.case)
    if not is_hidden and what is not LooksAt.REASONING:
        # Few models think first: that there are thoughts would tell which one it is.
        thoughts.folded(shown.trial.reasoning)
    if len(shown.text) > SHOWN:
        st.download_button(
            "The whole text",
            shown.text,
            f"output-{number}.txt",
            "text/plain",
            key=f"score_whole_{shown.token}",
            icon=":material/download:",
            on_click="ignore",
        )
    kept_text.field(
        st.text_input,
        "Note (optional)",
        key=note,
        scope=_scope(task, shown),
        held=rating.note_of(shown.mine),
        name="note",
        placeholder="What decided it?",
    )
    if not is_hidden and shown.mine is not None:
        _other_scores(shown)


def _shortcut(task: Task, shown: Shown, choice: Choice, at: int, is_next: bool) -> str | None:
    """The key of a button. Pass and fail have keys for each of the outputs side by side; on a scale
    a digit is a score, of the first output that is not rated yet. So is the letter for what is not
    applicable.

    What is rated has none: a key that comes while the next case is still on its way would change
    the last one. It is taken back first, or rated again by a click.
    """
    if shown.mine is not None:
        return None
    if choice.outcome is Outcome.NOT_APPLICABLE:
        return _OUTSIDE if is_next else None
    if choice.outcome is Outcome.UNSCORED and task.criterion.draft.scorer.scale is not None:
        return _CANNOT_TELL if is_next else None
    if task.criterion.draft.scorer.scale is None:
        return str(at)
    return choice.label if is_next and choice.label in _DIGITS else None


def _slug(choice: Choice) -> str:
    if choice.outcome in (Outcome.UNSCORED, Outcome.NOT_APPLICABLE):
        return "cannot_tell" if choice.outcome is Outcome.UNSCORED else choice.outcome.value
    return choice.label.lower()


def _name(variant: Variant, shown: Shown, task: Task) -> None:
    look.variant(variant)
    trial = f" · trial {shown.number}" if task.experiment.trials > 1 else ""
    st.caption(f"{md(variant.describe())}{trial}")


def _other_scores(shown: Shown) -> None:
    """What the checks said: after the rating, so that it sways nobody."""
    criteria = {c.id: c for c in session.criteria()}
    newest = {
        score.criterion_id: score
        for score in shown.others
        if score.criterion_id in criteria
        and score.scorer == criteria[score.criterion_id].draft.scorer.fingerprint()
    }
    if newest:
        with st.expander("What the other criteria say"):
            for criterion_id, score in newest.items():
                criterion = criteria[criterion_id]
                prose(
                    f"{criterion.key} {criterion.draft.title}: {score.judgement.outcome.label}. "
                    f"{score.judgement.reason}"
                )


def _scope(task: Task, shown: Shown) -> str:
    return drafts.scope("rating", f"{shown.trial_id}/{task.criterion.id}")


def _rate(
    task: Task, case: CaseToRate, shown: Shown, choice: Choice, note: str, ends: _Ends
) -> None:
    """Callback: save, then go on to what is open: the next outputs, where it ends the row of those
    that stood side by side, or the next case."""
    store, said = session.store(), str(st.session_state.get(note, ""))
    try:
        if not rating.keep(store, session.who(), task, shown, choice, said):
            rating_place.say(
                "That came while the page was changing, so it was not used. Your earlier rating "
                "stands.",
                ":material/hourglass_top:",
            )
            return
        drafts.drop(_scope(task, shown))
    except WorkbenchError as error:
        trouble.later(rating_place.TROUBLE, error)
        return
    if case.is_done:
        return
    # What ends the case needs no look at where the rater is: the page of the next one takes it. On
    # the others that look is the one that this page takes next.
    if not ends.case:
        now = reading.queue(task, str(case.id)).here
        if now is None:
            return
        if not now.is_done:
            if ends.row:
                rating_place.show_open()
            return
    st.session_state[reveal.LAST] = str(case.id)
    rating_place.go_on(task, case)


def _take_back(task: Task) -> None:
    """Callback: withdraw, and show the case it was given on."""
    try:
        take_back = preferring.take_back if task.is_paired else rating.take_back
        case_id = take_back(session.store(), session.who(), task)
    except WorkbenchError as error:
        trouble.later(rating_place.TROUBLE, error)
        return
    if case_id is None:
        rating_place.say("There is no rating of yours to take back here.", ":material/info:")
        return
    st.session_state.pop(reveal.LAST, None)
    rating_place.go_to(str(case_id))

"""Results made elsewhere: a file is looked at, then kept as an experiment that is finished."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from workbench.actions import results as kept_results
from workbench.domain.criteria import Criterion, Scale
from workbench.domain.features import Feature
from workbench.domain.scores import Outcome
from workbench.errors import InputError, WorkbenchError
from workbench.evidence.words import measures
from workbench.exchange.results import criteria, file
from workbench.exchange.results.shape import Level, Results, scale_of
from workbench.exchange.tables import reading
from workbench.exchange.tables.reading import ENDINGS, MAX_BYTES, Reading, Table
from workbench.say import count
from workbench.ui.experiments.setup import OPEN
from workbench.ui.parts import session, table_choices, trouble
from workbench.ui.parts.text import md, short

_SHOWN = "experiments_import_open"
_EXAMPLE = """case,variant,trial,criterion,value,output,slice
refund-01,gpt-x,1,Names the policy,true,You can return it within 30 days.,refunds
refund-01,gpt-x,2,Names the policy,false,I am not sure.,refunds
"""
_LISTED = 12
_BAR = 90.0


def opener() -> None:
    """The button that opens the dialog."""
    st.button(
        "Import results",
        key="experiments_import_button",
        icon=":material/upload_file:",
        on_click=_show,
        help="Outputs and scores from another tool: a table with one score a row.",
    )


def draw(feature: Feature) -> None:
    """The dialog, where it is open."""
    if st.session_state.get(_SHOWN):
        st.dialog(
            "Import results", width="medium", icon=":material/upload_file:", on_dismiss=_close
        )(trouble.boundary(_body))(feature)


def _show() -> None:
    st.session_state[_SHOWN] = True


def _close() -> None:
    st.session_state.pop(_SHOWN, None)


def _body(feature: Feature) -> None:
    given = st.file_uploader(
        "A file with one score a row",
        type=list(ENDINGS),
        key="experiments_import_file",
        max_upload_size=MAX_BYTES >> 20,
        help="Larger files: python -m workbench import-results FILE --feature NAME.",
    )
    if given is None:
        st.caption(
            "The first row names the columns: case, variant, trial, criterion and value (true, "
            "false, 1, 0, a number, or empty where there is no score). Optional: output, slice, "
            "latency\\_ms, cost, rater, group."
        )
        st.code(_EXAMPLE, language=None)
        return
    where = st.container(horizontal=True)
    level = where.number_input(
        "Numbers pass from",
        value=None,
        placeholder="0.5",
        format="%g",
        key="experiments_import_level",
        width=220,
        help="For values that are neither pass nor fail. Without it, those between 0 and 1 pass "
        "from 0.5 on, and on other scales the file is refused.",
    )
    typed = where.text_input(
        "On a scale of",
        key="experiments_import_scale",
        placeholder="0-1",
        width=220,
        help="The lowest and the highest number, such as 1-5: then a criterion may ask for a "
        "mean score.",
    )
    how = table_choices.Choices("experiments_import", given.file_id)
    try:
        scale = scale_of(typed) if typed.strip() else None
        meanings = tuple(criteria.levels(session.store(), feature.name).items())
        results, table = _read(given.name, given.getvalue(), how.stated(), level, scale, meanings)
    except InputError as error:
        _problems(error)
        how.draw(given.name, error=error)
        return
    how.draw(given.name, table)
    known = _known(feature, results)
    _preview(results, known)
    bar = _BAR
    if len(known) < len(results.criteria):
        bar = st.number_input(
            "Bar of the new criteria (%)",
            min_value=1.0,
            max_value=99.9,
            value=_BAR,
            step=1.0,
            format="%g",
            key="experiments_import_bar",
            width=220,
            help="The share of answers that must pass. Each can be changed later; the verdict "
            "then says that it was set after the results were seen.",
        )
    if st.button(
        f"Import {count(len(results.answers), 'trial')}",
        key="experiments_import_keep",
        type="primary",
        icon=":material/check:",
    ):
        _keep(feature, results, bar / 100)


@st.cache_data(show_spinner="Checking every line…", max_entries=2, ttl="15m", scope="session")
def _read(
    name: str,
    data: bytes,
    stated: Reading,
    passes_from: float | None,
    scale: tuple[float, float] | None,
    known: tuple[tuple[str, Level | None], ...],
) -> tuple[Results, Table]:
    """The results, and the table without its rows: how it was read."""
    # An upload, not the store: no rerun should check 200,000 lines again.
    table = reading.read(name, data, stated)
    results = file.of_table(name, table, passes_from, Scale(*scale) if scale else None, dict(known))
    return results, replace(table, rows=(), places=())


def _keep(feature: Feature, results: Results, bar: float) -> None:
    store = session.store()
    try:
        with st.spinner("Keeping the results…"):
            done = kept_results.keep(store, session.who(), results, feature.name, bar)
    except InputError as error:
        _problems(error)
        return
    except WorkbenchError as error:
        trouble.show(error)
        return
    said = (
        f"Imported {count(done.added_trials, 'trial')} and {count(done.added_scores, 'score')}."
        if done.added_trials or done.added_scores
        else "This file was imported before: nothing in it is new."
    )
    st.toast(said, icon=":material/check:")
    st.session_state[OPEN] = done.experiments[-1]
    _close()
    st.rerun()


def _preview(results: Results, known: dict[str, Criterion]) -> None:
    n_scores = sum(len(answer.scores) for answer in results.answers)
    st.markdown(
        f"**{count(n_scores, 'score')}** of {count(len(results.answers), 'trial')}: "
        f"{count(len(results.cases), 'case')}, variants {_listed(results.variants)}."
    )
    for title in results.criteria:
        criterion = known.get(title.casefold())
        if criterion is None:
            st.markdown(f":green-badge[new] {short(title, 120)}")
        else:
            st.markdown(
                f":gray-badge[{md(criterion.key)}] {short(title, 120)} "
                f":gray[keeps its bar of {measures.bar(criterion)}]"
            )
    for note in _notes(results, n_scores):
        st.caption(f":material/info: {note}")


def _notes(results: Results, n_scores: int) -> list[str]:
    notes = []
    n_empty = sum(
        score.outcome is Outcome.UNSCORED for answer in results.answers for score in answer.scores
    )
    if n_empty:
        are = "is" if n_empty == 1 else "are"
        empty = f"{n_empty:,} of {count(n_scores, 'value')} {are} empty"
        notes.append(f"{empty}: {'it counts' if n_empty == 1 else 'they count'} as unscored.")
    n_outside = sum(
        score.outcome is Outcome.NOT_APPLICABLE
        for answer in results.answers
        for score in answer.scores
    )
    if n_outside:
        notes.append(f"{n_outside:,} of {n_scores:,} are not applicable: no rate counts them.")
    for level in dict.fromkeys(results.levels.values()):
        titles = [results.criteria[place] for place, at in results.levels.items() if at == level]
        on = f", on a scale from {level.scale.low:g} to {level.scale.high:g}" if level.scale else ""
        notes.append(f"Numbers of {_listed(titles)} pass from {level.passes_from:g} on{on}.")
    if results.ignored:
        notes.append(f"Columns that are not used: {_listed(results.ignored)}.")
    notes += [md(note) for note in results.notes]
    notes.append(
        "The results become an experiment that is done: nobody can be asked for more of them here."
    )
    return notes


def _known(feature: Feature, results: Results) -> dict[str, Criterion]:
    """The criteria of the file that the feature has already, by title."""
    assert feature.id is not None
    wanted = {title.casefold() for title in results.criteria}
    return {
        criterion.draft.title.casefold(): criterion
        for criterion in session.store().criteria.of(feature.id)
        if criterion.draft.title.casefold() in wanted
    }


def _problems(error: InputError) -> None:
    """What is wrong with the file: one line each, where there are several."""
    first, *lines = error.message.split("\n")
    st.error(f"**{md(first)}** {md(error.hint)}", icon=":material/error:")
    if lines:
        st.markdown("\n".join(f"- {md(line)}" for line in lines))


def _listed(names: Sequence[str]) -> str:
    said = ", ".join(short(name, 60) for name in names[:_LISTED])
    return said if len(names) <= _LISTED else f"{said} and {len(names) - _LISTED:,} more"

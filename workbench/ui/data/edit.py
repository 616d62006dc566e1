"""Editing cases in a grid, page by page."""

from collections.abc import Sequence
from math import ceil
from typing import Any, NamedTuple
from uuid import UUID

import streamlit as st

from workbench.domain.dataset_changes import Edits
from workbench.domain.datasets import Case, CaseDraft, DatasetVersion
from workbench.say import count
from workbench.ui.data import attach, columns, drafts, reading, save
from workbench.ui.data import grid as data_grid
from workbench.ui.parts import drafts as parts_drafts
from workbench.ui.parts import session
from workbench.ui.parts.text import md, output, plain, tabular

PAGE = 100
"""Rows in one grid; the browser never gets more."""

GROUP = (
    "What a case shares with others, such as a document or a conversation: such cases tend to pass "
    "or fail together, so verdicts count them once."
)
CONVERSATION = (
    "What was said before, which the model goes on with: a line begins with who speaks, “User:” or "
    "“Assistant:”. The prompt says where it goes (Playground)."
)
REPLIES = (
    "What a tool replies when the model calls it, a line each: get_weather: Rain, 12 degrees. For "
    'certain arguments only: get_weather {"city": "Oslo"}: Snow. Several come in order.'
)
SIMULATED = (
    "Whom a second model plays, so that a trial is a whole conversation, in lines: Persona: …, "
    "Goal: …, Turns: 4 (how often they answer at most). The experiment says which model plays."
)
ATTACHED = (
    "Files that go with a case: names of pictures (PNG, JPEG) and PDFs in the same ZIP as the "
    "table. A picture is sent as it is, of a PDF its text."
)
HELD_OUT = (
    "Held out: kept back to confirm a result. The playground does not show these cases, so nobody "
    "tunes a prompt to them."
)

_SHOW = {"": "All cases", "held out": "Held out", "no reference": "Without a reference"}


class Filter(NamedTuple):
    """Which cases are shown, and which page of them."""

    search: str
    tags: tuple[str, ...]
    only: str
    page: int


def draw(newest: DatasetVersion) -> None:
    """The grid of the newest version, with what is not saved yet, and the way to save it."""
    scope = parts_drafts.scope("cases", newest.dataset_id)
    held = drafts.read(scope)
    if held.all() and held.based_on != newest.number:
        save.overtaken(newest, scope, held.based_on, held.all())
        return
    tags = reading.tags(newest.id)
    names = list(dict.fromkeys((*reading.variables(newest.id), *held.all().variables)))
    columns.wanted(names, scope, newest.number)
    chosen = _filter(tags, newest.id)
    cases, total = _page(newest.id, chosen)
    bar = st.container(border=True, key="data_unsaved")
    is_last = PAGE * (chosen.page + 1) >= total
    drawn, edits = grid(
        scope,
        [case.draft() for case in cases],
        names,
        tags,
        place=f"{newest.id}{chosen}",
        based_on=newest.number,
        with_conversations=reading.has_conversations(newest.id),
        with_new=is_last,
    )
    _pager(total, chosen, newest)
    attach.draw(newest, drawn, edits)
    with bar:
        save.bar(newest, drawn, edits)


def grid(
    scope: str,
    saved: Sequence[CaseDraft],
    variables: Sequence[str],
    tags: Sequence[str],
    *,
    place: str,
    based_on: int,
    with_conversations: bool = False,
    with_new: bool = True,
    blank_rows: int = 0,
) -> tuple[save.Drawn, Edits]:
    """An editor over these cases; what is typed is kept as a draft. Also all unsaved edits."""
    # What was typed into the grid on the screen counts before another tab's edits replace it.
    last: save.Drawn | None = st.session_state.get(drafts.DRAWN)
    if last is not None and last.scope == scope and last.key in st.session_state:
        last.edits()
    held, stem = drafts.start(scope, f"{place}{list(variables)}", based_on)
    shown = data_grid.rows(saved, held.settled, with_new=with_new)
    if not shown and blank_rows:
        shown = data_grid.blank(variables, blank_rows, stem)
    used = {tag for row in shown for tag in row.case.tags}
    key = f"data_grid_{stem}"
    st.data_editor(
        data_grid.frame(shown, variables, with_conversations=with_conversations),
        key=key,
        num_rows="dynamic",
        hide_index=True,
        row_height=38,
        placeholder="",
        height=min(38 * (len(shown) + 2) + 4, 560),
        column_config=_columns(
            variables, sorted({*tags, *used}), with_conversations=with_conversations
        ),
        alt="The cases of this dataset, one a row, to edit",
    )
    _clashed(scope)
    for flaw in data_grid.flaws(shown, st.session_state.get(key, {})):
        st.error(md(flaw), icon=":material/error:")
    drawn = save.Drawn(scope, based_on, key, shown, variables, stem)
    st.session_state[drafts.DRAWN] = drawn
    return drawn, drawn.edits()


def _clashed(scope: str) -> None:
    """What another tab wrote into a cell that this one overwrote a moment ago: nobody's words are
    lost."""
    found = drafts.clashes(scope)
    if not found:
        return
    with st.container(border=True):
        st.markdown(
            ":orange[:material/call_merge: **Another tab wrote into the same cells.**] What was "
            "written last stands in the grid; this was there before it:"
        )
        for _, key, field, first in found:
            st.markdown(f"**{md(key or 'a new row')}** · {md(field)}")
            output(first or "(empty)")
        st.button("I have seen it", key="data_clashes_seen", on_click=drafts.forget_clashes)


def read_only(version: DatasetVersion) -> None:
    """An older version's cases, to look at."""
    names, tags = reading.variables(version.id), reading.tags(version.id)
    has_conversations = reading.has_conversations(version.id)
    chosen = _filter(tags, version.id)
    cases, total = _page(version.id, chosen)
    shown = data_grid.rows([case.draft() for case in cases], Edits(), with_new=False)
    st.dataframe(
        tabular(data_grid.frame(shown, names, with_conversations=has_conversations)),
        key="data_read_only",
        hide_index=True,
        row_height=38,
        placeholder="",
        column_config=_columns(names, tags, with_conversations=has_conversations),
        alt=f"The cases of version {version.number}, one a row",
    )
    _pager(total, chosen, version)


def _page(version_id: UUID, chosen: Filter) -> tuple[list[Case], int]:
    """The cases that are shown, and how many there are in all: looked for once, since a version
    stays as it is and a search reads every case of it."""
    return session.remembered(
        "data_page",
        (version_id, chosen),
        lambda: session.store().datasets.page(
            version_id,
            search=chosen.search,
            tags=chosen.tags,
            only=chosen.only,
            offset=PAGE * chosen.page,
            limit=PAGE,
        ),
        feature=session.feature_id(),
    )


def _columns(
    variables: Sequence[str], tags: Sequence[str], *, with_conversations: bool
) -> dict[str, Any]:
    config = st.column_config
    first = 160 if with_conversations else 420 if len(variables) == 1 else 300
    return {
        "key": config.TextColumn(
            "Key", pinned=True, width=120, help="Short and unique. Empty: one is given."
        ),
        **{
            data_grid.column(name): config.TextColumn(name, width=first if position == 0 else 130)
            for position, name in enumerate(variables)
        },
        "messages": config.TextColumn(
            "Conversation so far", width=420 if with_conversations else 260, help=CONVERSATION
        ),
        "attachments": config.TextColumn(
            "Attachments", width=150, disabled=True, help="Files are attached below the grid."
        ),
        "reference": config.TextColumn(
            "Reference", width=170, help="A good answer, to compare with. May stay empty."
        ),
        "tags": config.MultiselectColumn(
            "Tags",
            options=tags,
            accept_new_options=True,
            color="auto",
            width=210,
            help="Slices: criteria may look at some of them only.",
        ),
        "source": config.TextColumn("Source", width="small", help="Where the case comes from."),
        "held_out": config.CheckboxColumn("Held out", default=False, width=80, help=HELD_OUT),
        "group": config.TextColumn("Group", width="small", help=GROUP),
        "tool_replies": config.TextColumn("What tools reply", width=260, help=REPLIES),
        "simulated_user": config.TextColumn("Simulated user", width=260, help=SIMULATED),
    }


def _filter(tags: list[str], version_id: UUID) -> Filter:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input(
            "Search",
            key="data_search",
            placeholder="Search keys and texts",
            icon=":material/search:",
            width=260,
            max_chars=200,
        )
        chosen = st.multiselect(
            "Tags",
            tags,
            format_func=plain,
            key=f"data_tags_{version_id}",
            placeholder="Every slice",
            width=260,
        )
        only = st.selectbox(
            "Show",
            list(_SHOW),
            format_func=lambda option: _SHOW[option],
            key="data_only",
            width=200,
            help=HELD_OUT,
        )
    page = 0
    if st.session_state.get("data_page_of") == f"{version_id}{search}{chosen}{only}":
        page = int(st.session_state.get("data_page", 0))
    else:
        st.session_state["data_page_of"] = f"{version_id}{search}{chosen}{only}"
        st.session_state["data_page"] = 0
    return Filter(search, tuple(chosen), only, page)


def _pager(total: int, chosen: Filter, version: DatasetVersion) -> None:
    pages = max(1, ceil(total / PAGE))
    is_filtered = total != version.n_cases
    found = (
        f"{total:,} of {count(version.n_cases, 'saved case')}"
        if is_filtered
        else count(total, "case")
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"{found}. New rows come last. {HELD_OUT}"
            if pages == 1
            else f"Page {chosen.page + 1} of {pages:,}; {found}. New rows are on the last page."
        )
        if pages > 1:
            back, on = chosen.page > 0, chosen.page + 1 < pages
            st.space("stretch")
            st.button(
                "Previous",
                key="data_previous",
                icon=":material/chevron_left:",
                disabled=not back,
                on_click=_turn,
                args=(chosen.page - 1,),
            )
            st.button(
                "Next",
                key="data_next",
                icon=":material/chevron_right:",
                disabled=not on,
                on_click=_turn,
                args=(chosen.page + 1,),
            )


def _turn(page: int) -> None:
    st.session_state["data_page"] = page

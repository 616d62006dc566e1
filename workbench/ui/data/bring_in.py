"""Cases from a file, a paste or an empty grid: looked at and mapped before anything is kept."""

from collections.abc import Sequence
from pathlib import PurePath

import streamlit as st

from workbench.actions import datasets
from workbench.domain import names
from workbench.domain.attachments import Content
from workbench.domain.dataset_changes import repeated
from workbench.domain.datasets import CaseDraft, DatasetVersion
from workbench.errors import Conflict, InputError, WorkbenchError
from workbench.exchange.tables import files, personal, reading
from workbench.exchange.tables.reading import Reading, Table
from workbench.say import count
from workbench.ui.data import drafts as data_drafts
from workbench.ui.data import edit, mapping, packed
from workbench.ui.parts import drafts, kept_text, session, table_choices, trouble
from workbench.ui.parts.form import Form
from workbench.ui.parts.text import md, plain, short

FROM = {
    "file": ":material/upload_file: A file",
    "paste": ":material/content_paste: A pasted table",
    "grid": ":material/grid_on: An empty grid",
}
NEW, ADD, REPLACE = "new", "add", "replace"
_LOOKED_AT = 2_000
"""Cases that are looked at for data of people each time the page is drawn."""


def draw(newest: DatasetVersion | None) -> None:
    """The whole flow. `newest` is the dataset that is open, where there is one."""
    if "data_import_from" not in st.session_state:
        st.session_state["data_import_from"] = _left_at()
    way = st.segmented_control(
        "Take the cases from",
        list(FROM),
        format_func=lambda option: FROM[option],
        key="data_import_from",
        persist_state="page",
        required=True,
    )
    if way == "grid":
        _from_grid()
        return
    if way == "file":
        _from_file(newest)
    else:
        _from_paste(newest)


def _left_at() -> str:
    """Where cases were being brought in before a reload: what was pasted or written is kept, and
    who looks at another way would take it for lost."""
    opened = session.feature_id()
    if data_drafts.read(drafts.scope("cases", f"new:{opened}")).all():
        return "grid"
    paste = session.store().drafts.get(drafts.scope("cases", f"paste:{opened}"))
    return "paste" if paste else "file"


def _from_file(newest: DatasetVersion | None) -> None:
    given = st.file_uploader(
        "A file with one case a row",
        type=[*reading.ENDINGS, "zip"],
        key=f"data_upload_{_round()}",
        max_upload_size=packed.MOST_MB,
        help="CSV, JSON, JSONL, Excel, OpenDocument or Parquet. The first row names the columns; "
        "a sheet, an encoding or a separator can be chosen when the file was read. A ZIP holds one "
        "such file, and the pictures and PDFs that its column “attachments” names.",
    )
    if given is None:
        st.caption(
            "The first row names the columns, each further row is one case: what the user asks, "
            "and if you have it a good answer (reference), tags and a source."
        )
        return
    how = table_choices.Choices("data", given.file_id)
    try:
        source = packed.source(given)
        table = _read(source.name, source.data, how.stated())
    except WorkbenchError as error:
        _refused(given.name, how, error)
        return
    how.draw(given.name, table)
    _review(table, PurePath(given.name).stem, newest, source, given.file_id)


def _from_paste(newest: DatasetVersion | None) -> None:
    scope = drafts.scope("cases", f"paste:{session.feature_id()}")
    key = f"data_paste_{_round()}"
    text = kept_text.field(
        st.text_area,
        "Cells copied from a spreadsheet, CSV, a Markdown table, JSON, or one case a line",
        key=key,
        scope=scope,
        height=200,
        max_chars=2_000_000,
        placeholder="message\torder_id\ttags\nMy parcel is late.\tTB-2118\tdelivery",
    )
    if not text.strip():
        return
    how = table_choices.Choices("data", "pasted")
    try:
        table = _read_pasted(text, how.stated())
    except WorkbenchError as error:
        _refused("", how, error)
        return
    how.draw("", table)
    _review(table, "", newest)


def _refused(name: str, how: table_choices.Choices, error: WorkbenchError) -> None:
    trouble.show(error)
    if isinstance(error, InputError):
        how.draw(name, error=error)


@st.cache_data(show_spinner="Reading the table…", max_entries=3, ttl="15m", scope="session")
def _read(name: str, data: bytes, stated: Reading) -> Table:
    # An upload, not the store: reading it starts a process, which no rerun should repeat.
    return reading.read(name, data, stated)


@st.cache_data(show_spinner="Reading the table…", max_entries=3, ttl="15m", scope="session")
def _read_pasted(text: str, stated: Reading) -> Table:
    return reading.read_pasted(text, stated)


def _review(
    table: Table,
    stem: str,
    newest: DatasetVersion | None,
    source: files.Packed | None = None,
    file_id: str = "",
) -> None:
    mapping.preview(table)
    try:
        cases = mapping.cases(table, _wanted())
        named_by = files.wanted(cases, session.store().attachments)
        looked = packed.looked_at(named_by, source, file_id)
        cases = files.attached(cases, looked)
    except WorkbenchError as error:
        trouble.show(error)
        return
    cases = _without_people(cases)
    st.subheader("Keep them", anchor=False)
    ways = [NEW] if newest is None else [NEW, ADD, REPLACE]
    title = short(newest.name, 60) if newest else ""
    label = {NEW: "A new dataset", ADD: f"Add to “{title}”", REPLACE: f"Replace “{title}”"}
    into = st.segmented_control(
        "As",
        ways,
        format_func=lambda option: label[option],
        key=f"data_import_as_{len(ways)}",
        default=NEW,
        required=True,
        help="Adding and replacing make a new version; earlier versions stay as they are.",
    )
    found = tuple(looked.values())
    if found:
        st.caption(f":material/attach_file: {count(len(found), 'file')} to attach.")
    if into == NEW or newest is None:
        _keep_new(cases, stem, found)
    else:
        _keep_version(cases, newest, into == REPLACE, found)


def _without_people(cases: tuple[CaseDraft, ...]) -> tuple[CaseDraft, ...]:
    """What of the cases is data of people, and on demand the cases without it."""
    some = cases[:_LOOKED_AT]
    found = personal.found(some)
    if not found:
        st.caption(f":material/privacy_tip: No data of people found. {personal.ESCAPES}")
        return cases
    where = f" in the first {len(some):,} cases" if len(some) < len(cases) else ""
    st.warning(
        f"**Found{where}: {personal.said(found)}.** {personal.ESCAPES}",
        icon=":material/privacy_tip:",
    )
    wanted = st.toggle(
        "Put a word in the place of each",
        key="data_mask",
        help="“[e-mail address 1]” stands for the same address wherever it comes. What stands for "
        "what is not kept, here or anywhere.",
        persist_state="page",
    )
    return personal.masked(cases) if wanted else cases


def _keep_new(cases: Sequence[CaseDraft], stem: str, found: Sequence[Content]) -> None:
    name = st.text_input(
        "Name of the dataset", value=stem or "Cases", key=f"data_name_{stem}", persist_state="page"
    )
    _warn(cases)
    if st.button(
        f"Create with {count(len(cases), 'case')}",
        key="data_create",
        type="primary",
        icon=":material/check:",
    ):
        _create(name, cases, found)


def _create(name: str, cases: Sequence[CaseDraft], found: Sequence[Content] = ()) -> None:
    store, who = session.store(), session.who()
    try:
        kept = datasets.create(store, who, session.feature_id(), name, cases, found)
    except WorkbenchError as error:
        trouble.show(error)
        return
    version = kept.version
    _done(version, f"Created “{md(version.name)}” with {count(version.n_cases, 'case')}.")


def _keep_version(
    cases: Sequence[CaseDraft], newest: DatasetVersion, replaces: bool, files: Sequence[Content]
) -> None:
    store, who = session.store(), session.who()
    after, found = datasets.after_import(store, newest, cases, replaces=replaces)
    st.markdown(
        f"**Version {newest.number + 1} would hold {count(len(after), 'case')}**: "
        f"{md(found.describe())}. "
        + (
            ":gray[Cases that are the same keep their results.]"
            if replaces
            else ":gray[A case with a key that is there takes its place; one that is there already "
            "is not added again.]"
        )
    )
    _warn(after)
    why = _why_imported(newest)
    note = st.text_input("What changed, and why", **why.bind("note"), max_chars=300)
    if not st.button(
        f"Save as version {newest.number + 1}",
        key="data_import_save",
        type="primary",
        icon=":material/save:",
        disabled=not found,
    ):
        return
    said = note.strip() or f"Imported: {found.describe()}"
    try:
        kept = datasets.save(store, who, session.feature_id(), newest, after, said, files)
    except Conflict as error:
        trouble.show(Conflict(error.message, error.mine, error.theirs, "Press the button again."))
        return
    except WorkbenchError as error:
        trouble.show(error)
        return
    why.discard()
    _done(kept.version, f"Saved version {kept.version.number}: {found.describe()}.")


def _from_grid() -> None:
    st.caption("Name what differs from case to case, then write or paste rows into the grid.")
    scope = drafts.scope("cases", f"new:{session.feature_id()}")
    wanted = _wanted() or ["message"]
    form = _names_of_new(wanted)
    left, right = st.columns(2)
    with left:
        name = st.text_input("Name of the dataset", **form.bind("name"))
    with right:
        chosen = st.multiselect(
            "Variables",
            list(dict.fromkeys((*wanted, *form.value("variables")))),
            **form.bind_pills("variables"),
            format_func=plain,
            accept_new_options=True,
            help="Prompts refer to them as {{name}}: letters, digits and underscores.",
        )
    variables = list(dict.fromkeys(names.suggested(each) for each in chosen))
    if variables != chosen:
        st.caption(f"They will be called {', '.join(f'**{md(each)}**' for each in variables)}.")
    if not variables:
        st.info("Choose at least one variable.", icon=":material/lightbulb:")
        return
    _, edits = edit.grid(scope, (), variables, (), place="new", based_on=0, blank_rows=5)
    cases = edits.apply(())
    _warn(cases)
    if st.button(
        f"Create with {count(len(cases), 'case')}",
        key="data_create_grid",
        type="primary",
        icon=":material/check:",
        disabled=not cases,
    ):
        _create(name, cases)


def _why_imported(newest: DatasetVersion) -> Form:
    """The form of what is said about an import into a dataset that is there."""
    scope = drafts.scope("cases", f"import:{newest.dataset_id}")
    form = Form(f"data_import_{newest.dataset_id}", scope, {"note": ""}, 0)
    form.load()
    return form


def _names_of_new(variables: Sequence[str] = ()) -> Form:
    """The form of what a new dataset and its columns are called, beside the cells."""
    scope = drafts.scope("cases", f"names:{session.feature_id()}")
    form = Form("data_new", scope, {"name": "Cases", "variables": list(variables)}, 0)
    form.load()
    return form


def _wanted() -> list[str]:
    """What the open feature's prompts ask for."""
    return datasets.wanted_variables(session.store(), session.feature_id())


def _warn(cases: Sequence[CaseDraft]) -> None:
    copies = repeated(cases)
    if copies:
        st.caption(
            f":material/content_copy: {copies:,} of {len(cases):,} repeat the input of another "
            "case. They are kept, and count as one case in every verdict."
        )


def _done(kept: DatasetVersion, said: str) -> None:
    drafts.drop(drafts.scope("cases", f"paste:{session.feature_id()}"))
    data_drafts.drop(drafts.scope("cases", f"new:{session.feature_id()}"))
    _names_of_new().discard()
    st.session_state["data_round"] = _round() + 1
    st.session_state["data_open"] = str(kept.dataset_id)
    st.session_state["data_flash"] = said
    st.rerun()


def _round() -> int:
    """Counts imports up, so that the next one begins with empty widgets."""
    return int(st.session_state.get("data_round", 0))

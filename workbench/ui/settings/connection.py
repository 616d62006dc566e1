"""The drawer in which a connection is written: the name of its key goes in, never the key."""

from urllib.parse import urlsplit
from uuid import UUID

import streamlit as st

from workbench.actions import connections
from workbench.domain.connections import Connection
from workbench.domain.sending import looks_like_secret
from workbench.errors import Conflict, InputError, NotFound, WorkbenchError
from workbench.ui.parts import conflict, drafts, session, trouble
from workbench.ui.parts.form import Form
from workbench.ui.settings import connection_fields as fields
from workbench.ui.settings import endpoint_fields, key_hosts, request_fields

_OPEN = "settings_dialog"
_PREFIX = "settings"

_NEW = "new"
_BLANK = Connection(name="", base_url="")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_LABELS = {
    "name": "Name",
    "url": "Base URL",
    "models": "Models",
    "key": "Key",
    "extra_body": "Extra body",
    "headers": "Headers",
    "kind": "What answers",
    "answer": "Path of the answer",
}


def open_new() -> None:
    """Open the drawer for a new connection; for callbacks."""
    _open(_NEW)


def open_edit(connection_id: UUID) -> None:
    """Open the drawer for a connection; for callbacks."""
    _open(str(connection_id))


def is_begun(connection_id: UUID | None) -> bool:
    """Whether an edit of a connection (None: a new one) is half written."""
    return session.store().drafts.get(_scope(str(connection_id or _NEW))) is not None


def draw() -> None:
    """The drawer, while it is open."""
    opened = st.session_state.get(_OPEN)
    if opened is None:
        return
    title = "Add a connection" if opened == _NEW else "Edit the connection"
    st.dialog(title, width="medium", position="right", icon=":material/cable:", on_dismiss=_close)(
        trouble.boundary(_drawer)
    )()


def _open(opened: str) -> None:
    _close()
    st.session_state[_OPEN] = opened


def _close() -> None:
    """Close the drawer; what was typed stays as a draft."""
    Form(_PREFIX, "", fields.fields(_BLANK), 0, unwritten=fields.unwritten).leave()
    st.session_state.pop(_OPEN, None)


def _scope(opened: str) -> str:
    return drafts.scope("connection", opened)


def _known() -> Connection:
    """The connection in the drawer as it is saved. Raises NotFound where it is gone."""
    opened = str(st.session_state[_OPEN])
    if opened == _NEW:
        return _BLANK
    found = session.store().connections.get(UUID(opened))
    if found.archived_at is not None:
        raise NotFound(f"“{found.name}” was put away.", "Restore it below the others, then edit.")
    return found


def _form(known: Connection) -> Form:
    opened = str(st.session_state[_OPEN])
    number = 0 if opened == _NEW else known.revision
    saved = fields.fields(known)
    found = Form(_PREFIX, _scope(opened), saved, number, fields.ASIDE, fields.unwritten)
    found.load()
    return found


def _drawer() -> None:
    if st.session_state.get(_OPEN) is None:
        st.rerun()
    known = _known()
    form = _form(known)
    if form.is_behind:
        _conflict(form, known)
    elif form.is_restored:
        st.caption(":orange[:material/history_edu: **Unsaved draft restored**]")
    st.text_input("Name", **form.bind("name"), max_chars=60, placeholder="Our gateway")
    is_product = endpoint_fields.kind(form) == endpoint_fields.ENDPOINT
    st.text_input(
        "Address" if is_product else "Base URL",
        **form.bind("url") | {"on_change": _address_changed, "args": (form,)},
        placeholder="https://shop.example.com/api/reply"
        if is_product
        else "https://api.example.com/v1",
        help="Where the request is sent, whole."
        if is_product
        else "Where the OpenAI-compatible interface begins; usually it ends with /v1.",
    )
    if is_product:
        endpoint_fields.draw(form)
    st.text_area(
        "What answers is called" if is_product else "Models, one per line",
        **form.bind("models"),
        height=90,
        placeholder="endpoint" if is_product else "",
        help="Variants name it, such as the product's release. Several, one a line."
        if is_product
        else "As the provider spells them. The first one is tested first.",
    )
    is_key = _key_field(form)
    _amounts(form, "Unknown" if is_product else "From the built-in table")
    is_key |= request_fields.draw(form, has_body=not is_product)
    edited = fields.so_far(form.values(), known, form.based_on)
    is_unasked = key_hosts.draw(edited)
    form.show_clashes(_LABELS)
    form.show_problem()
    with st.container(horizontal=True):
        st.button(
            "Save",
            key="settings_save",
            type="primary",
            icon=":material/check:",
            disabled=is_key or is_unasked or form.is_behind,
            on_click=_save,
            args=(form, known),
        )
        st.button(
            "Discard" if form.is_changed else "Close",
            key="settings_cancel",
            icon=":material/undo:" if form.is_changed else None,
            on_click=_give_up,
            args=(form,),
        )
    if form.is_changed:
        st.caption("Kept as a draft while you write. What may be a key itself is not written down.")


def _amounts(form: Form, no_price: str) -> None:
    """How much may be asked at once and per minute, and what it costs."""
    left, right = st.columns(2)
    left.number_input(
        "Calls at once",
        min_value=1,
        max_value=256,
        **form.bind("concurrency"),
        help="How many calls run side by side. Lower it where the provider limits the rate.",
    )
    right.number_input(
        "Seconds per call, at most",
        min_value=1.0,
        max_value=3600.0,
        **form.bind("timeout"),
        help="From the first byte to the last; then the call counts as failed.",
    )
    left.number_input(
        "Requests per minute",
        min_value=1,
        **form.bind_number("requests"),
        placeholder="No limit",
        help="What your account allows. All runs together never send more in any 60 seconds; they "
        "wait and say so. Leave it empty where there is no limit.",
    )
    right.number_input(
        "Tokens per minute",
        min_value=1,
        **form.bind_number("tokens"),
        placeholder="No limit",
        help="What your account allows, prompts and answers together. Each request counts with its "
        "prompt, estimated from its length, and the longest answer it may get.",
    )
    left.number_input(
        "USD per million input tokens",
        min_value=0.0,
        **form.bind_number("price_in"),
        format="%g",
        placeholder=no_price,
    )
    right.number_input(
        "USD per million output tokens",
        min_value=0.0,
        **form.bind_number("price_out"),
        format="%g",
        placeholder=no_price,
    )


def _key_field(form: Form) -> bool:
    """The field for the key's name. True when a key itself seems to be in it."""
    st.text_input(
        "Environment variable or secret that holds the key",
        **form.bind("key") | {"on_change": _key_named, "args": (form,)},
        placeholder="OPENAI_API_KEY",
        autocomplete="off",
        help="Only the name is kept. The key is looked up when a call is made, in the environment "
        "or in .streamlit/secrets.toml. Leave it empty where no key is needed.",
    )
    named = str(form.value("key"))
    if looks_like_secret(named):
        st.error(
            "**This looks like the key itself.** Nothing was saved. Put the key into an "
            "environment variable or .streamlit/secrets.toml, and enter that name here. If others "
            "can see this screen, replace the key.",
            icon=":material/key_off:",
        )
        return True
    if form.value("key_cleared"):
        st.warning(
            "The address changed, so the key's name was cleared: a key goes only where it was "
            "entered for. Enter the name again if the new address should get that key.",
            icon=":material/key_off:",
        )
    parts = urlsplit(str(form.value("url")).strip())
    if named and parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        st.warning(
            "This address is not encrypted (http): the key and the prompts can be read on the way.",
            icon=":material/lock_open:",
        )
    return False


def _conflict(form: Form, known: Connection) -> None:
    conflict.draw(
        form,
        "settings",
        f"Somebody changed “{known.name}” while you were editing it.",
        mine=fields.text(fields.so_far(form.values(), known, form.based_on)),
        theirs=fields.text(known),
        save=_save,
        args=(known,),
    )


def _address_changed(form: Form) -> None:
    """Clear the key's name when it was entered for another address."""
    form.take("url")
    if form.value("key") and fields.address(form.value("url")) != form.value("key_for"):
        form.put("key", "")
        form.put("key_cleared", True)
    request_fields.address_changed(form)


def _key_named(form: Form) -> None:
    form.take("key")
    form.put("key_for", fields.address(form.value("url")))
    form.put("key_cleared", False)


def _save(form: Form, known: Connection) -> None:
    if st.session_state.get(_OPEN) is None:
        return  # The second click of a double click.
    form.load()
    store, who = session.store(), session.who()
    try:
        edited = fields.written(form.values(), known, form.based_on)
        if looks_like_secret(edited.api_key_env):
            raise InputError("The key's field holds a key.", "Enter the name of its variable.")
        is_confirmed = key_hosts.is_confirmed(edited)
        if known.id is None:
            connections.add(store, who, edited, confirms_host=is_confirmed)
        else:
            connections.edit(store, who, edited, confirms_host=is_confirmed)
    except Conflict:
        return  # The drawer shows both texts: the draft is now behind what is saved.
    except WorkbenchError as error:
        form.complain(error)
        return
    _give_up(form)


def _give_up(form: Form) -> None:
    """Forget what was typed, because it was saved or is not wanted, and close."""
    form.discard()
    _close()

"""The drawer in which a connection is written: the name of its key goes in, never the key."""

from dataclasses import replace
from urllib.parse import urlsplit

import streamlit as st

from workbench.domain.connections import Connection
from workbench.domain.endpoints import normalised
from workbench.domain.sending import looks_like_secret
from workbench.errors import Conflict, InputError, WorkbenchError
from workbench.ui.parts import session, trouble
from workbench.ui.settings import key_hosts, request_fields

_OPEN = "settings_dialog"
_ERROR, _HINT = "settings_error", "settings_error_hint"
_REVISION = "settings_revision"
_KEY_FOR = "settings_key_for"
"""The address that the key's name was entered for: a key never follows to another one."""

_NEW = "new"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def open_new() -> None:
    """Open the drawer for a new connection; for callbacks."""
    _fill(Connection(name="", base_url=""))
    st.session_state[_OPEN] = _NEW


def open_edit(name: str) -> None:
    """Open the drawer for a connection; for callbacks."""
    found = session.store().connections.named(name)
    _fill(found)
    st.session_state[_OPEN] = str(found.id)


def draw() -> None:
    """The drawer, while it is open."""
    opened = st.session_state.get(_OPEN)
    if opened is None:
        return
    title = "Add a connection" if opened == _NEW else "Edit the connection"
    st.dialog(title, width="medium", position="right", icon=":material/cable:", on_dismiss=_close)(
        trouble.guarded(_form)
    )()


def _form() -> None:
    if st.session_state.get(_OPEN) is None:
        st.rerun()
    if _ERROR in st.session_state:
        message = str(st.session_state.pop(_ERROR))
        trouble.show(InputError(message, str(st.session_state.pop(_HINT, ""))))
    st.text_input(
        "Name",
        key="settings_name",
        persist_state="session",
        max_chars=60,
        placeholder="Our gateway",
    )
    st.text_input(
        "Base URL",
        key="settings_url",
        persist_state="session",
        placeholder="https://api.example.com/v1",
        help="Where the OpenAI-compatible interface begins; usually it ends with /v1.",
        on_change=_address_changed,
    )
    st.text_area(
        "Models, one per line",
        key="settings_models",
        persist_state="session",
        height=90,
        help="As the provider spells them. The first one is tested first.",
    )
    is_key = _key_field()
    left, right = st.columns(2)
    left.number_input(
        "Calls at once",
        min_value=1,
        max_value=256,
        key="settings_concurrency",
        persist_state="session",
        help="How many calls run side by side. Lower it where the provider limits the rate.",
    )
    right.number_input(
        "Seconds per call, at most",
        min_value=1.0,
        max_value=3600.0,
        key="settings_timeout",
        persist_state="session",
        help="From the first byte to the last; then the call counts as failed.",
    )
    left.number_input(
        "Requests per minute",
        min_value=1,
        value=None,
        key="settings_requests",
        persist_state="session",
        placeholder="No limit",
        help="What your account allows. All runs together never send more in any 60 seconds; they "
        "wait and say so. Leave it empty where there is no limit.",
    )
    right.number_input(
        "Tokens per minute",
        min_value=1,
        value=None,
        key="settings_tokens",
        persist_state="session",
        placeholder="No limit",
        help="What your account allows, prompts and answers together. Each request counts with its "
        "prompt, estimated from its length, and the longest answer it may get.",
    )
    left.number_input(
        "USD per million input tokens",
        min_value=0.0,
        value=None,
        key="settings_price_in",
        persist_state="session",
        format="%g",
        placeholder="From the built-in table",
    )
    right.number_input(
        "USD per million output tokens",
        min_value=0.0,
        value=None,
        key="settings_price_out",
        persist_state="session",
        format="%g",
        placeholder="From the built-in table",
    )
    is_key |= request_fields.draw()
    is_unasked = key_hosts.draw(_edited())
    overtaken = _overtaking()
    if overtaken is not None:
        trouble.show(
            Conflict(
                f"Somebody changed “{overtaken.name}” while you were editing it.",
                mine=_text(_written()),
                theirs=_text(overtaken),
                hint="Save yours over it, or close and open it again.",
            )
        )
    with st.container(horizontal=True):
        st.button(
            "Save" if overtaken is None else "Save mine over theirs",
            key="settings_save",
            type="primary",
            icon=":material/check:",
            disabled=is_key or is_unasked,
            on_click=_save,
            args=(overtaken.revision if overtaken is not None else None,),
        )
        st.button("Cancel", key="settings_cancel", on_click=_close)


def _key_field() -> bool:
    """The field for the key's name. True when a key itself seems to be in it."""
    st.text_input(
        "Environment variable or secret that holds the key",
        key="settings_key",
        persist_state="session",
        placeholder="OPENAI_API_KEY",
        autocomplete="off",
        help="Only the name is kept. The key is looked up when a call is made, in the environment "
        "or in .streamlit/secrets.toml. Leave it empty where no key is needed.",
        on_change=_key_named,
    )
    named = str(st.session_state["settings_key"])
    if looks_like_secret(named):
        st.error(
            "**This looks like the key itself.** Nothing was saved. Put the key into an "
            "environment variable or .streamlit/secrets.toml, and enter that name here. If others "
            "can see this screen, replace the key.",
            icon=":material/key_off:",
        )
        return True
    if st.session_state.get("settings_key_cleared"):
        st.warning(
            "The address changed, so the key's name was cleared: a key goes only where it was "
            "entered for. Enter the name again if the new address should get that key.",
            icon=":material/key_off:",
        )
    parts = urlsplit(str(st.session_state["settings_url"]).strip())
    if named and parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        st.warning(
            "This address is not encrypted (http): the key and the prompts can be read on the way.",
            icon=":material/lock_open:",
        )
    return False


def _fill(connection: Connection) -> None:
    state = st.session_state
    state["settings_name"] = connection.name
    state["settings_url"] = connection.base_url
    state["settings_models"] = "\n".join(connection.models)
    state["settings_key"] = connection.api_key_env
    state["settings_concurrency"] = connection.concurrency
    state["settings_timeout"] = connection.timeout_s
    state["settings_requests"] = connection.requests_per_minute
    state["settings_tokens"] = connection.tokens_per_minute
    state["settings_price_in"] = connection.price_in
    state["settings_price_out"] = connection.price_out
    state["settings_key_cleared"] = False
    request_fields.fill(connection)
    state[_REVISION] = connection.revision
    state[_KEY_FOR] = _address(connection.base_url)
    state.pop(_ERROR, None)


def _address_changed() -> None:
    """Clear the key's name when it was entered for another address."""
    state = st.session_state
    if state["settings_key"] and _address(state["settings_url"]) != state[_KEY_FOR]:
        state["settings_key"] = ""
        state["settings_key_cleared"] = True
    request_fields.address_changed(state["settings_url"])


def _key_named() -> None:
    st.session_state[_KEY_FOR] = _address(st.session_state["settings_url"])
    st.session_state["settings_key_cleared"] = False


def _save(over: int | None) -> None:
    state, connections = st.session_state, session.store().connections
    edited = _written()
    try:
        edited = request_fields.applied(edited)
        if looks_like_secret(edited.api_key_env):
            raise InputError("The key's field holds a key.", "Enter the name of its variable.")
        is_confirmed = key_hosts.is_confirmed(edited)
        if state[_OPEN] == _NEW:
            connections.add(edited, session.person(), confirms_host=is_confirmed)
        else:
            final = edited if over is None else replace(edited, revision=over)
            # `_written` has dropped a key that was not entered for this address.
            connections.save(
                final, keeps_key=True, confirms_host=is_confirmed, author=session.person()
            )
    except Conflict:
        return  # the form compares revisions itself and shows both
    except WorkbenchError as error:
        state[_ERROR], state[_HINT] = error.message, error.hint
        return
    _close()


def _close() -> None:
    for name in (_OPEN, _ERROR, _HINT, "settings_key"):
        st.session_state.pop(name, None)
    request_fields.close()


def _overtaking() -> Connection | None:
    """The connection as somebody else saved it meanwhile, if anybody did."""
    for connection in session.store().connections.all():
        if str(connection.id) == st.session_state[_OPEN]:
            is_old = connection.revision != st.session_state[_REVISION]
            return connection if is_old else None
    return None


def _written() -> Connection:
    state, opened = st.session_state, str(st.session_state[_OPEN])
    known = {str(c.id): c for c in session.store().connections.all()}
    base = known.get(opened, Connection(name="", base_url=""))
    key = str(state["settings_key"])
    # Whatever the order in which the browser sent two changes: no key to an address it was not
    # entered for.
    if _address(state["settings_url"]) != state[_KEY_FOR]:
        key = ""
    return replace(
        base,
        name=str(state["settings_name"]),
        base_url=str(state["settings_url"]),
        models=tuple(str(state["settings_models"]).splitlines()),
        api_key_env=key,
        concurrency=int(state["settings_concurrency"]),
        timeout_s=float(state["settings_timeout"]),
        requests_per_minute=state["settings_requests"],
        tokens_per_minute=state["settings_tokens"],
        price_in=state["settings_price_in"],
        price_out=state["settings_price_out"],
        revision=int(state[_REVISION]),
    )


def _edited() -> Connection:
    """What is in the fields, as far as it can be read yet."""
    try:
        return request_fields.applied(_written())
    except InputError:
        return _written()


def _address(url: object) -> str:
    text = str(url).strip()
    try:
        return normalised(text)
    except ValueError:
        return text  # no address yet: what is wrong with it is said when it is saved


def _text(connection: Connection) -> str:
    models = ", ".join(name for name in connection.models if name.strip())
    return (
        f"{connection.name}\n{connection.base_url}\n{models}\n"
        f"key: {connection.api_key_env or 'none'}\n{connection.concurrency} at once, "
        f"{connection.timeout_s:g} s, {limits(connection)}\n"
        f"{request_fields.words(connection)}"
    ).strip()


def limits(connection: Connection) -> str:
    """The limits per minute of a connection, for people."""
    named = (
        (connection.requests_per_minute, "requests"),
        (connection.tokens_per_minute, "tokens"),
    )
    said = " and ".join(f"{limit:,} {what}" for limit, what in named if limit is not None)
    return f"at most {said} per minute" if said else "no limit per minute"

"""Connections in Settings: who may be asked, whether they answer, and whether a key is set."""

from functools import partial
from uuid import UUID

import streamlit as st

from workbench import say
from workbench.actions import connections
from workbench.domain.connections import Connection
from workbench.errors import ModelError, WorkbenchError
from workbench.exchange.safe.markdown import visible
from workbench.models import keys
from workbench.ui.parts import session, thoughts, trouble
from workbench.ui.parts.resources import services
from workbench.ui.parts.text import md, output, plain, tabular
from workbench.ui.parts.waiting import waited
from workbench.ui.settings import connection as settings_connection
from workbench.ui.settings import (
    connection_fields,
    endpoint_fields,
    endpoint_try,
    request_fields,
    unconfirmed,
)
from workbench.ui.settings import habits as settings_habits


def draw() -> None:
    """Every connection as a card, the local model first."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Connections", width="stretch", anchor=False)
        st.button(
            "Continue adding" if settings_connection.is_begun(None) else "Add a connection",
            key="settings_add",
            icon=":material/add:",
            type="primary",
            on_click=settings_connection.open_new,
        )
    st.caption(
        "Any OpenAI-compatible address (a provider, a gateway, a server in your own network), or "
        "the endpoint of your own product. "
        "Prompts and cases go only to the connection that a variant names."
    )
    unconfirmed.draw()
    for connection in session.connections():
        with st.container(border=True, gap="small", key=f"settings_card_{_id(connection)}"):
            if connection.is_local:
                _local(connection)
            else:
                _remote(connection)
            if connection.product is None:
                _test(connection)
            else:
                endpoint_try.draw(connection)
            settings_habits.draw(connection)
    _put_away()


def _put_away() -> None:
    """Those that were put away, and the way back."""
    found = session.store().connections.put_away()
    if not found:
        return
    with st.expander(
        f"{say.count(len(found), 'connection')} put away",
        icon=":material/inventory_2:",
        key="settings_put_away",
    ):
        for connection in found:
            with st.container(horizontal=True, vertical_alignment="center"):
                assert connection.archived_at is not None
                st.markdown(
                    f"**{md(connection.name)}** "
                    f":gray[put away on {md(say.day(connection.archived_at))}]  \n"
                    f"{md(connection.base_url)}",
                    width="stretch",
                )
                st.button(
                    "Restore",
                    key=f"settings_restore_{connection.id}",
                    icon=":material/unarchive:",
                    on_click=_restore,
                    args=(connection.id,),
                )


def _archive(connection_id: UUID) -> None:
    with trouble.errors():
        connections.archive(session.store(), session.who(), connection_id)


def _restore(connection_id: UUID) -> None:
    with trouble.errors():
        connections.restore(session.store(), session.who(), connection_id)


def _local(connection: Connection) -> None:
    found = services().models.local.availability()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{md(connection.name)}**", width="content")
        if found.is_available:
            st.badge("ready", icon=":material/check_circle:", color="green")
        else:
            st.badge("not available", icon=":material/power_off:", color="orange")
    st.caption(
        f"{md(', '.join(connection.models))} runs on this machine: no key, no price, nothing "
        "leaves it. It starts on first use."
    )
    if not found.is_available:
        st.warning(f"**{md(found.reason)}** {md(found.hint)}", icon=":material/power_off:")
    with st.expander("Where its log is", icon=":material/article:"):
        st.code(visible(str(services().models.local.log)), language=None, wrap_lines=True)
    known = next(iter(session.store().connections.versions(None)), None)
    if known is not None:
        st.caption(f"Answered last by the file {md(known.host)}.")


def _remote(connection: Connection) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{md(connection.name)}**", width="content")
            _key_badge(connection)
            _header_badges(connection)
        st.button(
            "Continue editing" if settings_connection.is_begun(connection.id) else "Edit",
            key=f"settings_edit_{connection.id}",
            icon=":material/edit:",
            on_click=settings_connection.open_edit,
            args=(connection.id,),
        )
        st.button(
            "Archive",
            key=f"settings_archive_{connection.id}",
            icon=":material/archive:",
            type="tertiary",
            help="It goes to the list below, and can be restored from there. Variants that used "
            "it keep its name; running them again then needs it back.",
            on_click=_archive,
            args=(connection.id,),
        )
    models = ", ".join(connection.models) or "no model named yet"
    prices = (
        f"${connection.price_in:g} in, ${connection.price_out:g} out per million tokens"
        if connection.price_in is not None and connection.price_out is not None
        else "no price"
        if connection.product is not None
        else "prices from the built-in table, where it knows the model"
    )
    st.caption(
        f"{md(connection.base_url)}  \n{md(models)} · "
        f"{say.count(connection.concurrency, 'call')} at once · "
        f"{connection.timeout_s:g} s per call · {connection_fields.limits(connection)} · "
        f"{md(prices)}"
    )
    called = endpoint_fields.words(connection)
    if called:
        st.caption(f":material/api: A product's endpoint: {md(called)}")
    along = request_fields.words(connection)
    if along:
        st.caption(f":material/tune: Every request {md(along)}")
    _versions(connection)


def _versions(connection: Connection) -> None:
    """Where it was before, and what went along: answers stay with the version that gave them."""
    versions = session.store().connections.versions(connection.id)
    if len(versions) < 2:
        return
    has_settings = any(version.settings for version in versions)
    with st.expander(
        md(f"Version {versions[0].number}, here since {say.day(versions[0].created_at)}"),
        icon=":material/history:",
        key=f"settings_versions_{connection.id}",
    ):
        st.dataframe(
            tabular(
                [
                    {
                        "Version": version.number,
                        "Address": version.address,
                        "Since": say.day(version.created_at),
                        "By": version.author or "unknown",
                        **({"Goes along": version.settings or "–"} if has_settings else {}),
                    }
                    for version in versions
                ]
            ),
            hide_index=True,
            key=f"settings_addresses_{connection.id}",
        )
        st.caption(
            "Answers stay with the address that gave them: results from before say so, and are "
            "asked for anew at the new one."
        )


def _key_badge(connection: Connection) -> None:
    """Whether the named key can be found; never the key."""
    name = connection.api_key_env
    if not name:
        st.badge("no key needed", icon=":material/key_off:", color="gray")
        return
    try:
        is_set = keys.find(name) is not None
    except ModelError as error:
        st.markdown(
            f":red-badge[:material/key_off: {md(name)} cannot be used]",
            width="content",
            help=md(str(error)),
        )
        return
    if name in connection.unconfirmed:
        st.markdown(
            f":orange-badge[:material/key_off: {md(name)} is not confirmed for this host]",
            width="content",
            help="Nobody has said that it may be sent there, so it is not. Confirm it above.",
        )
    elif is_set:
        st.markdown(f":green-badge[:material/key: {md(name)} is set]", width="content")
    else:
        st.markdown(f":orange-badge[:material/key_off: {md(name)} is not set]", width="content")


def _header_badges(connection: Connection) -> None:
    """Which headers can't be sent, because their variable is not set or holds no header's value."""
    for header, name in connection.headers:
        try:
            keys.header_value(name, header)
        except ModelError:
            st.markdown(
                f":orange-badge[:material/key_off: {md(name)} for {md(header)} cannot be sent]",
                width="content",
            )


def _test(connection: Connection) -> None:
    """One tiny call to a model of this connection, and what came back."""
    own = _id(connection)
    with st.container(horizontal=True, vertical_alignment="center"):
        model = connection.models[0] if connection.models else ""
        if len(connection.models) > 1:
            model = st.selectbox(
                "Model to test",
                connection.models,
                format_func=plain,
                key=f"settings_model_{own}",
                label_visibility="collapsed",
                width=280,
            )
        is_wanted = st.button(
            "Test it",
            key=f"settings_test_{own}",
            icon=":material/network_check:",
            disabled=not model,
            help="Asks for one word and shows the answer and how long it took."
            if model
            else "Name a model first: edit the connection.",
        )
    if not is_wanted:
        return
    try:
        habits = session.store().habits
        known = tuple(h.adaptation for h in habits.of(connection) if h.model == model)
        probe = waited(
            "Asking for one word…", partial(services().models.test, connection, model, known)
        )
        if connection.id is not None:
            habits.learn(connection, model, probe.lessons)
    except WorkbenchError as error:
        trouble.show(error)
        return
    if probe.latency_ms is None:
        st.success(
            "**It answers**, by thinking first: this small test ended before it came to its word. "
            "Allow long answers.",
            icon=":material/check_circle:",
        )
    else:
        st.success(
            f"**It answers**, in {probe.latency_ms / 1000:.2f} s, as {md(probe.model)}.",
            icon=":material/check_circle:",
        )
        output(probe.sample)
    thoughts.folded(probe.reasoning)


def _id(connection: Connection) -> str:
    return "local" if connection.is_local else str(connection.id)

"""Drafts as one tab knows them: kept beside what other tabs of the same person write.

Each tab remembers what it last saw of a draft (`tab_drafts` in its session), so that the store can
tell its changes from those of others. Texts that clashed are shown with the way to choose.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import streamlit as st

from workbench.domain import drafts as domain_drafts
from workbench.domain.drafts import Draft
from workbench.domain.fingerprint import fingerprint
from workbench.ui.parts import session
from workbench.ui.parts.text import md, output

_SEEN = "tab_drafts"


def scope(kind: str, thing: object) -> str:
    """What a draft of whoever is here is kept under."""
    return domain_drafts.scope(kind, thing, session.desk())


def get(scope: str, *, start: Mapping[str, Any] | None = None) -> Draft | None:
    """The draft of a scope; `start` is what the fields hold where there is none."""
    kept = session.store().drafts.get(scope)
    _remember(scope, Draft(start or {}) if kept is None else kept)
    return kept


def start(scope: str, body: Mapping[str, Any]) -> None:
    """Say what the fields hold before anything is written into them."""
    _remember(scope, Draft(body))


def keep(
    scope: str, body: Mapping[str, Any], based_on: int = 0, *, apart: Collection[str] = ()
) -> Draft:
    """Keep what the fields hold. Returns what they are to hold now: other tabs may have written."""
    seen = _seen(scope).body
    kept = session.store().drafts.merge(scope, body, based_on, seen=seen, apart=apart)
    _remember(scope, kept)
    return kept


def drop(scope: str, *, start: Mapping[str, Any] | None = None) -> None:
    """Forget what this tab knows of a draft: it was saved, or given up. What others wrote stays.

    `start` is what the fields hold from now on.
    """
    stays = session.store().drafts.drop(scope, seen=_seen(scope).body)
    _remember(scope, Draft(start or {}, beside=stays.beside if stays else {}))


def clashes(scope: str, labels: Mapping[str, str], use: Callable[[str, str], None]) -> None:
    """The texts of other tabs beside those in the fields, and the choice; nothing where none are.

    `labels` names the fields; `use` puts a text into a field, in the callback of a button.
    """
    for field, texts in _seen(scope).beside.items():
        for text in texts:
            _clash(scope, field, labels.get(field, field), text, use)


def _clash(scope: str, field: str, label: str, text: str, use: Callable[[str, str], None]) -> None:
    token = fingerprint(scope, field, text)[:12]
    with st.container(border=True, key=f"draft_clash_{token}"):
        st.markdown(
            f":orange[:material/tab_duplicate: **Another tab of yours says for “{md(label)}”:**]"
        )
        output(text)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Use this text",
                key=f"draft_use_{token}",
                icon=":material/swap_vert:",
                on_click=_use,
                args=(scope, field, text, use),
                help="What is in the field now takes its place here.",
            )
            st.button(
                "Forget it",
                key=f"draft_forget_{token}",
                type="tertiary",
                icon=":material/close:",
                on_click=_forget,
                args=(scope, field, text),
            )
            st.caption("Both are kept until you choose.")


def _use(scope: str, field: str, text: str, use: Callable[[str, str], None]) -> None:
    kept = session.store().drafts.take(scope, field, text)
    if kept is not None:
        _remember(scope, kept)
        use(field, text)


def _forget(scope: str, field: str, text: str) -> None:
    kept = session.store().drafts.forget(scope, field, text)
    if kept is not None:
        _remember(scope, kept)


def _all() -> dict[str, Any]:
    held: dict[str, Any] = st.session_state.setdefault(_SEEN, {})
    return held


def _seen(scope: str) -> Draft:
    known = _all().get(scope)
    return Draft({}) if known is None else Draft(known["body"], beside=known["beside"])


def _remember(scope: str, draft: Draft) -> None:
    _all()[scope] = {"body": dict(draft.body), "beside": dict(draft.beside)}

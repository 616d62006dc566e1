"""Which share of the cases two people rate: beside the criterion, since scores belong to that."""

import streamlit as st

from workbench.actions import handing_out
from workbench.domain.criteria import Criterion
from workbench.domain.handing_out import SHARES
from workbench.errors import WorkbenchError
from workbench.say import level
from workbench.ui.parts import session, trouble
from workbench.ui.rating import reading


def draw(criterion: Criterion) -> None:
    """What shows it and changes it, for all who rate."""
    now = reading.second_share(criterion, session.feature_id())
    field = f"score_share_{criterion.id}_{now:g}"
    shares = list(dict.fromkeys((*SHARES, now)))
    st.selectbox(
        "Rated by two",
        shares,
        index=shares.index(now),
        key=field,
        persist_state="page",
        format_func=level,
        help="Of every slice such a share is given to a second person, whatever the first one "
        "said: without it nobody knows whether another reader would agree. It holds for all who "
        "rate by this criterion, and changes no score.",
        on_change=_choose,
        args=(criterion, field),
        disabled=session.store().is_read_only,
        width=120,
    )


def _choose(criterion: Criterion, field: str) -> None:
    """Callback: keep the share."""
    feature_id = session.feature_id()
    share = float(st.session_state[field])
    try:
        handing_out.set_second_share(session.store(), session.who(), criterion, feature_id, share)
    except WorkbenchError as error:
        trouble.show(error)

"""What the servers behind a connection were found to refuse, and how to forget it."""

from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

import streamlit as st

from workbench.actions import connections
from workbench.domain.adaptations import Habit
from workbench.domain.connections import Connection
from workbench.ui.parts import session, trouble
from workbench.ui.parts.text import md


def draw(connection: Connection) -> None:
    """One line a model, newest knowledge included; nothing where nothing was learnt."""
    if connection.id is None:
        return
    habits = sorted(session.store().habits.of(connection), key=lambda habit: habit.model)
    for model, found in groupby(habits, key=lambda habit: habit.model):
        _model(connection, model, list(found))


def sentence(habits: Sequence[Habit]) -> str:
    """What is done for one model, and since when that is known."""
    said = "; ".join(habit.adaptation.words for habit in habits)
    when = f"{habits[-1].learnt_at:%d %b %Y}".lstrip("0")
    return f"{said}. Learnt {when} from the server's reply."


def _model(connection: Connection, model: str, habits: Sequence[Habit]) -> None:
    key = f"{connection.id}_{model}"
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(
            f":material/school: **{md(model)}**: {md(sentence(habits))}",
            width="stretch",
            help="  \n".join(md(habit.said) for habit in habits if habit.said) or None,
        )
        st.button(
            "Forget",
            key=f"settings_forget_{key}",
            type="tertiary",
            icon=":material/undo:",
            help="The next request is sent as the variant says, and the server is heard again.",
            on_click=_forget,
            args=(connection.id, model),
        )


def _forget(connection_id: UUID, model: str) -> None:
    with trouble.errors():
        connections.forget(session.store(), session.who(), connection_id, model)

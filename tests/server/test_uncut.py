"""Nothing that a person does is lost or left half done because something else came right after."""

from pathlib import Path

from tests.faults.visitor import Tab, Visitor
from tests.server.test_sessions import serving, until

BUTTONS = [f"Button {number}" for number in range(12)]
ROUNDS = 5
SCRIPT = f"""
import time
import streamlit as st

st.session_state.setdefault("begun", [])
st.session_state.setdefault("done", [])

def take(label):
    st.session_state["begun"] = [*st.session_state["begun"], label]
    time.sleep(0.02)  # as long as a store takes
    st.session_state["done"] = [*st.session_state["done"], label]
    st.toast(label)
    st.session_state["said"] = label

for label in {BUTTONS!r}:
    st.button(label, on_click=take, args=(label,))
    time.sleep(0.002)
st.text(" ".join(sorted(st.session_state["done"])))
st.text(" ".join(sorted(st.session_state["begun"])))
"""


def test_each_of_many_clicks_in_a_hurry_is_done_whole(tmp_path: Path) -> None:
    with serving(tmp_path, 120, SCRIPT) as served:
        for _ in range(ROUNDS):
            with Tab(Visitor(served.address)) as tab:
                for label in BUTTONS:
                    tab.click(label)
                tab.draw()
                assert tab.texts == [" ".join(sorted(BUTTONS))] * 2


WAITING = """
import time
from pathlib import Path
import streamlit as st
from workbench.ui.parts.waiting import waited

def call():
    Path("asked").touch()
    while not Path("answered").exists():
        time.sleep(0.01)
    Path("kept").touch()

st.text("Left" if st.button("Leave") else "Here")
if st.button("Ask"):
    waited("Asking", call)
"""


def test_who_waits_for_a_model_can_leave_and_the_answer_is_kept(tmp_path: Path) -> None:
    with serving(tmp_path, 120, WAITING) as served, Tab(Visitor(served.address)) as tab:
        tab.click("Ask")
        assert until((tmp_path / "asked").exists)
        tab.press("Leave")
        assert tab.texts[-1] == "Left"
        (tmp_path / "answered").touch()
        assert until((tmp_path / "kept").exists)

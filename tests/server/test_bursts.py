"""What a page draws comes to the browser together, and none of it is kept from whoever waits."""

from pathlib import Path

import pytest

from tests.faults.visitor import Tab, Visitor
from tests.server.test_sessions import serving

LINES = [f"Line {number}" for number in range(40)]

TOGETHER = f"""
import time
import streamlit as st
from streamlit.runtime import get_instance
from workbench.ui.parts import bursts

bursts.HOLD_S = 3600.0
session = get_instance()._session_mgr.list_active_sessions()[0].session
queue, until = session._browser_queue, time.monotonic() + 60
while session in bursts._due and time.monotonic() < until:
    time.sleep(0.01)  # What was drawn before that was said is still held for a moment.
for line in {LINES!r}:
    st.text(line)
while len(queue._queue) < {len(LINES)} and time.monotonic() < until:
    time.sleep(0.01)
st.text(f"waiting: {{len(queue._queue) >= {len(LINES)}}}")
"""


def test_what_a_script_draws_waits_for_the_rest_and_comes_when_it_has_ended(tmp_path: Path) -> None:
    with serving(tmp_path, 120, TOGETHER) as served, Tab(Visitor(served.address)) as tab:
        assert tab.texts == [*LINES, "waiting: True"]


ASKING = """
import time
from pathlib import Path
import streamlit as st
from workbench.ui.parts import bursts

{before}
if st.button("Ask"):
    st.markdown("Asking")
    {after}
    until = time.monotonic() + 60
    while not Path("seen").exists() and time.monotonic() < until:
        time.sleep(0.01)
    st.markdown("Asked")
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [("", ""), ("bursts.HOLD_S = 3600.0", "bursts.send()")],
    ids=["after a moment", "where it says so, at once"],
)
def test_who_waits_for_a_script_sees_what_it_has_drawn(
    tmp_path: Path, before: str, after: str
) -> None:
    script = ASKING.format(before=before, after=after)
    with serving(tmp_path, 120, script) as served, Tab(Visitor(served.address)) as tab:
        tab.click("Ask")
        assert tab.is_told("Asking")
        assert "Asked" not in tab.words
        (tmp_path / "seen").touch()
        assert tab.is_told("Asked")

"""How runs ended is said in one way."""

import pytest

from workbench.domain.experiments import RunState


@pytest.mark.parametrize("state", [state for state in RunState if state is not RunState.FINISHED])
def test_a_run_that_nothing_is_at_work_on_has_a_word_for_how_it_ended(state: RunState) -> None:
    said = {RunState.STOPPED: "was stopped", RunState.FAILED: "failed"}
    assert state.ended == said.get(state, "was interrupted")

"""The small form of `python -m tests.faults.health`: one bomb of each kind, in a running server."""

import sys

import pytest

from tests.faults import health

ENDINGS = {
    "template: not": "refused: ",
    "pattern: many words": "refused: ",
    "schema: an output of brackets": "unscored",
    "YAML: tags": "refused: ",
    "table: an open quote": "refused: ",
    "reply: gzip twice": "refused: ",
}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="what a process takes is read in /proc")
def test_a_server_in_which_bombs_go_off_answers_on_in_bounded_memory() -> None:
    found = list(health.measure(list(ENDINGS), tries=1, is_compared=False))
    assert [each.name for each in found] == list(ENDINGS)
    for each in found:
        assert each.ending.startswith(ENDINGS[each.name])
        assert each.growth_mb <= health.MOST_GROWTH_MB

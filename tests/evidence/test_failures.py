"""How often a failure mode happens: among the outputs read, clustered by case, by slice."""

from uuid import UUID, uuid4

import pytest

from workbench.domain.clock import now
from workbench.domain.failures import FailureMode, Fallback, ModeDraft, ReadOutput, Severity
from workbench.evidence import failures
from workbench.evidence.words import failures as words
from workbench.stats.intervals import pass_rate

MODE = FailureMode(uuid4(), uuid4(), "F1", 1, ModeDraft("Rude"), "Ada", now())


def _read(cluster: str, *modes: UUID, tags: tuple[str, ...] = ()) -> ReadOutput:
    return ReadOutput(uuid4(), uuid4(), cluster, tags, frozenset(modes), len(modes))


def test_the_share_of_what_was_read_has_the_interval_of_a_pass_rate() -> None:
    outputs = [_read(f"case {i}", *([MODE.id] if i < 3 else [])) for i in range(20)]
    found = failures.of_outputs(MODE, outputs)
    assert (found.having, found.read) == (3, 20)
    assert found.likelihood == pass_rate([1] * 3 + [0] * 17, [1] * 20)
    # Clopper-Pearson for 3 of 20, two bounds of 95%: 4.2% and 34.4%, from published tables.
    assert found.likelihood.low == pytest.approx(0.0422, abs=5e-5)
    assert found.likelihood.high == pytest.approx(0.3437, abs=5e-5)
    assert words.likelihood(found) == "in 3 of 20 outputs read: 15% (4% to 35%)"


def test_trials_of_one_case_are_no_independent_evidence() -> None:
    apart = [_read(f"case {i}", *([MODE.id] if i < 5 else [])) for i in range(25)]
    alike = [_read(f"case {i // 5}", *([MODE.id] if i < 5 else [])) for i in range(25)]
    one, other = (failures.likelihood(MODE.id, outputs) for outputs in (apart, alike))
    assert one.estimate == other.estimate == pytest.approx(0.2)
    assert other.low < one.low < one.high < other.high
    assert other.n_cases == 5


def test_a_case_that_was_read_more_often_counts_once_and_it_is_said() -> None:
    outputs = [_read("case 0", MODE.id) for _ in range(8)] + [_read("case 1"), _read("case 2")]
    found = failures.of_outputs(MODE, outputs)
    assert found.likelihood.estimate == pytest.approx(1 / 3)
    assert words.likelihood(found).startswith(
        "in 8 of 10 outputs read: each input counted once, 33%"
    )


def test_slices_stand_with_what_was_read_of_each_the_hardest_hit_first() -> None:
    outputs = [
        _read("a", MODE.id, tags=("order", "german")),
        _read("b", MODE.id, tags=("order",)),
        _read("c", tags=("german",)),
        _read("d", tags=("german",)),
        _read("e", tags=("refund",)),
    ]
    found = failures.of_outputs(MODE, outputs)
    assert [tuple(each) for each in found.slices] == [("order", 2, 2), ("german", 3, 1)]
    assert words.slices(found) == "order 2 of 2, german 1 of 3"


def test_without_a_reading_nothing_is_said_of_how_often() -> None:
    found = failures.of_outputs(MODE, [])
    assert found.likelihood.estimate is None
    assert found.harm == 0
    assert words.likelihood(found) == "no output of this experiment was read yet"


@pytest.mark.parametrize(
    ("outputs", "read", "failing", "failing_read", "said"),
    [
        (60, 12, 15, 12, "more often than they come"),
        (60, 12, 15, 0, "less often than they come"),
        (60, 12, 15, 3, ""),
        (60, 60, 15, 15, ""),
        (60, 0, 15, 0, ""),
    ],
)
def test_it_is_said_where_failing_outputs_were_read_more_often_than_they_come(
    outputs: int, read: int, failing: int, failing_read: int, said: str
) -> None:
    found = words.chosen(outputs, read, failing, failing_read)
    assert said in found
    assert bool(found) == bool(said)


def test_harm_ranks_what_is_severe_before_what_is_frequent() -> None:
    severe = FailureMode(
        uuid4(), MODE.feature_id, "F2", 1, ModeDraft("Leaks", severity=Severity.SEVERE), "", now()
    )
    outputs = [_read(f"{i}", *([MODE.id] if i < 4 else [])) for i in range(18)]
    outputs += [_read(f"{i}", severe.id) for i in range(18, 20)]
    found = [failures.of_outputs(mode, outputs) for mode in (MODE, severe)]
    assert [f.mode.key for f in failures.by_count(found)] == ["F1", "F2"]
    assert [f.mode.key for f in failures.by_harm(found)] == ["F2", "F1"]


def test_a_severe_mode_is_open_until_its_fallback_is_whole() -> None:
    severe = ModeDraft("Leaks", severity=Severity.SEVERE, fallback=Fallback(noticed="a filter"))
    mode = FailureMode(uuid4(), MODE.feature_id, "F2", 1, severe, "", now())
    assert words.still_open([MODE, mode]) == [
        "F2 “Leaks” is severe, and what happens then is not designed yet: what the product does "
        "then, what the user reads and a check that shows it"
    ]


@pytest.mark.parametrize(
    ("failing", "read", "said"),
    [
        (0, 0, "no criterion has failed one yet"),
        (1, 1, "1 of the one that fails a criterion"),
        (1200, 2, "2 of the 1,200 that fail a criterion"),
    ],
)
def test_how_many_of_those_that_fail_were_read(failing: int, read: int, said: str) -> None:
    assert words.failing(failing, read) == said

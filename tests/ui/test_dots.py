"""A hundred dots: each sort in its number and its own shape, the ring where the bar stands."""

from math import ceil, floor

import pytest

from tests.building import loop, of_candidate
from workbench.domain.criteria import Measure
from workbench.domain.scores import Outcome
from workbench.domain.verdicts import CriterionVerdict
from workbench.store.store import Store
from workbench.ui.verdicts import dots


def _found(store: Store, passes: int, fails: int, **more: object) -> CriterionVerdict:
    made = loop(store, passes + fails, **more)  # type: ignore[arg-type] # the settings of `loop`
    made.run([Outcome.PASS] * passes + [Outcome.FAIL] * fails)
    (row,) = of_candidate(store, made.feature_id)
    return row.criteria[0]


def test_what_is_shown_is_filled_what_may_be_is_half_and_the_rest_is_hollow(store: Store) -> None:
    found = _found(store, 20, 10)
    drawing = dots.drawing(found)
    shown, possible = floor(100 * found.estimate.low), ceil(100 * found.estimate.high)
    assert 0 < shown < possible < 100
    assert drawing.count('r="7"') == 100
    assert drawing.count('fill="#2a9163" stroke') == shown
    assert drawing.count("<path") == possible - shown
    assert drawing.count('fill="none" stroke="#c8503f"') == 100 - possible


@pytest.mark.parametrize(
    ("bar", "measure", "place"),
    [(0.885, Measure.PASS_RATE, 89), (0.885, Measure.FAIL_RATE, 88), (0.29, Measure.PASS_RATE, 29)],
)
def test_the_ring_is_on_the_dot_that_the_bar_stands_at(
    store: Store, bar: float, measure: Measure, place: int
) -> None:
    drawing = dots.drawing(_found(store, 9, 1, bar=bar, measure=measure))
    x, y = 20 * ((place - 1) % 10) + 10, 20 * ((place - 1) // 10) + 10
    assert f'<circle cx="{x}" cy="{y}" r="9.25"' in drawing


def test_the_drawing_has_a_size_of_its_own(store: Store) -> None:
    assert 'width="200" height="200" viewBox="0 0 200 200"' in dots.drawing(_found(store, 9, 1))

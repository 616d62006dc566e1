"""What a change of a criterion asks for, in words; other words alone ask for nothing else."""

from dataclasses import replace

import pytest

from workbench.domain.criteria import CriterionDraft, Lane, Measure, Scorer, ScorerKind
from workbench.domain.criterion_changes import differences

BEFORE = CriterionDraft(
    "Says thank you", Scorer(ScorerKind.CONTAINS, {"texts": ["thanks"], "mode": "all"}), bar=0.9
)
ON_A_SCALE = replace(
    BEFORE,
    scorer=Scorer(ScorerKind.RATING, {"scale": [1, 5], "passes_from": 4}),
    measure=Measure.MEAN_SCORE,
    bar=0.75,
)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"bar": 0.5}, "bar at least 90% → at least 50%"),
        ({"confidence": 0.8}, "confidence 95% → 80%"),
        ({"slices": ("refund", "late")}, "slices every case → refund, late"),
        ({"measure": Measure.PASS_HAT_K}, "measure pass rate → pass hat k"),
        ({"lane": Lane.DISCOVERED}, "lane committed → discovered"),
        ({"scorer": Scorer(ScorerKind.REFUSAL)}, "scorer contains → refusal"),
        (
            {"scorer": Scorer(ScorerKind.CONTAINS, {"texts": ["thanks", "ty"], "mode": "any"})},
            "what the scorer looks for (texts: thanks → thanks, ty; mode: all → any)",
        ),
    ],
)
def test_each_thing_that_decides_is_named(changed: dict[str, object], said: str) -> None:
    assert differences(BEFORE, replace(BEFORE, **changed)) == (said,)  # type: ignore[arg-type]


def test_a_most_allowed_is_named_as_one() -> None:
    after = replace(BEFORE, measure=Measure.FAIL_RATE, bar=0.1)
    assert differences(BEFORE, after)[0] == "bar at least 90% → at most 10%"


def test_a_bar_on_a_scale_is_named_as_a_score() -> None:
    after = replace(ON_A_SCALE, bar=0.5)
    assert differences(ON_A_SCALE, after) == ("bar at least 4 on 1 to 5 → at least 3 on 1 to 5",)


@pytest.mark.parametrize("words", [{"title": "Thanks"}, {"origin": "E1"}, {"target": 0.99}])
def test_other_words_change_nothing_that_decides(words: dict[str, object]) -> None:
    assert differences(BEFORE, replace(BEFORE, **words)) == ()  # type: ignore[arg-type]

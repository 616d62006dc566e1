"""A rubric says of every score what it means, and goes through its field and its file unchanged."""

from dataclasses import replace
from typing import Any

import pytest

from tests.building import AUTHOR, loop, trial
from workbench.domain.criteria import CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.kinds import rubrics
from workbench.domain.kinds.rubrics import Level
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.errors import InputError
from workbench.evidence import verdicts
from workbench.exchange.feature.file import import_feature
from workbench.exchange.feature.writer import export
from workbench.store.store import Store

TEXT = """1: Wrong or rude
> No.

> Ask somebody else.
> Goodbye.
3: Right: but curt
5: Right and kind
> Of course!"""
LEVELS = [
    {
        "score": 1,
        "description": "Wrong or rude",
        "anchors": ["No.", "Ask somebody else.\nGoodbye."],
    },
    {"score": 3, "description": "Right: but curt"},
    {"score": 5, "description": "Right and kind", "anchors": ["Of course!"]},
]
SETTINGS: dict[str, Any] = {"scale": [1, 5], "passes_from": 3, "levels": LEVELS}
ENTRY = ScorerKind.RATING.entry


def body(text: str) -> dict[str, Any]:
    """What the fields of a rating hold."""
    return {**ENTRY.typed({"scale": [1, 5], "passes_from": 3}), "levels": text}


def test_what_is_typed_is_read_and_typed_again() -> None:
    assert ENTRY.read(body(TEXT)) == SETTINGS
    assert ENTRY.problem_with(SETTINGS) == ""
    assert ENTRY.typed(SETTINGS)["levels"] == TEXT
    assert rubrics.of(SETTINGS)[1] == Level(3, "Right: but curt")


def test_without_levels_a_scale_is_what_it_was() -> None:
    assert ENTRY.read(body("")) == {"scale": [1, 5], "passes_from": 3}
    before = Scorer(ScorerKind.RATING, {"scale": [1, 5], "passes_from": 3})
    assert before.levels == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"scale": None, "passes_from": None}, "has no scale"),
        ({"levels": LEVELS[:1]}, "a list of 2 to 11"),
        ({"levels": LEVELS[:2]}, "go from 1 to 3, but its scale from 1 to 5"),
        ({"levels": LEVELS[::-1]}, "its levels go up"),
        ({"levels": [LEVELS[0], LEVELS[0], LEVELS[2]]}, "each score has one of them"),
        ({"passes_from": 4}, "none of its levels"),
        ({"levels": [{**LEVELS[0], "description": " "}, *LEVELS[1:]]}, "says in a line"),
        ({"levels": [{**LEVELS[0], "description": "a\nb"}, *LEVELS[1:]]}, "says in a line"),
        ({"levels": [{**LEVELS[0], "anchors": [""]}, *LEVELS[1:]]}, "outputs that show it"),
        ({"levels": [{**LEVELS[0], "anchors": "No."}, *LEVELS[1:]]}, "outputs that show it"),
        ({"levels": [{"score": "1", "description": "x"}, *LEVELS[1:]]}, "which is a number"),
        ({"levels": ["1: x", "5: y"]}, "which is a number"),
        ({"levels": "1: x"}, "a list of 2 to 11"),
    ],
)
def test_what_is_no_rubric_is_refused_with_its_reason(change: dict[str, Any], said: str) -> None:
    settings = {name: v for name, v in {**SETTINGS, **change}.items() if v is not None}
    assert said in ENTRY.problem_with(settings)


@pytest.mark.parametrize("text", ["Good", "x: good", "3:", "nan: never", "> an anchor first"])
def test_a_line_that_is_no_level_is_named(text: str) -> None:
    with pytest.raises(InputError, match="Line 1 of what each score means"):
        ENTRY.read(body(text))


def test_a_feature_file_carries_it(store: Store) -> None:
    made = loop(store)
    scorer = Scorer(ScorerKind.RATING, {"question": "Fit?", **SETTINGS})
    draft = CriterionDraft("Fit to send", scorer, Measure.MEAN_SCORE, 0.5)
    store.criteria.add(made.requirement.id, draft, AUTHOR)
    text = export(store, made.feature_id)
    again = import_feature(store, text, "Ada", name="Copy")
    assert again.id is not None
    (found,) = [c for c in store.criteria.of(again.id) if c.draft.title == "Fit to send"]
    assert found.draft.scorer.fingerprint() == scorer.fingerprint()
    assert found.draft.scorer.levels[0].anchors == ("No.", "Ask somebody else.\nGoodbye.")


def test_a_changed_rubric_is_never_averaged_with_the_old_one(store: Store) -> None:
    made = loop(store, 2)
    old = Scorer(ScorerKind.RATING, SETTINGS)
    draft = replace(made.criterion.draft, scorer=old, measure=Measure.MEAN_SCORE)
    store.criteria.revise(made.criterion.id, draft, 1, AUTHOR, "A rubric")
    experiment = made.run([])
    run_id = store.runs.start(experiment.id, AUTHOR).id
    kept = [trial(run_id, call) for call in store.trials.missing(experiment.id)]
    store.trials.add(kept)

    def rate(one: int, scorer: Scorer, value: float) -> None:
        judgement = Judgement(Outcome.PASS, "", value)
        score = Score(kept[one].id, made.criterion.id, scorer.fingerprint(), judgement, "Ada")
        store.scores.add([score])

    rate(0, old, 5.0)
    rate(1, old, 5.0)
    assert verdicts.of_feature(store, made.feature_id)[0].estimate.value == 1.0
    sharper = [{**LEVELS[0], "description": "Wrong"}, *LEVELS[1:]]
    new = Scorer(ScorerKind.RATING, {**SETTINGS, "levels": sharper})
    assert new.fingerprint() != old.fingerprint()
    store.criteria.revise(made.criterion.id, replace(draft, scorer=new), 2, AUTHOR, "Sharper")
    assert verdicts.of_feature(store, made.feature_id)[0].estimate.value is None
    rate(0, new, 1.0)
    found = verdicts.of_feature(store, made.feature_id)[0]
    assert (found.estimate.value, found.estimate.n_unscored) == (0.0, 1)
    looked = store.reports.rating.looked(experiment.id, made.criterion.id, new.fingerprint())
    assert (looked.by_earlier, looked.others) == (2, 1)
    assert len(store.scores.of_trial(kept[0].id)) == 2

"""Where a judge and people differ, a person says who was right: the label may be the wrong one."""

import pytest

from tests.evidence.test_trust import JUDGE, Scene
from workbench.actions import disagreements
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.errors import InputError
from workbench.evidence import agreement
from workbench.store.store import Store

ADA = Person("1", "Ada")


def _scene(store: Store) -> Scene:
    """People and judge differ on the first output: the judge passes it, people do not."""
    scene = Scene(store, 40, lambda i: i != 0, lambda i: True)
    scene.label(40)
    return scene


def test_the_judge_may_have_been_right_and_the_labels_stay(store: Store) -> None:
    scene = _scene(store)
    place = (store, ADA, scene.experiment, scene.criterion, scene.trials[0].id)
    disagreements.settle(*place, passes=True, why="They misread it.")
    trust = scene.verdict().trust
    assert trust is not None
    assert (trust.n_apart, trust.n_settled, trust.n_bad) == (0, 1, 0)
    said = store.scores.of_trial(scene.trials[0].id)
    assert [s.rater for s in said if s.scorer == JUDGE.labels()] == ["Ada", "settled:Ada"]
    (line,) = [
        e for e in store.history.lately(scene.made.feature_id) if e.deed is Deed.DISAGREEMENT_SETTLE
    ]
    assert "the judge was right" in line.what
    assert "leans to the judge" in " ".join(scene.verdict().warnings)


def test_the_label_may_have_been_right_and_the_newest_decision_counts(store: Store) -> None:
    scene = _scene(store)
    place = (store, ADA, scene.experiment, scene.criterion, scene.trials[0].id)
    disagreements.settle(*place, passes=True)
    disagreements.settle(*place, passes=False)
    disagreements.settle(*place, passes=False)
    trust = scene.verdict().trust
    assert trust is not None
    assert (trust.n_apart, trust.n_settled, trust.n_bad) == (1, 1, 1)
    lines = store.history.lately(scene.made.feature_id)
    assert sum(e.deed is Deed.DISAGREEMENT_SETTLE for e in lines) == 2


def test_a_decision_is_no_word_of_its_own_where_agreement_is_counted(store: Store) -> None:
    scene = _scene(store)
    place = (store, ADA, scene.experiment, scene.criterion, scene.trials[0].id)
    disagreements.settle(*place, passes=True)
    found = agreement.of_criterion(store, scene.criterion)
    assert set(found.scored) == {"Ada", "judge:m"}
    assert [pair.n for pair in found.pairs] == [40]


def test_where_they_agree_or_nobody_is_named_nothing_is_decided(store: Store) -> None:
    scene = _scene(store)
    before = store.scores.of_trial(scene.trials[1].id)
    place = (scene.experiment, scene.criterion, scene.trials[1].id)
    with pytest.raises(InputError, match="say the same"):
        disagreements.settle(store, ADA, *place, passes=False)
    with pytest.raises(InputError, match="belongs to a person"):
        disagreements.settle(store, Person("1", ""), *place, passes=False)
    other = (scene.experiment, scene.made.criterion, scene.trials[1].id)
    with pytest.raises(InputError, match="No model judges"):
        disagreements.settle(store, ADA, *other, passes=False)
    assert store.scores.of_trial(scene.trials[1].id) == before

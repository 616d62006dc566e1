"""Choosing the candidate: with a reason, once, and on record."""

import pytest

from tests import building
from workbench.actions import candidates, permission
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.errors import InputError, WorkbenchError
from workbench.store.store import Store

MIRA = Person("browser-1", "Mira")


def test_a_choice_is_kept_with_its_line_in_the_history(store: Store) -> None:
    made = building.loop(store)
    candidates.choose(store, MIRA, made.feature_id, made.variant.id, "Meets more bars")
    assert store.features.candidate(made.feature_id) == made.variant.id
    (line,) = store.history.lately(made.feature_id)
    assert (line.person_id, line.person, line.deed) == ("browser-1", "Mira", Deed.CANDIDATE_CHOOSE)
    assert (line.key, line.what, line.why) == ("A", "Variant A chosen", "Meets more bars")


def test_a_choice_needs_a_reason(store: Store) -> None:
    made = building.loop(store)
    with pytest.raises(InputError, match="without a reason"):
        candidates.choose(store, MIRA, made.feature_id, made.variant.id, "  ")
    assert store.features.candidate(made.feature_id) is None
    assert store.history.lately(made.feature_id) == []


def test_choosing_the_same_again_changes_nothing(store: Store) -> None:
    made = building.loop(store)
    candidates.choose(store, MIRA, made.feature_id, made.variant.id, "Meets more bars")
    candidates.choose(store, MIRA, made.feature_id, made.variant.id, "")
    assert len(store.history.lately(made.feature_id)) == 1


def test_who_may_not_changes_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    made = building.loop(store)
    asked: list[tuple[Person, Deed]] = []

    def refuse(who: Person, deed: Deed, feature_id: object) -> None:
        asked.append((who, deed))
        raise WorkbenchError("Not you.", "Ask somebody else.")

    monkeypatch.setattr(permission, "ask", refuse)
    with pytest.raises(WorkbenchError, match="Not you"):
        candidates.choose(store, MIRA, made.feature_id, made.variant.id, "Mine")
    assert asked == [(MIRA, Deed.CANDIDATE_CHOOSE)]
    assert store.features.candidate(made.feature_id) is None

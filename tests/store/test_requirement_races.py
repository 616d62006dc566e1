"""Two people save one requirement at the same moment: one wins, nobody loses a word."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest

from workbench.domain.features import Feature
from workbench.domain.requirements import Requirement, RequirementDraft
from workbench.errors import Conflict
from workbench.store.store import Store

RACES = 200


@pytest.fixture
def requirement(store: Store) -> Requirement:
    feature = store.features.add(Feature(name="Support replies"))
    assert feature.id is not None
    return store.requirements.add(feature.id, RequirementDraft("The first text"), "Ada")


def race(saves: list[Callable[[], Requirement]]) -> list[Requirement | Conflict]:
    """Run the saves at once; what each returned or was refused with."""
    barrier = Barrier(len(saves))

    def attempt(save: Callable[[], Requirement]) -> Requirement | Conflict:
        barrier.wait()
        try:
            return save()
        except Conflict as conflict:
            return conflict

    with ThreadPoolExecutor(len(saves)) as threads:
        return list(threads.map(attempt, saves))


def saving(
    store: Store, requirement_id: UUID, text: str, based_on: int
) -> Callable[[], Requirement]:
    return lambda: store.requirements.revise(
        requirement_id, RequirementDraft(text), based_on, text, "A race"
    )


def test_of_two_saves_on_one_revision_exactly_one_wins_200_times(
    store: Store, requirement: Requirement
) -> None:
    for number in range(1, RACES + 1):
        texts = [f"Ada in race {number}", f"Ben in race {number}"]
        saves = [saving(store, requirement.id, text, number) for text in texts]

        outcomes = race(saves)

        winners = [found for found in outcomes if isinstance(found, Requirement)]
        losers = [found for found in outcomes if isinstance(found, Conflict)]
        assert len(winners) == len(losers) == 1
        winning, losing = texts if isinstance(outcomes[0], Requirement) else reversed(texts)
        assert store.requirements.get(requirement.id).draft.statement == winning
        assert losing in losers[0].mine
        assert winning in losers[0].theirs

    said = [found.draft.statement for found in store.requirements.revisions(requirement.id)]
    assert len(said) == len(set(said)) == RACES + 1


def test_a_loser_who_saves_again_on_the_newest_revision_keeps_both_texts(
    store: Store, requirement: Requirement
) -> None:
    race([saving(store, requirement.id, text, 1) for text in ("Ada", "Ben")])
    winner = store.requirements.get(requirement.id)
    loser = "Ben" if winner.draft.statement == "Ada" else "Ada"

    saving(store, requirement.id, loser, winner.revision.number)()

    said = [found.draft.statement for found in store.requirements.revisions(requirement.id)]
    assert said == ["The first text", winner.draft.statement, loser]


def test_a_save_an_hour_late_is_refused_with_both_texts(
    store: Store, requirement: Requirement
) -> None:
    saving(store, requirement.id, "Theirs, an hour ago", 1)()

    with pytest.raises(Conflict) as refused:
        saving(store, requirement.id, "Mine, from this morning", 1)()

    assert "Mine, from this morning" in refused.value.mine
    assert "Theirs, an hour ago" in refused.value.theirs

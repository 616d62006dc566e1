"""Two tabs of one person write one draft at the same moment: no word is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from workbench.domain.drafts import Draft
from workbench.store.store import Store

RACES = 200
START = {"statement": "", "rationale": ""}


def race(*writes: Callable[[], object]) -> None:
    """Run the writes at once."""
    barrier = Barrier(len(writes))

    def attempt(write: Callable[[], object]) -> object:
        barrier.wait()
        return write()

    with ThreadPoolExecutor(len(writes)) as threads:
        list(threads.map(attempt, writes))


def writing(store: Store, scope: str, field: str, text: str) -> Callable[[], Draft]:
    return lambda: store.drafts.merge(scope, {**START, field: text}, 1, seen=START)


def test_of_two_tabs_that_write_at_once_no_word_is_lost_in_200_races(store: Store) -> None:
    lost = []
    for number in range(RACES):
        scope, one, other = f"R{number}", f"Ada in race {number}", f"Ben in race {number}"
        # Every second race is about the same field.
        fields = ("statement", "statement") if number % 2 else ("statement", "rationale")

        race(*(writing(store, scope, f, t) for f, t in zip(fields, (one, other), strict=True)))

        kept = store.drafts.get(scope)
        assert kept is not None
        texts = [*kept.body.values(), *(t for found in kept.beside.values() for t in found)]
        lost += [text for text in (one, other) if text not in texts]
    assert lost == []


def test_a_draft_that_is_saved_while_another_tab_writes_keeps_what_the_other_wrote(
    store: Store,
) -> None:
    lost = []
    for number in range(RACES):
        scope, text = f"R{number}", f"Ben in race {number}"
        mine = {**START, "statement": "Saved by Ada"}
        store.drafts.merge(scope, mine, 1, seen=START)

        race(
            lambda scope=scope, mine=mine: store.drafts.drop(scope, seen=mine),  # type: ignore[misc]
            writing(store, scope, "rationale", text),
        )

        kept = store.drafts.get(scope)
        if kept is None or kept.body["rationale"] != text:
            lost.append(text)
    assert lost == []


def test_what_clashed_outlives_the_process_and_is_let_go_by_choice(store: Store) -> None:
    store.drafts.merge("R1", {"statement": "Mine"}, 1, seen={"statement": ""})
    store.drafts.merge("R1", {"statement": "Theirs"}, 1, seen={"statement": ""})
    assert store.drafts.get("R1") == Draft({"statement": "Theirs"}, 1, {"statement": ["Mine"]})
    store.drafts.take("R1", "statement", "Mine")
    assert store.drafts.get("R1") == Draft({"statement": "Mine"}, 1, {"statement": ["Theirs"]})
    store.drafts.forget("R1", "statement", "Theirs")
    assert store.drafts.get("R1") == Draft({"statement": "Mine"}, 1)
    store.drafts.drop("R1", seen={"statement": "Mine"})
    assert store.drafts.get("R1") is None

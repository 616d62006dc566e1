"""What pages remember: never out of date, shared by those who may see the same, and bounded."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from uuid import UUID

import pytest

from tests.building import Loop, loop
from workbench.actions import failures
from workbench.domain.experiments import RunState
from workbench.domain.failures import ModeDraft
from workbench.domain.people import Person
from workbench.domain.requirements import RequirementDraft
from workbench.domain.scores import Outcome
from workbench.evidence import verdicts
from workbench.evidence.counting import READS, Counted
from workbench.store.store import Store
from workbench.ui.parts import memory as memories
from workbench.ui.parts import session
from workbench.ui.parts.memory import Memory

PASS = Outcome.PASS


class Times:
    """Reads, and counts how often it did."""

    def __init__(self, read: Callable[[], object]) -> None:
        self.n = 0
        self._read = read

    def __call__(self) -> object:
        self.n += 1
        return self._read()


@pytest.fixture
def memory(store: Store) -> Memory:
    """An empty one."""
    return Memory(store.database.changes)


def requirements(store: Store, made: Loop) -> Times:
    """Reads a feature's requirements."""
    return Times(lambda: store.requirements.of(made.feature_id))


def test_a_commit_drops_only_what_it_touched(store: Store, memory: Memory) -> None:
    made = loop(store)
    read = requirements(store, made)
    tried = Times(lambda: store.variants.of(made.feature_id))
    for _ in range(2):
        memory.of("requirements", read)
        memory.of("variants", tried)
    assert (read.n, tried.n) == (1, 1)
    store.requirements.add(made.feature_id, RequirementDraft("Replies soon"), "Ada")
    assert memory.of("requirements", read) == store.requirements.of(made.feature_id)
    memory.of("variants", tried)
    assert (read.n, tried.n) == (2, 1)


def test_a_page_stays_warm_beside_the_run_of_another_feature(store: Store, memory: Memory) -> None:
    mine, other = loop(store), loop(store, name="Another")
    mine.run([PASS] * 3)
    experiment = other.run([PASS])
    own, theirs = (
        Times(lambda made=made: verdicts.of_feature(store, made.feature_id))
        for made in (mine, other)
    )
    for _ in range(2):
        memory.of("own", own, feature=mine.feature_id)
        memory.of("theirs", theirs, feature=other.feature_id)
    run_id = store.runs.start(experiment.id, "Ada").id
    memory.of("own", own, feature=mine.feature_id)
    before = own.n
    for call in store.trials.missing(experiment.id):
        # As the recorder does.
        with store.transaction(feature=other.feature_id):
            other.answer(run_id, [(call, PASS)])
        memory.of("own", own, feature=mine.feature_id)
        found = memory.of("theirs", theirs, feature=other.feature_id)
        assert found == verdicts.of_feature(store, other.feature_id)
    assert own.n == before
    assert theirs.n >= 3


def test_what_rests_on_a_remembered_answer_goes_with_it(store: Store, memory: Memory) -> None:
    made = loop(store)
    read = requirements(store, made)
    how_many = Times(lambda: len(memory.of("requirements", read)))  # type: ignore[arg-type]
    memory.of("requirements", read)
    assert memory.of("how many", how_many) == 1
    store.requirements.add(made.feature_id, RequirementDraft("Replies soon"), "Ada")
    assert memory.of("how many", how_many) == 2


def test_an_answer_that_reads_when_it_is_asked_goes_with_what_it_reads(
    store: Store, memory: Memory
) -> None:
    made = loop(store)
    experiment = made.run([PASS])
    run_id = store.runs.start(experiment.id, "Ada").id

    def answers() -> int:
        counted = memory.of("counted", lambda: Counted(store), feature=made.feature_id, also=READS)
        return counted.progress_of(experiment).outputs

    assert answers() == 1
    for n, call in enumerate(store.trials.missing(experiment.id), 2):
        with store.transaction(feature=made.feature_id):
            made.answer(run_id, [(call, PASS)])
        assert answers() == n


class Clock:
    """Seconds that go by where a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Going:
    """A run that goes on, and what is remembered of how many outputs it has."""

    store: Store
    made: Loop
    run_id: UUID
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.memory = Memory(self.store.database.changes, self.clock)
        (self.experiment,) = self.store.experiments.of(self.made.feature_id)

    def answers(self) -> None:
        """One more comes, as the recorder keeps it."""
        call = next(iter(self.store.trials.missing(self.experiment.id)))
        with self.store.transaction(feature=self.made.feature_id, is_running=True):
            self.made.answer(self.run_id, [(call, PASS)])

    def outputs(self) -> int:
        """As it is remembered, by way of another answer that is remembered."""
        count = lambda: self.store.reports.progress.of(self.experiment.id).outputs  # noqa: E731  # one line
        feature = self.made.feature_id
        return self.memory.of(
            "outer",
            lambda: self.memory.of("inner", count, feature=feature),
            feature=feature,
        )


@pytest.fixture
def going(store: Store) -> Going:
    """A run with an output, and more to come."""
    made = loop(store)
    experiment = made.run([PASS])
    found = Going(store, made, store.runs.start(experiment.id, "Ada").id)
    assert found.outputs() == 1
    return found


def test_what_a_run_adds_while_it_goes_on_is_seen_a_moment_later(going: Going) -> None:
    going.answers()
    assert going.outputs() == 1
    going.clock.now += memories.RUN_LAG_S
    assert going.outputs() == 2


def test_an_answer_that_rests_on_an_older_one_is_as_old_as_that(going: Going) -> None:
    going.clock.now += memories.RUN_LAG_S / 2
    going.answers()
    again = lambda: going.memory.of("inner", lambda: 0, feature=going.made.feature_id)  # noqa: E731  # one line
    assert going.memory.of("third", again, feature=going.made.feature_id) == 1
    going.clock.now += memories.RUN_LAG_S / 2
    assert going.memory.of("third", going.outputs, feature=going.made.feature_id) == 2


def test_what_a_run_added_is_seen_at_once_when_it_has_ended(going: Going) -> None:
    going.answers()
    going.store.runs.note(going.run_id, RunState.STOPPED, "Stopped on request.")
    assert going.outputs() == 2


def test_what_a_person_does_beside_a_run_is_seen_at_once(going: Going) -> None:
    read = requirements(going.store, going.made)
    going.memory.of("requirements", read)
    going.answers()
    going.store.requirements.add(going.made.feature_id, RequirementDraft("Replies soon"), "Ada")
    assert len(going.memory.of("requirements", read)) == 2  # type: ignore[arg-type]


def test_reading_outputs_and_sorting_notes_leaves_verdicts_as_they_are(
    store: Store, memory: Memory
) -> None:
    made = loop(store)
    experiment = made.run([PASS] * 3)
    counted = Times(lambda: Counted(store))
    judged = Times(lambda: verdicts.of_feature(store, made.feature_id))

    def look() -> None:
        memory.of("counted", counted, feature=made.feature_id, also=READS)
        memory.of("verdicts", judged, feature=made.feature_id)

    store.audits.latest()  # It reads every row of evidence, once after the file was opened.
    look()
    for trial in store.trials.of_experiment(experiment.id):
        failures.read(store, Person("browser-1", "Ada"), made.feature_id, trial.id, "Rude")
        look()
    notes = store.reports.failures.notes(made.feature_id)
    failures.add_mode(store, Person("browser-1", "Ada"), made.feature_id, ModeDraft("Rude"), notes)
    look()
    assert (counted.n, judged.n) == (1, 1)


def test_a_commit_while_it_is_read_makes_it_be_read_again(store: Store, memory: Memory) -> None:
    made = loop(store)

    def slowly() -> int:
        found = len(store.requirements.of(made.feature_id))
        if found == 1:
            add = store.requirements.add
            given = (made.feature_id, RequirementDraft("Replies soon"), "Ada")
            other = threading.Thread(target=add, args=given)
            other.start()
            other.join()
        return found

    assert memory.of("n", slowly) == 1
    assert memory.of("n", slowly) == 2


def test_so_many_are_kept_and_those_asked_for_longest_ago_go_first(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memories, "MOST", 3)
    first, second = Times(lambda: 1), Times(lambda: 2)
    memory.of("first", first)
    memory.of("second", second)
    for n in range(5):
        memory.of(("another", n), lambda: 0)
        memory.of("first", first)
    assert len(memory) == 3
    memory.of("second", second)
    assert (first.n, second.n) == (1, 2)


def test_what_is_too_old_is_read_again_and_not_kept(store: Store) -> None:
    now = [0.0]
    memory = Memory(store.database.changes, lambda: now[0])
    read = Times(lambda: 1)
    memory.of("one", read)
    now[0] = memories.OLDEST_S - 1
    memory.of("one", read)
    assert read.n == 1
    now[0] = memories.OLDEST_S
    memory.of("one", read)
    assert read.n == 2
    now[0] = 3 * memories.OLDEST_S
    memory.of("another", read)
    assert len(memory) == 1


def test_what_fails_is_not_kept(memory: Memory) -> None:
    with pytest.raises(ZeroDivisionError):
        memory.of("one", lambda: 1 / 0)
    assert memory.of("one", lambda: 1) == 1


def test_answers_are_shared_only_by_those_who_may_see_the_same(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "services", lambda: SimpleNamespace(memo=memory))
    sights = iter(["all", "some", "all", "some"])
    monkeypatch.setattr(session, "sight", lambda: next(sights))
    seen = iter(["what all may see", "what some may see"])
    said = [session.remembered("words", 1, lambda: next(seen)) for _ in range(4)]
    assert said == ["what all may see", "what some may see"] * 2


def asked_together(memory: Memory, read: Callable[[], object], n: int = 8) -> list[object]:
    """What so many sessions get that ask at the same moment."""
    found: list[object] = []
    together = threading.Barrier(n)

    def ask() -> None:
        together.wait()
        found.append(memory.of("key", read))

    sessions = [threading.Thread(target=ask) for _ in range(n)]
    for each in sessions:
        each.start()
    for each in sessions:
        each.join()
    return found


def test_what_several_ask_for_at_once_is_read_once(store: Store, memory: Memory) -> None:
    made = loop(store)
    everybody = threading.Event()

    def read() -> object:
        # The others have asked by then, or ask for what is kept.
        everybody.wait(0.2)
        return store.requirements.of(made.feature_id)

    times = Times(read)
    found = asked_together(memory, times)
    assert found == [store.requirements.of(made.feature_id)] * 8
    assert times.n == 1


def test_where_one_of_them_fails_the_next_one_reads(memory: Memory) -> None:
    failures_left = [ValueError("no")]
    begun, go_on = threading.Event(), threading.Event()
    found: list[object] = []

    def read() -> object:
        begun.set()
        go_on.wait()
        if failures_left:
            raise failures_left.pop()
        return "read"

    def first() -> None:
        with pytest.raises(ValueError, match="no"):
            memory.of("key", read)

    sessions = [threading.Thread(target=first)]
    sessions[0].start()
    begun.wait()
    sessions.append(threading.Thread(target=lambda: found.append(memory.of("key", read))))
    sessions[1].start()
    go_on.set()
    for each in sessions:
        each.join()
    assert found == ["read"]


def test_who_asks_after_a_commit_gets_no_answer_from_before_it(
    store: Store, memory: Memory
) -> None:
    made = loop(store)
    begun, go_on = threading.Event(), threading.Event()
    found: list[object] = []

    def slow() -> object:
        before = store.requirements.of(made.feature_id)
        begun.set()
        go_on.wait()
        return before

    early = threading.Thread(target=lambda: memory.of("key", slow))
    early.start()
    begun.wait()
    store.requirements.add(made.feature_id, RequirementDraft("Replies soon"), "Ada")
    read = requirements(store, made)
    late = threading.Thread(target=lambda: found.append(memory.of("key", read)))
    late.start()
    go_on.set()
    early.join()
    late.join()
    assert found == [store.requirements.of(made.feature_id)]
    assert read.n == 1

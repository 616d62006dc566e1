"""A session of a feature: one at a time, with a note pad, and minutes that write themselves."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests import building
from tests.actions import lines
from tests.actions.scenes import PATIENCE_S
from tests.faults import endpoint as faults
from workbench.actions import capabilities, packs, requirements, sessions
from workbench.domain import clock
from workbench.domain.connections import Connection
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.domain.scores import Outcome
from workbench.errors import Conflict, InputError
from workbench.evidence import kept_verdicts
from workbench.runs.jobs import Jobs
from workbench.store.store import Store

ADA, BEN = Person("browser-1", "Ada"), Person("browser-2", "Ben")


def test_a_session_goes_on_until_it_is_ended(store: Store) -> None:
    made = building.loop(store, 2)
    begun = sessions.start(store, ADA, made.feature_id, "  Can it\nrefund? ", 45)
    assert (begun.key, begun.goal, begun.is_on) == ("S1", "Can it refund?", True)
    assert begun.box == timedelta(minutes=45)
    assert store.sessions.going(made.feature_id) == begun
    ended = sessions.end(store, BEN, begun)
    assert (ended.is_on, ended.ended_by) == (False, "Ben")
    assert store.sessions.going(made.feature_id) is None


def test_a_feature_is_in_one_session_at_a_time(store: Store) -> None:
    made = building.loop(store, 2)
    sessions.start(store, ADA, made.feature_id, "Refunds", 60)
    with pytest.raises(Conflict, match="Ada has started a session already: Refunds"):
        sessions.start(store, BEN, made.feature_id, "Tone", 60)


@pytest.mark.parametrize(("goal", "minutes"), [(" ", 60), ("Refunds", 0), ("Refunds", 481)])
def test_a_session_has_a_goal_and_a_time(store: Store, goal: str, minutes: int) -> None:
    made = building.loop(store, 2)
    with pytest.raises(InputError):
        sessions.start(store, ADA, made.feature_id, goal, minutes)
    assert store.sessions.of(made.feature_id) == []


def test_what_was_said_stands_on_the_pad_in_its_order(store: Store) -> None:
    made = building.loop(store, 2)
    begun = sessions.start(store, ADA, made.feature_id, "Refunds", 60)
    sessions.write(store, ADA, begun, " No dates.\n")
    sessions.write(store, BEN, begun, "Why not?")
    assert [(n.person, n.text) for n in store.sessions.pad(begun.id)] == [
        ("Ada", "No dates."),
        ("Ben", "Why not?"),
    ]
    with pytest.raises(InputError, match="empty"):
        sessions.write(store, BEN, begun, " \n")


def test_the_minutes_say_what_was_done_in_the_session_and_by_whom(store: Store) -> None:
    made = building.loop(store, 8)
    begun = sessions.start(store, ADA, made.feature_id, "Refunds", 60)
    experiment = made.run([Outcome.FAIL] * 8)
    run = store.runs.latest(experiment.id)
    assert run is not None
    kept_verdicts.keep(store, experiment, run.id)
    sharper = replace(made.requirement.draft, statement="It thanks, and names the order.")
    requirements.revise(store, BEN, made.requirement.id, sharper, 1, "All eight failed")
    sessions.write(store, BEN, begun, "Legal: [no](http://x.example) dates.")
    sessions.end(store, ADA, begun)
    kept = store.sessions.minutes(begun.id)
    assert kept is not None
    assert kept.text.startswith("# Session S1: Refunds")
    assert "With Ada, Ben." in kept.text
    learnt = kept.text.split("## Learnt")[1].split("##")[0]
    assert f"{made.criterion.key} " in learnt
    assert "not met" in learnt
    assert "All eight failed (Ben)" in kept.text.split("## Revised")[1].split("##")[0]
    still_open = kept.text.split("## Still open")[1].split("##")[0]
    assert f"- {made.requirement.key} It thanks, and names the order: not met." in still_open
    assert "Ben" in kept.text.split("## Said")[1]
    assert "](http" not in kept.text


def test_capabilities_that_were_checked_in_a_session_are_in_its_minutes(
    store: Store, jobs: Jobs
) -> None:
    made = building.loop(store, 2)
    begun = sessions.start(store, ADA, made.feature_id, "Refunds", 60)
    with faults.serve(text="yes") as server:
        store.connections.add(Connection("Ours", server.base_url, ("parrot",)))
        by_key = {one.pack.key: one for one in packs.offered(store)}
        for who, key in ((ADA, "robust-to-wording"), (BEN, "word-limit")):
            tried = capabilities.start(store, jobs, who, [by_key[key]], [("Ours", "parrot")])
            assert jobs.wait(tried[0].id, PATIENCE_S)
            run = store.runs.latest(tried[0].id)
            assert run is not None
            kept_verdicts.keep(store, tried[0], run.id)
    kept = store.sessions.minutes(sessions.end(store, ADA, begun).id)
    assert kept is not None
    tried_lines = kept.text.split("## Tried")[1].split("##")[0]
    assert "Capability pack `robust-to-wording@1`: E1 was started: " in tried_lines
    assert "(Ada)" in tried_lines
    learnt = kept.text.split("## Learnt")[1].split("##")[0]
    assert "Stays right when the wording changes: C1 " in learnt
    assert "by parrot." in learnt
    # Ben did nothing to this feature: what he checks belongs elsewhere.
    assert "word-limit" not in kept.text


def test_what_was_done_before_a_session_is_not_in_its_minutes(store: Store) -> None:
    made = building.loop(store, 8)
    experiment = made.run([Outcome.FAIL] * 8)
    run = store.runs.latest(experiment.id)
    assert run is not None
    kept_verdicts.keep(store, experiment, run.id)
    begun = sessions.start(store, ADA, made.feature_id, "Refunds", 60)
    sessions.end(store, ADA, begun)
    kept = store.sessions.minutes(begun.id)
    assert kept is not None
    assert "Nothing." in kept.text.split("## Learnt")[1].split("##")[0]


@pytest.mark.parametrize(("low", "is_said"), [(None, False), (0.01, True)])
def test_of_what_was_measured_again_minutes_say_what_is_another_estimate_now(
    store: Store, low: float | None, is_said: bool
) -> None:
    made = building.loop(store, 8)
    experiment = made.run([Outcome.FAIL] * 8)
    run = store.runs.latest(experiment.id)
    assert run is not None
    kept_verdicts.keep(store, experiment, run.id)
    (before,) = store.kept_verdicts.trend(made.feature_id)
    begun = sessions.start(store, ADA, made.feature_id, "Once more", 60)
    again = replace(before.kept, evidence="of other answers", created_at=clock.now())
    if low is not None:
        again = replace(again, low=low)
    assert store.kept_verdicts.add(made.feature_id, [again]) == 1
    kept = store.sessions.minutes(sessions.end(store, ADA, begun).id)
    assert kept is not None
    learnt = kept.text.split("## Learnt")[1].split("##")[0]
    assert (f"{made.criterion.key} " in learnt) is is_said


def test_edited_minutes_never_replace_what_somebody_else_kept_meanwhile(store: Store) -> None:
    made = building.loop(store, 2)
    ended = sessions.end(store, ADA, sessions.start(store, ADA, made.feature_id, "Refunds", 60))
    sessions.keep_minutes(store, ADA, ended, 1, "Hers")
    with pytest.raises(Conflict):
        sessions.keep_minutes(store, BEN, ended, 1, "His")
    kept = store.sessions.minutes(ended.id)
    assert kept is not None
    assert (kept.number, kept.text, kept.author) == (2, "Hers", "Ada")


def test_a_session_that_has_ended_stays_as_it_is(store: Store) -> None:
    made = building.loop(store, 2)
    ended = sessions.end(store, ADA, sessions.start(store, ADA, made.feature_id, "Refunds", 60))
    assert sessions.end(store, BEN, ended) == ended
    assert [line.deed for line in lines.of_all(store)].count(Deed.SESSION_END) == 1


def test_the_time_that_is_left_falls_below_zero(store: Store) -> None:
    made = building.loop(store, 2)
    begun = sessions.start(store, ADA, made.feature_id, "Refunds", 60)
    assert begun.left(clock.now()) > timedelta(minutes=59)
    assert begun.left(clock.now() + timedelta(minutes=61)) < timedelta(0)

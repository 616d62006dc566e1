"""Experiments as deeds: frozen, started, gone on with, asked again, held, stopped and limited."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import UUID

import pytest

from tests.actions.scenes import MIRA, PATIENCE_S, counts, lines
from tests.faults import endpoint as faults
from tests.runs import scenes
from workbench.actions import experiments, permission
from workbench.domain.calls import Parameters
from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.experiments import Experiment, Limits, Plan, RunState
from workbench.domain.history import Deed
from workbench.errors import InputError, StoreError, WorkbenchError
from workbench.runs import pointing
from workbench.runs.jobs import Jobs
from workbench.store.store import Store


@pytest.fixture
def server() -> Iterator[faults.Endpoint]:
    """An endpoint that answers at once."""
    with faults.serve() as found:
        yield found


@pytest.fixture
def held() -> Iterator[tuple[faults.Endpoint, threading.Event]]:
    """An endpoint that answers when it is let."""
    may_answer = threading.Event()

    def reply(body: object) -> str:
        may_answer.wait(PATIENCE_S)
        return "pong"

    with faults.serve(reply=reply) as found:
        yield found, may_answer
        may_answer.set()


def plan_of(store: Store, experiment: Experiment, question: str = "And now?") -> Plan:
    """The experiment's plan with another question: another plan."""
    return replace(pointing.same_plan(store, experiment), question=question)


def state(store: Store, experiment: Experiment) -> RunState:
    run = store.runs.latest(experiment.id)
    assert run is not None
    return run.state


def test_a_plan_is_frozen_once_with_its_line(store: Store, server: faults.Endpoint) -> None:
    known = scenes.experiment(store, server.base_url)
    frozen = experiments.freeze(store, MIRA, known.feature_id, plan_of(store, known))
    assert frozen.author == "Mira"
    assert lines(store, known.feature_id) == [("experiment.freeze", "E2 frozen")]
    again = experiments.freeze(store, MIRA, known.feature_id, plan_of(store, known))
    assert again == frozen
    assert len(lines(store, known.feature_id)) == 1


def test_a_plan_that_asks_nothing_changes_nothing(store: Store, server: faults.Endpoint) -> None:
    known = scenes.experiment(store, server.base_url)
    before = counts(store)
    with pytest.raises(InputError, match="asks nothing"):
        experiments.freeze(store, MIRA, known.feature_id, plan_of(store, known, "  "))
    assert counts(store) == before


def test_a_plan_and_its_run_come_together_or_not_at_all(
    store: Store, jobs: Jobs, server: faults.Endpoint
) -> None:
    known = scenes.experiment(store, server.base_url)
    before, plan = counts(store), plan_of(store, known)
    with pytest.raises(InputError, match="price of fake-1 is not known"):
        experiments.run(store, jobs, MIRA, known.feature_id, plan, Limits(usd=1.0))
    assert counts(store) == before
    started = experiments.run(store, jobs, MIRA, known.feature_id, plan, Limits(calls=1))
    assert jobs.wait(started.id, PATIENCE_S)
    assert [deed for deed, _ in lines(store, known.feature_id)] == [
        "experiment.freeze",
        "run.start",
    ]


def test_a_start_is_kept_with_its_run_and_a_second_click_is_the_same_run(
    store: Store, jobs: Jobs, held: tuple[faults.Endpoint, threading.Event]
) -> None:
    server, may_answer = held
    experiment = scenes.experiment(store, server.base_url, 3)
    first = experiments.start(store, jobs, MIRA, experiment)
    assert experiments.start(store, jobs, MIRA, experiment).id == first.id
    may_answer.set()
    assert jobs.wait(experiment.id, PATIENCE_S)
    # What is answered whole is not started again either.
    assert experiments.start(store, jobs, MIRA, experiment).id == first.id
    assert lines(store, experiment.feature_id) == [("run.start", "E1 was started")]
    assert first.author == "Mira"


def test_a_run_whose_line_can_not_be_kept_does_not_begin(
    store: Store, jobs: Jobs, server: faults.Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = scenes.experiment(store, server.base_url)

    def fail(*_: object) -> None:
        raise StoreError("No room.", "Free some.")

    monkeypatch.setattr(store.history, "add", fail)
    before = counts(store)
    with pytest.raises(StoreError, match="No room"):
        experiments.start(store, jobs, MIRA, experiment)
    assert not jobs.is_live(experiment.id)
    after = counts(store)
    assert {name: after[name] for name in ("runs", "run_events")} == {
        name: before[name] for name in ("runs", "run_events")
    }
    assert server.requests == 0


def test_a_run_that_was_stopped_is_resumed_and_both_are_on_record(
    store: Store, jobs: Jobs, held: tuple[faults.Endpoint, threading.Event]
) -> None:
    server, may_answer = held
    experiment = scenes.experiment(store, server.base_url, 3, concurrency=1)
    experiments.start(store, jobs, MIRA, experiment)
    experiments.stop(store, jobs, MIRA, experiment)
    experiments.stop(store, jobs, MIRA, experiment)
    may_answer.set()
    assert jobs.wait(experiment.id, PATIENCE_S)
    assert state(store, experiment).ended == "was stopped"
    experiments.start(store, jobs, MIRA, experiment)
    assert jobs.wait(experiment.id, PATIENCE_S)
    assert lines(store, experiment.feature_id) == [
        ("run.start", "E1 was started"),
        ("run.stop", "E1 was stopped"),
        ("run.start", "E1 was resumed"),
    ]


def test_calls_in_flight_are_cancelled_after_a_stop(
    store: Store, jobs: Jobs, held: tuple[faults.Endpoint, threading.Event]
) -> None:
    server, _ = held
    experiment = scenes.experiment(store, server.base_url, 3)
    experiments.start(store, jobs, MIRA, experiment)
    experiments.stop(store, jobs, MIRA, experiment)
    experiments.stop(store, jobs, MIRA, experiment, cancel=True)
    assert jobs.wait(experiment.id, PATIENCE_S)
    assert [what for deed, what in lines(store, experiment.feature_id) if deed == "run.stop"] == [
        "E1 was stopped",
        "E1 was stopped, calls in flight cancelled",
    ]


def test_what_is_not_running_is_neither_stopped_nor_held_nor_put_first(
    store: Store, jobs: Jobs, server: faults.Endpoint
) -> None:
    experiment = scenes.experiment(store, server.base_url)
    before = counts(store)
    experiments.stop(store, jobs, MIRA, experiment)
    experiments.hold(store, jobs, MIRA, experiment, is_paused=True)
    experiments.put_first(store, jobs, MIRA, experiment)
    assert counts(store) == before


def test_a_run_is_paused_once_let_on_and_put_first_once(
    store: Store, jobs: Jobs, held: tuple[faults.Endpoint, threading.Event]
) -> None:
    server, may_answer = held
    experiment = scenes.experiment(store, server.base_url, 3)
    experiments.start(store, jobs, MIRA, experiment)
    for _ in range(2):
        experiments.hold(store, jobs, MIRA, experiment, is_paused=True)
    assert state(store, experiment) is RunState.PAUSED
    experiments.hold(store, jobs, MIRA, experiment, is_paused=False)
    for _ in range(2):
        experiments.put_first(store, jobs, MIRA, experiment)
    may_answer.set()
    assert jobs.wait(experiment.id, PATIENCE_S)
    assert [what for _, what in lines(store, experiment.feature_id)] == [
        "E1 was started",
        "E1 was paused",
        "E1 was let on",
        "E1 was put first",
    ]


def test_asking_again_asks_all_anew_and_says_so(
    store: Store, jobs: Jobs, server: faults.Endpoint
) -> None:
    experiment = scenes.experiment(store, server.base_url, 3)
    for fresh in (False, True):
        experiments.start(store, jobs, MIRA, experiment, fresh=fresh)
        assert jobs.wait(experiment.id, PATIENCE_S)
    assert server.requests == 6
    assert lines(store, experiment.feature_id)[-1] == ("run.start", "E1 was asked again")


def test_looks_around_are_on_record_and_are_no_change(
    store: Store, jobs: Jobs, server: faults.Endpoint
) -> None:
    look = scenes.looking_around(store, scenes.experiment(store, server.base_url))
    experiments.start(store, jobs, MIRA, look)
    assert jobs.wait(look.id, PATIENCE_S)
    assert lines(store, look.feature_id) == [("prompt.try", "P1 was started")]
    assert store.history.lately(look.feature_id) == []


def add_criterion(store: Store, experiment: Experiment, title: str) -> UUID:
    (requirement,) = store.requirements.of(experiment.feature_id)
    scorer = Scorer(ScorerKind.CONTAINS, {"texts": ["o"]})
    return store.criteria.add(requirement.id, CriterionDraft(title, scorer), "Ada").id


def test_after_a_revision_one_deed_asks_anew_by_the_new_criteria(
    store: Store, jobs: Jobs, server: faults.Endpoint
) -> None:
    first = scenes.experiment(store, server.base_url, 3)
    experiments.start(store, jobs, MIRA, first)
    assert jobs.wait(first.id, PATIENCE_S)
    (criterion,) = store.criteria.of(first.feature_id)
    higher = replace(criterion.draft, bar=0.95)
    store.criteria.revise(criterion.id, higher, criterion.number, "Ada", "Too easy")
    added = add_criterion(store, first, "Has an o")
    again = experiments.run_again(store, jobs, MIRA, first)
    assert jobs.wait(again.id, PATIENCE_S)
    assert again.criteria == ((criterion.id, 2), (added, 1))
    assert (again.key, again.question, again.n_cases) == ("E2", first.question, first.n_cases)
    # The old answers were seen before the criteria: none of them counts for the new plan.
    assert server.requests == 6


def test_running_again_leaves_out_what_was_left_out_and_what_was_put_away(
    store: Store, jobs: Jobs, server: faults.Endpoint
) -> None:
    known = scenes.experiment(store, server.base_url)
    left_out = add_criterion(store, known, "Left out")
    (first, _) = store.criteria.of(known.feature_id)
    plan = replace(plan_of(store, known), criterion_ids=(first.id,))
    frozen = experiments.freeze(store, MIRA, known.feature_id, plan)
    again = experiments.run_again(store, jobs, MIRA, frozen)
    assert jobs.wait(again.id, PATIENCE_S)
    assert left_out not in dict(again.criteria)
    store.criteria.archive(first.id, "Ada", "No more")
    before = counts(store)
    with pytest.raises(InputError, match="No criterion is chosen"):
        experiments.run_again(store, jobs, MIRA, frozen)
    assert counts(store) == before


def test_a_budget_is_set_once_with_its_line_and_taken_away(store: Store, jobs: Jobs) -> None:
    feature_id = scenes.experiment(store, "http://127.0.0.1:9/v1").feature_id
    for usd in (5.0, 5.0, None):
        experiments.limit_feature(store, jobs, MIRA, feature_id, usd)
    assert store.features.budget(feature_id) is None
    assert [what for _, what in lines(store, feature_id)] == [
        "Budget of $5 set",
        "Budget taken away",
    ]
    with pytest.raises(InputError, match="A budget of"):
        experiments.limit_feature(store, jobs, MIRA, feature_id, -1.0)
    assert len(lines(store, feature_id)) == 2


def test_a_variant_is_put_together_once(store: Store, server: faults.Endpoint) -> None:
    known = scenes.experiment(store, server.base_url)
    parts = known.feature_id, known.variants[0].prompt, "Fake", " fake-1 "
    made = experiments.add_variant(store, MIRA, *parts, Parameters(temperature=1.0))
    assert experiments.add_variant(store, MIRA, *parts, Parameters(temperature=1.0)) == made
    assert experiments.variant_here(store, MIRA, made) == made
    assert (made.label, made.model) == ("B", "fake-1")
    assert lines(store, known.feature_id) == [("variant.add", "Variant B put together")]


def test_a_moved_plan_is_set_up_once_where_its_connection_is_now(
    store: Store, jobs: Jobs, server: faults.Endpoint
) -> None:
    experiment = scenes.experiment(store, server.base_url)
    experiments.start(store, jobs, MIRA, experiment)
    assert jobs.wait(experiment.id, PATIENCE_S)
    assert experiments.set_up_here(store, MIRA, experiment) == experiment
    fake = store.connections.named("Fake")
    store.connections.save(replace(fake, base_url="http://127.0.0.1:9/v1"))
    copy = experiments.set_up_here(store, MIRA, experiment)
    assert experiments.set_up_here(store, MIRA, experiment) == copy
    assert copy.variants[0].id != experiment.variants[0].id
    assert lines(store, experiment.feature_id)[1:] == [("experiment.freeze", "E2 frozen")]


@pytest.mark.parametrize("deed", [Deed.RUN_START, Deed.RUN_STOP, Deed.EXPERIMENT_FREEZE])
def test_who_may_not_starts_stops_and_freezes_nothing(
    store: Store,
    jobs: Jobs,
    held: tuple[faults.Endpoint, threading.Event],
    monkeypatch: pytest.MonkeyPatch,
    deed: Deed,
) -> None:
    experiment = scenes.experiment(store, held[0].base_url)
    if deed is Deed.RUN_STOP:
        experiments.start(store, jobs, MIRA, experiment)

    def refuse(who: object, asked: Deed, feature_id: object) -> None:
        if asked is deed:
            raise WorkbenchError("Not you.", "Ask somebody else.")

    monkeypatch.setattr(permission, "ask", refuse)
    before, plan = lines(store, experiment.feature_id), plan_of(store, experiment)
    tried: dict[Deed, Callable[[], object]] = {
        Deed.RUN_START: lambda: experiments.start(store, jobs, MIRA, experiment),
        Deed.RUN_STOP: lambda: experiments.stop(store, jobs, MIRA, experiment),
        Deed.EXPERIMENT_FREEZE: lambda: experiments.freeze(
            store, MIRA, experiment.feature_id, plan
        ),
    }
    with pytest.raises(WorkbenchError, match="Not you"):
        tried[deed]()
    assert lines(store, experiment.feature_id) == before
    assert not jobs.is_stopping(experiment.id)
    assert jobs.is_live(experiment.id) == (deed is Deed.RUN_STOP)

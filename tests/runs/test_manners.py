"""What a server refuses is learnt once for a connection and model, kept, and paid for by nobody."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.faults import endpoint as faults
from tests.faults.picky import MAX_TOKENS, NO_SYSTEM, TEMPERATURE, Refusal, openai, picky
from tests.runs.scenes import AUTHOR
from tests.runs.test_jobs import until
from workbench.domain.adaptations import Adaptation
from workbench.domain.calls import Parameters
from workbench.domain.connections import Connection
from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.datasets import CaseDraft
from workbench.domain.experiments import Experiment, Limits, Plan
from workbench.domain.features import Feature
from workbench.domain.prompts import PromptText
from workbench.domain.requirements import RequirementDraft
from workbench.errors import CallFailure
from workbench.evidence import guards, verdicts
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs.jobs import Jobs
from workbench.runs.worker_clients import WorkerProcess
from workbench.store.store import Store


def gateway(store: Store, server: faults.Endpoint, concurrency: int = 1, **more: Any) -> Connection:
    """A connection whose model has a price."""
    return store.connections.add(
        Connection(
            "Gateway", server.base_url, ("m",), concurrency=concurrency, price_in=1.0,
            price_out=1.0, **more,
        )
    )  # fmt: skip


def plan(store: Store, parameters: Parameters, n_cases: int = 4, name: str = "One") -> Experiment:
    """A feature's experiment on the gateway."""
    feature_id = store.features.add(Feature(name)).id
    assert feature_id is not None
    said = RequirementDraft("It says pong to whoever asks.", "")
    requirement = store.requirements.add(feature_id, said, AUTHOR, "", [])
    draft = CriterionDraft("Pong", Scorer(ScorerKind.CONTAINS, {"texts": ["pong"]}), bar=0.5)
    criterion = store.criteria.add(requirement.id, draft, AUTHOR)
    cases = [CaseDraft(f"c{n}", {"message": f"Number {n}"}) for n in range(n_cases)]
    dataset = store.datasets.add(feature_id, "Messages", cases, AUTHOR)
    text = PromptText("Be brief.", "{{ message }}")
    prompt = store.prompts.save(feature_id, "Ask", text, AUTHOR)
    variant = store.variants.save(prompt, "Gateway", "m", parameters)
    wanted = Plan("Does it?", dataset.id, (variant.id,), (criterion.id,))
    return store.experiments.add(feature_id, wanted, AUTHOR)


def ran(jobs: Jobs, experiment: Experiment, limits: Limits | None = None) -> None:
    """The experiment's run, to its end."""
    jobs.start(experiment.id, AUTHOR, limits=limits)
    assert jobs.wait(experiment.id, 60)


def test_a_refused_field_is_learnt_by_one_request_and_known_to_the_next_run(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(canned=picky([MAX_TOKENS, TEMPERATURE])) as server:
        connection = gateway(store, server)
        first = plan(store, Parameters(temperature=0.2), name="One")
        ran(jobs, first)
        assert server.requests == 4 + 2
        ran(jobs, plan(store, Parameters(temperature=0.2), name="Two"))
        assert server.requests == 4 + 2 + 4
    trials = store.trials.of_experiment(first.id)
    assert {t.output for t in trials} == {"pong"}
    assert {t.adaptations for t in trials} == {
        ("max_tokens as max_completion_tokens", "temperature not sent")
    }
    assert sum(t.attempts for t in trials) == 6
    habits = store.habits.of(connection)
    assert [str(h.adaptation) for h in habits] == list(trials[0].adaptations)
    assert all("The server says" in habit.said for habit in habits)


def test_many_calls_at_once_learn_from_the_one_that_goes_first(store: Store, jobs: Jobs) -> None:
    with faults.serve(canned=picky([MAX_TOKENS, TEMPERATURE])) as server:
        gateway(store, server, concurrency=8)
        experiment = plan(store, Parameters(temperature=0.2), n_cases=40)
        ran(jobs, experiment)
        assert server.requests == 40 + 2
    assert not any(t.failure for t in store.trials.of_experiment(experiment.id))
    assert len(store.habits.of(store.connections.named("Gateway"))) == 2


def test_a_wrong_key_is_shown_by_two_calls_one_after_the_other(store: Store, jobs: Jobs) -> None:
    with faults.serve("unauthorized") as server:
        gateway(store, server, concurrency=8)
        ran(jobs, plan(store, Parameters(), n_cases=20))
        assert server.requests == 2


def test_a_first_call_that_takes_its_time_holds_up_no_other(store: Store, jobs: Jobs) -> None:
    with faults.serve("hang") as server:
        gateway(store, server, concurrency=4)
        experiment = plan(store, Parameters(), n_cases=4)
        jobs.start(experiment.id, AUTHOR)
        until(jobs, experiment, lambda: server.open_requests == 4)
        jobs.stop(experiment.id, cancel=True)
        assert jobs.wait(experiment.id, 60)


def test_a_model_that_answered_before_is_asked_by_all_at_once(store: Store, jobs: Jobs) -> None:
    with faults.serve(["ok", "hang"]) as server:
        gateway(store, server, concurrency=4)
        ran(jobs, plan(store, Parameters(), n_cases=1, name="One"))
        experiment = plan(store, Parameters(), n_cases=4, name="Two")
        jobs.start(experiment.id, AUTHOR)
        until(jobs, experiment, lambda: server.open_requests == 4)
        jobs.stop(experiment.id, cancel=True)
        assert jobs.wait(experiment.id, 60)


def test_each_refused_request_is_in_the_ledger_and_costs_nothing(store: Store, jobs: Jobs) -> None:
    with faults.serve(canned=picky([MAX_TOKENS, TEMPERATURE])) as server:
        gateway(store, server)
        experiment = plan(store, Parameters(temperature=0.2))
        ran(jobs, experiment)
    run = store.runs.latest(experiment.id)
    assert run is not None
    trials = store.trials.of_experiment(experiment.id)
    spent = store.attempts.spent(run.id)
    assert spent.calls == server.requests == 6
    assert spent.usd == pytest.approx(sum(t.cost or 0 for t in trials))
    assert store.attempts.failures(run.id) == {"bad_request": 2}
    assert store.attempts.settle_lost() == 0


def test_a_limit_of_calls_counts_refused_ones_and_is_kept(store: Store, jobs: Jobs) -> None:
    with faults.serve(canned=picky([MAX_TOKENS])) as server:
        gateway(store, server)
        experiment = plan(store, Parameters())
        ran(jobs, experiment, Limits(calls=3))
        assert server.requests == 3
    assert len(store.trials.of_experiment(experiment.id)) == 2


def test_a_server_that_refuses_everything_is_not_asked_for_ever(store: Store, jobs: Jobs) -> None:
    always = Refusal(lambda body: True, openai("max_tokens is not supported", "max_tokens", "x"))
    with faults.serve(canned=picky([always])) as server:
        connection = gateway(store, server)
        experiment = plan(store, Parameters(), n_cases=2)
        ran(jobs, experiment)
        assert server.requests <= 4
    trials = store.trials.of_experiment(experiment.id)
    assert {t.failure for t in trials} == {CallFailure.BAD_REQUEST}
    assert all("max_tokens is not supported" in t.message for t in trials)
    assert store.habits.of(connection) == []


def test_what_was_learnt_at_one_address_is_not_known_of_another(store: Store) -> None:
    connection = store.connections.add(Connection("Gateway", "http://127.0.0.1:9/v1", ("m",)))
    store.habits.learn(connection, "m", [(Adaptation("seed"), "no")])
    assert [h.model for h in store.habits.of(connection)] == ["m"]
    moved = Connection("Gateway", "http://127.0.0.1:10/v1", ("m",), id=connection.id)
    assert store.habits.of(moved) == []


def test_a_lesson_takes_the_place_of_an_older_one_about_the_same_field(store: Store) -> None:
    connection = store.connections.add(Connection("Gateway", "http://127.0.0.1:9/v1", ("m",)))
    for sent_as in ("developer", "developer", "user"):
        store.habits.learn(connection, "m", [(Adaptation("system", sent_as), "no")])
    assert [str(h.adaptation) for h in store.habits.of(connection)] == ["system as user"]


def test_what_is_forgotten_is_asked_as_it_was_meant_again(store: Store, jobs: Jobs) -> None:
    with faults.serve(canned=picky([])) as server:
        connection = gateway(store, server)
        store.habits.learn(connection, "m", [(Adaptation("temperature"), "no")])
        store.habits.forget(connection, "m")
        ran(jobs, plan(store, Parameters(temperature=0.2), n_cases=1))
        assert server.last_body["temperature"] == 0.2


def test_a_parameter_that_was_not_sent_is_said_with_the_verdict(store: Store, jobs: Jobs) -> None:
    with faults.serve(canned=picky([MAX_TOKENS, TEMPERATURE])) as server:
        gateway(store, server)
        experiment = plan(store, Parameters(temperature=0.2))
        ran(jobs, experiment)
    found = verdicts.of_feature(store, experiment.feature_id)
    said = guards.of_experiment(store, experiment, found)
    kinds = [guard.kind for guard in said]
    assert guards.Kind.NOT_SENT in kinds
    (one,) = [guard for guard in said if guard.kind is guards.Kind.NOT_SENT]
    assert "temperature is not sent" in one.said
    assert "4 answers" in one.said


def test_a_system_prompt_that_is_folded_in_is_said_too(store: Store, jobs: Jobs) -> None:
    with faults.serve(canned=picky([NO_SYSTEM])) as server:
        gateway(store, server)
        experiment = plan(store, Parameters())
        ran(jobs, experiment)
        assert server.last_body["messages"][0]["content"].startswith("Be brief.\n\nNumber")
    assert {t.adaptations for t in store.trials.of_experiment(experiment.id)} == {
        ("system as user",)
    }


def test_the_worker_process_asks_as_the_server_wants_it(store: Store, tmp_path: Path) -> None:
    async def ask(server: faults.Endpoint) -> tuple[str, ...]:
        from dataclasses import replace
        from uuid import uuid4

        from workbench.domain.calls import Request
        from workbench.domain.conversations import Message
        from workbench.domain.trials import PlannedCall
        from workbench.errors import ModelError
        from workbench.runs.call import Call

        worker = WorkerProcess()
        await worker.wake()
        connection = Connection("Gateway", server.base_url, ("m",))
        asked = Request("m", (Message("user", "Hello"),), Parameters(temperature=0.2))
        try:
            for _ in range(3):
                call = Call(PlannedCall(uuid4(), uuid4(), 1), "Gateway", asked, 10, None)
                try:
                    return (await worker.ask(connection, call)).adaptations
                except ModelError as error:
                    known = (*asked.adaptations, Adaptation.parse(error.lesson))
                    asked = replace(asked, adaptations=known)
        finally:
            await worker.close()
        raise AssertionError("it never answers")

    with faults.serve(canned=picky([MAX_TOKENS, TEMPERATURE])) as server:
        adaptations = asyncio.run(ask(server))
    assert adaptations == ("max_tokens as max_completion_tokens", "temperature not sent")


def test_a_connections_test_learns_the_same(tmp_path: Path) -> None:
    models = Models(LocalModel(tmp_path))
    with faults.serve(canned=picky([MAX_TOKENS])) as server:
        connection = Connection("Gateway", server.base_url, ("m",))
        probe = models.test(connection, "m")
        assert probe.sample == "pong"
        assert [str(lesson) for lesson, _ in probe.lessons] == [
            "max_tokens as max_completion_tokens"
        ]
        known = tuple(lesson for lesson, _ in probe.lessons)
        assert models.test(connection, "m", known).lessons == ()
        assert server.requests == 3


def test_a_model_that_only_thinks_in_the_test_answers_all_the_same(tmp_path: Path) -> None:
    with faults.serve("length", text="<think>Let me see") as server:
        probe = Models(LocalModel(tmp_path)).test(Connection("G", server.base_url, ("m",)), "m")
    assert probe.latency_ms is None
    assert probe.reasoning == "Let me see"

"""A trial whose model calls tools: asked on with canned replies, kept turn by turn, paid once."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.faults import endpoint as faults
from tests.runs import scenes
from workbench.domain.calls import Parameters
from workbench.domain.connections import Connection
from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.datasets import CaseDraft
from workbench.domain.experiments import Experiment, Limits, Plan, RunState
from workbench.domain.features import Feature
from workbench.domain.prompts import PromptText
from workbench.domain.requirements import RequirementDraft
from workbench.domain.scores import Outcome
from workbench.domain.tool_replies import ToolReply
from workbench.domain.tools import Tool, ToolCall, Tools
from workbench.domain.transcripts import calls_in
from workbench.domain.trials import Trial
from workbench.errors import CallFailure
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs.jobs import Jobs
from workbench.store.engine.integrity import orphans
from workbench.store.store import Store

WEATHER = Tool(
    "get_weather",
    "The weather of a city",
    {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
)
RAIN = (ToolReply("get_weather", "Rain"),)
PATIENCE_S = 30
Canned = Callable[[dict[str, Any]], bytes]


def called(name: str = "get_weather", arguments: str = '{"city": "Oslo"}') -> bytes:
    """An answer that is a call of a tool."""
    function = {"name": name, "arguments": arguments}
    calls = [{"id": "c1", "type": "function", "function": function}]
    return faults.http(faults.completion(None, "tool_calls", tool_calls=calls))


def weather(body: dict[str, Any]) -> bytes:
    """Calls the tool first, and answers when it has replied."""
    last = body["messages"][-1]
    if last["role"] == "tool":
        return faults.http(faults.completion(f"It says: {last['content']}"))
    return called()


def planned(
    store: Store,
    base_url: str,
    replies: tuple[ToolReply, ...] = RAIN,
    tools: Tools = Tools((WEATHER,)),  # noqa: B008  # a frozen value
    n_cases: int = 1,
) -> Experiment:
    """A plan whose prompt offers a tool, with three criteria about its calls."""
    fake = Connection("Fake", base_url, ("fake-1",), price_in=1.0, price_out=1.0)
    store.connections.add(fake)
    feature_id = store.features.add(Feature("Weather")).id
    assert feature_id is not None
    requirement = store.requirements.add(feature_id, RequirementDraft("Looks it up."), "Ada")
    for kind, settings in (
        ("tools_called", {"tools": ["get_weather"]}),
        ("tool_arguments", {"tool": "get_weather", "arguments": '{"city": "{{city}}"}'}),
        ("no_tool_called", {}),
    ):
        store.criteria.add(
            requirement.id, CriterionDraft(kind, Scorer(ScorerKind(kind), settings)), "Ada"
        )
    cases = [
        CaseDraft(f"case-{n}", {"city": "Oslo", "n": f"{n}"}, tool_replies=replies)
        for n in range(n_cases)
    ]
    dataset = store.datasets.add(feature_id, "Cities", cases, "Ada")
    text = PromptText("Use tools.", "Weather in {{city}}? {{n}}", tools=tools)
    prompt = store.prompts.save(feature_id, "Weather", text, "Ada")
    variant = store.variants.save(prompt, "Fake", "fake-1", Parameters())
    criteria = tuple(criterion.id for criterion in store.criteria.of(feature_id))
    plan = Plan("Does it look it up?", dataset.id, (variant.id,), criteria)
    return store.experiments.add(feature_id, plan, "Ada")


def run(store: Store, jobs: Jobs, experiment: Experiment, **how: Any) -> list[Trial]:
    jobs.start(experiment.id, "Ada", **how)
    assert jobs.wait(experiment.id, PATIENCE_S)
    assert orphans(store.database) == []
    return store.trials.of_experiment(experiment.id)


def outcomes(store: Store, trial: Trial) -> list[tuple[Outcome, str]]:
    """What the three criteria say of a trial, in their order."""
    said = store.scores.of_trial(trial.id)
    order = {c: n for n, c in enumerate(dict.fromkeys(s.criterion_id for s in said))}
    found = sorted(said, key=lambda score: order[score.criterion_id])
    return [(score.judgement.outcome, score.judgement.reason) for score in found]


def test_a_trial_goes_on_with_the_cases_reply_and_keeps_all_that_was_said(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(canned=weather) as server:
        (trial,) = run(store, jobs, planned(store, server.base_url))
        first, second = (json.loads(body) for body in server.bodies)
    assert trial.output == "It says: Rain"
    assert [message.role for message in trial.transcript] == ["assistant", "tool", "assistant"]
    assert calls_in(trial.transcript) == (ToolCall("get_weather", '{"city": "Oslo"}', "c1"),)
    assert first["tools"][0]["function"]["parameters"] == WEATHER.parameters
    assert second["messages"][2]["tool_calls"][0]["function"]["name"] == "get_weather"
    assert second["messages"][3] == {"role": "tool", "content": "Rain", "tool_call_id": "c1"}
    said = {reason for _, reason in outcomes(store, trial)}
    assert said == {"Called “get_weather(city: Oslo)”."}
    assert sorted(outcome for outcome, _ in outcomes(store, trial)) == ["fail", "pass", "pass"]


def test_every_request_of_a_trial_is_counted_in_tokens_cost_and_budget(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(canned=weather) as server:
        experiment = planned(store, server.base_url)
        (trial,) = run(store, jobs, experiment)
    turns = store.turns.of_trial(trial.id)
    assert [turn.place for turn in turns] == [1, 2]
    assert trial.input_tokens == 14
    assert trial.output_tokens == 3
    assert trial.attempts == 2
    assert trial.cost == pytest.approx(17 / 1_000_000)
    assert trial.latency_ms == pytest.approx(sum(turn.latency_ms for turn in turns))
    latest = store.runs.latest(experiment.id)
    assert latest is not None
    spent = store.attempts.spent(latest.id)
    assert spent.calls == 2
    assert spent.usd == pytest.approx(trial.cost)


def test_a_budget_of_calls_ends_a_trial_between_two_requests_and_more_goes_on_there(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(canned=weather) as server:
        experiment = planned(store, server.base_url)
        assert run(store, jobs, experiment, limits=Limits(calls=1)) == []
        assert server.requests == 1
        (trial,) = run(store, jobs, experiment, limits=Limits(calls=2))
        assert server.requests == 2
    assert trial.output == "It says: Rain"
    assert [turn.place for turn in store.turns.of_trial(trial.id)] == [1, 2]
    latest = store.runs.latest(experiment.id)
    assert latest is not None
    assert latest.state is RunState.FINISHED


def test_a_trial_that_failed_on_its_way_is_asked_on_from_there(store: Store, jobs: Jobs) -> None:
    replies = iter([called(), faults.http(faults.error("no"), 400), faults.http("{}", 400)])

    def fails(body: dict[str, Any]) -> bytes:
        return next(replies, None) or weather(body)

    with faults.serve(canned=fails) as server:
        experiment = planned(store, server.base_url)
        (failed,) = run(store, jobs, experiment)
        assert failed.failure is CallFailure.BAD_REQUEST
        assert [message.role for message in failed.transcript] == ["assistant", "tool"]
        asked = server.requests
        next(replies, None)
        (trial,) = run(store, jobs, experiment, retry_failed=True)
        assert server.requests == asked + 1
    assert trial.output == "It says: Rain"


def test_asking_everything_anew_begins_trials_anew(store: Store, jobs: Jobs) -> None:
    with faults.serve(canned=weather) as server:
        experiment = planned(store, server.base_url)
        run(store, jobs, experiment)
        (trial,) = run(store, jobs, experiment, fresh=True)
        assert server.requests == 4
    assert len(store.turns.of_trial(trial.id)) == 2


def test_a_call_without_a_reply_ends_the_trial_and_is_its_output(store: Store, jobs: Jobs) -> None:
    with faults.serve(canned=weather) as server:
        (trial,) = run(store, jobs, planned(store, server.base_url, ()))
        assert server.requests == 1
    assert trial.output == '[{"name": "get_weather", "arguments": {"city": "Oslo"}}]'
    assert [message.role for message in trial.transcript] == ["assistant"]
    assert store.turns.of_trial(trial.id) == ()


def test_a_model_that_only_calls_is_asked_no_more_often_than_the_prompt_allows(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(canned=lambda _: called()) as server:
        tools = Tools((WEATHER,), most_requests=3)
        (trial,) = run(store, jobs, planned(store, server.base_url, RAIN, tools))
        assert server.requests == 3
    assert len(calls_in(trial.transcript)) == 3
    assert trial.output == '[{"name": "get_weather", "arguments": {"city": "Oslo"}}]'


def test_arguments_that_can_not_be_read_fail_and_say_so(store: Store, jobs: Jobs) -> None:
    with faults.serve(canned=lambda _: called(arguments='{"city": "Os')) as server:
        (trial,) = run(store, jobs, planned(store, server.base_url, ()))
    assert trial.output == '[{"name": "get_weather", "arguments": "{\\"city\\": \\"Os"}]'
    (reason,) = (r for o, r in outcomes(store, trial) if "can't be read" in r)
    assert "Its arguments can't be read" in reason


def test_a_forced_choice_is_free_after_the_first_call(store: Store, jobs: Jobs) -> None:
    with faults.serve(canned=weather) as server:
        tools = Tools((WEATHER,), choice="required")
        run(store, jobs, planned(store, server.base_url, RAIN, tools))
        choices = [json.loads(body).get("tool_choice") for body in server.bodies]
    assert choices == ["required", None]


def test_many_trials_at_once_keep_their_own_turns(store: Store, jobs: Jobs) -> None:
    with faults.serve(canned=weather, latency_s=0.001) as server:
        experiment = planned(store, server.base_url, n_cases=40)
        fake = store.connections.named("Fake")
        store.connections.save(replace(fake, concurrency=32))
        trials = run(store, jobs, experiment)
        assert server.requests == 80
    assert {trial.output for trial in trials} == {"It says: Rain"}
    assert store.database.value("select count(*) from turns") == 80


def test_text_that_is_marked_as_a_call_is_one_only_where_tools_are_offered(
    store: Store, tmp_path: Path
) -> None:
    said = 'I look. <tool_call>{"name": "get_weather", "arguments": {"city": "Oslo"}}</tool_call>'
    jobs = Jobs(store, Models(LocalModel(tmp_path)))
    with faults.serve(text=said) as server:
        (trial,) = run(store, jobs, planned(store, server.base_url, ()))
        other = scenes.elsewhere(store, 1)
        (plain,) = run(store, jobs, other)
    jobs.close()
    assert trial.output == "I look."
    assert [call.name for call in calls_in(trial.transcript)] == ["get_weather"]
    assert plain.output == said
    assert plain.transcript == ()

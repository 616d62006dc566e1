"""A trial that is a whole conversation: a second model plays the user, turn by turn."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.faults import endpoint as faults
from workbench.domain.calls import Parameters
from workbench.domain.connections import Connection
from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.datasets import CaseDraft
from workbench.domain.experiments import Experiment, Limits, Plan, RunState
from workbench.domain.features import Feature
from workbench.domain.prompts import PromptText
from workbench.domain.requirements import RequirementDraft
from workbench.domain.simulated_users import Player, SimulatedUser
from workbench.domain.tool_replies import ToolReply
from workbench.domain.tools import Tool, Tools
from workbench.domain.trials import Trial
from workbench.errors import CallFailure, InputError
from workbench.evidence.words import outlook
from workbench.runs import looking, pointing, rescoring
from workbench.runs.forecast import forecast
from workbench.runs.jobs import Jobs
from workbench.store.engine.integrity import orphans
from workbench.store.store import Store

PATIENCE_S = 30
ANNA = SimulatedUser('Anna, who is "short" of time', "Learn when parcel 7 comes", 3)
Say = Callable[[dict[str, Any]], bytes]


def said(text: str, reason: str = "stop") -> bytes:
    return faults.http(faults.completion(text, reason))


def is_user(body: dict[str, Any]) -> bool:
    return bool(body["model"] == "person-1")


def talking(*users: str | bytes) -> Say:
    """A tested model that numbers its answers, and a user who says these in turn."""
    waiting: Iterator[str | bytes] = iter(users)

    def say(body: dict[str, Any]) -> bytes:
        if is_user(body):
            text = next(waiting, "And then?")
            return text if isinstance(text, bytes) else said(text)
        return said(f"Answer {sum(m['role'] == 'user' for m in body['messages'])}")

    return say


def planned(
    store: Store,
    base_url: str,
    user: SimulatedUser | None = ANNA,
    player: Player | None = Player("People", "person-1"),  # noqa: B008  # a frozen value
    tools: Tools = Tools(),  # noqa: B008  # a frozen value
    trials: int = 1,
) -> Experiment:
    """A plan whose one case has a user, played through a connection of its own, at another price
    than the tested model's."""
    store.connections.add(Connection("Fake", base_url, ("fake-1",), price_in=1.0, price_out=1.0))
    people = Connection("People", base_url, ("person-1",), price_in=100.0, price_out=100.0)
    store.connections.add(people)
    feature_id = store.features.add(Feature("Parcels")).id
    assert feature_id is not None
    requirement = store.requirements.add(feature_id, RequirementDraft("Says when."), "Ada")
    scorer = Scorer(ScorerKind("contains"), {"texts": ["Answer"]})
    store.criteria.add(requirement.id, CriterionDraft("Answers", scorer), "Ada")
    replies = (ToolReply("find", "On Monday"),)
    case = CaseDraft("anna", {"message": "Where is it?"}, tool_replies=replies, user=user)
    dataset = store.datasets.add(feature_id, "People", [case], "Ada")
    text = PromptText("Help.", "{{message}}", tools=tools)
    prompt = store.prompts.save(feature_id, "Help", text, "Ada")
    variant = store.variants.save(prompt, "Fake", "fake-1", Parameters(user=player))
    criteria = tuple(criterion.id for criterion in store.criteria.of(feature_id))
    plan = Plan("Does it help?", dataset.id, (variant.id,), criteria, trials)
    return store.experiments.add(feature_id, plan, "Ada")


def run(store: Store, jobs: Jobs, experiment: Experiment, **how: Any) -> list[Trial]:
    jobs.start(experiment.id, "Ada", **how)
    assert jobs.wait(experiment.id, PATIENCE_S)
    assert orphans(store.database) == []
    return store.trials.of_experiment(experiment.id)


def words(trial: Trial) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in trial.transcript]


def test_a_user_who_has_what_they_wanted_ends_the_conversation(store: Store, jobs: Jobs) -> None:
    with faults.serve(canned=talking("When?", "Thank you. DONE")) as server:
        (trial,) = run(store, jobs, planned(store, server.base_url))
    assert words(trial) == [
        ("assistant", "Answer 1"),
        ("user", "When?"),
        ("assistant", "Answer 2"),
        ("user", "Thank you. DONE"),
    ]
    assert trial.output == "Answer 2"
    assert trial.model == "fake-1"
    assert store.trials.get(trial.id) == trial
    (score,) = store.scores.of_trial(trial.id)
    assert score.judgement.outcome == "pass"


def test_a_user_answers_no_more_often_than_the_case_says(store: Store, jobs: Jobs) -> None:
    with faults.serve(canned=talking()) as server:
        (trial,) = run(store, jobs, planned(store, server.base_url))
        assert server.requests == 7
    assert [role for role, _ in words(trial)] == ["assistant", "user"] * 3 + ["assistant"]
    assert trial.output == "Answer 4"


def test_the_players_roles_are_swapped_and_persona_and_goal_are_data(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(canned=talking("When?", "DONE")) as server:
        run(store, jobs, planned(store, server.base_url))
        bodies = [json.loads(body) for body in server.bodies]
    tested = [body for body in bodies if not is_user(body)]
    told, *shown = [body for body in bodies if is_user(body)][-1]["messages"]
    assert json.dumps({"persona": ANNA.persona, "goal": ANNA.goal}) in told["content"]
    assert [(m["role"], m["content"]) for m in shown] == [
        ("user", "Hello! How can I help you?"),
        ("assistant", "Where is it?"),
        ("user", "Answer 1"),
        ("assistant", "When?"),
        ("user", "Answer 2"),
    ]
    assert all("Anna" not in json.dumps(body) for body in tested)
    assert tested[-1]["messages"][1:] == [
        {"role": "user", "content": "Where is it?"},
        {"role": "assistant", "content": "Answer 1"},
        {"role": "user", "content": "When?"},
    ]


def test_the_trial_has_the_tested_models_time_and_cost_and_the_budget_counts_both(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(canned=talking("When?", "DONE")) as server:
        experiment = planned(store, server.base_url)
        (trial,) = run(store, jobs, experiment)
    turns = store.turns.of_trial(trial.id)
    assert [turn.is_users for turn in turns] == [False, True, False, True]
    own = [turn for turn in turns if not turn.is_users]
    assert trial.latency_ms == pytest.approx(sum(turn.latency_ms for turn in own))
    assert trial.input_tokens == sum(turn.input_tokens or 0 for turn in own)
    assert trial.cost == pytest.approx(sum(turn.cost or 0 for turn in own))
    latest = store.runs.latest(experiment.id)
    assert latest is not None
    spent = store.attempts.spent(latest.id)
    assert spent.calls == 4
    assert spent.usd == pytest.approx(sum(turn.cost or 0 for turn in turns))
    assert spent.usd > 50 * (trial.cost or 0)


@pytest.mark.parametrize("answered", [1, 2, 3])
def test_a_conversation_that_was_stopped_goes_on_after_its_last_turn(
    store: Store, jobs: Jobs, answered: int
) -> None:
    with faults.serve(canned=talking("When?", "DONE")) as server:
        experiment = planned(store, server.base_url)
        assert run(store, jobs, experiment, limits=Limits(calls=answered)) == []
        assert server.requests == answered
        (trial,) = run(store, jobs, experiment, limits=Limits(calls=4))
        assert server.requests == 4
    assert [content for _, content in words(trial)] == ["Answer 1", "When?", "Answer 2", "DONE"]
    assert len(store.turns.of_trial(trial.id)) == 4


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (said("I would like to kn", "length"), "cut off at its token limit"),
        (said("I can't play a person.", "refusal"), "refused to play the user"),
    ],
)
def test_a_message_that_can_not_be_read_ends_the_trial_unscored_and_says_so(
    store: Store, jobs: Jobs, reply: bytes, why: str
) -> None:
    with faults.serve(canned=talking(reply, "DONE")) as server:
        experiment = planned(store, server.base_url)
        (failed,) = run(store, jobs, experiment)
        assert failed.failure is CallFailure.SIMULATED_USER
        assert "The model that plays the user (person-1) could not go on." in failed.message
        assert why in failed.message
        assert [score.judgement.outcome for score in store.scores.of_trial(failed.id)] in (
            [],
            ["unscored"],
        )
        assert words(failed) == [("assistant", "Answer 1")]
        asked = server.requests
        (trial,) = run(store, jobs, experiment, retry_failed=True)
        assert server.requests == asked + 1
    assert trial.output == "Answer 1"


def test_errors_of_the_player_are_told_apart_from_those_of_the_tested_model(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(canned=talking(faults.http(faults.error("no"), 400))) as server:
        (failed,) = run(store, jobs, planned(store, server.base_url))
    assert failed.failure is CallFailure.SIMULATED_USER
    assert failed.message.startswith("The model that plays the user (person-1) could not go on.")


def test_nobody_to_play_the_user_is_said_before_anything_is_asked(store: Store, jobs: Jobs) -> None:
    with faults.serve(canned=talking()) as server:
        experiment = planned(store, server.base_url, player=None)
        with pytest.raises(InputError, match="“anna” has a simulated user, and variant A does not"):
            jobs.start(experiment.id, "Ada")
        assert server.requests == 0


def test_a_case_without_a_user_is_asked_once_whoever_plays(store: Store, jobs: Jobs) -> None:
    with faults.serve(canned=talking()) as server:
        (trial,) = run(store, jobs, planned(store, server.base_url, user=None))
        assert server.requests == 1
    assert trial.transcript == ()


def test_tools_are_called_within_a_conversation_and_their_limit_is_for_each_answer(
    store: Store, jobs: Jobs
) -> None:
    users = talking("When?", "DONE")

    def say(body: dict[str, Any]) -> bytes:
        if is_user(body) or body["messages"][-1]["role"] == "tool":
            return users(body)
        function = {"name": "find", "arguments": "{}"}
        calls = [{"id": "c1", "type": "function", "function": function}]
        return faults.http(faults.completion(None, "tool_calls", tool_calls=calls))

    with faults.serve(canned=say) as server:
        tools = Tools((Tool("find"),), most_requests=2)
        (trial,) = run(store, jobs, planned(store, server.base_url, tools=tools))
        bodies = [json.loads(body) for body in server.bodies]
    once = ["assistant", "tool", "assistant", "user"]
    assert [role for role, _ in words(trial)] == once * 2
    assert trial.output == "Answer 2"
    shown = [body for body in bodies if is_user(body)][-1]["messages"]
    assert all(message["role"] != "tool" and "tool_calls" not in message for message in shown)


def test_the_most_that_a_plan_costs_covers_what_budgets_reserve_for_both(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(canned=talking()) as server:
        experiment = planned(store, server.base_url)
        cases = store.experiments.cases(experiment.id)
        foreseen = forecast(store, experiment.variants, cases, 1)
        run(store, jobs, experiment)
    reserved = store.database.value("select sum(most_cost) from attempts")
    assert foreseen.cost is not None
    assert foreseen.cost[1] >= reserved
    assert "simulated users" in foreseen.basis


def test_repeats_are_conversations_of_their_own(store: Store, jobs: Jobs) -> None:
    with faults.serve(canned=talking("A?", "DONE", "B?", "DONE")) as server:
        store_experiment = planned(store, server.base_url, trials=2)
        trials = run(store, jobs, store_experiment)
        assert all("seed" not in json.loads(body) for body in server.bodies)
    assert len({trial.id for trial in trials}) == 2
    latest = store.runs.latest(store_experiment.id)
    assert latest is not None
    assert latest.state is RunState.FINISHED


def move(store: Store, url: str) -> None:
    """Put the connection that plays users elsewhere."""
    store.connections.save(replace(store.connections.named("People"), base_url=url), author="Grace")


def test_users_who_were_played_here_are_not_played_there_and_go_on_here(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(canned=talking("When?", "DONE")) as here, faults.serve() as there:
        experiment = planned(store, here.base_url)
        assert run(store, jobs, experiment, limits=Limits(calls=2)) == []
        move(store, there.base_url)
        with pytest.raises(InputError) as caught:
            jobs.start(experiment.id, "Ada")
        assert caught.value.message.startswith("The users of E1 were played elsewhere")
        assert f"127.0.0.1:{here.port}" in caught.value.message
        assert f"“People” is at 127.0.0.1:{there.port} now" in caught.value.message
        assert "Set E1 up again" in caught.value.hint
        move(store, here.base_url + "/")
        (trial,) = run(store, jobs, experiment, limits=Limits(calls=4))
        assert there.requests == 0
    assert [content for _, content in words(trial)] == ["Answer 1", "When?", "Answer 2", "DONE"]


def test_a_player_who_said_nothing_yet_may_be_asked_elsewhere(store: Store, jobs: Jobs) -> None:
    with faults.serve(canned=talking()) as here, faults.serve(text="DONE") as there:
        experiment = planned(store, here.base_url)
        assert run(store, jobs, experiment, limits=Limits(calls=1)) == []
        move(store, there.base_url)
        (trial,) = run(store, jobs, experiment, limits=Limits(calls=3))
        assert (here.requests, there.requests) == (1, 1)
    assert [content for _, content in words(trial)] == ["Answer 1", "DONE"]


def test_a_conversation_that_was_begun_is_not_gone_on_with_elsewhere(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(canned=talking()) as here, faults.serve() as there:
        experiment = planned(store, here.base_url)
        assert run(store, jobs, experiment, limits=Limits(calls=1)) == []
        fake = store.connections.named("Fake")
        store.connections.save(replace(fake, base_url=there.base_url), author="Grace")
        with pytest.raises(InputError, match="E1 was asked elsewhere"):
            jobs.start(experiment.id, "Ada")
        assert there.requests == 0


def test_a_plan_whose_player_moved_is_set_up_again_once_and_asks_there(
    store: Store, jobs: Jobs
) -> None:
    with (
        faults.serve(canned=talking("DONE")) as here,
        faults.serve(canned=talking("DONE")) as there,
    ):
        experiment = planned(store, here.base_url)
        run(store, jobs, experiment)
        move(store, there.base_url)
        (moved,) = pointing.moved(store, experiment.variants)
        assert moved.player == Player("People", "person-1")
        copy = pointing.at_present(store, experiment, "Ada")
        assert copy.id != experiment.id
        assert copy.question == "Does it help? (after People moved)"
        assert pointing.original_question(copy) == experiment.question
        assert pointing.at_present(store, experiment, "Ada") == copy
        (trial,) = run(store, jobs, copy)
        assert (here.requests, there.requests) == (3, 1)
        assert pointing.at_present(store, experiment, "Ada") == copy
    assert trial.output == "Answer 1"


def test_a_plan_says_how_many_requests_its_conversations_take_at_most(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(canned=talking()) as server:
        experiment = planned(store, server.base_url, trials=2)
        cases = store.experiments.cases(experiment.id)
        foreseen = forecast(store, experiment.variants, cases, 2)
        run(store, jobs, experiment)
        assert (foreseen.calls, foreseen.most.all) == (2, server.requests)
    said = outlook.requests(foreseen.most)
    assert said.startswith("A conversation takes up to 7 requests, 4 to the tested model and 3 to")
    assert said.endswith(": 14 at most, all together.")


def test_a_transcript_begins_with_what_the_user_said_first_where_a_variable_holds_it(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(canned=talking("When?", "DONE")) as server:
        experiment = planned(store, server.base_url)
        requirement_id = store.requirements.of(experiment.feature_id)[0].id
        settings = {"texts": ["User:\n  Where is it?\n\nAssistant:\n  Answer 1"]}
        scorer = Scorer(ScorerKind("contains"), {**settings, "looks_at": "transcript"})
        criterion = store.criteria.add(requirement_id, CriterionDraft("Begins", scorer), "Ada")
        (trial,) = run(store, jobs, experiment)
    rescoring.catch_up(store, experiment.feature_id)
    (score,) = [s for s in store.scores.of_trial(trial.id) if s.criterion_id == criterion.id]
    assert score.judgement.outcome == "pass"
    (read,) = looking.texts(store, scorer, [trial.id]).values()
    assert (read.text or "").count("Where is it?") == 1
    assert "Where is it?" not in read.by_model


def test_words_of_the_prompt_around_a_variable_are_not_put_into_the_users_mouth(
    store: Store,
) -> None:
    experiment = planned(store, "http://127.0.0.1:9/v1")
    (variant,) = experiment.variants
    (case,) = store.experiments.cases(experiment.id)
    assert [m.content for m in looking.opened(variant, case).messages] == ["Where is it?"]
    text = PromptText("Help.", "Answer shortly: {{message}}")
    wrapped = replace(variant, prompt=replace(variant.prompt, text=text))
    assert looking.opened(wrapped, case).messages == ()

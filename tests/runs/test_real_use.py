"""A conversation with a tool call and a picture, through the whole loop and back from its file."""

import base64
import json
from pathlib import Path
from typing import Any

from tests.empty import empty_store
from tests.faults import endpoint as faults
from tests.pictures import png
from workbench.actions import asking, datasets, exporting, features
from workbench.actions import experiments as actions_experiments
from workbench.actions.asking import Wish
from workbench.domain.calls import Parameters
from workbench.domain.connections import Connection
from workbench.domain.conversations import Message
from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.datasets import CaseDraft
from workbench.domain.experiments import Plan
from workbench.domain.features import Feature
from workbench.domain.people import Person
from workbench.domain.prompts import PromptText
from workbench.domain.requirements import RequirementDraft
from workbench.domain.tool_replies import ToolReply
from workbench.domain.tools import Tool, ToolCall, Tools
from workbench.domain.transcripts import calls_in
from workbench.exchange.feature import bundle
from workbench.runs.jobs import Jobs
from workbench.store.store import Store

ADA = Person("a", "Ada")
SAID = (
    Message("user", "I paid twice."),
    Message("assistant", "Do you have the receipt?"),
    Message("user", "Here it is."),
)
LOOK_UP = Tool(
    "find_order",
    "Finds an order by its number",
    {"type": "object", "properties": {"number": {"type": "string"}}, "required": ["number"]},
)


def echo(body: dict[str, Any]) -> bytes:
    """Calls the tool first; when it has replied, answers with what it was sent."""
    if body["messages"][-1]["role"] == "tool":
        return faults.http(faults.completion(json.dumps(body["messages"])))
    function = {"name": "find_order", "arguments": '{"number": "TB-2118"}'}
    calls = [{"id": "c1", "type": "function", "function": function}]
    return faults.http(faults.completion(None, "tool_calls", tool_calls=calls))


def test_a_conversation_with_a_tool_call_and_a_picture_goes_through_the_loop_and_back(
    store: Store, jobs: Jobs, tmp_path: Path
) -> None:
    feature_id = store.features.add(Feature("Refunds")).id
    assert feature_id is not None
    receipt = datasets.attach(store, ADA, feature_id, "receipt.png", png())
    case = CaseDraft(
        "twice",
        {"tone": "kind"},
        messages=SAID,
        attachments=(receipt,),
        tool_replies=(ToolReply("find_order", "Paid once"),),
    )
    mail = datasets.create(store, ADA, feature_id, "Mail", [case]).version
    requirement = store.requirements.add(feature_id, RequirementDraft("Looks it up"), "Ada")
    for scorer in (
        Scorer(ScorerKind("tools_called"), {"tools": ["find_order"]}),
        Scorer(ScorerKind.CONTAINS, {"texts": ["data:image/png;base64"]}),
    ):
        store.criteria.add(requirement.id, CriterionDraft("Looks", scorer), "Ada")
    with faults.serve(canned=echo) as server:
        store.connections.add(Connection("Fake", server.base_url, ("fake-1",), timeout_s=20))
        (kept,) = store.datasets.cases(mail.id)
        text = PromptText("Be {{ tone }}.", "", tools=Tools((LOOK_UP,))).with_place()
        models = (("Fake", "fake-1"),)
        wish = Wish(feature_id, "Reply", text, models, Parameters(), 1, mail, (kept.id,))
        tried = asking.ask(store, jobs, ADA, wish)
        assert jobs.wait(tried.id, 60)
        plan = Plan(
            "Does it look it up?",
            mail.id,
            tuple(variant.id for variant in tried.variants),
            tuple(criterion.id for criterion in store.criteria.of(feature_id)),
            2,
        )
        experiment = store.experiments.add(feature_id, plan, "Ada")
        actions_experiments.start(store, jobs, ADA, experiment)
        assert jobs.wait(experiment.id, 60)
    trials = store.trials.of_experiment(experiment.id)
    assert len(trials) == 2
    for trial in trials:
        assert calls_in(trial.transcript) == (
            ToolCall("find_order", '{"number": "TB-2118"}', "c1"),
        )
        sent = json.loads(trial.output or "")
        assert [message["role"] for message in sent] == [
            *("system", "user", "assistant", "user", "assistant", "tool"),
        ]
        # The picture stays where it was, also in the request after the tool's reply.
        said, picture = sent[3]["content"]
        assert said == {"type": "text", "text": "Here it is."}
        url = picture["image_url"]["url"]
        assert base64.b64decode(url.removeprefix("data:image/png;base64,")) == png()
        assert {s.judgement.outcome.value for s in store.scores.of_trial(trial.id)} == {"pass"}
    data = exporting.feature_zip(store, feature_id)
    other = empty_store(tmp_path)
    again = features.bring_in(other, ADA, bundle.of_zip(data, "feature.zip"))
    assert again.id is not None
    assert exporting.feature_zip(other, again.id) == data
    (back,) = other.datasets.cases(other.datasets.of(again.id)[0].id)
    assert back.draft() == kept.draft() == case
    other.close()

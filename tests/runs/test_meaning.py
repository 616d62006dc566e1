"""How near outputs are in meaning is asked of an embedding model by the engine of judges: written
down first, paid for once, and read anew at another level."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.faults import endpoint as faults
from tests.faults.endpoint import Endpoint
from tests.runs import scenes
from workbench.actions import criteria
from workbench.domain.calls import Request
from workbench.domain.connections import Connection
from workbench.domain.conversations import Message
from workbench.domain.criteria import Criterion, CriterionDraft, Scorer, ScorerKind
from workbench.domain.experiments import Experiment, RunState
from workbench.domain.people import Person
from workbench.errors import CallFailure, ModelError
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs.jobs import Jobs
from workbench.runs.rescoring import catch_up
from workbench.scoring import meaning
from workbench.store.engine.integrity import orphans
from workbench.store.store import Store

ADA = Person("ada", scenes.AUTHOR)
NEAR = {
    "text": "pong",
    "question": "Does it mean pong?",
    "connection": "Embeds",
    "model": "embed-1",
    "similarity": 0.8,
}


def embedded(body: dict[str, Any]) -> str:
    """Embeddings of the texts: “pong” points one way, anything else a bit another."""
    data = [
        {"index": i, "embedding": [1.0, 0.0] if "pong" in text else [0.6, 0.8]}
        for i, text in enumerate(body["input"])
    ]
    # Servers may give them in any order.
    return json.dumps({"data": data[::-1], "model": "embed-1", "usage": {"prompt_tokens": 4}})


def canned(body: dict[str, Any]) -> bytes:
    """Chats are answered “ping pong”, texts embedded."""
    return faults.http(embedded(body) if "input" in body else faults.completion("ping pong"))


@pytest.fixture
def server() -> Iterator[Endpoint]:
    """A server of chats and embeddings."""
    with faults.serve(canned=canned) as opened:
        yield opened


def planned(store: Store, server: Endpoint, **settings: Any) -> tuple[Experiment, Criterion]:
    """Three cases, and a criterion that their answers are near “pong”."""
    first = scenes.experiment(store, server.base_url, 3)
    priced = Connection("Embeds", server.base_url, ("embed-1",), price_in=1.0, price_out=0.0)
    store.connections.add(priced)
    (requirement,) = store.requirements.of(first.feature_id)
    scorer = Scorer(ScorerKind.MEANING, NEAR | settings)
    criterion = store.criteria.add(
        requirement.id, CriterionDraft("Means pong", scorer, bar=0.8), scenes.AUTHOR
    )
    return scenes.another(store, first.feature_id, "Does it mean pong?"), criterion


def ran(jobs: Jobs, experiment: Experiment, **options: Any) -> RunState:
    run = jobs.start(experiment.id, scenes.AUTHOR, **options)
    assert jobs.wait(experiment.id, 60)
    return jobs._store.runs.get(run.id).state


def words(store: Store, criterion: Criterion) -> list[tuple[str, float, str]]:
    """The outcome, value and rater of each score by the criterion as it is now."""
    scorer = store.criteria.get(criterion.id).draft.scorer.fingerprint()
    return store.database.rows(
        "select outcome, value, rater from scores where criterion_id = ? and scorer = ?",
        [criterion.id, scorer],
    )


def embeddings(server: Endpoint) -> list[dict[str, Any]]:
    """The requests for embeddings so far."""
    return [body for body in map(json.loads, server.bodies) if "input" in body]


def test_a_run_asks_how_near_its_outputs_are(store: Store, jobs: Jobs, server: Endpoint) -> None:
    experiment, criterion = planned(store, server)
    assert ran(jobs, experiment) is RunState.FINISHED
    assert words(store, criterion) == [("pass", 1.0, "judge:embed-1")] * 3
    asked = embeddings(server)
    assert {"model": "embed-1", "input": ["ping pong", "pong"]} in asked
    assert all(set(body) == {"model", "input"} for body in asked)
    assert orphans(store.database) == []
    before = len(asked)
    ran(jobs, experiment, only_judges=True)
    assert len(embeddings(server)) == before


def test_another_level_is_read_from_what_was_paid_for(
    store: Store, jobs: Jobs, server: Endpoint
) -> None:
    experiment, criterion = planned(store, server, text="other")
    ran(jobs, experiment)
    assert words(store, criterion) == [("fail", 0.6, "judge:embed-1")] * 3
    asked = len(embeddings(server))
    lower = replace(criterion.draft.scorer, settings={**NEAR, "text": "other", "similarity": 0.5})
    draft = replace(criterion.draft, scorer=lower)
    criteria.revise(store, ADA, criterion.id, draft, 1, "Looked at ten of them")
    assert catch_up(store, experiment.feature_id) == 3
    assert words(store, criterion) == [("pass", 0.6, "judge:embed-1")] * 3
    assert len(embeddings(server)) == asked
    assert catch_up(store, experiment.feature_id) == 0


def test_another_text_is_asked_anew(store: Store, jobs: Jobs, server: Endpoint) -> None:
    experiment, criterion = planned(store, server)
    ran(jobs, experiment)
    other = replace(criterion.draft.scorer, settings={**NEAR, "text": "other"})
    draft = replace(criterion.draft, scorer=other)
    criteria.revise(store, ADA, criterion.id, draft, 1, "Means something else")
    assert catch_up(store, experiment.feature_id) == 0
    assert words(store, criterion) == []


def test_a_case_without_a_reference_is_unscored(store: Store, jobs: Jobs, server: Endpoint) -> None:
    experiment, criterion = planned(store, server, text="{{reference}}")
    ran(jobs, experiment)
    assert words(store, criterion) == [("unscored", None, "judge:embed-1")] * 3


def test_the_nearest_of_several_references_counts() -> None:
    asked = meaning.request(NEAR | {"text": "{{reference}}"}, {"reference": ["a", "b"]}, "x")
    assert [message.content for message in asked.messages] == ["x", "a", "b"]
    said = meaning.read("[0.4, 0.91]", NEAR).judgement
    assert (said.outcome.value, said.value) == ("pass", 0.91)
    assert "0.910; near enough is 0.8 or more" in said.reason


@pytest.mark.parametrize(
    "reply",
    [
        '{"data": []}',
        '{"data": [{"index": 0, "embedding": [1]}, {"index": 1, "embedding": [1, 2]}]}',
        '{"data": [{"index": 0, "embedding": [0]}, {"index": 1, "embedding": [0]}]}',
        '{"data": [{"index": 0, "embedding": "AAA"}, {"index": 1, "embedding": [1]}]}',
        '{"data": [{"index": 0, "embedding": [NaN]}, {"index": 1, "embedding": [1]}]}',
        "[]",
        "pong",
    ],
)
def test_embeddings_that_cannot_be_compared_are_an_error(
    store: Store, tmp_path: Any, reply: str
) -> None:
    models = Models(LocalModel(tmp_path))
    asked = Request("embed-1", (Message("input", "a"), Message("input", "b")))
    with (
        faults.serve(canned=lambda _: faults.http(reply)) as server,
        pytest.raises(ModelError) as error,
    ):
        models.answer(Connection("E", server.base_url, ("embed-1",)), asked)
    assert error.value.failure is CallFailure.MALFORMED

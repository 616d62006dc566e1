"""An experiment whose criterion is judged by a model, on the fault endpoint."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

from tests.faults.endpoint import Endpoint
from tests.runs import scenes
from workbench.domain.connections import Connection
from workbench.domain.criteria import Criterion, CriterionDraft, Scorer, ScorerKind
from workbench.domain.experiments import Experiment
from workbench.scoring import controls
from workbench.store.store import Store

JUDGE = "judge-1"
RUBRIC = {
    "question": "Does it answer?",
    "passes": "It says pong.",
    "connection": "Judges",
    "model": JUDGE,
}
SCORER = Scorer(ScorerKind.JUDGE, RUBRIC)


def judged(
    store: Store, server: Endpoint, n_cases: int = 3, *, concurrency: int = 4, trials: int = 1
) -> tuple[Experiment, Criterion]:
    """A frozen plan of pings with two criteria: a check, and a judge on a connection of its own."""
    first = scenes.experiment(
        store, server.base_url, n_cases, concurrency=concurrency, trials=trials
    )
    store.connections.add(Connection("Judges", server.base_url, (JUDGE,), concurrency=concurrency))
    (requirement,) = store.requirements.of(first.feature_id)
    criterion = store.criteria.add(
        requirement.id, CriterionDraft("Answers", SCORER, bar=0.8), scenes.AUTHOR
    )
    return scenes.another(store, first.feature_id, "Does it answer well?", trials), criterion


def priced(store: Store) -> None:
    """Let each answer of the judge cost a dollar at most per 1,024 tokens, input nothing."""
    judges = store.connections.named("Judges")
    store.connections.save(replace(judges, price_in=0.0, price_out=1_000_000 / 1_024))
    fake = store.connections.named("Fake")
    store.connections.save(replace(fake, price_in=0.0, price_out=0.0))


def reply(body: dict[str, Any]) -> str:
    """What the endpoint answers: a judge's object to a judge's request, else “pong”."""
    if body["model"] != JUDGE:
        return "pong"
    return answer()


def answer(verdict: str = "pass", passage: str = "pong", reason: str = "It says pong.") -> str:
    """A judge's object."""
    return json.dumps({"passage": passage, "reason": reason, "verdict": verdict})


def asked_of_judge(server: Endpoint) -> list[dict[str, Any]]:
    """The requests that the judge got about outputs, in order: none of planted controls."""
    return [body for body in _bodies(server) if controls.UNFIT not in str(body)]


def planted(server: Endpoint) -> list[dict[str, Any]]:
    """The requests that the judge got about planted controls."""
    return [body for body in _bodies(server) if controls.UNFIT in str(body)]


def _bodies(server: Endpoint) -> list[dict[str, Any]]:
    bodies = [json.loads(body) for body in server.bodies]
    return [body for body in bodies if body["model"] == JUDGE]


def words(store: Store, experiment: Experiment, criterion: Criterion) -> list[tuple[str, str, str]]:
    """Outcome, rater and reason of each of the judge's scores in an experiment."""
    trials: list[UUID] = [t.id for t in store.trials.of_experiment(experiment.id)]
    return [
        (score.judgement.outcome.value, score.rater, score.judgement.reason)
        for trial in trials
        for score in store.scores.of_trial(trial)
        if score.criterion_id == criterion.id
        and score.scorer == criterion.draft.scorer.fingerprint()
    ]

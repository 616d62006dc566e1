"""A panel: several judges of one criterion, each asked by itself, and the word of most of them."""

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from tests.faults import endpoint as faults
from tests.faults.endpoint import Endpoint
from tests.runs import judge_scenes, scenes
from workbench.actions.rows import as_json
from workbench.domain.connections import Connection
from workbench.domain.criteria import Criterion, Scorer, ScorerKind, problem_with
from workbench.domain.experiments import Experiment, RunState
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.evidence import agreement, verdicts
from workbench.runs import forecast, judging, panels
from workbench.runs.jobs import Jobs
from workbench.scoring import controls
from workbench.store.engine.integrity import orphans
from workbench.store.judging import Vote
from workbench.store.store import Store

MODELS = ("judge-1", "judge-2", "judge-3")
PANEL = Scorer(
    ScorerKind.JUDGE,
    {
        **judge_scenes.RUBRIC,
        "panel": [{"connection": "Judges", "model": model} for model in MODELS[1:]],
    },
)


def reply(body: dict[str, Any]) -> str:
    """The first judge passes all; the second fails case 1 and 2, the third case 1 and 3."""
    if body["model"] not in MODELS:
        return "pong"
    case = body["messages"][-1]["content"].partition("ping ")[2][:3]
    fails = {"judge-1": (), "judge-2": ("001", "002"), "judge-3": ("001", "003")}[body["model"]]
    return judge_scenes.answer("fail" if case in fails else "pass")


def judged(store: Store, server: Endpoint, n_cases: int = 4) -> tuple[Experiment, Criterion]:
    """A plan whose judged criterion has a panel of three."""
    experiment, criterion = judge_scenes.judged(store, server, n_cases)
    store.connections.save(replace(store.connections.named("Judges"), models=MODELS))
    draft = replace(criterion.draft, scorer=PANEL)
    return experiment, store.criteria.revise(criterion.id, draft, 1, "Ada", "three know more")


def _ran(jobs: Jobs, experiment_id: Any, **options: Any) -> RunState:
    run = jobs.start(experiment_id, scenes.AUTHOR, **options)
    assert jobs.wait(experiment_id, 60)
    return jobs._store.runs.get(run.id).state


def _by_model(server: Endpoint) -> Counter[str]:
    """How often each model was asked about an output, planted controls left aside."""
    bodies = [body.decode() for body in server.bodies]
    return Counter(json.loads(body)["model"] for body in bodies if controls.UNFIT not in body)


def _words(store: Store, experiment: Experiment, criterion: Criterion) -> Counter[str]:
    return Counter(outcome for outcome, *_ in judge_scenes.words(store, experiment, criterion))


def test_each_member_is_asked_once_and_most_of_them_decide(store: Store, jobs: Jobs) -> None:
    with faults.serve(reply=reply) as server:
        experiment, criterion = judged(store, server)
        assert forecast.of_judges(store, experiment, [criterion]).calls == 0
        assert _ran(jobs, experiment.id) is RunState.FINISHED
        assert all(_by_model(server)[model] == 4 for model in MODELS)
        _ran(jobs, experiment.id)
        assert _by_model(server).total() == 4 + 12
    found = judge_scenes.words(store, experiment, criterion)
    assert Counter(outcome for outcome, *_ in found) == {"pass": 3, "fail": 1}
    assert {rater for _, rater, _ in found} == {"judge:judge-1 + judge-2 + judge-3"}
    (why,) = [reason for outcome, _, reason in found if outcome == "fail"]
    assert why.startswith("2 of 3. judge-1 says pass: It says pong.")
    assert orphans(store.database) == []


def test_a_judge_that_joins_a_panel_keeps_its_words_and_only_the_others_are_asked(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(reply=reply) as server:
        experiment, criterion = judge_scenes.judged(store, server, 4)
        store.connections.save(replace(store.connections.named("Judges"), models=MODELS))
        _ran(jobs, experiment.id)
        assert _by_model(server)["judge-1"] == 4
        draft = replace(criterion.draft, scorer=PANEL)
        criterion = store.criteria.revise(criterion.id, draft, 1, "Ada", "three know more")
        assert judging.n_open(store, experiment, [criterion]) == 8
        # Each of the two has its planted controls besides.
        assert forecast.of_judges(store, experiment, [criterion]).calls == 8 + 4
        _ran(jobs, experiment.id, only_judges=True)
        assert _by_model(server)["judge-1"] == 4
    assert _words(store, experiment, criterion) == {"pass": 3, "fail": 1}


def test_a_panel_whose_members_have_all_spoken_needs_no_call(store: Store, jobs: Jobs) -> None:
    with faults.serve(reply=reply) as server:
        experiment, criterion = judged(store, server)
        _ran(jobs, experiment.id)
        before = server.requests
        two = {**PANEL.settings, "panel": PANEL.settings["panel"][:1]}
        draft = replace(criterion.draft, scorer=Scorer(ScorerKind.JUDGE, two))
        criterion = store.criteria.revise(criterion.id, draft, 2, "Ada", "two will do")
        assert judging.n_open(store, experiment, [criterion]) == 4
        _ran(jobs, experiment.id, only_judges=True)
        assert server.requests == before
        assert judging.n_open(store, experiment, [criterion]) == 0
    # Of two that differ neither has a majority.
    assert _words(store, experiment, criterion) == {"pass": 2, "unscored": 2}


@pytest.mark.parametrize(
    ("said", "word", "value"),
    [
        ("pass pass fail", Outcome.PASS, None),
        ("pass fail", Outcome.UNSCORED, None),
        ("pass unscored unscored", Outcome.UNSCORED, None),
        ("pass pass unscored", Outcome.PASS, None),
        ("not_applicable not_applicable pass", Outcome.NOT_APPLICABLE, None),
        ("pass fail not_applicable", Outcome.UNSCORED, None),
        ("pass:5 pass:3 fail:1", Outcome.PASS, 3.0),
        ("pass:5 pass:5 pass:3", Outcome.PASS, 5.0),
    ],
)
def test_the_word_of_a_panel_needs_more_than_half(
    said: str, word: Outcome, value: float | None
) -> None:
    votes = []
    for each in said.split():
        outcome, _, score = each.partition(":")
        votes.append(Vote("m", Outcome(outcome), "why", float(score) if score else None))
    found = panels.word(votes)
    assert (found.outcome, found.value) == (word, value)


def test_a_panel_is_held_to_labels_as_one_judge_with_each_member_beside(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(reply=reply) as server:
        experiment, criterion = judged(store, server)
        _ran(jobs, experiment.id)
    for trial in store.trials.of_experiment(experiment.id):
        key = store.datasets.case(trial.case_id).key
        outcome = Outcome.FAIL if key in ("case-001", "case-002") else Outcome.PASS
        store.scores.add(
            [Score(trial.id, criterion.id, PANEL.labels(), Judgement(outcome, ""), "Ada")]
        )
    (found,) = [
        v for v in verdicts.of_experiment(store, experiment) if v.criterion.id == criterion.id
    ]
    assert found.trust is not None
    assert found.trust.n_labels == 4
    assert found.trust.specificity.value == 0.5
    assert [member.model for member in found.trust.members] == list(MODELS)
    assert [member.specificity.value for member in found.trust.members] == [0.0, 1.0, 0.5]
    said = " ".join(found.warnings)
    assert "the panel judge-1 + judge-2 + judge-3 was held against 4 labels" in said
    assert "judge-2 by itself, on 4 labels: it passes 100%" in said
    assert "say the same of 1 of 4 outputs, which is little" in said
    as_text = as_json(found)["judge"]
    assert as_text["n_alike"] == 1
    assert as_text["members"][1]["specificity"] == 1.0


def test_agreement_counts_each_member_and_not_the_panel(store: Store, jobs: Jobs) -> None:
    with faults.serve(reply=reply) as server:
        experiment, criterion = judged(store, server)
        _ran(jobs, experiment.id)
    found = agreement.of_criterion(store, criterion)
    assert found.scored == {f"judge:{model}": 4 for model in MODELS}
    assert len(found.pairs) == 3


def test_another_member_makes_another_panel_and_the_labels_stay(store: Store) -> None:
    other = {**PANEL.settings, "panel": [{"connection": "Judges", "model": "judge-9"}]}
    changed = Scorer(ScorerKind.JUDGE, other)
    assert changed.fingerprint() != PANEL.fingerprint()
    assert changed.labels() == PANEL.labels()
    alone = Scorer(ScorerKind.JUDGE, judge_scenes.RUBRIC)
    assert PANEL.judges[0].fingerprint() == alone.fingerprint()


def test_a_panel_that_asks_one_model_twice_is_refused() -> None:
    twice = {**PANEL.settings, "panel": [{"connection": "Other", "model": "judge-1"}]}
    assert "one model twice" in problem_with(Scorer(ScorerKind.JUDGE, twice))
    nobody = {**PANEL.settings, "panel": [{"connection": "", "model": ""}]}
    assert "a connection and a model" in problem_with(Scorer(ScorerKind.JUDGE, nobody))


def test_a_member_on_another_connection_is_asked_there(store: Store, jobs: Jobs) -> None:
    with faults.serve(reply=reply) as server, faults.serve(reply=reply) as other:
        experiment, criterion = judge_scenes.judged(store, server, 2)
        store.connections.add(Connection("Elsewhere", other.base_url, ("judge-2",)))
        two = {
            **judge_scenes.RUBRIC,
            "panel": [{"connection": "Elsewhere", "model": "judge-2"}],
        }
        draft = replace(criterion.draft, scorer=Scorer(ScorerKind.JUDGE, two))
        store.criteria.revise(criterion.id, draft, 1, "Ada", "another house")
        assert _ran(jobs, experiment.id) is RunState.FINISHED
        assert _by_model(other) == {"judge-2": 2}
        # A member that moved is not asked on under its old words.
        store.connections.save(
            replace(store.connections.named("Elsewhere"), base_url=server.base_url)
        )
        (found,) = [c for c in store.criteria.of(experiment.feature_id) if c.id == criterion.id]
        assert "“Elsewhere” is elsewhere now" in judging.moved(store, found)

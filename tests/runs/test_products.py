"""A product's endpoint through the whole loop: asked, scored, judged, compared, written and run."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.empty import empty_store
from tests.faults import endpoint as faults
from workbench.actions import experiments as actions_experiments
from workbench.actions import exporting, features
from workbench.cli import main
from workbench.domain.calls import Parameters
from workbench.domain.connections import Connection
from workbench.domain.conversations import Message
from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.datasets import CaseDraft
from workbench.domain.experiments import Plan
from workbench.domain.features import Feature
from workbench.domain.people import Person
from workbench.domain.products import Product
from workbench.domain.prompts import PromptText
from workbench.domain.requirements import RequirementDraft
from workbench.errors import CallFailure
from workbench.exchange.feature import reader
from workbench.runs.jobs import Jobs
from workbench.store.store import Store

ADA = Person("a", "Ada")
BODY = '{"ask": {{ message|tojson }}, "past": {{ messages|tojson }}}'


def echo(body: dict[str, Any]) -> bytes:
    """A product that answers with what it was sent."""
    return faults.http(json.dumps({"reply": {"text": json.dumps(body)}}))


def planned(store: Store, url: str, body: str = BODY) -> Any:
    """An experiment on a product with a case that has a conversation and one that has none."""
    product = Product("$.reply.text")
    store.connections.add(Connection("Shop", url, endpoint=product.written(), timeout_s=20))
    feature_id = store.features.add(Feature("Shop replies")).id
    assert feature_id is not None
    requirement = store.requirements.add(feature_id, RequirementDraft("Hears the customer"), "Ada")
    scorer = Scorer(ScorerKind.CONTAINS, {"texts": ["parcel"]})
    criterion = store.criteria.add(requirement.id, CriterionDraft("Heard it", scorer), "Ada")
    said = (Message("user", "Hello"), Message("assistant", "Hi"), Message("user", "My parcel?"))
    cases = [
        CaseDraft("talk", {"message": 'A "parcel"'}, messages=said),
        CaseDraft("line", {"message": "Where is my parcel?"}),
    ]
    dataset = store.datasets.add(feature_id, "Mail", cases, "Ada")
    prompt = store.prompts.save(feature_id, "Body", PromptText("", body), "Ada")
    variant = store.variants.save(prompt, "Shop", "endpoint", Parameters(temperature=0.7, seed=3))
    plan = Plan("Does it hear?", dataset.id, (variant.id,), (criterion.id,), 1)
    return store.experiments.add(feature_id, plan, "Ada")


def test_a_product_is_asked_and_scored_like_a_model(
    store: Store, jobs: Jobs, tmp_path: Any
) -> None:
    with faults.serve(canned=echo) as server:
        experiment = planned(store, f"http://127.0.0.1:{server.port}/api/reply")
        actions_experiments.start(store, jobs, ADA, experiment)
        assert jobs.wait(experiment.id, 60)
    by_key = {
        store.datasets.case(t.case_id).key: json.loads(t.output or "")
        for t in store.trials.of_experiment(experiment.id)
    }
    assert by_key["talk"]["ask"] == 'A "parcel"'
    assert [one["content"] for one in by_key["talk"]["past"]] == ["Hello", "Hi", "My parcel?"]
    assert by_key["line"] == {"ask": "Where is my parcel?", "past": []}
    outcomes = [
        score.judgement.outcome.value
        for trial in store.trials.of_experiment(experiment.id)
        for score in store.scores.of_trial(trial.id)
    ]
    assert outcomes == ["pass", "pass"]
    # It is sent no temperature, so none is shown or compared.
    (variant,) = experiment.variants
    assert variant.parameters == Parameters()
    assert "temperature" not in variant.describe()
    text = exporting.feature_yaml(store, experiment.feature_id)
    other = empty_store(tmp_path)
    again = features.bring_in(other, ADA, reader.load(text))
    assert again.id is not None
    assert exporting.feature_yaml(other, again.id) == text
    other.close()


def test_a_body_that_is_no_json_is_an_error_of_its_case_and_is_not_sent(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(canned=echo) as server:
        url = f"http://127.0.0.1:{server.port}/api"
        experiment = planned(store, url, '{"ask": "{{ message }}"}')
        actions_experiments.start(store, jobs, ADA, experiment)
        assert jobs.wait(experiment.id, 60)
        # The text with quotes breaks the body of its case; the other one is sent.
        assert server.requests == 1
    failed = [t for t in store.trials.of_experiment(experiment.id) if t.output is None]
    assert [t.failure for t in failed] == [CallFailure.TEMPLATE]


def test_another_path_to_the_answer_is_another_version_of_the_connection(store: Store) -> None:
    planned(store, "http://127.0.0.1:9/api")
    known = store.connections.named("Shop")
    store.connections.save(replace(known, endpoint=Product("$.other").written()))
    first, second = reversed(store.connections.versions(known.id))
    assert "$.reply.text" in first.settings
    assert "$.other" in second.settings


def test_a_feature_file_runs_on_a_product_without_a_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    made = empty_store(tmp_path)
    experiment = planned(made, "http://127.0.0.1:9/api")
    (tmp_path / "shop.yaml").write_text(
        exporting.feature_yaml(made, experiment.feature_id), "utf-8"
    )
    made.close()
    with faults.serve(canned=echo) as server:
        code = main.main(
            [
                *("run", str(tmp_path / "shop.yaml"), "--db", str(tmp_path / "ci.duckdb")),
                *("--base-url", f"http://127.0.0.1:{server.port}/api", "--answer", "$.reply.text"),
                *("--json", "--quiet"),
            ]
        )
        assert server.requests == 2
        assert server.last_body["ask"]
    found = json.loads(capsys.readouterr().out)
    assert code == 3
    assert [one["n_trials"] for one in found["verdicts"]] == [2]

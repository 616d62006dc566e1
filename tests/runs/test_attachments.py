"""A conversation with a picture and a document, from the playground to the model and back."""

import base64
import json
from typing import Any

import pytest

from tests.empty import empty_store
from tests.faults import endpoint as faults
from tests.pictures import jpeg, pdf, png
from workbench.actions import asking, datasets, exporting, features
from workbench.actions import experiments as actions_experiments
from workbench.actions.asking import Wish
from workbench.domain.calls import Parameters
from workbench.domain.connections import Connection
from workbench.domain.conversations import Message
from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.datasets import CaseDraft
from workbench.domain.experiments import Plan, RunState
from workbench.domain.features import Feature
from workbench.domain.people import Person
from workbench.domain.prompts import PromptText
from workbench.domain.requirements import RequirementDraft
from workbench.exchange.feature import bundle
from workbench.runs.jobs import Jobs
from workbench.store.store import Store

ADA = Person("a", "Ada")
SAID = (
    Message("user", "I paid twice."),
    Message("assistant", "Do you have the receipts?"),
    Message("user", "Here they are."),
)
PATIENCE_S = 60.0


def echo(body: dict[str, Any]) -> str:
    """An answer that says what the server was sent: its messages, as JSON."""
    return json.dumps(body["messages"])


@pytest.fixture
def feature(store: Store) -> Any:
    """A feature whose one case is a conversation with a picture, a photograph and a letter."""
    feature_id = store.features.add(Feature("Receipts")).id
    assert feature_id is not None
    files = tuple(
        datasets.attach(store, ADA, feature_id, name, data)
        for name, data in (
            ("receipt.png", png()),
            ("photo.jpg", jpeg()),
            ("letter.pdf", pdf("Pay 12 EUR")),
        )
    )
    case = CaseDraft("twice", {"tone": "kind"}, messages=SAID, attachments=files)
    datasets.create(store, ADA, feature_id, "Mail", [case])
    requirement = store.requirements.add(feature_id, RequirementDraft("Sees the receipt"), "Ada")
    scorer = Scorer(ScorerKind.CONTAINS, {"texts": ["data:image/png;base64"]})
    store.criteria.add(requirement.id, CriterionDraft("Was shown it", scorer), "Ada")
    return feature_id


def connected(store: Store, base_url: str) -> None:
    store.connections.add(Connection("Fake", base_url, ("fake-1",), timeout_s=20))


def parts_of(output: str) -> list[dict[str, Any]]:
    """What the last message of an echoed request was made of."""
    content = json.loads(output)[-1]["content"]
    assert isinstance(content, list)
    return content


def test_a_case_with_files_goes_from_the_playground_to_a_verdict_and_into_a_file_and_back(
    store: Store, jobs: Jobs, feature: Any, tmp_path: Any
) -> None:
    with faults.serve(reply=echo) as server:
        connected(store, server.base_url)
        (mail,) = store.datasets.of(feature)
        (case,) = store.datasets.cases(mail.id)
        text = PromptText("Be {{ tone }}.", "").with_place()
        wish = Wish(
            feature, "Reply", text, (("Fake", "fake-1"),), Parameters(), 1, mail, (case.id,)
        )
        tried = asking.ask(store, jobs, ADA, wish)
        assert jobs.wait(tried.id, PATIENCE_S)
        (first,) = store.trials.of_experiment(tried.id)
        assert first.output is not None
        said, *files = parts_of(first.output)
        assert said == {"type": "text", "text": "Here they are."}
        assert [one["type"] for one in files] == ["image_url", "image_url", "text"]
        sent = [one["image_url"]["url"].partition(",") for one in files[:2]]
        assert [kind for kind, _, _ in sent] == [
            "data:image/png;base64",
            "data:image/jpeg;base64",
        ]
        assert [base64.b64decode(data) for _, _, data in sent] == [png(), jpeg()]
        assert files[2]["text"] == "letter.pdf:\n\nPay 12 EUR"
        # The same in an experiment, scored; the answer of the playground counts for it.
        plan = Plan(
            "Does it see the receipt?",
            mail.id,
            tuple(v.id for v in tried.variants),
            tuple(c.id for c in store.criteria.of(feature)),
            2,
        )
        experiment = store.experiments.add(feature, plan, "Ada")
        actions_experiments.start(store, jobs, ADA, experiment)
        assert jobs.wait(experiment.id, PATIENCE_S)
        assert store.runs.latest(experiment.id).state is RunState.FINISHED  # type: ignore[union-attr]
    trials = store.trials.of_experiment(experiment.id)
    assert [score.judgement.outcome.value for t in trials for score in store.scores.of_trial(t.id)]
    assert {
        score.judgement.outcome.value for t in trials for score in store.scores.of_trial(t.id)
    } == {"pass"}
    data = exporting.feature_zip(store, feature)
    other = empty_store(tmp_path)
    again = features.bring_in(other, ADA, bundle.of_zip(data, "feature.zip"))
    assert again.id is not None
    assert exporting.feature_zip(other, again.id) == data
    (back,) = other.datasets.cases(other.datasets.of(again.id)[0].id)
    assert back.draft() == case.draft()
    other.close()


def test_a_model_that_takes_no_pictures_says_so_plainly(
    store: Store, jobs: Jobs, feature: Any
) -> None:
    refusal = {"error": {"message": "Invalid content type. image_url is only supported by certain "
                         "models.", "type": "invalid_request_error"}}  # fmt: skip
    raw = faults.http(json.dumps(refusal).encode(), status=400)
    with faults.serve(canned=lambda _: raw) as server:
        connected(store, server.base_url)
        trial = _asked(store, jobs, feature)
    assert trial.output is None
    assert "The request shows pictures, and the server seems to take none." in trial.message
    assert "only supported by certain models" in trial.message


def test_a_file_that_was_changed_is_not_sent(store: Store, jobs: Jobs, feature: Any) -> None:
    with faults.serve() as server:
        connected(store, server.base_url)
        store.database.execute("update attachments set data = 'other'::blob where width = 30")
        trial = _asked(store, jobs, feature)
        assert server.requests == 0
    assert trial.output is None
    assert "“receipt.png” was changed since it was kept" in trial.message


def test_a_picture_counts_towards_what_a_call_may_cost(store: Store, feature: Any) -> None:
    from workbench.models.attached import MOST_TOKENS
    from workbench.models.prices import Price
    from workbench.runs import planning

    (mail,) = store.datasets.of(feature)
    (case,) = store.datasets.cases(mail.id)
    text = PromptText("Be {{ tone }}.", "").with_place()
    prompt = store.prompts.save(feature, "Reply", text, "Ada")
    variant = store.variants.save(prompt, "Local model", "small", Parameters())
    asked = planning.request(variant, case)
    (one,) = planning.requests((variant,), [case], store.attachments)
    price = Price(1.0, 0.0, "")
    assert planning.most_cost(price, asked) * 1_000_000 > 2 * MOST_TOKENS
    assert planning.prompt_text(one).endswith("letter.pdf:\n\nPay 12 EUR")
    assert planning.likely_input(one) > 3_000


def _asked(store: Store, jobs: Jobs, feature: Any) -> Any:
    (mail,) = store.datasets.of(feature)
    (case,) = store.datasets.cases(mail.id)
    text = PromptText("Be {{ tone }}.", "").with_place()
    wish = Wish(feature, "Reply", text, (("Fake", "fake-1"),), Parameters(), 1, mail, (case.id,))
    tried = asking.ask(store, jobs, ADA, wish)
    assert jobs.wait(tried.id, PATIENCE_S)
    (trial,) = store.trials.of_experiment(tried.id)
    return trial


def test_files_reach_the_process_that_makes_the_calls() -> None:
    from workbench.domain.attachments import Attachment
    from workbench.domain.calls import Request
    from workbench.runs.worker import _request, as_line

    file = Attachment("a.png", "image/png", "0" * 64, png())
    asked = Request("m", (Message("user", "What?", (file,)),))
    heard = _request(json.loads(as_line(1, 1, asked)))
    assert heard == asked
    assert heard.messages[0].attachments[0].content == png()

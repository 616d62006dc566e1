"""An experiment on the fault endpoint, small or large, in a store of the test's own."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from tests.faults.endpoint import Endpoint
from workbench.domain.calls import Parameters
from workbench.domain.connections import Connection
from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.datasets import CaseDraft
from workbench.domain.experiments import Experiment, Plan, Purpose, StopRule
from workbench.domain.features import Feature
from workbench.domain.prompts import PromptText
from workbench.domain.requirements import RequirementDraft
from workbench.domain.trials import PlannedCall, Trial
from workbench.store.keys import new_id
from workbench.store.store import Store

AUTHOR = "Ada"


def experiment(
    store: Store,
    base_url: str,
    n_cases: int = 1,
    *,
    trials: int = 1,
    concurrency: int = 4,
    timeout_s: float = 10.0,
) -> Experiment:
    """A frozen plan with one variant on a connection named Fake; every case asks for itself."""
    fake = Connection("Fake", base_url, ("fake-1",), concurrency=concurrency, timeout_s=timeout_s)
    store.connections.add(fake)
    feature_id = store.features.add(Feature("Replies")).id
    assert feature_id is not None
    return _planned(store, feature_id, n_cases, trials)


def another(store: Store, feature_id: UUID, question: str, trials: int = 1) -> Experiment:
    """A plan that asks the same variant for the same cases."""
    (dataset,) = store.datasets.of(feature_id)
    variants = tuple(variant.id for variant in store.variants.of(feature_id))
    criteria = tuple(criterion.id for criterion in store.criteria.of(feature_id))
    plan = Plan(question, dataset.id, variants, criteria, trials)
    return store.experiments.add(feature_id, plan, AUTHOR)


def watched(store: Store, planned: Experiment) -> Experiment:
    """The same plan, which ends when every bar is decided."""
    (dataset,) = store.datasets.of(planned.feature_id)
    plan = Plan(
        planned.question,
        dataset.id,
        tuple(variant.id for variant in planned.variants),
        tuple(criterion_id for criterion_id, _ in planned.criteria),
        planned.trials,
        stop_rule=StopRule.WHEN_DECIDED,
    )
    return store.experiments.add(planned.feature_id, plan, AUTHOR)


def priced(store: Store, base_url: str, n_cases: int, concurrency: int = 4) -> Experiment:
    """An experiment on an endpoint where an answer of 256 tokens costs one dollar."""
    found = experiment(store, base_url, n_cases, concurrency=concurrency)
    fake = store.connections.named("Fake")
    store.connections.save(replace(fake, price_in=0.0, price_out=1_000_000 / 256))
    return found


def long_answer(count: int = 256) -> str:
    """An answer of as many words as it may have tokens: the fake counts a token per word."""
    return "pong " * (count - 1) + "pong"


def beside(store: Store, planned: Experiment) -> Experiment:
    """An experiment of the same feature on the same connection that shares no call with it."""
    (variant,) = planned.variants
    (dataset,) = store.datasets.of(planned.feature_id)
    other = store.variants.save(variant.prompt, "Fake", "fake-1", Parameters(temperature=0.0))
    criteria = tuple(criterion_id for criterion_id, _ in planned.criteria)
    plan = Plan("And without chance?", dataset.id, (other.id,), criteria)
    return store.experiments.add(planned.feature_id, plan, AUTHOR)


def elsewhere(store: Store, n_cases: int, connection: Connection | None = None) -> Experiment:
    """An experiment of another feature on the same connection, or on one of its own."""
    if connection is not None:
        store.connections.add(connection)
    feature_id = store.features.add(Feature("Summaries")).id
    assert feature_id is not None
    return _planned(store, feature_id, n_cases, 1, connection.name if connection else "Fake")


def looking_around(store: Store, planned: Experiment) -> Experiment:
    """The same calls as the playground makes them: somebody watches, so they are streamed."""
    (dataset,) = store.datasets.of(planned.feature_id)
    variants = tuple(variant.id for variant in planned.variants)
    plan = Plan("What does it say?", dataset.id, variants, (), purpose=Purpose.PLAYGROUND)
    return store.experiments.add(planned.feature_id, plan, AUTHOR)


def answer(run_id: UUID, call: PlannedCall) -> Trial:
    """A trial with an output, as a run would have kept it."""
    return Trial(
        *(new_id(), run_id, call.variant_id, call.case_id, call.number, "hash", 1),
        datetime.now(UTC),
        output="pong",
    )


def asked(server: Endpoint) -> Counter[str]:
    """How often the server was asked for each case."""
    return Counter(body.decode().partition("ping ")[2][:3] for body in server.bodies)


def _planned(
    store: Store, feature_id: UUID, n_cases: int, trials: int, connection: str = "Fake"
) -> Experiment:
    requirement = store.requirements.add(feature_id, RequirementDraft("It answers."), AUTHOR)
    scorer = Scorer(ScorerKind.CONTAINS, {"texts": ["pong"]})
    store.criteria.add(requirement.id, CriterionDraft("Says pong", scorer), AUTHOR)
    cases = [CaseDraft(f"case-{n:03d}", {"text": f"ping {n:03d}"}) for n in range(n_cases)]
    store.datasets.add(feature_id, "Pings", cases, AUTHOR)
    text = PromptText("Answer.", "{{text}}")
    prompt = store.prompts.save(feature_id, "Plain", text, AUTHOR)
    store.variants.save(prompt, connection, "fake-1", Parameters())
    return another(store, feature_id, "Does it answer?", trials)

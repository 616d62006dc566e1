"""What a person agrees to before money is spent: calls, time, and the most that it can cost."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.building import AUTHOR, trial
from tests.runs import scenes
from workbench.domain.calls import Parameters
from workbench.domain.connections import LOCAL, Connection
from workbench.domain.datasets import Case
from workbench.domain.experiments import Experiment
from workbench.domain.prompts import Variant
from workbench.models import prices
from workbench.runs import planning, pointing
from workbench.runs.forecast import forecast
from workbench.store.store import Store

URL = "http://127.0.0.1:9/v1"
PER_TOKEN = 1_000_000.0
"""USD per million tokens, so that a token costs one dollar."""


@pytest.fixture
def planned(store: Store) -> Experiment:
    """Ten cases, two trials, one variant whose answers have at most 256 tokens."""
    found = scenes.experiment(store, URL, 10, trials=2, concurrency=4)
    fake = store.connections.named("Fake")
    store.connections.save(replace(fake, price_in=PER_TOKEN, price_out=PER_TOKEN))
    return found


def cases_of(store: Store, experiment: Experiment) -> list[Case]:
    return store.datasets.cases(experiment.dataset_version_id)


def answered(store: Store, experiment: Experiment, output_tokens: int, latency_ms: float) -> None:
    """One earlier answer of the same model."""
    run = store.runs.start(experiment.id, AUTHOR)
    call = store.trials.missing(experiment.id)[0]
    kept = replace(trial(run.id, call), latency_ms=latency_ms, output_tokens=output_tokens)
    store.trials.add([replace(kept, created_at=datetime.now(UTC))])


def test_the_most_it_costs_is_what_a_budget_reserves_for_the_same_calls(
    store: Store, planned: Experiment
) -> None:
    cases = cases_of(store, planned)
    found = forecast(store, planned.variants, cases, 2)
    price = prices.Price(PER_TOKEN, PER_TOKEN, "test")
    reserved = sum(
        planning.most_cost(price, asked)
        for asked in planning.requests(planned.variants, cases, store.attachments)
    )
    assert found.cost is not None
    assert found.cost[1] == pytest.approx(2 * reserved)


def test_the_most_it_costs_counts_every_byte_of_a_prompt_as_a_token(
    store: Store, planned: Experiment
) -> None:
    cases = [replace(c, variables={"text": "日本語" * 100}) for c in cases_of(store, planned)]
    found = forecast(store, planned.variants, cases, 1)
    assert found.cost is not None
    assert found.cost[1] > 10 * (900 + 256)


def test_it_likely_costs_a_token_per_four_letters_and_half_of_each_answers_limit(
    store: Store, planned: Experiment
) -> None:
    found = forecast(store, planned.variants, cases_of(store, planned), 2)
    prompt = prices.estimate_tokens("Answer." + "ping 000")
    assert found.cost is not None
    assert found.cost[0] == pytest.approx(20 * (prompt + 128))


def test_earlier_answers_of_the_model_say_how_long_and_how_large(
    store: Store, planned: Experiment
) -> None:
    answered(store, planned, output_tokens=10, latency_ms=500.0)
    found = forecast(store, planned.variants, cases_of(store, planned), 2)
    prompt = prices.estimate_tokens("Answer." + "ping 000")
    assert found.cost is not None
    assert found.cost[0] == pytest.approx(20 * (prompt + 10))
    assert found.seconds is not None
    assert found.seconds[0] == pytest.approx(20 * 0.5 / 4)
    assert found.basis == "from 1 earlier answer of these models"


def test_at_most_it_takes_as_long_as_answers_at_their_limit(
    store: Store, planned: Experiment
) -> None:
    answered(store, planned, output_tokens=64, latency_ms=500.0)
    found = forecast(store, planned.variants, cases_of(store, planned), 2)
    assert found.seconds is not None
    assert found.seconds[1] == pytest.approx(found.seconds[0] * 256 / 64)


def test_calls_are_variants_times_cases_times_trials(store: Store, planned: Experiment) -> None:
    (variant,) = planned.variants
    other = store.variants.save(variant.prompt, "Fake", "fake-1", Parameters(temperature=0.0))
    found = forecast(store, (variant, other), cases_of(store, planned), 3)
    assert found.calls == 2 * 10 * 3


def test_variants_of_one_connection_share_its_lane_and_others_run_beside(
    store: Store, planned: Experiment
) -> None:
    (variant,) = planned.variants
    cases = cases_of(store, planned)
    answered(store, planned, output_tokens=64, latency_ms=500.0)
    one = likely_s(store, (variant,), cases)
    shared = store.variants.save(variant.prompt, "Fake", "fake-1", Parameters(temperature=0.0))
    assert likely_s(store, (variant, shared), cases) == pytest.approx(2 * one)
    store.connections.add(Connection("Other", URL, ("fake-1",), concurrency=4))
    apart = store.variants.save(variant.prompt, "Other", "fake-1", Parameters())
    elsewhere = store.experiments.add(
        planned.feature_id,
        replace(pointing.same_plan(store, planned), variant_ids=(apart.id,)),
        AUTHOR,
    )
    answered(store, elsewhere, output_tokens=64, latency_ms=500.0)
    assert likely_s(store, (variant, apart), cases) == pytest.approx(one)


def likely_s(store: Store, variants: tuple[Variant, ...], cases: list[Case]) -> float:
    """Seconds that asking them once will likely take."""
    found = forecast(store, variants, cases, 1).seconds
    assert found is not None
    return found[0]


def test_one_unknown_price_leaves_the_whole_cost_unknown(store: Store, planned: Experiment) -> None:
    (variant,) = planned.variants
    store.connections.add(Connection("Other", URL, ("nobody-knows",)))
    other = store.variants.save(variant.prompt, "Other", "nobody-knows", Parameters())
    assert forecast(store, (variant, other), cases_of(store, planned), 1).cost is None


def test_of_very_many_cases_some_are_measured_evenly_and_that_is_said(
    store: Store, planned: Experiment
) -> None:
    short, long = cases_of(store, planned)[:2]
    long = replace(long, variables={"text": "x" * 4000})
    found = forecast(store, planned.variants, [short] * 12_000 + [long] * 12_000, 1)
    assert found.cost is not None
    assert found.cost[1] / 24_000 == pytest.approx(2_000 + 256, rel=0.1)
    assert "one case in 3" in found.basis


def test_several_variants_cost_their_sum_and_count_all_that_was_answered(
    store: Store, planned: Experiment
) -> None:
    (variant,) = planned.variants
    cases = cases_of(store, planned)
    store.connections.add(Connection("Other", URL, ("m-2",), price_in=PER_TOKEN, price_out=0.0))
    other = store.variants.save(variant.prompt, "Other", "m-2", Parameters())
    answered(store, planned, output_tokens=64, latency_ms=500.0)
    one, two = (forecast(store, (v,), cases, 1) for v in (variant, other))
    both = forecast(store, (variant, other), cases, 1)
    assert one.cost is not None
    assert two.cost is not None
    assert both.cost == pytest.approx((one.cost[0] + two.cost[0], one.cost[1] + two.cost[1]))
    assert one.cost[0] < one.cost[1]
    assert both.basis == "from 1 earlier answer of these models"
    assert forecast(store, (other, variant), cases, 1).basis == both.basis


def test_the_local_model_costs_nothing_and_its_pace_is_that_of_its_answers_here(
    store: Store, planned: Experiment
) -> None:
    (variant,) = planned.variants
    local = store.variants.save(
        variant.prompt, LOCAL.name, LOCAL.models[0], Parameters(max_tokens=200)
    )
    found = forecast(store, (local,), cases_of(store, planned), 1)
    assert (found.seconds, found.cost) == (None, (0.0, 0.0))


def test_of_an_endpoint_that_never_answered_no_time_is_promised(
    store: Store, planned: Experiment
) -> None:
    found = forecast(store, planned.variants, cases_of(store, planned), 1)
    assert found.seconds is None
    assert found.basis.startswith("from the length of the prompts")


def test_one_model_that_never_answered_leaves_the_whole_time_unknown(
    store: Store, planned: Experiment
) -> None:
    (variant,) = planned.variants
    answered(store, planned, output_tokens=64, latency_ms=500.0)
    store.connections.add(Connection("Other", URL, ("m-2",)))
    other = store.variants.save(variant.prompt, "Other", "m-2", Parameters())
    cases = cases_of(store, planned)
    assert forecast(store, (variant,), cases, 1).seconds is not None
    assert forecast(store, (variant, other), cases, 1).seconds is None


def test_a_plan_without_a_case_takes_nothing(store: Store, planned: Experiment) -> None:
    found = forecast(store, planned.variants, [], 3)
    assert (found.calls, found.seconds, found.cost) == (0, (0.0, 0.0), (0.0, 0.0))

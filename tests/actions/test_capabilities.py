"""Trying capability packs: what it will take, what it may cost, and what is kept of it."""

from dataclasses import replace
from typing import Any

import pytest

from tests.actions.scenes import MIRA, PATIENCE_S, counts
from tests.faults import endpoint as faults
from workbench.actions import capabilities, packs
from workbench.actions.packs import Offered
from workbench.domain.connections import Connection
from workbench.domain.experiments import RunState
from workbench.errors import InputError
from workbench.evidence import capabilities as found_capabilities
from workbench.runs.jobs import Jobs
from workbench.store.store import Store

MODELS = (("Ours", "m"),)


def yes(_: dict[str, Any]) -> str:
    return "yes"


def offered(store: Store, *names: str) -> list[Offered]:
    by_key = {one.pack.key: one for one in packs.offered(store)}
    return [by_key[name] for name in names]


def connected(store: Store, server: faults.Endpoint, price: float | None = None) -> None:
    store.connections.add(
        Connection("Ours", server.base_url, ("m",), price_in=price, price_out=price)
    )


def test_what_it_takes_is_said_before_anything_is_kept(store: Store) -> None:
    with faults.serve(reply=yes) as server:
        connected(store, server, price=1.0)
        before = counts(store)
        names = ("robust-to-wording", "consistent-over-repeats")
        expected = capabilities.expected(store, offered(store, *names), MODELS, 1)
        # The pack about repeats asks three times by itself.
        assert (expected.calls, expected.to_ask) == (60 + 3 * 22, 60 + 3 * 22)
        assert expected.cost is not None
        assert 0 < expected.cost[0] <= expected.cost[1]
        assert sum(expected.most_costs) == pytest.approx(expected.cost[1])
        assert expected.seconds is None
        assert counts(store) == before
        assert server.requests == 0


def test_packs_run_in_the_background_and_what_was_answered_is_not_counted_again(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(reply=yes) as server:
        connected(store, server)
        chosen = offered(store, "robust-to-wording", "word-limit")
        started = capabilities.start(store, jobs, MIRA, chosen, MODELS)
        assert all(jobs.wait(experiment.id, PATIENCE_S) for experiment in started)
        assert server.requests == 82
        again = offered(store, "robust-to-wording", "word-limit")
        assert capabilities.expected(store, again, MODELS, 1).to_ask == 0
        capabilities.start(store, jobs, MIRA, again, MODELS)
        assert server.requests == 82
    assert store.features.all() == []
    (pack, _) = store.packs.all()
    rows = found_capabilities.of_pack(store, pack)
    assert {row.row.estimate.n_trials for row in rows} == {15}
    assert all(row.mean_latency_ms and row.cost is None for row in rows)


def test_the_budget_of_all_packs_together_is_kept(store: Store, jobs: Jobs) -> None:
    with faults.serve(reply=yes) as server:
        connected(store, server, price=1000.0)
        chosen = offered(store, "robust-to-wording", "word-limit")
        whole = capabilities.expected(store, chosen, MODELS, 1).cost
        assert whole is not None
        budget = whole[1] * 0.03
        started = capabilities.start(store, jobs, MIRA, chosen, MODELS, usd=budget)
        assert all(jobs.wait(experiment.id, PATIENCE_S) for experiment in started)
        assert 0 < server.requests < 82
    runs = [store.runs.latest(experiment.id) for experiment in started]
    assert [run.state for run in runs if run] == [RunState.STOPPED] * 2
    assert sum(store.attempts.spent(run.id).usd for run in runs if run) <= budget


def test_what_has_no_price_starts_nothing_under_a_budget(store: Store, jobs: Jobs) -> None:
    with faults.serve(reply=yes) as server:
        connected(store, server)
        chosen = offered(store, "robust-to-wording", "word-limit")
        with pytest.raises(InputError, match="price"):
            capabilities.start(store, jobs, MIRA, chosen, MODELS, usd=1.0)
        assert server.requests == 0
    assert store.packs.all() == []
    assert store.features.every() == []


def test_two_models_are_asked_the_same_with_the_pack_s_own_parameters(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(reply=yes) as server:
        connected(store, server)
        models = (("Ours", "m"), ("Ours", "other"))
        (experiment,) = capabilities.start(
            store, jobs, MIRA, offered(store, "robust-to-wording"), models
        )
        assert jobs.wait(experiment.id, PATIENCE_S)
        assert server.requests == 120
        assert server.last_body["max_tokens"] == 8
    first, second = experiment.variants
    assert first.parameters == second.parameters
    assert replace(first, id=second.id, label=second.label, model="other") == second


def test_without_a_model_nothing_is_set_up(store: Store, jobs: Jobs) -> None:
    with pytest.raises(InputError, match="No model"):
        capabilities.start(store, jobs, MIRA, offered(store, "word-limit"), ())
    assert store.packs.all() == []

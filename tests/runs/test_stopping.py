"""What ends a run, and what is about one case only."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.faults import endpoint as faults
from tests.faults.endpoint import completion, http
from tests.runs import scenes
from tests.runs.test_jobs import run
from workbench.domain.experiments import RunState
from workbench.domain.trials import Ending
from workbench.errors import CallFailure
from workbench.evidence import verdicts
from workbench.runs.jobs import Jobs
from workbench.store.store import Store

Canned = Callable[[dict[str, Any]], bytes]
FORBIDDEN = http(json.dumps({"error": {"message": "no access"}}), 403)


def answers(replies: dict[str, bytes]) -> Canned:
    """A server that says these things of the cases with these numbers, and “pong” of others."""

    def reply(body: dict[str, Any]) -> bytes:
        asked = str(body["messages"][-1]["content"]).removeprefix("ping ")
        return replies.get(asked, http(completion("pong")))

    return reply


def refusal(status: int, message: str, **more: Any) -> bytes:
    return http(json.dumps({"error": {"message": message, **more}}), status)


ONE_CASE: dict[str, tuple[bytes, CallFailure]] = {
    "an input that was flagged": (
        refusal(403, "Flagged", metadata={"reasons": ["violence"]}),
        CallFailure.FILTERED,
    ),
    "an input that is too long": (
        refusal(400, "Too long", code="context_length_exceeded"),
        CallFailure.TOO_LONG,
    ),
    "an input that is refused without a reason": (FORBIDDEN, CallFailure.AUTHENTICATION),
    "an input that has no route": (
        refusal(404, "No endpoints found"),
        CallFailure.UNKNOWN_MODEL,
    ),
    "an input that asks for more than is left": (
        refusal(402, "This one needs more credits"),
        CallFailure.QUOTA,
    ),
    "a filter on the answer": (
        http(completion("The ref", "content_filter")),
        CallFailure.FILTERED,
    ),
}


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize(("raw", "failure"), ONE_CASE.values(), ids=ONE_CASE)
def test_one_case_that_fails_does_not_end_the_run(
    store: Store, jobs: Jobs, raw: bytes, failure: CallFailure, concurrency: int
) -> None:
    with faults.serve(canned=answers({"003": raw})) as server:
        experiment = scenes.experiment(store, server.base_url, 8, concurrency=concurrency)
        ended = run(store, jobs, experiment)
    assert (ended.state, ended.message) == (RunState.FINISHED, "")
    trials = store.trials.of_experiment(experiment.id)
    assert [t.failure for t in trials if t.failure] == [failure]
    assert sum(t.is_output for t in trials) == 7
    assert server.requests == 8


def test_a_few_refused_inputs_among_answers_do_not_end_the_run(store: Store, jobs: Jobs) -> None:
    refused = {f"{n:03d}": FORBIDDEN for n in (1, 2, 3, 4)}
    with faults.serve(canned=answers(refused)) as server:
        experiment = scenes.experiment(store, server.base_url, 40, concurrency=4)
        ended = run(store, jobs, experiment)
    assert (ended.state, ended.message) == (RunState.FINISHED, "")
    progress = store.reports.progress.of(experiment.id)
    assert (progress.outputs, progress.failed) == (36, 4)


@pytest.mark.parametrize(
    "raw",
    [
        refusal(401, "Incorrect API key"),
        refusal(404, "no such model", code="model_not_found"),
        refusal(429, "You exceeded it", code="insufficient_quota"),
        http("", 307, more="Location: http://127.0.0.1:1/v1\r\n"),
        FORBIDDEN,
    ],
)
def test_what_a_second_case_meets_too_ends_the_run_and_is_no_result(
    store: Store, jobs: Jobs, raw: bytes
) -> None:
    with faults.serve(canned=lambda body: raw) as server:
        experiment = scenes.experiment(store, server.base_url, 40, concurrency=1)
        ended = run(store, jobs, experiment)
    assert ended.state is RunState.FAILED
    assert ended.message
    assert server.requests == 2
    assert store.trials.of_experiment(experiment.id) == []


def test_no_more_than_what_is_in_flight_is_sent_once_the_first_was_refused(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve("unauthorized", latency_s=0.05) as server:
        experiment = scenes.experiment(store, server.base_url, 40, concurrency=4)
        assert run(store, jobs, experiment).state is RunState.FAILED
    assert server.requests <= 4


def test_a_case_that_is_asked_often_is_one_case(store: Store, jobs: Jobs) -> None:
    with faults.serve(canned=answers({"003": FORBIDDEN})) as server:
        experiment = scenes.experiment(store, server.base_url, 8, trials=6, concurrency=4)
        ended = run(store, jobs, experiment)
    assert (ended.state, ended.message) == (RunState.FINISHED, "")
    progress = store.reports.progress.of(experiment.id)
    assert (progress.outputs, progress.failed) == (42, 6)


def test_a_plan_of_one_case_ends_on_its_own(store: Store, jobs: Jobs) -> None:
    with faults.serve("unauthorized") as server:
        experiment = scenes.experiment(store, server.base_url, 1, trials=9, concurrency=1)
        ended = run(store, jobs, experiment)
    assert (ended.state, server.requests) == (RunState.FAILED, 1)
    assert store.trials.of_experiment(experiment.id) == []


def test_a_quota_that_runs_out_on_the_way_ends_the_run_and_the_rest_can_be_asked(
    store: Store, jobs: Jobs
) -> None:
    script = ["ok"] * 5 + ["quota"] * 5 + ["ok"]
    with faults.serve(script) as server:
        experiment = scenes.experiment(store, server.base_url, 20, concurrency=1)
        first = run(store, jobs, experiment)
        assert (first.state, server.requests) == (RunState.FAILED, 10)
        again = run(store, jobs, experiment)
    assert again.state is RunState.FINISHED
    progress = store.reports.progress.of(experiment.id)
    assert (progress.outputs, progress.failed) == (20, 0)


def test_a_last_call_that_is_refused_is_a_result_where_others_were_answered(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(["ok"] * 7 + ["unauthorized"]) as server:
        experiment = scenes.experiment(store, server.base_url, 8, concurrency=1)
        ended = run(store, jobs, experiment)
    assert (ended.state, ended.message) == (RunState.FINISHED, "")
    assert store.reports.progress.of(experiment.id).failed == 1


def test_a_rate_limit_that_speaks_of_billing_is_waited_for(store: Store, jobs: Jobs) -> None:
    limited = http(
        json.dumps({"error": {"message": "Slow down; see billing to raise your quota"}}),
        429,
        more="Retry-After: 0\r\n",
    )
    replies = iter([limited, limited])
    with faults.serve(canned=lambda body: next(replies, http(completion("pong")))) as server:
        experiment = scenes.experiment(store, server.base_url, 2, concurrency=1)
        ended = run(store, jobs, experiment)
    assert (ended.state, ended.message) == (RunState.FINISHED, "")
    assert store.reports.progress.of(experiment.id).outputs == 2


def test_an_answer_that_breaks_off_is_asked_again(store: Store, jobs: Jobs) -> None:
    replies = iter([http(completion("po", "error")), http(completion("po", "abort"))])
    with faults.serve(canned=lambda body: next(replies, http(completion("pong")))) as server:
        experiment = scenes.experiment(store, server.base_url, 1)
        run(store, jobs, experiment)
    (trial,) = store.trials.of_experiment(experiment.id)
    assert (trial.output, trial.attempts, trial.partial) == ("pong", 3, "")


def test_a_filter_costs_what_was_asked_for_and_is_not_asked_again(store: Store, jobs: Jobs) -> None:
    with faults.serve(canned=lambda body: http(completion("po", "content_filter"))) as server:
        experiment = scenes.priced(store, server.base_url, 2)
        ended = run(store, jobs, experiment)
        assert server.requests == 2
    assert store.attempts.spent(ended.id).usd == pytest.approx(2.0, rel=0.01)


def test_every_end_is_kept_shown_apart_and_counted(store: Store, jobs: Jobs) -> None:
    replies = {
        "001": http(completion("pong, sen", "content_filter")),
        "002": http(completion(None, refusal="I can't help with pong.")),
        "003": http(completion("pong and", "MAX_TOKENS")),
        "004": http(completion("pong", None)),
        "005": refusal(400, "no seeds here", param="seed"),
    }
    with faults.serve(canned=answers(replies)) as server:
        experiment = scenes.experiment(store, server.base_url, 6)
        run(store, jobs, experiment)
    trials = store.trials.of_experiment(experiment.id)
    assert [trial.ending for trial in trials] == [
        Ending.COMPLETE, Ending.FILTERED, Ending.REFUSED, Ending.CUT, Ending.COMPLETE,
        Ending.FAILED,
    ]  # fmt: skip
    assert [trial.output for trial in trials] == [
        "pong", None, "I can't help with pong.", "pong and", "pong", None,
    ]  # fmt: skip
    assert trials[1].partial == "pong, sen"
    assert [trial.is_ending_stated for trial in trials if trial.output == "pong"] == [True, False]
    assert store.trials.get(trials[1].id).partial == "pong, sen"
    assert store.scores.of_trial(trials[1].id) == []
    found = {
        (one.ending, one.is_output): one.trials for one in store.tallies.endings(experiment.id)
    }
    assert found == {
        (Ending.FILTERED, False): 1,
        (Ending.REFUSED, True): 1,
        (Ending.CUT, True): 1,
        (Ending.FAILED, False): 1,
    }
    (verdict,) = verdicts.of_experiment(store, experiment)
    assert verdict.estimate.n_unscored == 2
    assert verdict.warnings == ("1 of 4 answers was cut off at the token limit",)

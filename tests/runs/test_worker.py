"""A flood of calls is made by a process of its own, by the same rules."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest

from tests.faults import endpoint as faults
from workbench.domain.calls import Answer, Parameters, Request
from workbench.domain.connections import Connection
from workbench.domain.conversations import Message
from workbench.domain.trials import PlannedCall
from workbench.errors import CallFailure, ModelError
from workbench.runs.call import Call
from workbench.runs.worker_clients import WorkerProcess

Ask = Callable[[], Awaitable[Answer]]


def through_a_worker(
    server: faults.Endpoint, said: Callable[[WorkerProcess, Ask], Awaitable[object]]
) -> object:
    """Let a coroutine ask the fault server through a worker process."""
    connection = Connection("Fake", server.base_url, timeout_s=5.0)
    asked = Request("fake-1", (Message("user", "pïng\n“quoted”"),), Parameters(seed=3))
    call = Call(PlannedCall(uuid4(), uuid4(), 1), "Fake", asked, 10, None)

    async def run() -> object:
        worker = WorkerProcess()
        try:
            await worker.wake()
            return await said(worker, lambda: worker.ask(connection, call))
        finally:
            await worker.close()

    return asyncio.run(run())


def test_many_calls_are_answered_at_once_and_arrive_as_they_were_asked() -> None:
    async def many(worker: WorkerProcess, ask: Ask) -> list[Answer]:
        return await asyncio.gather(*[ask() for _ in range(40)])

    with faults.serve(text="pöng\n{}", together=40) as server:
        answers = through_a_worker(server, many)
        assert server.last_body["messages"] == [{"role": "user", "content": "pïng\n“quoted”"}]
        assert server.last_body["seed"] == 3
        assert server.peak == 40
    assert isinstance(answers, list)
    assert {answer.text for answer in answers} == {"pöng\n{}"}


def test_a_failure_arrives_with_its_reason_and_the_wait_that_the_server_wishes() -> None:
    async def once(worker: WorkerProcess, ask: Ask) -> None:
        await ask()

    with faults.serve("rate_limit") as server, pytest.raises(ModelError) as caught:
        through_a_worker(server, once)
    assert (caught.value.failure, caught.value.retry_after) == (CallFailure.RATE_LIMIT, 1.0)


def test_a_worker_that_dies_fails_its_calls_and_is_started_again() -> None:
    async def killed(worker: WorkerProcess, ask: Ask) -> str:
        await ask()
        assert worker._process is not None
        hanging = asyncio.ensure_future(ask())
        while not server.open_requests:
            await asyncio.sleep(0.01)
        os.kill(worker._process.pid, signal.SIGKILL)
        with pytest.raises(ModelError, match="process that makes the calls ended"):
            await hanging
        assert not worker.is_awake
        await worker.wake()
        return (await ask()).text

    with faults.serve(["ok", "hang", "ok"]) as server:
        assert through_a_worker(server, killed) == "pong"


def test_a_cancelled_call_is_cancelled_there_too() -> None:
    async def cancelled(worker: WorkerProcess, ask: Ask) -> str:
        hanging = asyncio.ensure_future(ask())
        while not server.open_requests:
            await asyncio.sleep(0.01)
        hanging.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hanging
        return (await ask()).text

    with faults.serve(["hang", "ok"]) as server:
        assert through_a_worker(server, cancelled) == "pong"


def test_a_failure_arrives_with_what_the_answer_had_been_and_what_it_may_cost() -> None:
    async def once(worker: WorkerProcess, ask: Ask) -> None:
        await ask()

    stopped = faults.http(faults.completion("The refund is", "content_filter"))
    with faults.serve(canned=lambda body: stopped) as server, pytest.raises(ModelError) as caught:
        through_a_worker(server, once)
    assert (caught.value.failure, caught.value.partial) == (CallFailure.FILTERED, "The refund is")
    assert caught.value.may_be_billed


def test_an_answer_arrives_with_its_mark_of_a_refusal() -> None:
    async def once(worker: WorkerProcess, ask: Ask) -> Answer:
        return await ask()

    with faults.serve("refusal") as server:
        answer = through_a_worker(server, once)
    assert isinstance(answer, Answer)
    assert answer.is_refusal


def test_a_connection_that_moves_gets_no_call_that_was_to_go_elsewhere() -> None:
    asked = Request("fake-1", (Message("user", "Hello"),))
    call = Call(PlannedCall(uuid4(), uuid4(), 1), "Fake", asked, 10, None)
    with faults.serve(text="here") as here, faults.serve(text="there") as there:
        places = [Connection("Fake", server.base_url, timeout_s=30.0) for server in (here, there)]

        async def run() -> list[Answer]:
            worker = WorkerProcess()
            try:
                await worker.wake()
                # Both at once, in turns: the second is met before the first has been sent.
                calls = [worker.ask(places[n % 2], call) for n in range(20)]
                return await asyncio.gather(*calls)
            finally:
                await worker.close()

        said = [answer.text for answer in asyncio.run(run())]
    assert said == ["here", "there"] * 10

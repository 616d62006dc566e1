"""Ask many calls at once: bounded, patient, stoppable. Knows neither the store nor threads."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from workbench.domain.calls import Answer, Request
from workbench.domain.trials import PlannedCall
from workbench.errors import CallFailure, ModelError

_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 30.0
_LONGEST_WISH_S = 120.0


@dataclass(frozen=True)
class Call:
    """A planned call, ready to be asked. `lane` is the connection that it goes through."""

    planned: PlannedCall
    lane: str
    request: Request


@dataclass(frozen=True)
class Result:
    """How a call ended: an answer or an error, after how many requests."""

    call: Call
    ended: Answer | ModelError
    attempts: int
    started_at: datetime


@dataclass
class Control:
    """The way to stop a run from outside its loop; `is_set` is looked at before every call."""

    stop: asyncio.Event

    def is_stopped(self) -> bool:
        """Whether no further call may start."""
        return self.stop.is_set()


Ask = Callable[[Call], Awaitable[Answer]]


async def run(
    calls: Iterable[Call],
    ask: Ask,
    record: Callable[[Result], None],
    *,
    concurrency: Mapping[str, int],
    control: Control,
    attempts: int = 4,
) -> ModelError | None:
    """Ask every call, `concurrency` of each lane at once, and `record` each result as it ends.

    A call that fails in passing is asked again, up to `attempts` requests, after a growing wait or
    the wait that the server wishes. A failure that every other call would meet too (a wrong key,
    an unknown model, an empty account) ends the run at once and is returned. A stop lets calls in
    flight finish and leaves the rest unasked.
    """
    lanes: dict[str, list[Call]] = {}
    for call in calls:
        lanes.setdefault(call.lane, []).append(call)
    fatal: list[ModelError] = []

    async def work(queue: Iterator[Call]) -> None:
        for call in queue:
            if control.is_stopped() or fatal:
                return
            result = await _patiently(call, ask, control, attempts)
            if result is None:
                return
            if isinstance(result.ended, ModelError) and result.ended.failure.stops_the_run:
                # Not recorded: nothing was learned about this case, and it will be asked again.
                fatal.append(result.ended)
                return
            record(result)

    async with asyncio.TaskGroup() as group:
        for lane, waiting in lanes.items():
            queue = iter(waiting)
            for _ in range(min(max(1, concurrency.get(lane, 1)), len(waiting))):
                group.create_task(work(queue))
    return fatal[0] if fatal else None


async def _patiently(call: Call, ask: Ask, control: Control, attempts: int) -> Result | None:
    """The call's result after as many requests as it takes; None when a stop cut the waiting."""
    started_at = datetime.now(UTC)
    attempt = 1
    while True:
        try:
            answer = await ask(call)
        except ModelError as error:
            wait = _wait_s(error, attempt)
            if not error.failure.is_retryable or attempt >= attempts or wait is None:
                return Result(call, error, attempt, started_at)
            if await _stopped_within(control, wait):
                return None
            attempt += 1
        else:
            return Result(call, answer, attempt, started_at)


def _wait_s(error: ModelError, attempt: int) -> float | None:
    """Seconds until the next request; None when the server wishes for more than is sensible."""
    if error.retry_after is not None:
        return error.retry_after if error.retry_after <= _LONGEST_WISH_S else None
    # Full jitter, so that many calls refused together do not come back together.
    longest = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2**attempt)
    if error.failure is CallFailure.RATE_LIMIT:
        return random.uniform(longest / 2, longest)
    return random.uniform(0, longest)


async def _stopped_within(control: Control, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await control.stop.wait()
    except TimeoutError:
        return False
    return True

"""Ask many calls at once: written down first, bounded, patient, stoppable. Knows no store."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import islice
from uuid import UUID

from workbench.domain import clock
from workbench.domain.calls import Answer
from workbench.domain.trials import Attempt, FailedAttempt
from workbench.errors import CallFailure, ModelError
from workbench.runs.ahead import Pace, Ready
from workbench.runs.budget import Purse
from workbench.runs.call import Book, Call, Result
from workbench.runs.courtesy import Courtesy
from workbench.runs.lanes import ConnectionLane
from workbench.runs.manners import Manners
from workbench.runs.patience import LONGEST_WISH_S, Doubts, may_concern_all, wait_s
from workbench.runs.set_aside import SetAside
from workbench.runs.simulated import listening
from workbench.store.keys import new_id

_FEW = 16


@dataclass(eq=False)
class Control:
    """How a run is steered from outside its loop's tasks, within its loop."""

    priority: int = 0
    going: asyncio.Event = field(default_factory=asyncio.Event)
    why: str = ""
    is_fatal: bool = False
    is_ended: bool = False
    _feeders: set[asyncio.Task[None]] = field(default_factory=set)
    _idle: set[asyncio.Task[None]] = field(default_factory=set)
    _asking: set[asyncio.Task[None]] = field(default_factory=set)

    def end(self, why: str, *, is_fatal: bool = False, cancel: bool = False) -> None:
        """Start no further request. Those in flight finish, or are cancelled with `cancel`."""
        if not self.is_ended:
            self.is_ended, self.why, self.is_fatal = True, why, is_fatal
        for task in (*self._feeders, *self._idle, *(self._asking if cancel else ())):
            task.cancel()


class Runner:
    """One run: its calls, how each is asked, and what is done with what comes back."""

    def __init__(
        self,
        run_id: UUID,
        ask: Callable[[Call], Awaitable[Answer]],
        cost: Callable[[Call, Answer], float | None],
        book: Book,
        lanes: Mapping[str, ConnectionLane],
        purse: Purse,
        control: Control,
        courtesy: Courtesy,
        attempts: int = 4,
        *,
        manners: Manners,
        is_single_case: bool = False,
        follow: Callable[[Result], Call | None] = lambda _: None,
    ) -> None:
        self._run_id = run_id
        self._ask = listening(ask)
        self._cost = cost
        self._follow = follow
        self._book = book
        self._lanes = lanes
        self._purse = purse
        self._control = control
        self._courtesy = courtesy
        self._attempts = attempts
        self._manners = manners
        self._doubts = Doubts(is_single=is_single_case)
        self._set_aside = SetAside(purse)

    async def run(self, calls: Mapping[str, Iterable[Call]]) -> None:
        """Ask every call of each lane; returns when the last has ended. `control` says why.

        A call that fails in passing is asked again, after a growing wait or the wait that the
        server wishes. A failure that every other call may meet too (a wrong key, an unknown model,
        an empty account) ends the run when a second case has met it (see `Doubts`). Nothing is
        sent that was not written down before, and nothing that a budget has no room for.
        """
        try:
            async with asyncio.TaskGroup() as group:
                for name, waiting in calls.items():
                    feeder = group.create_task(self._feed(group, self._lanes[name], iter(waiting)))
                    self._control._feeders.add(feeder)
                if self._control.is_ended:
                    self._control.end("")
            if not self._control.is_ended:
                results, error = self._doubts.left()
                self._keep(results)
                if error is not None:
                    self._give_up(error)
        except BaseExceptionGroup as errors:
            # One task's failure has cancelled the others; the first is the one to tell.
            raise errors.exceptions[0] from None
        finally:
            await self._manners.settled()
            for attempt in self._set_aside.drain():
                self._fail(attempt, CallFailure.UNSENT, "The run ended before it was sent.", 0.0)

    async def _feed(
        self, group: asyncio.TaskGroup, lane: ConnectionLane, calls: Iterator[Call]
    ) -> None:
        """Send the calls of one lane, in order; while some are sent the next are written down."""
        ready = Ready()
        writer = group.create_task(self._write_ahead(lane, calls, ready))
        self._control._feeders.add(writer)
        room = asyncio.Semaphore(2 * lane.window.most)
        while (item := await ready.take()) is not None:
            call, attempt = item
            await room.acquire()
            if not await self._funded_turn(lane, call, attempt):
                return
            task = group.create_task(self._see_through(lane, call, attempt))
            self._control._asking.add(task)
            task.add_done_callback(partial(self._forget, lane, attempt, room))

    def _forget(
        self,
        lane: ConnectionLane,
        attempt: Attempt,
        room: asyncio.Semaphore,
        task: asyncio.Task[None],
    ) -> None:
        room.release()
        self._control._asking.discard(task)
        self._control._idle.discard(task)
        if task.cancelled() and attempt in self._set_aside:
            lane.leave()  # It was cancelled before its first step, and had entered already.

    async def _write_ahead(self, lane: ConnectionLane, calls: Iterator[Call], ready: Ready) -> None:
        loop = asyncio.get_running_loop()
        pending: deque[Call] = deque()
        pace, ahead = Pace(), lane.window.now
        while True:
            started_at = loop.time()
            pending += islice(calls, max(0, ahead - len(pending)))
            if not pending:
                break
            begun: list[tuple[Call, Attempt]] = []
            # What was given back comes first: it is ahead in the line.
            while (
                pending
                and not self._set_aside.is_short
                and self._purse.reserve(pending[0].most_cost)
            ):
                call = pending.popleft()
                begun.append((call, self._attempt(call, 1)))
            self._set_aside.add(begun)
            if begun:
                await self._book.begin([attempt for _, attempt in begun])
            elif not await self._purse.changed(pending[0].most_cost):
                self._control.end(self._purse.full(pending[0].most_cost))
                return
            ready.put(begun)
            await ready.is_at_most(len(begun))
            ahead = pace.next(len(begun), lane.window.now, loop.time() - started_at)
        ready.put([None])

    async def _turn(self, lane: ConnectionLane, call: Call) -> None:
        """Wait until a request may be sent: not paused, the store well, the lane free."""
        await self._manners.turn(call)
        while True:
            while not self._control.going.is_set() or self._book.trouble:
                await self._control.going.wait()
                if self._book.trouble:
                    await asyncio.sleep(0.1)
            await self._courtesy.give_way()
            await self._doubts.settled(call.way)
            await lane.enter(self._control.priority, call.tokens)
            is_free = self._doubts.is_settled(call.way)
            if is_free and self._control.going.is_set() and not self._book.trouble:
                return
            lane.leave()  # It was paused, or came in doubt, while this waited for its turn.

    async def _funded_turn(self, lane: ConnectionLane, call: Call, attempt: Attempt) -> bool:
        """Wait until a request may be sent and its cost is still set aside. False where a budget
        that was lowered meanwhile ends the run."""
        while True:
            if self._set_aside.lacks(attempt):
                if not await self._reserved(call):
                    return False
                self._set_aside.funded(attempt)
            await self._turn(lane, call)
            self._set_aside.give_back()
            if not self._set_aside.lacks(attempt):
                return True
            lane.leave()

    async def _reserved(self, call: Call) -> bool:
        """Wait until there is room for a call. False where there will be none: the run ends."""
        while not self._purse.reserve(call.most_cost):
            if not await self._purse.changed(call.most_cost):
                self._control.end(self._purse.full(call.most_cost))
                return False
        return True

    async def _see_through(self, lane: ConnectionLane, call: Call, attempt: Attempt) -> None:
        """Ask a call, in a lane that was entered, until it has ended for good; and those that its
        trial goes on with."""
        task = asyncio.current_task()
        assert task is not None
        lessons, before = 0, 0
        while True:
            started_at = clock.now()
            asked = self._manners.shaped(call)
            ended = await self._once(lane, call, asked, attempt, started_at)
            if ended is None or (isinstance(ended, Call) and self._control.is_ended):
                return
            if isinstance(ended, Call):
                call, lane = ended, self._lanes[ended.lane]
                lessons, before = 0, attempt.attempt
                again = await self._again(task, lane, call, attempt, 0.0)
                if again is None:
                    return
                attempt = again
                continue
            error = ended
            is_taught = self._manners.learnt(asked, error, lessons)
            lessons += is_taught
            result = Result(call, error, attempt, started_at)
            if may_concern_all(error):
                # No result yet: whether it says anything of this case, others will show.
                self._doubts.suspected(call.way, result)
            else:
                self._keep(self._doubts.met_another(call.way, error))
            if (why := self._doubts.decided(call.way)) is not None:
                self._give_up(why)
                return
            if may_concern_all(error):
                return
            tries = attempt.attempt - before - lessons
            if not is_taught and (not error.failure.is_retryable or tries >= self._attempts):
                self._book.ended(result)
                return
            if self._control.is_ended:
                return
            wait = 0.0 if is_taught else wait_s(error, tries)
            again = await self._again(task, lane, call, attempt, wait)
            if again is None:
                return
            attempt = again

    async def _again(
        self, task: asyncio.Task[None], lane: ConnectionLane, call: Call, last: Attempt, wait: float
    ) -> Attempt | None:
        """The next request of a trial, written down and in its lane; None where the run ends."""
        self._control._asking.discard(task)
        self._control._idle.add(task)
        await asyncio.sleep(wait)
        if not await self._reserved(call):
            return None
        attempt = self._attempt(call, last.attempt + 1)
        self._set_aside.add([(call, attempt)])
        await self._book.begin([attempt])
        if not await self._funded_turn(lane, call, attempt):
            return None
        self._control._idle.discard(task)
        self._control._asking.add(task)
        return attempt

    async def _once(
        self, lane: ConnectionLane, call: Call, asked: Call, attempt: Attempt, started_at: datetime
    ) -> ModelError | Call | None:
        """Send one request, the call as it is `asked`; the error that it ended in, the call that
        its trial goes on with, None when the answer that ends it is written down."""
        loop = asyncio.get_running_loop()
        self._set_aside.sent(attempt)
        self._doubts.sent(call.way)
        sent_at = loop.time()
        try:
            answer = await self._ask(asked)
        except ModelError as error:
            if error.failure in (CallFailure.RATE_LIMIT, CallFailure.TIMEOUT):
                lane.refused(sent_at, min(error.retry_after or 0.0, LONGEST_WISH_S))
            lane.leave()
            most = (call.most_cost or 0.0) if error.may_be_billed else 0.0
            self._purse.settle(call.most_cost, most)
            self._fail(attempt, error.failure, str(error), most)
            return error
        except asyncio.CancelledError:
            lane.leave()
            self._purse.settle(call.most_cost, None)
            said = "It was cancelled while it was in flight."
            self._fail(attempt, CallFailure.STOPPED, said, call.most_cost or 0.0)
            raise
        lane.window.went_well(loop.time() - sent_at)
        self._keep(self._doubts.answered(call.way))
        self._manners.answered(asked, answer)
        cost = self._cost(call, answer)
        self._purse.settle(call.most_cost, cost)
        result = Result(call, answer, attempt, started_at, cost)
        following = self._follow(result)
        if following is not None:
            result = replace(result, following=following)
        if lane.window.most > _FEW and following is None:
            lane.leave()
            self._book.ended(result)
            return None
        # With few calls at once, the next goes out when this answer is on disk: a crash can then
        # cost no more calls than were in flight. With many, commits would hold them up.
        try:
            await self._book.kept(result)
        finally:
            lane.leave()
        return following

    def _keep(self, results: Iterable[Result]) -> None:
        for result in results:
            self._book.ended(result)

    def _give_up(self, error: ModelError) -> None:
        waits = " Resume the run then." if not error.failure.stops_the_run else ""
        said = f"{error.message}{waits}" if waits else str(error)
        self._control.end(said, is_fatal=True)

    def _attempt(self, call: Call, number: int) -> Attempt:
        now = clock.now()
        return Attempt(new_id(), self._run_id, call.planned, number, call.most_cost, now)

    def _fail(self, attempt: Attempt, failure: CallFailure, message: str, most: float) -> None:
        ended = FailedAttempt(attempt.id, failure, message, most, clock.now())
        self._book.note_failed(ended)

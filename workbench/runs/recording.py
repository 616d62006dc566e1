"""Keep what is sent and what comes back: a writer thread that scores and commits as it arrives."""

import asyncio
import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from workbench.domain.calls import Answer
from workbench.domain.experiments import Experiment
from workbench.domain.judging import ControlAnswer, JudgeCall, PairControlAnswer
from workbench.domain.preferences import Preferred
from workbench.domain.scores import Score
from workbench.domain.transcripts import Turn
from workbench.domain.trials import Attempt, FailedAttempt, Trial
from workbench.errors import StoreUnavailable
from workbench.runs import following, simulated
from workbench.runs.call import Result
from workbench.runs.following import said_in
from workbench.runs.judge_plan import JudgePlan
from workbench.runs.planning import Planned
from workbench.runs.rescoring import scores_of
from workbench.store.store import Store
from workbench.store.turns import KeptTurn

_MOST_AT_ONCE = 2000
_GATHER_S = 0.25
_FLOOD, _STILL_FLOOD = 16, 48
_TRY_AGAIN_S = 1.0


@dataclass
class Batch:
    """What one commit holds."""

    begun: list[Attempt] = field(default_factory=list)
    promises: list[asyncio.Future[None]] = field(default_factory=list)
    failures: list[FailedAttempt] = field(default_factory=list)
    turns: list[KeptTurn] = field(default_factory=list)
    trials: list[Trial] = field(default_factory=list)
    scores: list[Score] = field(default_factory=list)
    judged: list[JudgeCall] = field(default_factory=list)
    controls: list[ControlAnswer] = field(default_factory=list)
    pair_controls: list[PairControlAnswer] = field(default_factory=list)
    preferred: list[Preferred] = field(default_factory=list)


class Recorder:
    """Takes what happens from the runner's loop without holding it up; used with `async with`.

    Each commit holds what arrived during the one before, so that a lone answer is kept at once;
    in a flood it waits a little for more. While the store can't be written to, `trouble` says why,
    nothing is lost, and it is tried again every second. `error` is set when the store refuses for
    good, or whatever else ends the writing; leaving the `with` raises it.
    """

    def __init__(
        self, store: Store, experiment: Experiment, planned: Planned | JudgePlan, run_id: UUID
    ) -> None:
        self._store = store
        self._planned = planned
        self._run_id = run_id
        self._feature_id = experiment.feature_id
        self._criteria = store.criteria.of_experiment(experiment)
        self._arrived: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name=f"record-{run_id}", daemon=True)
        self._loop = asyncio.get_running_loop()
        self._failed_for_good = self._loop.create_future()
        self._is_urgent = threading.Event()
        self._given_up = threading.Event()
        self.trouble = ""
        self.error: Exception | None = None

    async def __aenter__(self) -> "Recorder":
        self._thread.start()
        return self

    async def __aexit__(self, *raised: object) -> None:
        self._arrived.put(None)
        self._is_urgent.set()
        await asyncio.to_thread(self._thread.join)
        if self.error is not None and raised[1] is None:
            raise self.error

    async def begin(self, attempts: Sequence[Attempt]) -> None:
        """Write down what is about to be sent; returns when it is kept.

        Raises what ended the writing, if that has happened.
        """
        await self._promised(attempts)

    def note_failed(self, failed: FailedAttempt) -> None:
        """Write down a request that brought no output."""
        self._arrived.put(failed)

    def ended(self, result: Result) -> None:
        """Write down how a call ended."""
        self._arrived.put(result)

    async def kept(self, result: Result) -> None:
        """Write down how a call ended; returns when it is kept. Raises what ended the writing."""
        await self._promised(result)

    def unaskable(self, trial: Trial) -> None:
        """Write down a call that can't be asked at all."""
        self._arrived.put(trial)

    def give_up(self) -> None:
        """Wait for the store no longer: the process ends. What was not kept counts as lost."""
        self._given_up.set()

    async def _promised(self, item: Sequence[Attempt] | Result) -> None:
        kept: asyncio.Future[None] = self._loop.create_future()
        self._arrived.put((item, kept))
        self._is_urgent.set()
        await asyncio.wait({kept, self._failed_for_good}, return_when=asyncio.FIRST_COMPLETED)
        if self.error is not None:
            raise self.error

    def _write(self) -> None:
        try:
            is_open, is_flood = True, False
            while is_open:
                items = [self._arrived.get()]
                if is_flood:
                    # Many small commits would cost more than the calls: wait for what is just
                    # behind, but not while somebody waits for the commit.
                    self._is_urgent.wait(_GATHER_S)
                self._is_urgent.clear()
                while len(items) < _MOST_AT_ONCE and not self._arrived.empty():
                    items.append(self._arrived.get())
                is_open = None not in items
                is_flood = len(items) >= (_STILL_FLOOD if is_flood else _FLOOD)
                batch = self._gathered(items)
                self._keep(batch)
                self._loop.call_soon_threadsafe(_fulfil, batch.promises)
        except Exception as error:
            # The top of this thread: were it to die here, answers would be lost in silence. The
            # run's task raises it again.
            self.error = error
            self._loop.call_soon_threadsafe(_fulfil, [self._failed_for_good])

    def _gathered(self, items: list[object]) -> Batch:
        batch = Batch()
        for item in items:
            if isinstance(item, tuple):
                item, kept = item
                batch.promises.append(kept)
            if isinstance(item, Result):
                self._take(batch, item)
            elif isinstance(item, FailedAttempt):
                batch.failures.append(item)
            elif isinstance(item, Trial):
                batch.trials.append(item)
            elif isinstance(item, list):
                batch.begun += item
        return batch

    def _take(self, batch: Batch, result: Result) -> None:
        """Put how a call ended into a commit: its trial, and what checks think of it; or the turn
        that a trial goes on after."""
        if result.following is not None:
            batch.turns.append(self._kept(result, result.following.turns[-1]))
            return
        trial = self._trial(result, batch)
        batch.trials.append(trial)
        case = self._planned.cases[trial.case_id]
        assert isinstance(self._planned, Planned)  # judges make no trials
        variant = self._planned.variants[trial.variant_id]
        batch.scores += scores_of(trial, case, variant, self._criteria)

    def _keep(self, batch: Batch) -> None:
        while True:
            try:
                with self._store.transaction(feature=self._feature_id, is_running=True):
                    if batch.begun:
                        self._store.attempts.begin(batch.begun)
                    if batch.failures:
                        self._store.attempts.fail(batch.failures)
                    if batch.turns:
                        self._store.turns.add(batch.turns)
                    if batch.trials:
                        self._store.trials.add(batch.trials)
                    if batch.judged:
                        self._store.judging.add(batch.judged, batch.controls)
                    if batch.pair_controls:
                        self._store.pair_controls.add(batch.pair_controls)
                    if batch.preferred:
                        self._store.preferences.add(batch.preferred)
                    if batch.scores:
                        self._store.scores.add(batch.scores)
            except StoreUnavailable as error:
                self.trouble = error.message
                if self._given_up.wait(_TRY_AGAIN_S):
                    raise
            else:
                self.trouble = ""
                return

    def _kept(self, result: Result, turn: Turn) -> KeptTurn:
        talk = (*result.call.turns, turn)[0].id
        return KeptTurn(self._run_id, result.call.planned, talk, turn)

    def _trial(self, result: Result, batch: Batch) -> Trial:
        planned, ended = result.call.planned, result.ended
        key = (result.attempt.id, self._run_id, planned.variant_id, planned.case_id, planned.number)
        request_hash = result.call.request.fingerprint()
        asked = (request_hash, result.attempt.attempt, result.started_at)
        if not isinstance(ended, Answer):
            failure, message = simulated.told_apart(result.call, ended)
            return Trial(
                *key, *asked, failure=failure, message=message,
                supersedes=planned.supersedes, partial=ended.partial,
                reasoning=ended.reasoning, transcript=said_in(result.call.turns),
            )  # fmt: skip
        ended, cost, transcript, last = following.ended(result)
        if last is not None:
            batch.turns.append(self._kept(result, last))
        return Trial(
            *key,
            *asked,
            output=ended.text,
            finish_reason=ended.finish_reason,
            model=ended.model,
            latency_ms=ended.latency_ms,
            first_token_ms=ended.first_token_ms,
            input_tokens=ended.input_tokens,
            output_tokens=ended.output_tokens,
            cost=cost,
            reasoning=ended.reasoning,
            adaptations=ended.adaptations,
            supersedes=planned.supersedes,
            is_refusal=ended.is_refusal,
            transcript=transcript,
        )


def _fulfil(promises: list["asyncio.Future[None]"]) -> None:
    for promise in promises:
        if not promise.done():
            promise.set_result(None)

"""Keep what comes back: a writer thread that scores and commits results as they arrive."""

import queue
import threading
from functools import partial
from types import TracebackType
from typing import Self
from uuid import UUID

from workbench.domain.calls import Answer
from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment
from workbench.domain.scores import Score
from workbench.domain.trials import Trial
from workbench.models import prices
from workbench.runs.planning import Planned
from workbench.runs.rescoring import scores_of
from workbench.runs.runner import Result
from workbench.store.keys import new_id
from workbench.store.store import Store

_MOST_AT_ONCE = 500


class Recorder:
    """Takes results from the runner's loop without holding it up; used with `with`.

    Each commit holds whatever arrived during the one before, so that a lone answer is kept within
    milliseconds and a flood in large batches. `error` is set when the store refuses, or whatever
    else ends the writing; leaving the `with` raises it.
    """

    def __init__(
        self, store: Store, experiment: Experiment, planned: Planned, run_id: UUID
    ) -> None:
        self._store = store
        self._planned = planned
        self._run_id = run_id
        self._criteria = criteria_of(store, experiment)
        self._arrived: queue.SimpleQueue[Result | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name=f"record-{run_id}", daemon=True)
        self.error: Exception | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._arrived.put(None)
        self._thread.join()
        if self.error is not None and error is None:
            raise self.error

    def put(self, result: Result) -> None:
        """Hand over a result; returns at once."""
        self._arrived.put(result)

    def _write(self) -> None:
        is_open = True
        while is_open:
            batch = [self._arrived.get()]
            while len(batch) < _MOST_AT_ONCE and not self._arrived.empty():
                batch.append(self._arrived.get())
            is_open = None not in batch
            results = [result for result in batch if result is not None]
            if results and self.error is None:
                self._keep(results)

    def _keep(self, results: list[Result]) -> None:
        try:
            trials = [self._trial(result) for result in results]
            scores: list[Score] = []
            for trial in trials:
                scores += scores_of(trial, self._planned.cases[trial.case_id], self._criteria)
            with self._store.transaction():
                self._store.trials.add(trials)
                self._store.scores.add(scores)
        except Exception as error:
            # The top of this thread: were it to die here, answers would be lost in silence. The
            # job's thread raises it again.
            self.error = error

    def _trial(self, result: Result) -> Trial:
        planned, ended = result.call.planned, result.ended
        begun = partial(
            Trial,
            id=new_id(),
            run_id=self._run_id,
            variant_id=planned.variant_id,
            case_id=planned.case_id,
            number=planned.number,
            request_hash=result.call.request.fingerprint(),
            attempts=result.attempts,
            started_at=result.started_at,
            supersedes=planned.supersedes,
        )
        if not isinstance(ended, Answer):
            return begun(failure=ended.failure, message=str(ended))
        price = self._planned.price(planned.variant_id)
        return begun(
            output=ended.text,
            finish_reason=ended.finish_reason,
            model=ended.model,
            latency_ms=ended.latency_ms,
            first_token_ms=ended.first_token_ms,
            input_tokens=ended.input_tokens,
            output_tokens=ended.output_tokens,
            cost=prices.cost(price, ended.input_tokens, ended.output_tokens),
        )


def criteria_of(store: Store, experiment: Experiment) -> list[Criterion]:
    """The experiment's criteria as they are now: a changed one counts from the next output on."""
    wanted = {criterion_id for criterion_id, _ in experiment.criteria}
    return [c for c in store.criteria.of(experiment.feature_id) if c.id in wanted]

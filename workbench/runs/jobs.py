"""One thread per run: where the runner and the store meet. Outlives every browser tab."""

import asyncio
import logging
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from workbench.domain.experiments import Experiment, Purpose, Run, RunState
from workbench.errors import ModelError, WorkbenchError
from workbench.models.connect import Models
from workbench.runs import runner
from workbench.runs.asking import Clients
from workbench.runs.planning import Planned, prepare
from workbench.runs.recording import Recorder
from workbench.runs.rescoring import catch_up
from workbench.store.store import Store

_log = logging.getLogger(__name__)

_LOOK_S = 0.1

Slot = tuple[UUID, UUID, int]
"""Variant, case, repetition: which answer a partial text belongs to."""


@dataclass
class Job:
    """A run that is going on. `partial` holds answers as they stream in, for whoever watches."""

    run_id: UUID
    experiment_id: UUID
    thread: threading.Thread | None = None
    loop: asyncio.AbstractEventLoop | None = None
    control: runner.Control | None = None
    partial: dict[Slot, str] = field(default_factory=dict)
    is_stopping: bool = False
    variants: frozenset[UUID] = frozenset()
    cases: frozenset[UUID] = frozenset()
    after: tuple["Job", ...] = ()

    def shares_calls(self, other: "Job") -> bool:
        """Whether another run may ask some of the same calls."""
        return not (self.variants.isdisjoint(other.variants) or self.cases.isdisjoint(other.cases))


class Jobs:
    """The runs of this process. One live run per experiment, however often it is started.

    `attempts` is how many requests a call may take where failures are passing ones;
    `concurrency`, where it is given, replaces that of every connection.
    """

    def __init__(
        self, store: Store, models: Models, attempts: int = 4, concurrency: int | None = None
    ) -> None:
        self._store = store
        self._models = models
        self._attempts = attempts
        self._concurrency = concurrency
        self._lock = threading.Lock()
        self._live: dict[UUID, Job] = {}

    def start(self, experiment_id: UUID, author: str, *, retry_failed: bool = False) -> Run:
        """Run what is missing of an experiment, in the background; resumes a run that ended early.

        Starting what is running already returns the run that is going on, and what is answered
        already the run that finished it. With `retry_failed` the calls that ended in an error are
        asked again. A run that shares calls with one that is going on waits for it: answers are
        shared, so none is asked for twice.
        """
        with self._lock:
            job = self._live.get(experiment_id)
            if job is not None:
                return self._store.runs.get(job.run_id)
            latest = self._store.runs.latest(experiment_id)
            if (
                latest is not None
                and latest.state is RunState.FINISHED
                and not self._store.trials.missing(experiment_id, retry_failed=retry_failed)
            ):
                return latest
            run = (
                latest
                if latest is not None and latest.state.can_resume
                else self._store.runs.start(experiment_id, author)
            )
            job = self._job(run.id, experiment_id)
            job.thread = threading.Thread(
                target=self._work, args=(job, retry_failed), name=f"run-{run.id}", daemon=True
            )
            self._live[experiment_id] = job
            self._store.runs.note(run.id, RunState.RUNNING)
            job.thread.start()
        return self._store.runs.get(run.id)

    def is_live(self, experiment_id: UUID) -> bool:
        """Whether a run of this experiment is going on."""
        return experiment_id in self._live

    def live(self) -> tuple[UUID, ...]:
        """The experiments that are being run."""
        return tuple(self._live)

    def is_stopping(self, experiment_id: UUID) -> bool:
        """Whether a run was told to stop and waits for its calls in flight."""
        job = self._live.get(experiment_id)
        return job is not None and job.is_stopping

    def partial(self, experiment_id: UUID) -> dict[Slot, str]:
        """The answers that are streaming in, so far."""
        job = self._live.get(experiment_id)
        return {} if job is None else dict(job.partial)

    def stop(self, experiment_id: UUID) -> None:
        """Start no further call; calls in flight finish and are kept."""
        job = self._live.get(experiment_id)
        if job is None:
            return
        job.is_stopping = True
        if job.loop is not None and job.control is not None:
            # The loop is closed where the run ended a moment ago: there is nothing to stop then.
            with suppress(RuntimeError):
                job.loop.call_soon_threadsafe(job.control.stop.set)

    def wait(self, experiment_id: UUID, timeout_s: float | None = None) -> bool:
        """Wait for a run to end. False when it still goes on after `timeout_s` seconds."""
        job = self._live.get(experiment_id)
        if job is None or job.thread is None:
            return True
        job.thread.join(timeout_s)
        return not job.thread.is_alive()

    def close(self, timeout_s: float = 8.0) -> None:
        """Stop everything and wait a little: what was answered is kept, the rest can resume."""
        for experiment_id in self.live():
            self.stop(experiment_id)
        for experiment_id in self.live():
            self.wait(experiment_id, timeout_s)

    def _job(self, run_id: UUID, experiment_id: UUID) -> Job:
        experiment = self._store.experiments.get(experiment_id)
        job = Job(
            run_id,
            experiment_id,
            variants=frozenset(variant.id for variant in experiment.variants),
            cases=frozenset(self._store.experiments.case_ids(experiment_id)),
        )
        job.after = tuple(other for other in self._live.values() if job.shares_calls(other))
        return job

    def _work(self, job: Job, retry_failed: bool) -> None:
        state, message = RunState.FAILED, ""
        try:
            for other in job.after:
                while other.thread is not None and other.thread.is_alive() and not job.is_stopping:
                    other.thread.join(_LOOK_S)
            job.after = ()
            state, message = asyncio.run(self._execute(job, retry_failed))
        except WorkbenchError as error:
            message = str(error)
        except Exception as error:
            # The top of the thread: whatever ends a run is written on it, and in the log.
            _log.exception("The run %s ended unexpectedly", job.run_id)
            message = f"The run ended unexpectedly ({type(error).__name__}). The log has details."
        finally:
            try:
                self._store.runs.note(job.run_id, state, message)
            finally:
                self._live.pop(job.experiment_id, None)

    async def _execute(self, job: Job, retry_failed: bool) -> tuple[RunState, str]:
        job.loop, job.control = asyncio.get_running_loop(), runner.Control(asyncio.Event())
        if job.is_stopping:
            job.control.stop.set()
        experiment = self._store.experiments.get(job.experiment_id)
        planned = prepare(self._store, experiment, job.run_id, retry_failed=retry_failed)
        self._store.trials.add(planned.unaskable)
        with Recorder(self._store, experiment, planned, job.run_id) as recorder:
            fatal = await self._ask(job, experiment, planned, recorder)
        catch_up(self._store, experiment.feature_id)
        if fatal is not None:
            return RunState.FAILED, str(fatal)
        if job.is_stopping:
            return RunState.STOPPED, "Stopped on request; it can be resumed."
        return RunState.FINISHED, ""

    async def _ask(
        self, job: Job, experiment: Experiment, planned: Planned, recorder: Recorder
    ) -> ModelError | None:
        assert job.control is not None
        is_watched = experiment.purpose is Purpose.PLAYGROUND

        def heard(call: runner.Call, text: str) -> None:
            slot = call.planned
            job.partial[slot.variant_id, slot.case_id, slot.number] = text

        def record(result: runner.Result) -> None:
            recorder.put(result)
            if recorder.error is not None and job.control is not None:
                job.control.stop.set()

        on_text = heard if is_watched else None
        async with Clients(self._models, planned.connections, on_text) as clients:
            fatal = await runner.run(
                planned.calls,
                clients.ask,
                record,
                concurrency={
                    name: self._concurrency or connection.concurrency
                    for name, connection in planned.connections.items()
                },
                control=job.control,
                attempts=self._attempts,
            )
        return fatal

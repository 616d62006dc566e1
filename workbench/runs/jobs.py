"""The runs of this process: where the runner and the store meet. They outlive every browser tab."""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from uuid import UUID

from workbench import logs
from workbench.domain import clock
from workbench.domain.connections import Connection
from workbench.domain.experiments import Experiment, Limits, Run, RunState
from workbench.domain.trials import PlannedCall
from workbench.errors import WorkbenchError
from workbench.models.connect import Models
from workbench.runs import judging, panels, shown_files
from workbench.runs.asking import Clients
from workbench.runs.budget import Purse
from workbench.runs.courtesy import Courtesy
from workbench.runs.deciding import AtEnd, IsDecided, end_when_decided
from workbench.runs.ending import ended_early
from workbench.runs.job import Job, Slot, Status
from workbench.runs.judge_plan import JudgePlan
from workbench.runs.judge_recording import JudgeRecorder
from workbench.runs.lanes import ConnectionLane
from workbench.runs.loop import BackgroundLoop
from workbench.runs.planning import Planned, open_calls, prepare
from workbench.runs.pointing import meet_local, point
from workbench.runs.purses import Purses
from workbench.runs.ray_engine import RayClients
from workbench.runs.recording import Recorder
from workbench.runs.refusals import refuse_hopeless, refuse_unpriced
from workbench.runs.rescoring import catch_up
from workbench.runs.runner import Runner
from workbench.runs.worker_clients import WorkerProcess
from workbench.store.store import Store

_log = logging.getLogger(__name__)


class Jobs:
    """The runs of this process. One live run per experiment, however often it is started.

    `attempts` is how many requests a call may take where failures are passing ones;
    `concurrency`, where it is given, replaces that of every connection; `engine` is where the
    calls are made: "local" in this process, "ray" by the workers of a Ray cluster. `is_decided`
    says whether a run that may end early has shown what it was to; `at_end` keeps what it came to.
    """

    def __init__(
        self,
        store: Store,
        models: Models,
        attempts: int = 4,
        concurrency: int | None = None,
        engine: str = "local",
        is_decided: IsDecided | None = None,
        at_end: AtEnd | None = None,
        worker: WorkerProcess | None = None,
    ) -> None:
        self._store = store
        self._models = models
        self._attempts = attempts
        self._concurrency = concurrency
        self._engine = engine
        self._is_decided, self._at_end = is_decided, at_end
        self.courtesy = Courtesy()
        self._worker = worker or WorkerProcess()
        self._lock = threading.Lock()
        self._live: dict[UUID, Job] = {}
        self._loop = BackgroundLoop()
        self._lanes: dict[str, ConnectionLane] = {}
        self._purses = Purses(store)

    def start(
        self,
        experiment_id: UUID,
        author: str,
        *,
        retry_failed: bool = False,
        fresh: bool = False,
        limits: Limits | None = None,
        only_judges: bool = False,
        noted: Callable[[Run], None] | None = None,
    ) -> Run:
        """Run what is missing of an experiment, in the background; resumes a run that ended early.

        Starting what is running already returns the run that is going on, and what is answered
        already the run that finished it. A failure is no answer: a run that is begun asks again
        what failed before it; one that is resumed does so with `retry_failed` only. A `fresh` run
        asks everything again: the new answers count, the old ones stay. A run that shares calls
        with one that is going on waits for it: answers are shared, so none is asked for twice.
        In the end the judges of the plan's criteria look at the outputs that they have not judged;
        with `only_judges` nothing else is done, and all judges of the feature do.
        Without `limits` those of the run that is resumed hold. `noted` writes what is to be kept
        with a run that begins or goes on, in its transaction.

        Raises InputError where a budget is set and the price of a model is not known, and where
        what is to be asked was answered at another address than its connection has now.
        """
        experiment = self._store.experiments.get(experiment_id)
        meet_local(self._store, self._models.local, experiment.variants)
        with self._lock:
            job = self._live.get(experiment_id)
            if job is not None:
                return self._store.runs.get(job.run_id)
            latest = self._store.runs.latest(experiment_id)
            resumed = latest if latest is not None and latest.state.can_resume else None
            if resumed is not None and fresh and not resumed.is_fresh:
                resumed = None
            is_wished, retry_failed = retry_failed, retry_failed or resumed is None
            older_than = clock.now() if fresh else None
            if resumed is not None:
                older_than = resumed.asks_again
            judges = judging.to_ask(self._store, experiment, all_of_feature=only_judges)
            shown_files.ask_again(self._store, experiment, judges, pictures=is_wished)
            judging.meet_local(self._store, self._models.local, judges)
            calls = []
            if not only_judges:
                refuse_hopeless(self._store, experiment)
                calls = open_calls(
                    self._store, experiment, retry_failed=retry_failed, older_than=older_than
                )
            is_judged = judging.is_done(self._store, experiment, judges)
            if latest is not None and latest.state is RunState.FINISHED and is_judged and not calls:
                return latest
            if limits is None:
                limits = Limits() if resumed is None else self._store.runs.limits(resumed.id)
            refuse_unpriced(self._store, experiment, limits, judges)
            judging.point(self._store, judges)
            if self._point(experiment, calls) and resumed is not None:
                # It asked another address, in vain: what is asked here is not the same run.
                resumed, retry_failed = None, True
            with self._store.transaction():
                run = resumed or self._store.runs.start(experiment_id, author, is_fresh=fresh)
                if limits != self._store.runs.limits(run.id):
                    self._store.runs.limit(run.id, limits)
                self._store.runs.note(run.id, RunState.RUNNING)
                if noted is not None:
                    noted(run)
            job = Job(
                run.id,
                experiment,
                limits,
                retry_failed,
                frozenset(self._store.experiments.case_ids(experiment_id)),
                run.asks_again,
                tuple(judges),
                only_judges or not (calls or is_judged),
            )
            job.after = tuple(other for other in self._live.values() if job.shares_calls(other))
            job.control.priority = limits.priority
            job.control.going.set()
            self._live[experiment_id] = job
            self._loop.start(self._work(job))
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

    def look(self, experiment_id: UUID) -> Status | None:
        """What a run is at; None where none is going on."""
        job = self._live.get(experiment_id)
        return None if job is None else job.status()

    def partial(self, experiment_id: UUID) -> dict[Slot, str]:
        """The answers that are streaming in, so far."""
        job = self._live.get(experiment_id)
        return {} if job is None else dict(job.partial)

    def stop(self, experiment_id: UUID, *, cancel: bool = False) -> None:
        """Start no further call. Those in flight finish and are kept, or are cancelled."""
        job = self._live.get(experiment_id)
        if job is not None:
            job.is_stopping = True
            said = "Stopped on request; it can be resumed."
            self._loop.call(lambda: job.control.end(said, cancel=cancel))

    def pause(self, experiment_id: UUID) -> None:
        """Send nothing more until it is let on. Calls in flight finish and are kept."""
        self._hold(experiment_id, True)

    def let_on(self, experiment_id: UUID) -> None:
        """Go on with a run that was paused."""
        self._hold(experiment_id, False)

    def prioritise(self, experiment_id: UUID, priority: int) -> None:
        """Say how urgent a run is: of those that share a connection the higher is asked first."""
        job = self._live.get(experiment_id)
        if job is not None:
            job.limits = Limits(job.limits.usd, job.limits.calls, priority)
            job.control.priority = priority
            self._store.runs.limit(job.run_id, job.limits)

    def refuse_limit(self, feature_id: UUID, usd: float | None) -> None:
        """Raise InputError where a run that goes on could not keep to what its feature may cost."""
        for job in list(self._live.values()):
            if usd is not None and job.experiment.feature_id == feature_id:
                refuse_unpriced(self._store, job.experiment, Limits(usd, job.limits.calls))

    def spend_within(self, feature_id: UUID, usd: float | None) -> None:
        """Have the runs that go on keep to what their feature may cost."""
        self._loop.call(lambda: self._purses.limit(feature_id, usd))

    def wait(self, experiment_id: UUID, timeout_s: float | None = None) -> bool:
        """Wait for a run to end. False when it still goes on after `timeout_s` seconds."""
        job = self._live.get(experiment_id)
        return job is None or job.ended.wait(timeout_s)

    def close(self, timeout_s: float = 8.0) -> None:
        """Stop everything and wait a little: what was answered is kept, the rest can resume."""
        jobs = list(self._live.values())
        for job in jobs:
            self.stop(job.experiment.id)
        for job in jobs:
            if not job.ended.wait(timeout_s):
                self.stop(job.experiment.id, cancel=True)
                if job.recorder is not None:
                    job.recorder.give_up()
                job.ended.wait(timeout_s)
        if self._worker.is_begun:
            self._loop.start(self._worker.close()).result(timeout_s)
        self._loop.close()

    def _hold(self, experiment_id: UUID, is_paused: bool) -> None:
        with self._lock:
            job = self._live.get(experiment_id)
            if job is None or job.is_stopping or job.is_paused == is_paused:
                return
            job.is_paused = is_paused
            state = RunState.PAUSED if is_paused else RunState.RUNNING
            self._store.runs.note(job.run_id, state, "Paused on request." if is_paused else "")
            going = job.control.going
            self._loop.call(going.clear if is_paused else going.set)

    def _point(self, experiment: Experiment, calls: Sequence[PlannedCall]) -> bool:
        busy = {v.id for job in self._live.values() for v in job.experiment.variants}
        return point(self._store, experiment, {call.variant_id for call in calls}, busy)

    async def _work(self, job: Job) -> None:
        try:
            state, message = await self._ended(job)
            # Of one that was cut off (`BackgroundLoop.close`) nothing is noted: it can be resumed.
            await asyncio.to_thread(self._store.runs.note, job.run_id, state, message)
        finally:
            self._live.pop(job.experiment.id, None)
            job.ended.set()

    async def _ended(self, job: Job) -> tuple[RunState, str]:
        try:
            for other in job.after:
                while not other.ended.is_set() and not job.control.is_ended:
                    await asyncio.sleep(0.1)
            job.after = ()
            return await self._execute(job)
        except WorkbenchError as error:
            return RunState.FAILED, str(error)
        except Exception as error:
            # The top of the task: whatever ends a run is written on it, and in the log.
            number = logs.report(_log, error, "The run %s ended unexpectedly", job.run_id)
            return RunState.FAILED, (
                f"The run ended unexpectedly ({type(error).__name__}, number {number}). "
                f"{logs.place()}"
            )

    async def _execute(self, job: Job) -> tuple[RunState, str]:
        async with self._purses.open(job.run_id, job.experiment.feature_id, job.limits) as purse:
            job.purse = purse
            if not job.is_judging:
                await self._ask_models(job, purse)
            if job.judges and not job.control.is_ended:
                await self._ask_judges(job, purse)
        if self._at_end is not None:
            await asyncio.to_thread(self._at_end, self._store, job.experiment, job.run_id)
        if job.control.is_fatal:
            return RunState.FAILED, job.control.why
        if not job.control.is_ended:
            return RunState.FINISHED, ""
        return await asyncio.to_thread(ended_early, self._store, job)

    async def _ask_models(self, job: Job, purse: Purse) -> None:
        planned = await asyncio.to_thread(
            prepare,
            self._store,
            job.experiment,
            job.run_id,
            retry_failed=job.retry_failed,
            older_than=job.older_than,
        )
        watch = asyncio.create_task(end_when_decided(self._store, job, self._is_decided))
        try:
            await self._ask(job, planned, purse, Recorder)
        finally:
            watch.cancel()
        await asyncio.to_thread(catch_up, self._store, job.experiment.feature_id)

    async def _ask_judges(self, job: Job, purse: Purse) -> None:
        of = self._store, job.experiment, job.judges
        plan = await asyncio.to_thread(judging.begin, *of, job.run_id)
        job.to_judge = plan.n_outputs
        if plan.missing:
            await self._ask(job, plan, purse, JudgeRecorder)
        await asyncio.to_thread(panels.vote, *of)

    async def _ask(
        self, job: Job, planned: Planned | JudgePlan, purse: Purse, recording: type[Recorder]
    ) -> None:
        job.lanes = tuple(map(self._lane, planned.connections.values()))
        job.recorder = recorder = recording(self._store, job.experiment, planned, job.run_id)
        async with recorder, self._clients(job, planned) as clients:
            runner = Runner(
                job.run_id,
                clients.ask,
                planned.cost,
                recorder,
                {lane.name: lane for lane in job.lanes},
                purse,
                job.control,
                self.courtesy,
                self._attempts,
                manners=planned.manners,
                is_single_case=len(job.cases) == 1,
                follow=planned.follow,
            )
            await runner.run(planned.calls(recorder.unaskable))

    def _clients(self, job: Job, planned: Planned | JudgePlan) -> Clients | RayClients:
        heard = job.listener()
        at_once = max((lane.window.most for lane in job.lanes), default=0)
        is_there = heard is None and self._worker.is_worth(len(planned.missing), at_once)
        worker = self._worker if is_there else None
        own = Clients(self._models, planned.connections, heard, worker)
        return RayClients(own, planned.connections) if self._engine == "ray" else own

    def _lane(self, connection: Connection) -> ConnectionLane:
        lane = self._lanes.setdefault(connection.name, ConnectionLane(connection.name))
        lane.configure(connection, self._concurrency)
        return lane

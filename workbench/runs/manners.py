"""How each model wants to be asked: known from earlier replies, and learnt while a run goes on."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from workbench.domain.adaptations import Adaptation, Habit
from workbench.domain.calls import Answer, Request
from workbench.domain.connections import Connection
from workbench.domain.trials import PlannedCall
from workbench.errors import ModelError, StoreError
from workbench.models.adapting import taught
from workbench.runs.patience import may_concern_all
from workbench.store.habits import Habits

if TYPE_CHECKING:
    from workbench.runs.call import Call

_log = logging.getLogger(__name__)
_MOST = 12
"""Lessons for one call: more than a request has fields that may be refused."""
_ALONE_S = 2.0
"""A refusal comes at once; a good answer may take its time."""

Way = tuple[str, str]
"""A connection and a model."""


class Manners:
    """What the servers of one run take. A lesson is tried by the call that met the refusal and by
    those that follow; it is kept, for later runs too, when a request that it changed was answered.

    The first call to a model that never answered goes alone for a moment, so that what its server
    refuses is learnt by one request and not by all at once. Belongs to one event loop.
    """

    def __init__(self, habits: Habits, connections: Mapping[str, Connection]) -> None:
        self._habits = habits
        self._connections = connections
        self._known: dict[Way, tuple[Adaptation, ...]] = {}
        self._said: dict[tuple[Way, Adaptation], str] = {}
        self._keeping: set[asyncio.Task[None]] = set()
        self._met: set[Way] = set()
        self._scouts: dict[Way, tuple[PlannedCall, asyncio.Event]] = {}

    def remember(self, found: Mapping[str, Iterable[Habit]], met: Iterable[Way] = ()) -> None:
        """Know what the store knows of these connections, and which models answered before."""
        self._met |= set(met)
        for lane, habits in found.items():
            for habit in habits:
                way = lane, habit.model
                self._known[way] = taught(self._known.get(way, ()), habit.adaptation)

    async def turn(self, call: "Call") -> None:
        """Wait while another call is the first to ask this model; not for long, if that is slow."""
        if self._connections[call.lane].is_local:
            return
        while call.way not in self._met:
            scout, ended = self._scouts.setdefault(call.way, (call.planned, asyncio.Event()))
            if scout is call.planned:
                return
            try:
                async with asyncio.timeout(_ALONE_S):
                    await ended.wait()
            except TimeoutError:
                self._know(call.way)

    def shaped(self, call: "Call") -> "Call":
        """The call as its server takes it, as far as that is known."""
        known = self._known.get(call.way)
        return call if not known else replace(call, request=_with(call.request, known))

    def learnt(self, asked: "Call", error: ModelError, lessons: int) -> bool:
        """Whether asking again at once may help: the server refused a field, and it is another one
        than before. `lessons` were learnt for this call already."""
        lesson = Adaptation.parse(error.lesson) if error.lesson and lessons < _MOST else None
        if lesson is None or lesson in asked.request.adaptations:
            if may_concern_all(error):
                # A second one alone will show whether it does.
                self._pass_on(asked.way)
            else:
                self._know(asked.way)
            self._withdraw(asked, error)
            return False
        known = self._known.get(asked.way, ())
        if lesson not in known:
            self._known[asked.way] = taught(known, lesson)
            self._said[asked.way, lesson] = error.message
        return True

    def answered(self, asked: "Call", answer: Answer) -> None:
        """A request was answered: what it was changed by is true, and kept."""
        self._know(asked.way)
        fresh = [
            (lesson, self._said.pop((asked.way, lesson)))
            for lesson in map(Adaptation.parse, answer.adaptations)
            if (asked.way, lesson) in self._said
        ]
        connection = self._connections[asked.lane]
        if fresh and connection.id is not None:
            task = asyncio.create_task(self._keep(connection, asked.request.model, fresh))
            self._keeping.add(task)
            task.add_done_callback(self._keeping.discard)

    def _know(self, way: Way) -> None:
        """Nothing more is to be learnt by one call before the others."""
        self._met.add(way)
        self._pass_on(way)

    def _pass_on(self, way: Way) -> None:
        """The call that went first has ended: another one may, where that is wanted still."""
        if (ended := self._scouts.pop(way, None)) is not None:
            ended[1].set()

    async def settled(self) -> None:
        """Wait until everything that was learnt is on disk."""
        while self._keeping:
            await asyncio.wait(set(self._keeping))

    async def _keep(
        self, connection: Connection, model: str, lessons: list[tuple[Adaptation, str]]
    ) -> None:
        try:
            await asyncio.to_thread(self._habits.learn, connection, model, lessons)
        except StoreError as error:
            # Not kept: the next run learns it again, at the price of a refused request.
            _log.warning("What was learnt of a model could not be kept: %s", type(error))

    def _withdraw(self, asked: "Call", error: ModelError) -> None:
        """A lesson that nobody's answer has shown to be true is forgotten when it did not help."""
        if error.failure.is_retryable:
            return
        for lesson in asked.request.adaptations:
            if self._said.pop((asked.way, lesson), None) is not None:
                kept = (one for one in self._known[asked.way] if one != lesson)
                self._known[asked.way] = tuple(kept)


def _with(request: Request, adaptations: tuple[Adaptation, ...]) -> Request:
    return replace(request, adaptations=adaptations)

"""Work beside the runs that takes a model's minutes: it outlives the tab that began it, says how
far it is, and can be stopped. One at a time of each sort and feature."""

import logging
import threading
import time
from collections.abc import Callable, Hashable

from workbench import logs
from workbench.errors import InputError, WorkbenchError
from workbench.models.stopping import Stop

_log = logging.getLogger(__name__)


class Errand:
    """One piece of work: which model is asked, what it is at, how much has come of the reply that
    it waits for, and, once it has ended, what went wrong."""

    def __init__(self, asked: str = "") -> None:
        self.asked = asked
        self.stop = Stop()
        self.doing = ""
        self.letters = 0
        self.problem: WorkbenchError | None = None
        self._began = time.monotonic()
        self._ended = threading.Event()

    @property
    def is_live(self) -> bool:
        """Whether it still goes on."""
        return not self._ended.is_set()

    @property
    def seconds(self) -> float:
        """How long it has been going on."""
        return time.monotonic() - self._began

    def at(self, doing: str) -> None:
        """Say what it does now."""
        self.doing, self.letters = doing, 0

    def heard(self, text: str) -> None:
        """Note how much of a reply has come."""
        self.letters = len(text)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for its end; False where it still goes on after `timeout_s` seconds."""
        return self._ended.wait(timeout_s)

    def work(self, do: Callable[["Errand"], None]) -> None:
        """Do it, in this thread, and end whatever comes of it."""
        try:
            do(self)
        except WorkbenchError as error:
            self.problem = error
        except Exception as error:
            # The top of a thread: nobody else would hear of it.
            number = logs.report(_log, error, "An errand failed")
            self.problem = InputError(
                f"Something went wrong that nobody foresaw (number {number}).",
                f"What had come before it is kept. {logs.place()}",
            )
        finally:
            self._ended.set()


class Errands:
    """The errands of this process, by key: what sort of work it is, and for which feature."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[Hashable, Errand] = {}

    def start(self, key: Hashable, asked: str, do: Callable[[Errand], None]) -> Errand:
        """Begin, in a thread of its own; `asked` is the model. Raises InputError while another of
        its key goes on."""
        with self._lock:
            there = self._known.get(key)
            if there is not None and there.is_live:
                raise InputError("A model is being asked for this already.", "Wait, or stop it.")
            errand = self._known[key] = Errand(asked)
        threading.Thread(target=errand.work, args=(do,), name="errand", daemon=True).start()
        return errand

    def of(self, key: Hashable) -> Errand | None:
        """The newest of a key, live or ended."""
        with self._lock:
            return self._known.get(key)

    def forget(self, key: Hashable) -> None:
        """Speak no more of one that has ended."""
        with self._lock:
            there = self._known.get(key)
            if there is not None and not there.is_live:
                del self._known[key]

    def close(self, timeout_s: float = 5.0) -> None:
        """Stop all of them."""
        with self._lock:
            live = [errand for errand in self._known.values() if errand.is_live]
        for errand in live:
            errand.stop.ask()
        for errand in live:
            errand.wait(timeout_s)

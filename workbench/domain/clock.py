"""The time of what is kept: never earlier than what was kept before, whatever the clock does.

The clock of a machine is set back by hours when it was wrong, or by hand. What counts is the newest
rating, the newest event, what was changed after answers existed: so each moment is later than the
last one, by a microsecond at least. Lengths of time are measured with `time.perf_counter` or
`time.monotonic`, which no setting of a clock moves.
"""

import threading
from datetime import UTC, datetime, timedelta

_STEP = timedelta(microseconds=1)
_FOLLOWED = timedelta(days=366)
"""How far ahead of the clock a kept moment may be. What is further was not kept by a clock."""


def wall() -> datetime:
    """What the machine's clock says."""
    return datetime.now(UTC)


_lock = threading.Lock()
_last = datetime.min.replace(tzinfo=UTC)


def now() -> datetime:
    """This moment, later than every other that was told or heard of."""
    global _last
    with _lock:
        said = wall()
        _last = said if said > _last else _last + _STEP
        return _last


def heard_of(moment: datetime | None) -> None:
    """Tell of a moment that was kept by an earlier process: what comes is later."""
    global _last
    with _lock:
        if moment is not None and moment - wall() < _FOLLOWED:
            _last = max(_last, moment)


def since(moment: datetime) -> float:
    """Seconds that have gone by since a kept moment; never less than none."""
    return max(0.0, (wall() - moment).total_seconds())

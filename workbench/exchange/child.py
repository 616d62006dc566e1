"""Asking a child process to read what outsiders bring; what goes wrong is said for people."""

from collections.abc import Mapping
from typing import Any

from workbench import confined
from workbench.errors import InputError


def read(
    module: str,
    order: Mapping[str, Any],
    data: bytes,
    limits: confined.Limits,
    *,
    broken: str,
    way_out: tuple[str, str],
    where: str = "",
) -> bytes:
    """What the module answers to the data. Raises InputError: other files are being read; it took
    too long; or the child ended without an answer, which is said as `broken`. `way_out` are the
    hints for the last two, `where` is which file it is about, if that must be told.
    """
    said, hint = "other files are being read just now.", "Try again in a minute."
    try:
        return confined.run(module, order, data, limits)
    except confined.Busy as error:
        cause: Exception = error
    except confined.Overtime as error:
        cause = error
        said = f"reading it took longer than {limits.wall_s:.0f} seconds and was stopped."
        hint = way_out[0]
    except confined.Broken as error:
        cause, said, hint = error, broken, way_out[1]
    message = f"{where}: {said}" if where else f"{said[0].upper()}{said[1:]}"
    raise InputError(message, hint) from cause

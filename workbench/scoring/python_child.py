"""The child process that runs one check in Python: loaded once, asked about one output at a time.

The function is `check(output, case)`, or promptfoo's `get_assert(output, context)`.
"""

import contextlib
import hashlib
import json
import math
import os
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from workbench import confined

_TRIM = 600
Ask = Callable[[str, Mapping[str, Any]], Any]


class _Loaded(NamedTuple):
    """The function to ask; or why there is none."""

    ask: Ask | None
    wrong: str = ""


def main() -> None:
    """Answer questions until the app ends."""
    order = confined.begin()
    with _quiet():
        answer = _answerer(_load(order["path"], order["sha256"]), order["path"])
    confined.answer_questions(answer, opens_files=True)


def _load(path: str, held: str) -> _Loaded:
    name = os.path.basename(path)
    with open(path, "rb") as file:
        source = file.read()
    if hashlib.sha256(source).hexdigest() != held:
        return _Loaded(None, f"{name} was changed while it was read.")
    module = types.ModuleType(name.removesuffix(".py"))
    module.__file__ = path
    sys.modules.setdefault(module.__name__, module)
    try:
        exec(compile(source, path, "exec"), module.__dict__)
    except (Exception, SystemExit) as error:
        return _Loaded(None, _said(error, path))
    if callable(found := getattr(module, "check", None)):
        return _Loaded(found)
    if callable(theirs := getattr(module, "get_assert", None)):
        return _Loaded(lambda output, case: theirs(output, {"vars": case}))
    return _Loaded(None, f"{name} has no function check(output, case).")


def _answerer(loaded: _Loaded, path: str) -> Callable[[bytes], bytes]:
    def answer(question: bytes) -> bytes:
        """An output and the values of its case in; what the check says of them out."""
        said: dict[str, Any] = {"wrong": loaded.wrong}
        if loaded.ask is not None:
            asked = json.loads(question)
            try:
                with _quiet():
                    said = _read(loaded.ask(asked["output"], asked["case"]), path)
            except (Exception, SystemExit) as error:
                said = {"wrong": _said(error, path)}
        return json.dumps(said).encode()

    return answer


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Inside, what is printed goes nowhere: it would be read as an answer."""
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        yield


def _read(said: Any, path: str) -> dict[str, Any]:
    """What a function returned: yes or no, a share that passes from one half on, either with its
    reason behind it, or promptfoo's `pass`, `score` and `reason`."""
    name, reason = os.path.basename(path), ""
    if isinstance(said, Mapping) and "pass" in said:
        passes, reason = said["pass"], said.get("reason", "")
        score = said.get("score")
        if isinstance(passes, bool) and (score is None or _is_share(score)):
            return _found(passes, score, reason)
    if isinstance(said, tuple) and len(said) == 2:
        said, reason = said
    if isinstance(said, bool):
        return _found(said, None, reason)
    if _is_share(said):
        return _found(said >= 0.5, float(said), reason or f"{name} gives {said:.3g} (0.5 passes).")
    return {
        "wrong": f"{name} returned {said!r:.80}: neither true or false nor a number from 0 to 1."
    }


def _found(passes: bool, value: float | None, reason: Any) -> dict[str, Any]:
    return {"passes": passes, "value": value, "reason": str(reason or "")[:_TRIM]}


def _is_share(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and 0 <= value <= 1


def _said(error: BaseException, path: str) -> str:
    """The last line of a traceback, and the line of the file that it leads to."""
    place, step = "", error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == path:
            place = f" in line {step.tb_lineno}"
        step = step.tb_next
    if isinstance(error, SyntaxError) and error.lineno:
        place = f" in line {error.lineno}"
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return f"{os.path.basename(path)} failed{place}: {what}"[:_TRIM]


if __name__ == "__main__":
    main()

"""Feed what is read with what is made to hurt, and hold it to its bounds.

    python -m tests.faults.hostile_input [--minutes 10] [--kind templates]

Each kind runs in a process of its own, in batches, until the time is up: an example that ends the
process, holds it for more than 2 s of processor time, makes it grow by more than 300 MB or raises
what is no message for people is named, with the seed that makes it again. Prints one line a kind.
Exits with 1 if any does not hold.
"""

import argparse
import asyncio
import faulthandler
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings, strategies
from hypothesis import seed as seeded

from tests.conftest import SAMPLE
from tests.empty import empty_store
from tests.faults import hostile_texts as texts
from workbench.domain.criteria import Scorer, ScorerKind
from workbench.errors import WorkbenchError
from workbench.exchange.feature.file import import_feature
from workbench.exchange.tables.reading import read as read_table
from workbench.models import replies, templates
from workbench.scoring import checks

ROOT = Path(__file__).parents[2]
MOST_CPU_S = 2.0
MOST_GROWTH_MB = 300
SMALL_STACK = 512 * 1024
HANGS_S = 60.0
"""Of wall clock, however busy the machine: then every thread's stack is printed."""

_VALUES: dict[str, Any] = {"x": "x", "y": [1, 2], "a": {"b": "c"}}


def _template(text: str) -> None:
    templates.variables_of(text)
    templates.render_text(text, _VALUES)


def _pattern(text: str) -> None:
    scorer = Scorer(ScorerKind.REGEX, {"pattern": text})
    checks.refuse_unusable(scorer)
    checks.check(scorer, checks.Subject("ab" * 100_000 + "\u00e9", {}))


def _schema(drawn: tuple[dict[str, Any], str]) -> None:
    scorer = Scorer(ScorerKind.JSON_SCHEMA, {"schema": drawn[0]})
    scorer.fingerprint()
    checks.refuse_unusable(scorer)
    checks.check(scorer, checks.Subject(drawn[1], {}))


def _reply(raw: bytes) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(raw), 65_536):
            yield raw[start : start + 65_536]

    try:
        asyncio.run(replies.read(chunks(), "m", replies.Clock()))
    except replies.Complained as error:
        str(error)


def _table(drawn: tuple[str, bytes]) -> None:
    read_table(*drawn)


def _feature(text: str) -> None:
    with tempfile.TemporaryDirectory() as home:
        store = empty_store(Path(home))
        try:
            import_feature(store, text, "Ada")
        finally:
            store.close()


KINDS: dict[str, tuple[Any, Callable[[Any], None]]] = {
    "templates": (texts.templates(), _template),
    "patterns": (texts.patterns(), _pattern),
    "schemas": (
        strategies.tuples(texts.schemas(), texts.outputs()),
        _schema,
    ),
    "replies": (texts.replies(), _reply),
    "tables": (texts.tables(), _table),
    "features": (texts.feature_files(SAMPLE.read_text("utf-8")), _feature),
}


def batch(kind: str, seed: int, examples: int) -> None:
    """So many examples of a kind, each in a thread with a small stack. Raises AssertionError, or
    what the example raised."""
    strategy, feed = KINDS[kind]
    calm: list[float] = []

    @seeded(seed)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def each(drawn: Any) -> None:
        faulthandler.dump_traceback_later(HANGS_S, exit=True)
        started = time.process_time()
        _in_small_stack(lambda: feed(drawn))
        took = time.process_time() - started
        assert took <= MOST_CPU_S, f"it took {took:.1f} s of processor time"
        calm.append(_peak_mb())
        assert calm[-1] - calm[0] <= MOST_GROWTH_MB, f"it grew by {calm[-1] - calm[0]:.0f} MB"

    try:
        each()
    finally:
        faulthandler.cancel_dump_traceback_later()


def _in_small_stack(do: Callable[[], None]) -> None:
    failed: list[BaseException] = []

    def run() -> None:
        try:
            do()
        except WorkbenchError as error:
            if not error.message:
                failed.append(error)
        except BaseException as error:
            failed.append(error)

    before = threading.stack_size(SMALL_STACK)
    try:
        thread = threading.Thread(target=run)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    if failed:
        raise failed[0]


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def feed(kind: str, seed: int, examples: int) -> str:
    """A batch in a process of its own; what went wrong, or nothing."""
    command = [sys.executable, "-m", "tests.faults.hostile_input", "--kind", kind]
    command += ["--seed", str(seed), "--examples", str(examples)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode == 0:
        return ""
    how = f"signal {-done.returncode}" if done.returncode < 0 else f"exit {done.returncode}"
    return f"{kind}, seed {seed}: {how}\n{done.stderr[-3000:]}"


def main() -> int:
    """Feed every kind for its share of the time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--kind", choices=KINDS)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--examples", type=int, default=100)
    given_ = parser.parse_args()
    if given_.seed is not None:
        batch(given_.kind, given_.seed, given_.examples)
        return 0
    kinds = [given_.kind] if given_.kind else list(KINDS)
    wrong = []
    for kind in kinds:
        until = time.monotonic() + 60 * given_.minutes / len(kinds)
        batches = 0
        while time.monotonic() < until:
            found = feed(kind, batches, given_.examples)
            batches += 1
            if found:
                wrong.append(found)
                print(found, file=sys.stderr)
                break
        print(f"{kind}: {batches * given_.examples:,} examples, {'wrong' if found else 'all held'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

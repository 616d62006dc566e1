"""A child process that reads what outsiders bring ends in time, and has nothing to give away."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.liveness import share_while
from workbench import config, confined

MODULE = "tests.faults.confined_child"
MEMORY = 512 << 20
LIMITS = confined.Limits(MEMORY, 60, 60.0)


def run(do: str, data: bytes = b"", limits: confined.Limits = LIMITS) -> bytes:
    """What a child answers that is told to do this."""
    return confined.run(MODULE, {"do": do}, data, limits)


@pytest.fixture
def warm() -> Iterator[confined.Warm]:
    """A child that stays, ended afterwards."""
    made = confined.Warm(MODULE, MEMORY)
    yield made
    made.close()


def is_gone(pid: int) -> bool:
    """Whether no process with this id works any more."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1].startswith("Z")
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_bytes_come_back_as_they_were() -> None:
    data = bytes(range(256)) * 10_000
    assert run("echo", data) == data


def test_one_that_never_ends_is_stopped_and_nobody_waits() -> None:
    def spin() -> None:
        with pytest.raises(confined.Overtime):
            run("spin", limits=LIMITS._replace(wall_s=2.0))

    assert share_while(spin) > 0.2


def test_one_that_takes_more_cpu_than_it_may_ends_by_itself() -> None:
    with pytest.raises(confined.Broken):
        run("spin", limits=LIMITS._replace(cpu_s=1))


def test_one_that_crashes_is_told_from_one_that_is_late() -> None:
    with pytest.raises(confined.Broken):
        run("crash")


@pytest.mark.parametrize(
    ("do", "said"),
    [("memory", b"no memory"), ("call", b"A child that reads"), ("write", b"no file")],
)
def test_a_child_has_neither_memory_without_end_nor_network_nor_files(
    warm: confined.Warm, do: str, said: bytes
) -> None:
    assert run(do).startswith(said)
    assert warm.ask(do.encode(), 60.0).startswith(said)


def test_a_warm_child_reads_no_file(warm: confined.Warm) -> None:
    assert warm.ask(b"open", 60.0) == b"no file"


def test_a_child_gets_no_key_of_ours(monkeypatch: pytest.MonkeyPatch, warm: confined.Warm) -> None:
    monkeypatch.setenv("CANARY_API_KEY", "sk-canary")
    assert b"CANARY" not in run("keys")
    assert b"CANARY" not in warm.ask(b"keys", 60.0)


def test_a_warm_child_answers_again_and_again_and_is_one(warm: confined.Warm) -> None:
    assert warm.pid is None
    assert len({warm.ask(b"pid", 60.0) for _ in range(20)}) == 1
    assert warm.pid is not None


def test_a_warm_child_that_is_stuck_is_killed_and_another_answers(warm: confined.Warm) -> None:
    first = int(warm.ask(b"pid", 60.0))
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        with pytest.raises(confined.Overtime):
            warm.ask(b"spin", 0.2)
        assert warm.pid is None
    assert is_gone(first)
    assert int(warm.ask(b"pid", 60.0)) != first
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_warm_child_that_somebody_killed_is_started_anew(
    warm: confined.Warm, how: signal.Signals
) -> None:
    first = int(warm.ask(b"pid", 60.0))
    os.kill(first, how)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert int(warm.ask(b"pid", 60.0)) != first


def test_a_warm_child_that_crashes_says_so_and_another_answers(warm: confined.Warm) -> None:
    with pytest.raises(confined.Broken):
        warm.ask(b"crash", 60.0)
    assert warm.ask(b"pid", 60.0)


def test_many_threads_share_one_child_and_each_gets_its_own_answer(warm: confined.Warm) -> None:
    said: list[bytes] = []

    def ask(what: bytes) -> None:
        said.extend(warm.ask(what, 60.0)[:3] for _ in range(20))

    threads = [threading.Thread(target=ask, args=(what,)) for what in (b"call", b"open") * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == [b"A c"] * 60 + [b"no "] * 60


def test_no_child_hears_ctrl_c_in_the_terminal(warm: confined.Warm) -> None:
    ours = os.getsid(0)
    assert ours not in {int(run("session")), int(warm.ask(b"session", 60.0))}


PARENT = """
import sys
from workbench import confined
warm = confined.Warm("tests.faults.confined_child", 512 << 20)
print(warm.ask(b"pid", 60.0).decode(), flush=True)
try:
    warm.ask(sys.argv[1].encode(), 3.0)
except confined.Overtime:
    pass
sys.stdin.read()
"""


@pytest.mark.parametrize("doing", ["pid", "spin"])
def test_a_child_ends_when_the_app_is_killed(doing: str) -> None:
    """One that waits for questions ends at once; one that is stuck when its CPU is used up."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, doing],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=config.ROOT,
    ) as parent:  # fmt: skip
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        begun = _cpu(child)
        assert doing != "spin" or _seen(lambda: _cpu(child) > begun + 5)
        parent.kill()
    assert _seen(lambda: is_gone(child))


def _cpu(pid: int) -> int:
    """The CPU that a process took for itself, in hundredths of a second."""
    return int(Path(f"/proc/{pid}/stat").read_text().split(") ")[1].split()[11])


def _seen(what: Callable[[], bool]) -> bool:
    """Whether it comes true within two minutes."""
    return any(what() or threading.Event().wait(0.1) for _ in range(1_200))

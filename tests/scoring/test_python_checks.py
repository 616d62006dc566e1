"""A check in Python is run only where nobody but the operator could have written it, and says what
it says within limits."""

import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.domain.criteria import Scorer, ScorerKind
from workbench.domain.scores import Judgement, Outcome
from workbench.errors import InputError
from workbench.scoring import python_files
from workbench.scoring.checks import Subject, check

Write = Callable[[str, str], Path]
PASSES = "def check(output, case):\n    return True\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The operator's folder, empty."""
    made = tmp_path / "checks"
    made.mkdir(0o700)
    monkeypatch.setenv("WORKBENCH_CHECKS", str(made))
    return made


@pytest.fixture
def write(folder: Path) -> Write:
    """Puts a check into the folder."""

    def put(name: str, body: str) -> Path:
        path = folder / name
        path.write_text(body, encoding="utf-8")
        path.chmod(0o600)
        return path

    return put


def judged(name: str, output: str = "Hello", **case: str) -> Judgement:
    """What the file says of an output."""
    return check(Scorer(ScorerKind.PYTHON, {"file": name}), Subject(output, dict(case)))


@pytest.mark.parametrize(
    ("returned", "outcome", "value", "reason"),
    [
        ("True", Outcome.PASS, None, "tone.py says that it passes."),
        ("False", Outcome.FAIL, None, "tone.py says that it fails."),
        ("0.7", Outcome.PASS, 0.7, "tone.py gives 0.7 (0.5 passes)."),
        ("(0.2, 'Too curt.')", Outcome.FAIL, 0.2, "Too curt."),
        ("(True, 'Warm.')", Outcome.PASS, None, "Warm."),
        ("{'pass': True, 'score': 0.3, 'reason': 'Fair.'}", Outcome.PASS, 0.3, "Fair."),
    ],
)
def test_what_it_returns_is_the_outcome(
    write: Write, returned: str, outcome: Outcome, value: float | None, reason: str
) -> None:
    write("tone.py", f"def check(output, case):\n    return {returned}\n")
    assert judged("tone.py") == Judgement(outcome, reason, value)


def test_it_is_given_the_output_and_the_values_of_the_case(write: Write) -> None:
    write("order.py", "def check(output, case):\n    return case['order'] in output, 'Named.'\n")
    assert judged("order.py", "Order 7", order="7").outcome is Outcome.PASS
    assert judged("order.py", "Order 8", order="7").outcome is Outcome.FAIL


def test_an_assertion_that_was_written_for_promptfoo_is_asked_as_it_asks(write: Write) -> None:
    write("theirs.py", "def get_assert(output, context):\n    return context['vars']['a'] == 'b'\n")
    assert judged("theirs.py", a="b").outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "def check(output, case):\n    return case['order'] in output\n",
            "tone.py failed in line 2: KeyError: 'order'",
        ),
        ("def check(output, case)\n", "tone.py failed in line 1: SyntaxError"),
        ("import not_there_at_all\n", "ModuleNotFoundError"),
        ("raise SystemExit(3)\n", "SystemExit: 3"),
        ("def judge(output):\n    return True\n", "has no function check(output, case)"),
        ("def check(output, case):\n    return None\n", "tone.py returned None"),
        ("def check(output, case):\n    return 7\n", "tone.py returned 7"),
        ("def check(output, case):\n    return float('nan')\n", "tone.py returned nan"),
        (
            "import socket\ndef check(output, case):\n    socket.create_connection(('::1', 9))\n",
            "PermissionError",
        ),
        ("def check(output, case):\n    return len(bytearray(1 << 32)) > 0\n", "MemoryError"),
    ],
)
def test_what_cannot_be_told_is_unscored_with_the_last_line_of_why(
    write: Write, body: str, said: str
) -> None:
    write("tone.py", body)
    found = judged("tone.py")
    assert found.outcome is Outcome.UNSCORED
    assert said in found.reason
    assert "Traceback" not in found.reason


def test_one_that_takes_too_long_is_stopped_and_not_tried_for_ever(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(python_files, "SECONDS", 0.3)
    write("slow.py", "def check(output, case):\n    while True: pass\n")
    for _ in range(3):
        assert "took longer than 0.3 seconds" in judged("slow.py").reason
    found = judged("slow.py")
    assert found.outcome is Outcome.UNSCORED
    assert "was stopped 3 times" in found.reason


def test_it_sees_no_keys(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    write("env.py", "import os\ndef check(o, c):\n    return 'OPENAI_API_KEY' not in os.environ\n")
    assert judged("env.py").outcome is Outcome.PASS


def test_what_it_prints_is_no_answer(write: Write) -> None:
    write("loud.py", "print('x' * 100)\ndef check(o, c):\n    print('x' * 100)\n    return True\n")
    assert judged("loud.py").outcome is Outcome.PASS
    assert judged("loud.py", "again").outcome is Outcome.PASS


def test_a_thousand_outputs_take_one_process(write: Write) -> None:
    write("pid.py", "import os\ndef check(output, case):\n    return True, str(os.getpid())\n")
    assert len({judged("pid.py", str(n)).reason for n in range(1000)}) == 1


def test_a_changed_file_is_run_as_it_is_now(write: Write) -> None:
    write("tone.py", PASSES)
    assert judged("tone.py").outcome is Outcome.PASS
    write("tone.py", PASSES.replace("True", "False"))
    assert judged("tone.py").outcome is Outcome.FAIL


def test_a_criterion_is_never_judged_by_other_contents_than_its_own(write: Write) -> None:
    write("tone.py", PASSES)
    pinned = python_files.pinned(Scorer(ScorerKind.PYTHON, {"file": "tone.py"}))
    assert pinned.settings["sha256"] == hashlib.sha256(PASSES.encode()).hexdigest()
    write("tone.py", PASSES.replace("True", "False"))
    found = check(pinned, Subject("Hello", {}))
    assert found.outcome is Outcome.UNSCORED
    assert "tone.py was changed" in found.reason


def test_other_contents_make_another_scorer(write: Write) -> None:
    write("tone.py", PASSES)
    before = python_files.pinned(Scorer(ScorerKind.PYTHON, {"file": "tone.py"}))
    write("tone.py", PASSES + "# kinder\n")
    assert python_files.pinned(before).fingerprint() != before.fingerprint()


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_to_is_not_run(write: Write, mode: int) -> None:
    write("tone.py", PASSES).chmod(mode)
    found = judged("tone.py")
    assert found.outcome is Outcome.UNSCORED
    assert "Others than its owner may write to" in found.reason
    assert python_files.names() == []


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o1777])
def test_a_folder_that_others_may_write_to_is_not_run_from(
    write: Write, folder: Path, mode: int
) -> None:
    write("tone.py", PASSES)
    folder.chmod(mode)
    assert "Others than its owner may write to" in judged("tone.py").reason
    assert str(folder) in python_files.folder_problem()


def test_nor_is_one_whose_own_folder_others_may_replace(write: Write, folder: Path) -> None:
    write("tone.py", PASSES)
    folder.parent.chmod(0o777)
    assert "Others than its owner may write to" in judged("tone.py").reason
    folder.parent.chmod(0o700)
    assert judged("tone.py").outcome is Outcome.PASS


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_a_file_of_somebody_else_is_not_run(write: Write) -> None:
    os.chown(write("tone.py", PASSES), 12345, 12345)
    assert "belongs to somebody else" in judged("tone.py").reason


def test_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.py").write_text(PASSES)
    (folder / "tone.py").symlink_to(tmp_path / "elsewhere.py")
    found = judged("tone.py")
    assert found.outcome is Outcome.UNSCORED
    assert "is a link" in found.reason


def test_a_folder_that_is_a_link_is_refused(
    write: Write, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("tone.py", PASSES)
    (tmp_path / "link").symlink_to(folder)
    monkeypatch.setenv("WORKBENCH_CHECKS", str(tmp_path / "link"))
    assert "is a link" in judged("tone.py").reason


def test_a_pipe_is_no_check_and_nobody_waits_for_it(folder: Path) -> None:
    os.mkfifo(folder / "tone.py", stat.S_IRUSR | stat.S_IWUSR)
    assert "is no plain file" in judged("tone.py").reason


@pytest.mark.parametrize("name", ["../tone.py", "/etc/tone.py", "a/b.py", "tone", ".py", "a.py\n"])
def test_a_path_is_no_name(name: str) -> None:
    assert "no name of a check" in ScorerKind.PYTHON.entry.problem_with({"file": name})
    with pytest.raises(InputError, match="no name of a check"):
        python_files.content_hash(name)


def test_one_that_is_not_there_is_said_to_be_missing_and_where_it_would_go(folder: Path) -> None:
    found = judged("tone.py")
    assert (found.outcome, found.reason) == (
        Outcome.UNSCORED,
        "There is no check tone.py here.",
    )


def test_a_file_that_is_too_large_is_not_read(write: Write) -> None:
    write("tone.py", "#" * (python_files.MOST_BYTES + 1))
    assert "over 256 kB" in judged("tone.py").reason


def test_it_cannot_be_part_of_a_combination() -> None:
    parts = {"checks": [{"kind": "python", "settings": {"file": "tone.py"}}]}
    assert "can't be combined" in ScorerKind.ALL_OF.entry.problem_with(parts)

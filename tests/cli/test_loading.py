"""A command loads what it uses and nothing else: what waits longest is who types it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.faults import endpoint as faults
from workbench.config import ROOT
from workbench.runs.beside import cores

FEATURE = (Path(__file__).parent.parent / "tiny.yaml").read_text("utf-8")
HEAVY = """
    aiohttp altair duckdb genai_prices httpx2 icu itsdangerous jsonschema_rs minijinja numpy openai
    pandas py3langid pyarrow python_calamine ray re2 scipy starlette statsmodels streamlit uvicorn
    uvloop xllamacpp yaml
"""
# What is loaded is asked for when the command has ended, and when it first reaches for a server.
CHILD = f"""
import json, sys
heavy, first = set({HEAVY.split()}), []
WINGS = ("workbench.evidence.verdicts", "workbench.stats", "workbench.ui", "workbench.server",
    "workbench.scoring.refusal_wordings", "workbench.exchange.spec", "workbench.exchange.results")

def loaded():
    wings = [wing for wing in WINGS if any(name.startswith(wing) for name in list(sys.modules))]
    return sorted(heavy & set(sys.modules)) + wings

def hear(event, arguments):
    if event == "socket.connect" and not first:
        first.append(loaded())

sys.addaudithook(hear)
from workbench.__main__ import run
code = run(sys.argv[1:])
print(json.dumps([code, first, loaded()]), file=sys.stderr)
"""
STORE = ["duckdb"]
FILE = [*STORE, "jsonschema_rs", "yaml"]
ASKING = sorted([*FILE, "aiohttp", "minijinja", "uvloop"])
SPEC = "workbench.exchange.spec"
JUDGING = ["workbench.evidence.verdicts", "workbench.stats"]


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    """How a command is begun that says what it loaded."""
    return [sys.executable, "-c", CHILD]


def said(
    command: list[str], home: Path, *arguments: str, on: Iterable[int] = ()
) -> tuple[int, list[list[str]], list[str]]:
    """The exit code of a command, what it had loaded when it asked a model, and at its end; with
    `on` on these cores alone."""
    environment = {
        **os.environ,
        "WORKBENCH_HOME": str(home / "home"),
        "WORKBENCH_DB": str(home / "app.duckdb"),
    }
    done = subprocess.run(
        [*command, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        preexec_fn=(lambda: os.sched_setaffinity(0, on)) if on else None,
    )
    code, first, last = json.loads(done.stderr.splitlines()[-1])
    return code, first, last


def test_each_verb_loads_what_it_uses(command: list[str], tmp_path: Path) -> None:
    feature = tmp_path / "tiny.yaml"
    feature.write_text(FEATURE.replace("MOST", "10000").replace("BAR", "0.2"), "utf-8")
    expected = {
        (): (2, []),
        ("import", str(feature)): (0, sorted([*FILE, "minijinja"])),
        ("export", "Tiny"): (0, [*STORE, "yaml"]),
        ("backup",): (0, STORE),
        ("verdicts", "Tiny"): (3, [*STORE, "numpy", *JUDGING]),
        ("export", "Tiny", "--format", "md"): (
            0,
            [*STORE, "numpy", "yaml", *JUDGING, SPEC],
        ),
        ("doctor",): (0, STORE),
    }
    found = {}
    for arguments in expected:
        code, first, last = said(command, tmp_path, *arguments)
        assert first == [], "nobody was to be asked"
        found[arguments] = (code, last)
    assert found == expected


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process can't be held to a core")
def test_on_one_core_a_run_loads_what_a_call_needs_and_what_judges_while_it_waits(
    command: list[str], tmp_path: Path
) -> None:
    feature = tmp_path / "tiny.yaml"
    feature.write_text(FEATURE.replace("MOST", "10000").replace("BAR", "0.2"), "utf-8")
    one = sorted(os.sched_getaffinity(0))[:1]
    with faults.serve() as server:
        asked = ("--base-url", server.base_url, "--model", "fake-1", "--quiet")
        code, first, last = said(command, tmp_path, "run", str(feature), *asked, on=one)
        assert server.requests == 2
    assert code == 0
    assert first == [ASKING]
    assert last == [*sorted([*ASKING, "numpy", "scipy"]), *JUDGING]


@pytest.mark.skipif(cores() == 1, reason="one core: nothing is gained by a second process")
def test_on_several_cores_what_a_call_needs_is_loaded_beside_a_run_and_never_by_it(
    command: list[str], tmp_path: Path
) -> None:
    feature = tmp_path / "tiny.yaml"
    feature.write_text(FEATURE.replace("MOST", "10000").replace("BAR", "0.2"), "utf-8")
    with faults.serve() as server:
        asked = ("--base-url", server.base_url, "--model", "fake-1", "--quiet")
        code, first, last = said(command, tmp_path, "run", str(feature), *asked)
        assert server.requests == 2
    assert (code, first) == (0, [])
    assert last == [*sorted([*FILE, "minijinja", "numpy", "scipy", "uvloop"]), *JUDGING]


def test_the_child_that_reads_a_feature_file_loads_no_database() -> None:
    asks = "import sys, workbench.exchange.feature.child; print('duckdb' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asks], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "False\n", done.stderr

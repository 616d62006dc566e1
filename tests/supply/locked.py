"""What is installed: the lock file, each package with its version and hashes."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from workbench.config import ROOT

LOCK = ROOT / "requirements.lock"
_PACKAGE = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class Locked(NamedTuple):
    """One package of a lock file."""

    version: str
    hashes: frozenset[str]


def canonical(name: str) -> str:
    """A package's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(path: Path) -> dict[str, str]:
    """The packages that a requirements file names with an exact version."""
    lines = path.read_text("utf-8").splitlines()
    found = (_PACKAGE.match(line) for line in lines)
    return {canonical(match[1]): match[2] for match in found if match}


def read(path: Path) -> Mapping[str, Locked]:
    """The packages of a lock file."""
    found: dict[str, Locked] = {}
    name = ""
    for line in path.read_text("utf-8").splitlines():
        if match := _PACKAGE.match(line):
            name = canonical(match[1])
            found[name] = Locked(match[2], frozenset())
        if match := _HASH.search(line):
            held = found[name]
            found[name] = held._replace(hashes=held.hashes | {match[1]})
    return found

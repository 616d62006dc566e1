"""Ask for known vulnerabilities of every locked package: `python -m tests.supply.audit`.

What was not looked at is a failure, not a pass: a service that did not answer, a package that was
skipped, a report that is empty. Exit codes: 0 all were looked at and none is known to be
vulnerable, 1 some are, 2 not all were looked at.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tests.supply import locked
from tests.supply.locked import Locked

_PATIENCE_S = 900


class Audit(NamedTuple):
    """What came of it, in lines for people."""

    unseen: tuple[str, ...]
    vulnerable: tuple[str, ...]

    def exit_code(self) -> int:
        """0, 1 or 2, as above. What was not looked at outweighs what was found."""
        return 2 if self.unseen else 1 if self.vulnerable else 0


def judged(report: str, wanted: Mapping[str, Locked]) -> Audit:
    """The report of pip-audit (JSON) held against what should have been looked at."""
    try:
        rows = json.loads(report)["dependencies"]
        seen = {locked.canonical(row["name"]): row for row in rows}
    except (ValueError, KeyError, TypeError):
        return Audit(("There is no report: nothing was looked at.",), ())
    if not wanted:
        return Audit(("The lock file names no package: nothing was looked at.",), ())
    unseen, vulnerable = [], []
    for name, package in wanted.items():
        row = seen.get(name, {})
        if row.get("version") != package.version or not isinstance(row.get("vulns"), list):
            why = row.get("skip_reason") or "it is not in the report"
            unseen.append(f"{name} {package.version} was not looked at: {why}.")
        for known in row.get("vulns") or ():
            fixed = ", ".join(known.get("fix_versions") or ()) or "no version"
            vulnerable.append(f"{name} {package.version}: {known['id']}, fixed in {fixed}.")
    return Audit(tuple(unseen), tuple(vulnerable))


def asked(command: Sequence[str]) -> str:
    """The report that a command prints; what it says of itself goes to stderr."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=_PATIENCE_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"It could not be asked: {error}", file=sys.stderr)
        return ""
    return done.stdout


def main() -> int:
    """Audit what is locked."""
    wanted = locked.read(locked.LOCK)
    report = asked(
        [
            *(sys.executable, "-m", "pip_audit", "--requirement", str(locked.LOCK)),
            *("--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off"),
        ]
    )
    found = judged(report, wanted)
    for line in (*found.unseen, *found.vulnerable):
        print(line)
    print(
        f"{len(wanted) - len(found.unseen)} of {len(wanted)} packages were looked at, "
        f"{len(found.vulnerable)} known vulnerabilities."
    )
    return found.exit_code()


if __name__ == "__main__":
    sys.exit(main())

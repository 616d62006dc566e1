"""Write what the app is made of: `python -m tests.supply.bill`.

`artifacts/sbom.cdx.json` is a CycloneDX bill of materials of `requirements.lock`, with hashes;
`artifacts/licences.md` lists the licence of each package. Fails when one of them is missing there.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.supply import locked
from tests.supply.locked import Locked
from workbench.config import ROOT

_UNKNOWN = "UNKNOWN"


def main(folder: Path = ROOT / "artifacts") -> int:
    """Write both files into the folder; returns the exit code."""
    folder.mkdir(exist_ok=True)
    wanted = locked.read(locked.LOCK)
    bill, licences = folder / "sbom.cdx.json", folder / "licences.md"
    subprocess.run(
        [
            *(sys.executable, "-m", "cyclonedx_py", "requirements", str(locked.LOCK)),
            *("--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible"),
            *("--of", "JSON", "-o", str(bill)),
        ],
        check=True,
    )
    subprocess.run(
        [
            *(sys.executable, "-m", "piplicenses", "--from", "mixed", "--format", "json"),
            *("--with-urls", "--output-file", str(licences), "--packages", *wanted),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    rows = json.loads(licences.read_text("utf-8"))
    licences.write_text(_table(rows), "utf-8")
    lacks = missing(wanted, json.loads(bill.read_text("utf-8")), rows)
    for line in lacks:
        print(line)
    print(f"Wrote {bill} and {licences}: {len(wanted)} packages.")
    return 1 if lacks else 0


def _table(rows: list[dict[str, str]]) -> str:
    lines = [f"| {row['Name']} | {row['Version']} | {row['License']} |" for row in rows]
    return "\n".join(["| Package | Version | Licence |", "|---|---|---|", *lines, ""])


def missing(
    wanted: Mapping[str, Locked], bill: Mapping[str, Any], rows: Sequence[Mapping[str, str]]
) -> list[str]:
    """What the bill or the list of licences says nothing of, in lines for people."""
    parts = {(locked.canonical(part["name"]), part["version"]) for part in bill["components"]}
    known = {locked.canonical(row["Name"]): row["License"] for row in rows}
    found = [
        f"{name} {package.version} is not in the bill of materials."
        for name, package in wanted.items()
        if (name, package.version) not in parts
    ]
    return found + [
        f"The licence of {name} is not known: is it installed?"
        for name in wanted
        if known.get(name, _UNKNOWN) == _UNKNOWN
    ]


if __name__ == "__main__":
    sys.exit(main())

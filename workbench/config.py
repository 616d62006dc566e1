"""Settings, read once from the environment."""

import os
from dataclasses import dataclass
from pathlib import Path

from workbench.domain import key_names as patterns

ROOT = Path(__file__).resolve().parent.parent
NEW_OBJECTS = 50_000
"""How many new objects Python's collector waits for before it looks among them for garbage, in each
of our processes. Imports make a million that stay, and each call has a hundred that live until it
is on disk: looking every 700 takes a tenth of a start, and a fifth of a large run."""
_YES = ("1", "true", "yes", "on")


@dataclass(frozen=True)
class Config:
    """Where things are. `database` may be ":memory:"."""

    database: str
    home: Path
    asks_token: bool = True
    """Whether `serve` asks for the token that it prints."""
    own_checks: Path | None = None
    """Where checks in Python lie, where that is not a folder of `home`."""

    @property
    def logs(self) -> Path:
        """The folder for log files; made on first use."""
        return self.home / "logs"

    @property
    def checks(self) -> Path:
        """The folder of the operator's checks in Python; never made or written to by us."""
        return self.own_checks or self.home / "checks"


def key_names() -> tuple[str, ...]:
    """Variables that may be named as keys beside the usual ones, added by the operator. Raises
    InputError for what is no name and no pattern."""
    return patterns.added(os.environ.get(patterns.ADDED_BY, ""))


def load() -> Config:
    """The settings of this process: WORKBENCH_DB (the file), WORKBENCH_HOME (logs, caches),
    WORKBENCH_CHECKS (the folder of checks in Python), and WORKBENCH_NO_TOKEN ("1": `serve` lets
    everybody in who reaches it)."""
    home = Path(os.environ.get("WORKBENCH_HOME") or ROOT / "data" / "home")
    database = os.environ.get("WORKBENCH_DB") or str(ROOT / "data" / "workbench.duckdb")
    # Whatever else it says, by mistake, leaves the door shut.
    asks_token = os.environ.get("WORKBENCH_NO_TOKEN", "").strip().lower() not in _YES
    named = os.environ.get("WORKBENCH_CHECKS")
    return Config(database, home, asks_token, Path(named) if named else None)

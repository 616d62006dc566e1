"""Settings, read once from the environment."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Config:
    """Where things are. `database` may be ":memory:"."""

    database: str
    home: Path

    @property
    def logs(self) -> Path:
        """The folder for log files; made on first use."""
        return self.home / "logs"


def load() -> Config:
    """The settings of this process: WORKBENCH_DB (the file) and WORKBENCH_HOME (logs, caches)."""
    home = Path(os.environ.get("WORKBENCH_HOME") or ROOT / "data" / "home")
    database = os.environ.get("WORKBENCH_DB") or str(ROOT / "data" / "workbench.duckdb")
    return Config(database=database, home=home)

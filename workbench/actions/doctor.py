"""`doctor`: what is installed, whether the database is whole, and evidence as it was written."""

import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from workbench import config
from workbench.actions import headless
from workbench.errors import WorkbenchError
from workbench.models.local import LocalModel
from workbench.say import count
from workbench.store.audit import WAY_OUT
from workbench.store.engine.database import MEMORY
from workbench.store.store import Store


@dataclass(frozen=True)
class Finding:
    """One thing that was examined, and whether it is well."""

    is_well: bool
    text: str


def examine(database: str) -> list[Finding]:
    """What is installed, and whether the database is whole."""
    findings = [Finding(True, f"Python {platform.python_version()} on {platform.platform()}")]
    for package in ("streamlit", "duckdb", "aiohttp", "scipy"):
        try:
            findings.append(Finding(True, f"{package} {version(package)}"))
        except PackageNotFoundError:
            findings.append(Finding(False, f"{package} is not installed: pip install -r …"))
    local = LocalModel(config.load().home).availability()
    said = f"local model: {'ready to start' if local.is_available else local.reason} {local.hint}"
    findings.append(Finding(local.is_available, said.strip()))
    if database != MEMORY and not any(Path(f"{database}{end}").exists() for end in ("", ".head")):
        return [*findings, Finding(True, f"no database yet at {database}")]
    try:
        with headless.opened(database) as store:
            broken = store.condition.orphans()
            findings.append(Finding(not broken, f"database {database} opens"))
            if store.condition.refusal is not None:
                findings.append(Finding(False, str(store.condition.refusal)))
            findings.append(Finding(True, store.condition.sequence()))
            findings += [Finding(False, line) for line in broken]
            findings += _audited(store)
            findings += _files(store)
    except WorkbenchError as error:
        findings.append(Finding(False, str(error)))
    return findings


def _audited(store: Store) -> list[Finding]:
    """Whether every row can be read, and evidence is as it was written."""
    store.condition.read_every_row()
    audit = store.audits.now()
    since = f", checked since {audit.since:%Y-%m-%d %H:%M} UTC" if audit.since else ""
    said = f"{count(audit.rows, 'row')} of evidence are as they were written{since}"
    findings = [Finding(False, f"{one}. {WAY_OUT}") for one in audit.sentences()]
    findings += [Finding(True, f"left out, because it was changed: {one}") for one in _left(store)]
    if store.condition.was_sealed_anew:
        note = "checksums were made anew: another DuckDB computes them otherwise"
        findings.append(Finding(True, f"{note}; what was changed before can't be told"))
    return findings if audit.altered else [*findings, Finding(True, said)]


def _files(store: Store) -> list[Finding]:
    """Whether the files of cases are those that were attached; missing ones are orphans."""
    changed = store.attachments.changed()
    if changed:
        named = ", ".join(digest[:12] for digest in changed[:8])
        said = f"{count(len(changed), 'attached file')} changed since kept ({named})"
        return [Finding(False, f"{said}: restore a backup from before")]
    n_files, size = store.attachments.unused()
    if not n_files:
        return []
    said = f"{count(n_files, 'file')} ({size / 1e6:.1f} MB) that no saved case attaches are kept"
    return [Finding(True, said)]


def _left(store: Store) -> list[str]:
    return [
        f"{count(rows, 'row')} by {author}, {at}" for author, at, rows in store.leaving_out.all()
    ]

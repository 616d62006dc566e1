"""The verb that takes cases from a table: import-cases."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workbench.cli import tables, telling
from workbench.cli.database import Verbs, add_db, database_of
from workbench.errors import InputError
from workbench.say import count

if TYPE_CHECKING:
    from workbench.actions.datasets import TakenIn
    from workbench.exchange.tables.mapping import ColumnMapping
    from workbench.exchange.tables.shape import Table

_PARTS = (
    "key, reference, tags, source, held_out, group, messages (a conversation), attachments "
    "(names of files), tool_replies or simulated_user"
)


def add(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    cases = verbs.add_parser(
        "import-cases",
        help="import cases from a table into a dataset of a feature",
        description="Take cases from a table (CSV, TSV, JSON, JSONL, Excel, OpenDocument or "
        "Parquet), one a row, as the Data page does: columns are told by their names (an id is the "
        "key, an expected answer the reference), the others are the variables that prompts are "
        "filled with. Cases are added: one with a key that is there takes its place, one that is "
        "there already is not added again. A column of attachments names files (PNG, JPEG, PDF) in "
        "the table's folder, or in the ZIP that holds them with the table. Each import makes a new "
        "version; nothing is kept of a file in which a row is wrong.",
        epilog="Exit codes: 0 imported; 2 the command or the file is wrong. docs/tables.md says "
        "what can be read.",
    )
    tables.add(cases)
    cases.add_argument("--feature", required=True, metavar="NAME", help="the feature's name")
    cases.add_argument(
        "--dataset", required=True, metavar="NAME", help="new, or one that is there already"
    )
    cases.add_argument(
        "--map",
        action="append",
        type=_mapped,
        default=[],
        metavar="COLUMN=VARIABLE",
        help="what a column becomes, where its name does not say it (repeatable): a variable, or "
        f"{_PARTS}; COLUMN= leaves it out",
    )
    cases.add_argument(
        "--replace",
        action="store_true",
        help="the new version holds these cases only; earlier versions stay as they are",
    )
    cases.add_argument(
        "--mask",
        action="store_true",
        help="put a word, such as [e-mail address 1], in the place of what looks like data of "
        "people (patterns are found, not names); what stands for what is not kept",
    )
    cases.add_argument("--note", default="", metavar="TEXT", help="what changed, and why")
    add_db(cases)
    cases.add_argument("--json", action="store_true", help="print JSON for machines")
    cases.set_defaults(command=lambda chosen: _import(chosen, database_of(chosen)))


def _import(chosen: argparse.Namespace, database: str) -> int:
    from workbench.actions import datasets, headless
    from workbench.exchange.archives import zips
    from workbench.exchange.tables import files, mapping, personal, reading

    said = _said(chosen.map)
    if chosen.file.suffix.lower() == files.ARCHIVE:
        data = tables.data_of(chosen.file, zips.MOST_BYTES)
        given = files.of_archive(chosen.file.name, data)
    else:
        data = tables.data_of(chosen.file, reading.MAX_BYTES)
        given = files.Packed(chosen.file.name, data, files.in_folder(chosen.file.parent))
    table = reading.read(given.name, given.data, tables.stated(chosen))
    with headless.opened(database) as store:
        feature_id = headless.named(store, chosen.feature)
        wanted = datasets.wanted_variables(store, feature_id)
        used = mapping.stated(table, wanted, said)
        drafts = mapping.to_cases(table, used, numbers=False)
        looked = files.looked_at(files.wanted(drafts, store.attachments), given.find)
        drafts = files.attached(drafts, looked)
        found = personal.found(drafts)
        done = datasets.take_in(
            store,
            headless.who(store),
            feature_id,
            chosen.dataset,
            personal.masked(drafts) if chosen.mask else drafts,
            replaces=chosen.replace,
            note=chosen.note,
            files=tuple(looked.values()),
        )
    if chosen.json:
        people = {"personal_data": dict(found), "masked": chosen.mask}
        whole = {"imported": {**_imported(done, table, used), **people}}
        telling.as_json(whole)
    else:
        telling.answer(_as_text(done, table, used))
        if found:
            how = "masked" if chosen.mask else "kept; --mask puts words in their place"
            telling.answer(f"Data of people: {personal.said(found)} ({how}). {personal.ESCAPES}")
    return 0


def _becomes(table: "Table", used: "ColumnMapping") -> dict[str, str]:
    """What each column of the table became; those that were left out are not in it."""
    variables = {column: used.variable(column) for column in used.variables}
    return {
        column: found
        for column in table.columns
        if (found := variables.get(column) or used.part(column))
    }


def _left_out(table: "Table", used: "ColumnMapping") -> list[str]:
    return [column for column in table.columns if column not in used.columns()]


def _imported(done: "TakenIn", table: "Table", used: "ColumnMapping") -> dict[str, Any]:
    version, changes = done.kept
    return {
        "dataset": version.name,
        "version": version.number,
        "is_new": done.is_new,
        "cases": version.n_cases,
        "added": len(changes.added),
        "edited": len(changes.edited),
        "removed": len(changes.removed),
        "repeated_inputs": done.repeated,
        "columns": _becomes(table, used),
        "left_out": _left_out(table, used),
        "notes": list(table.notes),
    }


def _as_text(done: "TakenIn", table: "Table", used: "ColumnMapping") -> str:
    version, changes = done.kept
    if not changes:
        first = f"“{version.name}” holds all of it already: version {version.number} stays"
    elif done.is_new:
        first = f"Created “{version.name}”"
    else:
        first = f"Saved version {version.number} of “{version.name}”: {changes.describe()}"
    became = [
        column if column == found else f"{column} as {found}"
        for column, found in _becomes(table, used).items()
    ]
    lines = [f"{first}. It has {count(version.n_cases, 'case')}.", f"Columns: {', '.join(became)}."]
    left_out = _left_out(table, used)
    if left_out:
        lines.append(f"Left out: {', '.join(left_out)}.")
    if done.repeated:
        lines.append(
            f"{done.repeated:,} of {version.n_cases:,} repeat the input of another case: they "
            "count as one case in every verdict."
        )
    return "\n".join([*lines, *table.notes])


def _said(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    said: dict[str, str] = {}
    for column, becomes in pairs:
        if said.setdefault(column, becomes) != becomes:
            raise InputError(
                f"“{column}” can't be both {said[column] or 'left out'} and "
                f"{becomes or 'left out'}.",
                "Say it once (--map).",
            )
    return said


def _mapped(text: str) -> tuple[str, str]:
    column, sign, becomes = text.rpartition("=")
    if not sign or not column.strip():
        raise argparse.ArgumentTypeError(
            f"“{text}” is not COLUMN=VARIABLE, such as “Customer's message=message”"
        )
    return column.strip(), becomes.strip()

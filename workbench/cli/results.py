"""The verb that takes results from elsewhere: import-results."""

import argparse
import json
from pathlib import Path

from workbench.cli.database import Verbs, add_db, database_of
from workbench.domain import hidden
from workbench.errors import InputError

_BAR = 0.9


def add(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    results = verbs.add_parser(
        "import-results",
        help="import outputs and scores that were made elsewhere, and print the verdicts",
        description="Take results from a table (CSV, JSONL, JSON, XLSX or Parquet) with the "
        "columns case, variant, trial, criterion, value and, if there are any, output, slice, "
        "latency_ms, cost, rater, group. A "
        "new feature, dataset and criteria are made where they do not exist. Nothing is kept of a "
        "file in which a line is wrong; what was imported before is not imported again.",
        epilog="Exit codes: 0 imported, whatever the verdicts; 2 the command or the file is wrong. "
        "docs/outside-results.md describes the file.",
    )
    results.add_argument("file", type=Path, metavar="FILE")
    results.add_argument("--feature", required=True, metavar="NAME", help="new, or there already")
    results.add_argument(
        "--bar",
        type=_share,
        default=_BAR,
        metavar="SHARE",
        help="the pass rate that new criteria ask for (%(default)s)",
    )
    results.add_argument(
        "--passes-from",
        type=float,
        metavar="NUMBER",
        help="from which number on a value passes (0.5 for numbers between 0 and 1)",
    )
    results.add_argument(
        "--scale",
        metavar="LOW-HIGH",
        help="what the numbers may be, such as 1-5: then a criterion may ask for a mean score",
    )
    for option, metavar, what in (
        ("--sheet", "NAME", "the sheet of a workbook; else the first one in sight"),
        ("--encoding", "NAME", "how the text is encoded, such as cp1252, where it is not UTF-8"),
        ("--separator", "SIGN", "what separates the cells of a text: a sign, tab or none"),
        ("--rows-at", "KEYS", "the list of a JSON document that holds the rows, such as data.rows"),
    ):
        results.add_argument(option, metavar=metavar, default="", help=what)
    add_db(results)
    results.add_argument("--json", action="store_true", help="print JSON for machines")
    results.set_defaults(command=lambda chosen: _import(chosen, database_of(chosen)))


def _import(chosen: argparse.Namespace, database: str) -> int:
    from workbench.actions import findings, headless
    from workbench.exchange.results import criteria, file, keeping, shape
    from workbench.exchange.tables import reading
    from workbench.store.engine.files import read_file

    try:
        data = read_file(chosen.file)
    except FileNotFoundError:
        raise InputError(
            f"There is no file {chosen.file}.", "Name a table, such as a CSV file."
        ) from None
    except OSError as error:
        raise InputError(f"{chosen.file} cannot be read: {error.strerror}.") from None
    scale = None if chosen.scale is None else shape.scale_of(chosen.scale)
    separator = {"tab": "\t", "\\t": "\t"}.get(chosen.separator.lower(), chosen.separator)
    stated = reading.Reading(chosen.encoding, separator, sheet=chosen.sheet, rows_at=chosen.rows_at)
    with file.calm():
        table = reading.read(chosen.file.name, data, stated, is_results=True)
    # What is let go of now need not be looked through while the results are kept.
    del data
    with headless.opened(database) as store:
        author = headless.author(store)
        known = criteria.levels(store, chosen.feature)
        results = file.of_table(chosen.file.name, table, chosen.passes_from, scale, known)
        del table
        imported = keeping.keep(store, results, chosen.feature, author, chosen.bar)
        # What is let go of now need not be looked through while the verdicts are made.
        del results
        found = findings.of_feature(store, imported.feature_id)
    if chosen.json:
        said = {"imported": imported.as_json(), "verdicts": found.as_json()["verdicts"]}
        print(hidden.in_json(json.dumps(said, indent=2, ensure_ascii=False)))
    else:
        print(hidden.named(f"{imported.as_text()}\n\n{found.as_text()}"))
    return 0


def _share(text: str) -> float:
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = 0.0
    if not 0 < share < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a share above 0 and below 1, such as 0.9")
    return share

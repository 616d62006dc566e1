"""The verb that takes results from elsewhere: import-results."""

import argparse

from workbench.cli import tables, telling
from workbench.cli.database import Verbs, add_db, database_of

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
    tables.add(results)
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
    add_db(results)
    results.add_argument("--json", action="store_true", help="print JSON for machines")
    results.set_defaults(command=lambda chosen: _import(chosen, database_of(chosen)))


def _import(chosen: argparse.Namespace, database: str) -> int:
    from workbench.actions import findings, headless
    from workbench.actions import results as kept_results
    from workbench.exchange.results import criteria, file, shape
    from workbench.exchange.tables import reading

    data = tables.data_of(chosen.file)
    scale = None if chosen.scale is None else shape.scale_of(chosen.scale)
    with file.calm():
        table = reading.read(chosen.file.name, data, tables.stated(chosen), is_results=True)
    # What is let go of now need not be looked through while the results are kept.
    del data
    with headless.opened(database) as store:
        who = headless.who(store)
        known = criteria.levels(store, chosen.feature)
        results = file.of_table(chosen.file.name, table, chosen.passes_from, scale, known)
        del table
        imported = kept_results.keep(store, who, results, chosen.feature, chosen.bar)
        # What is let go of now need not be looked through while the verdicts are made.
        del results
        found = findings.of_feature(store, imported.feature_id)
    if chosen.json:
        said = {"imported": imported.as_json(), "verdicts": found.as_json()["verdicts"]}
        telling.as_json(said)
    else:
        telling.answer(f"{imported.as_text()}\n\n{found.as_text()}")
    return 0


def _share(text: str) -> float:
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = 0.0
    if not 0 < share < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a share above 0 and below 1, such as 0.9")
    return share

"""The same verbs without a browser, and what ends a command in another way than its answer."""

import argparse
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.cli import (
    agreement,
    asking,
    cases,
    check,
    compare,
    draft,
    exit_codes,
    results,
    tables,
    telling,
    upkeep,
)
from workbench.cli.database import Verbs, add_db, database_of
from workbench.errors import WorkbenchError
from workbench.say import count

EXIT_MET, EXIT_NOT_MET, EXIT_INPUT = exit_codes.MET, exit_codes.NOT_MET, exit_codes.INPUT
EXIT_STOPPED = 130
"""What shells say of a command that was interrupted."""

if TYPE_CHECKING:
    from workbench.actions.findings import Findings

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None, serve: Command | None = None) -> int:
    """Run one command; returns its exit code. Our errors become one message on stderr, code 2.
    `serve` opens the app: it is handed in, because this floor does not know the user interface."""
    # Databases, backups and logs hold what people typed: nobody else on this machine may read it.
    os.umask(0o077)
    parser = _parser(serve)
    chosen = parser.parse_args(arguments)
    if not hasattr(chosen, "command"):
        parser.print_help()
        return EXIT_INPUT
    try:
        command: Command = chosen.command
        return command(chosen)
    except KeyboardInterrupt:
        telling.say("Stopped. What was kept until now stays; run the command again to go on.")
        return EXIT_STOPPED
    except WorkbenchError as error:
        telling.say(error.message)
        if error.hint:
            telling.say(error.hint)
        if option := tables.option_for(error):
            telling.say(f"Here: {option}.")
        return EXIT_INPUT


def _parser(serve: Command | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m workbench",
        description="Draft requirements for an AI feature, try prompts, score outputs, decide.",
        epilog="The database is data/workbench.duckdb unless WORKBENCH_DB or --db names another. "
        "One process uses it at a time: close the app first, or work on another file.",
    )
    verbs = parser.add_subparsers(title="commands", metavar="COMMAND")
    if serve is not None:
        _add_serve(verbs, serve)
    _add_run(verbs)
    check.add(verbs)
    _add_verdicts(verbs)
    compare.add(verbs)
    agreement.add(verbs)
    _add_exchange(verbs)
    draft.add(verbs)
    cases.add(verbs)
    results.add(verbs)
    upkeep.add(verbs)
    return parser


def _add_serve(verbs: Verbs, command: Command) -> None:
    serve = verbs.add_parser(
        "serve",
        help="open the app in the browser",
        description="Start the app on this machine. Stop it with Ctrl-C: running experiments keep "
        "what was answered and can be resumed.",
    )
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    serve.add_argument("--port", type=int, help="port (the first free one of 8501 to 8510)")
    serve.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="HOST",
        help="another host name under which browsers may open the app (for use behind a proxy)",
    )
    serve.add_argument(
        "--key-name",
        action="append",
        default=[],
        metavar="NAME",
        help="another variable, or pattern such as TEAM_*, that connections may name as a key "
        "(repeatable; also WORKBENCH_KEY_NAMES)",
    )
    serve.add_argument("--no-browser", action="store_true", help="do not open a browser window")
    serve.add_argument(
        "--no-token",
        action="store_true",
        help="let everybody in who reaches the address, with your keys (or WORKBENCH_NO_TOKEN=1)",
    )
    serve.set_defaults(command=command)


def _add_run(verbs: Verbs) -> None:
    run = verbs.add_parser(
        "run",
        help="run the experiments of a feature file and print the verdicts",
        description="Import a feature file (or find it unchanged in the database), run what is "
        "missing of its experiments, and print a verdict for each criterion and variant. The "
        "candidate variant decides; where none is named, every variant does.",
        epilog=exit_codes.EXPLAINED,
    )
    run.add_argument("file", type=Path, metavar="FEATURE.yaml")
    add_db(run)
    run.add_argument("--as", dest="name", metavar="NAME", help="import under another name")
    run.add_argument(
        "--experiment", action="append", metavar="KEY", help="only this experiment (repeatable)"
    )
    asking.add_target(run, "ask another model instead of the one that the file names")
    asking.add_limits(run)
    run.add_argument(
        "--engine",
        choices=("local", "ray"),
        default="local",
        help="where the calls are made: in this process, or on a Ray cluster (docs/ray.md)",
    )
    run.set_defaults(command=_run)


def _add_verdicts(verbs: Verbs) -> None:
    verdicts = verbs.add_parser(
        "verdicts",
        help="print the verdicts of a feature",
        description="Print a verdict for each requirement, criterion and variant of a feature, "
        "from what is stored; nothing is asked.",
        epilog="Exit codes are those of `run`.",
    )
    verdicts.add_argument("feature", metavar="FEATURE", help="the feature's name")
    add_db(verdicts)
    verdicts.add_argument("--json", action="store_true", help="print JSON for machines")
    verdicts.set_defaults(command=_verdicts)


def _add_exchange(verbs: Verbs) -> None:
    importing = verbs.add_parser(
        "import",
        help="import a feature file, or a ZIP with one and the files of its cases",
        description="Import a feature file (YAML), or a ZIP as export makes it. Files that cases "
        "attach are looked for in the ZIP, or in the folder “attachments” beside the YAML.",
    )
    importing.add_argument("file", type=Path, metavar="FILE")
    importing.add_argument("--as", dest="name", metavar="NAME", help="import under another name")
    add_db(importing)
    importing.set_defaults(command=_import)
    export = verbs.add_parser(
        "export",
        help="write a feature as YAML or ZIP (to import elsewhere) or Markdown (to read)",
        description="Write a feature as YAML, as a ZIP that also holds the files of its cases, or "
        "as Markdown. YAML with --out puts such files into the folder “attachments” beside it.",
    )
    export.add_argument("feature", metavar="FEATURE", help="the feature's name")
    export.add_argument("--format", choices=("yaml", "zip", "md"), default="yaml")
    export.add_argument("--out", type=Path, metavar="PATH", help="a file; otherwise stdout")
    add_db(export)
    export.set_defaults(command=_export)


# Each verb imports what it needs: statistics and the model client take seconds to load.


def _run(chosen: argparse.Namespace) -> int:
    from workbench.runs import beside

    asking.end_as_told()
    with beside.begun_early() as begun:
        from workbench.actions import headless, running
        from workbench.exchange.feature import bundle

        wanted = replace(
            asking.wanted(chosen),
            experiments=tuple(chosen.experiment or ()),
            model=chosen.model,
            engine=chosen.engine,
        )
        file, said = bundle.read(chosen.file), None if chosen.quiet else telling.say
        with headless.opened(database_of(chosen)) as store:
            found = running.run(store, file, wanted, said, name=chosen.name, begun=begun)
        return _print(found, chosen.json)


def _verdicts(chosen: argparse.Namespace) -> int:
    from workbench.actions import findings, headless

    with headless.opened(database_of(chosen)) as store:
        found = findings.of_feature(store, headless.named(store, chosen.feature))
    return _print(found, chosen.json)


def _print(found: "Findings", as_json: bool) -> int:
    if as_json:
        telling.as_json(found.as_json())
    else:
        telling.answer(found.as_text())
    failed = found.calls.sentence() if found.calls else ""
    if failed:
        telling.say(failed)
    return exit_codes.code(found.verdict, found.every)


def _import(chosen: argparse.Namespace) -> int:
    from workbench.actions import features, headless
    from workbench.exchange.feature import bundle

    file = bundle.read(chosen.file)
    with headless.opened(database_of(chosen)) as store:
        feature = features.bring_in(store, headless.who(store), file, chosen.name)
    telling.answer(f"Imported “{feature.name}”.")
    return EXIT_MET


def _export(chosen: argparse.Namespace) -> int:
    from workbench.actions import exporting, headless

    with headless.opened(database_of(chosen)) as store:
        feature_id = headless.named(store, chosen.feature)
        is_zip = chosen.format == "zip"
        data = (
            exporting.feature_zip(store, feature_id)
            if is_zip
            else exporting.exported(store, feature_id, chosen.format).encode()
        )
        files = exporting.files_beside(store, feature_id) if chosen.format == "yaml" else {}
    if chosen.out is None:
        telling.data(data)
        if files:
            telling.say(
                f"{count(len(files), 'attached file')} left out: --format zip has them, or --out."
            )
        return EXIT_MET
    exporting.write_whole(chosen.out, data)
    exporting.write_beside(chosen.out, files)
    beside = f", and {count(len(files), 'attached file')} beside it" if files else ""
    telling.answer(f"Wrote {chosen.out}{beside}.")
    return EXIT_MET

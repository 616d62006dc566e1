"""`backup`, `restore` and `doctor`: the database as a file."""

import argparse
from pathlib import Path

from workbench.cli import telling
from workbench.cli.database import Verbs, add_db, database_of
from workbench.cli.exit_codes import MET, NOT_MET
from workbench.say import plain


def add(verbs: Verbs) -> None:
    """Add the verbs to the command line."""
    backup = verbs.add_parser("backup", help="copy the database, verified table by table")
    backup.add_argument("--out", type=Path, metavar="PATH", help="a new file")
    add_db(backup)
    backup.set_defaults(command=lambda chosen: _backup(chosen, database_of(chosen)))
    restore = verbs.add_parser(
        "restore",
        help="put a backup in the database's place",
        description="Put a backup in the place of the database. The one that was there is kept "
        "beside it. Close the app first.",
    )
    state = restore.add_mutually_exclusive_group(required=True)
    state.add_argument("file", type=Path, nargs="?", metavar="BACKUP")
    state.add_argument(
        "--accept-older",
        action="store_true",
        help="go on with the database as it is, although recent work is missing from it",
    )
    restore.add_argument(
        "--keep-key",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="keys may be sent to the host of this address (repeatable); for others that is "
        "confirmed in Settings",
    )
    add_db(restore)
    restore.set_defaults(command=lambda chosen: _restore(chosen, database_of(chosen)))
    doctor = verbs.add_parser(
        "doctor",
        help="check the installation and the database",
        epilog="Exit codes: 0 all is well; 1 a line begins with BAD, and says what to do; 2 the "
        "command is wrong.",
    )
    doctor.add_argument(
        "--leave-out-changed",
        action="store_true",
        help="first leave out what rests on rows of evidence that were changed since they were "
        "written: such answers are asked again by the next run, such scores given anew",
    )
    add_db(doctor)
    doctor.set_defaults(command=lambda chosen: _doctor(chosen, database_of(chosen)))


def _backup(chosen: argparse.Namespace, database: str) -> int:
    from workbench.actions import headless
    from workbench.actions import upkeep as actions_upkeep

    with headless.opened(database) as store:
        kept = actions_upkeep.back_up(store, headless.who(store), chosen.out)
    telling.answer(f"Backed up to {kept}.")
    return MET


def _restore(chosen: argparse.Namespace, database: str) -> int:
    from workbench.store.engine.backup import accept_older, restore

    if chosen.accept_older:
        kept = accept_older(database)
        said = f"The head file is kept as {kept}." if kept else "It had no head file."
        telling.answer(f"{database} is taken as it is. {said}")
        return MET
    done = restore(chosen.file, database, chosen.keep_key)
    former = f" The former database is {done.kept}." if done.kept else ""
    telling.answer(f"Restored {chosen.file}.{former}")
    if done.unconfirmed:
        telling.answer(
            "These connections send nothing until you confirm that their keys may go to their "
            "address: in Settings, or by restoring again with --keep-key ADDRESS."
        )
    for one in done.unconfirmed:
        names = ", ".join(plain(name) for name in one.waiting)
        telling.answer(f"  “{plain(one.name)}” at {plain(one.base_url, 200)}: {names}")
    return MET


def _doctor(chosen: argparse.Namespace, database: str) -> int:
    from workbench.actions import doctor as actions_doctor
    from workbench.actions import headless
    from workbench.actions import upkeep as actions_upkeep

    if chosen.leave_out_changed:
        with headless.opened(database) as store:
            done = actions_upkeep.leave_out_changed(store, headless.who(store))
        telling.answer(done.sentence())
    findings = actions_doctor.examine(database)
    for finding in findings:
        telling.answer(f"{'ok  ' if finding.is_well else 'BAD '} {finding.text}")
    return MET if all(finding.is_well for finding in findings) else NOT_MET

"""`check`: try capability packs on models, and print what each comes to."""

import argparse

from workbench.cli import asking, exit_codes, telling
from workbench.cli.database import Verbs, add_db, database_of
from workbench.errors import InputError


def add(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    check = verbs.add_parser(
        "check",
        help="try capability packs on models and print what they come to",
        description="Ask one or several models the cases of capability packs, as far as they are "
        "not answered yet, and print an estimate with bounds for each pack, criterion and model. "
        "Without a pack, those that come with the workbench are listed.",
        epilog=f"{exit_codes.EXPLAINED} Every criterion of every pack and model decides; packs are "
        "judged one by one. The budget and the most calls are those of all packs together.",
    )
    check.add_argument(
        "packs", nargs="*", metavar="PACK", help="a pack's name, or a file that is one"
    )
    check.add_argument("--all", action="store_true", help="every pack that comes along")
    add_db(check)
    asking.add_target(check, "whom to ask", models=True)
    check.add_argument(
        "--trials",
        type=asking.positive,
        metavar="K",
        help="ask each case so often (at least as often as a pack needs; else that often)",
    )
    asking.add_limits(check)
    check.set_defaults(command=_check)


def _check(chosen: argparse.Namespace) -> int:
    from workbench.actions import checking, headless, packs
    from workbench.runs import beside

    known = packs.built_in()
    names = list(dict.fromkeys([*chosen.packs, *(known if chosen.all else ())]))
    if not names:
        return _list()
    if chosen.connection is None and chosen.base_url is None:
        raise InputError("Whom to ask?", "Add --connection NAME or --base-url URL, and --model.")
    asking.end_as_told()
    files = [packs.read(name) for name in names]
    beside.load()
    tell = None if chosen.quiet else telling.say
    with headless.opened(database_of(chosen)) as store:
        found = checking.check(
            store,
            files,
            asking.wanted(chosen),
            tuple(dict.fromkeys(chosen.model or ())),
            chosen.trials,
            tell,
        )
    if chosen.json:
        telling.as_json(found.as_json())
    else:
        telling.answer(found.as_text())
    failed = found.calls.sentence()
    if failed:
        telling.say(failed)
    return exit_codes.code(found.verdict, found.every)


def _list() -> int:
    from workbench.actions import packs
    from workbench.say import count, table

    rows = [("pack", "cases", "what it checks")]
    for name in packs.built_in():
        file = packs.read(name)
        cases = sum(len(dataset["cases"]) for dataset in file.entries("datasets"))
        rows.append((name, count(cases, "case"), file.data["feature"]["name"]))
    telling.answer("\n".join(table(rows)))
    return exit_codes.MET

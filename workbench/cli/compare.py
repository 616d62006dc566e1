"""`compare`: two variants case by case, or all that can be compared, under one correction."""

import argparse
from typing import TYPE_CHECKING
from uuid import UUID

from workbench.cli import telling
from workbench.cli.database import Verbs, add_db, database_of
from workbench.errors import InputError

if TYPE_CHECKING:
    from workbench.evidence.comparisons import Comparison
    from workbench.evidence.pairing import Pairing
    from workbench.store.store import Store


def add(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    compare = verbs.add_parser(
        "compare",
        help="compare two variants on the cases that both were asked about",
        description="For each criterion, by its own measure: how B differs from A, case by case. "
        "Failed calls and unscored answers count both ways. Whatever you ask for, p-values (Holm) "
        "and intervals (Bonferroni) allow for all that can be compared in that experiment: every "
        "criterion for every pair of its variants. So asking again about another pair or criterion "
        "can't turn chance into a find.",
    )
    compare.add_argument("a", metavar="A", nargs="?", help="a variant's label: the baseline")
    compare.add_argument("b", metavar="B", nargs="?", help="the variant that is compared to it")
    compare.add_argument(
        "--all",
        metavar="FEATURE|EXPERIMENT",
        help="every criterion for every pair of variants, of an experiment (E3) or of a feature",
    )
    compare.add_argument("--feature", metavar="NAME", help="needed where there are several")
    add_db(compare)
    compare.add_argument("--json", action="store_true", help="print JSON for machines")
    compare.set_defaults(command=lambda chosen: _compare(chosen, database_of(chosen)))


def _compare(chosen: argparse.Namespace, database: str) -> int:
    from workbench.actions import headless
    from workbench.evidence.pairing import Pairing
    from workbench.evidence.words import comparison_report

    with headless.opened(database) as store:
        pairing = Pairing(store)
        found = _found(store, chosen, pairing)
        if chosen.json:
            telling.as_json(comparison_report.as_json(found, pairing))
        else:
            telling.answer(comparison_report.as_text(found, pairing))
    return 0


def _found(store: "Store", chosen: argparse.Namespace, pairing: "Pairing") -> list["Comparison"]:
    from workbench.actions import headless
    from workbench.evidence import comparisons

    if chosen.all is None:
        if chosen.a is None or chosen.b is None:
            raise InputError(
                "Compare what?",
                "Name two variants (compare A B), or all of them: compare --all FEATURE.",
            )
        feature_id = headless.named(store, chosen.feature)
        return comparisons.between(store, feature_id, chosen.a, chosen.b, pairing)
    if chosen.a is not None:
        raise InputError(
            "--all compares every pair.", "Leave out the variants, or leave out --all."
        )
    return _all(store, chosen.all, chosen.feature, pairing)


def _all(store: "Store", name: str, feature: str | None, pairing: "Pairing") -> list["Comparison"]:
    from workbench.actions import headless
    from workbench.evidence import comparisons

    whole = store.features.named(name)
    if whole is not None and whole.id is not None:
        return comparisons.of_feature(store, whole.id, pairing)
    feature_id: UUID = headless.named(store, feature)
    there = store.experiments.of(feature_id)
    for experiment in there:
        if experiment.key.casefold() == name.casefold():
            return comparisons.of_experiment(store, experiment, pairing)
    known = ", ".join(experiment.key for experiment in there) or "no experiment"
    raise InputError(
        f"There is no feature and no experiment named “{name}”.", f"The feature has: {known}."
    )

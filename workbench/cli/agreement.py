"""`agreement`: how far the scorers of a feature's criteria agree."""

import argparse

from workbench.cli import telling
from workbench.cli.database import Verbs, add_db, database_of


def add(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    verb = verbs.add_parser(
        "agreement",
        help="say how far people, judges and checks agree, by criterion",
        description="For each criterion that two scorers or more have scored: observed agreement, "
        "Cohen's kappa and on which cases each pair differs, and Krippendorff's alpha over all. "
        "Intervals are 95%, and answers to one case count as one where they hang together. A rater "
        "whose name begins with judge: is a model, one without a name is a check.",
    )
    verb.add_argument(
        "feature", metavar="FEATURE", nargs="?", help="needed where there are several"
    )
    add_db(verb)
    verb.add_argument("--json", action="store_true", help="print JSON for machines")
    verb.set_defaults(command=lambda chosen: _agreement(chosen, database_of(chosen)))


def _agreement(chosen: argparse.Namespace, database: str) -> int:
    from workbench.actions import headless
    from workbench.evidence import agreement
    from workbench.evidence.words import agreement as words

    with headless.opened(database) as store:
        feature_id = headless.named(store, chosen.feature)
        name = store.features.get(feature_id).name
        found = agreement.of_feature(store, feature_id)
    if chosen.json:
        document = agreement.as_json(found, name)
        telling.as_json(document)
    else:
        telling.answer(words.as_text(found, name))
    return 0

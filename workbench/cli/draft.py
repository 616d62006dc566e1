"""`draft`: suggestions for a feature from a text, by rules or by a model; nothing is accepted."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli import asking, telling
from workbench.cli.database import Verbs, add_db, database_of
from workbench.errors import InputError

if TYPE_CHECKING:
    from workbench.domain.drafting import Round, Suggestion


def add(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    draft = verbs.add_parser(
        "draft",
        help="suggest requirements, criteria, cases and failure modes from a text",
        description="Read a text (a brief, an e-mail, a support thread; - is stdin) and suggest "
        "requirements, criteria, cases and failure modes, each with the words that it came from. "
        "By rules, which send nothing, or by a model of a connection. They are kept with the "
        "feature, which is made if it is not there, and wait on Requirements, Draft from a text, "
        "for people to accept, edit or reject.",
        epilog="Exit codes: 0 drafted; 2 the command or the text is wrong; 4 the model did not "
        "answer, or a part of what it replied could not be read.",
    )
    draft.add_argument("file", metavar="FILE", help="a text file, or - for stdin")
    draft.add_argument("--feature", required=True, metavar="NAME", help="the feature's name")
    add_db(draft)
    asking.add_model(draft, "ask a model instead of the rules")
    draft.add_argument("--json", action="store_true", help="print JSON for machines")
    draft.set_defaults(command=_draft)


def _draft(chosen: argparse.Namespace) -> int:
    from workbench.actions import drafting, drafting_by_model, features, headless
    from workbench.actions.redirect import Wanted
    from workbench.cli import exit_codes
    from workbench.domain.features import Feature
    from workbench.drafting import rules

    asks = chosen.connection is not None or chosen.base_url is not None
    if not asks and (chosen.model is not None or chosen.api_key_env):
        raise InputError(
            "Whom to ask?",
            "Add --connection NAME or --base-url URL; without a model the rules draft.",
        )
    text = _text(chosen.file)
    rules.refuse_unfit(text)
    with headless.opened(database_of(chosen)) as store:
        who = headless.who(store)
        there = store.features.named(chosen.feature)
        feature = there or features.create(store, who, Feature(chosen.feature))
        assert feature.id is not None
        if not asks:
            found, wrong = drafting.by_rules(store, who, feature.id, text), ""
        else:
            wanted = Wanted(
                connection=chosen.connection,
                base_url=chosen.base_url,
                model=chosen.model,
                api_key_env=chosen.api_key_env,
                send_key_to=chosen.send_key_to,
            )
            found = drafting_by_model.as_told(store, who, feature.id, wanted, text)
            wrong = "\n".join(
                f"{each.ended.part.noun.capitalize()}: {each.ended.problem}"
                for each in drafting_by_model.took(store, found)
                if each.ended.problem
            )
        suggestions = store.drafting.of_round(found.id)
    if chosen.json:
        whole = {"draft": _as_json(feature.name, found, suggestions, wrong)}
        telling.as_json(whole)
    else:
        telling.answer(_as_text(found, suggestions, wrong))
    return exit_codes.CALLS_FAILED if wrong else 0


def _text(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{name} can't be read: {error.strerror}.", "Name a text file.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not text in UTF-8.", "Save it as UTF-8.") from error


def _as_json(
    feature: str, found: "Round", suggestions: list["Suggestion"], wrong: str
) -> dict[str, Any]:
    from workbench.domain import drafting

    places = {each.id: place for place, each in enumerate(suggestions)}
    return {
        "feature": feature,
        "round": found.number,
        "source": found.source,
        "unreadable": wrong,
        "left_out": list(found.left_out),
        "suggestions": [
            {
                "about": each.idea.about.value,
                "of": None if each.of_id is None else places[each.of_id],
                **drafting.plain(each.body),
                "quote": each.idea.quote,
                "why": each.idea.why,
            }
            for each in suggestions
        ],
    }


def _as_text(found: "Round", suggestions: list["Suggestion"], wrong: str) -> str:
    from workbench.actions import drafting
    from workbench.domain.criteria import CriterionDraft
    from workbench.domain.drafting import About
    from workbench.say import count, level

    lines = [f"{count(len(suggestions), 'suggestion')} by {found.source}, none accepted yet."]
    if wrong:
        lines.append(wrong)
    heading = ""
    for each in suggestions:
        about, body = each.idea.about, each.body
        part = "requirements" if about is About.CRITERION else f"{about.noun}s"
        if part != heading:
            heading = part
            lines += ["", part.capitalize()]
        said = drafting.title(body) or f"(to be written: {each.idea.why})"
        if isinstance(body, CriterionDraft):
            sign = "at most" if body.measure.is_upper_bar else "at least"
            lines.append(f"    {said}: {body.scorer.kind}, {sign} {level(body.bar)}")
        else:
            tags = getattr(body, "tags", ())
            lines.append(f"  {said}" + (f" [{', '.join(tags)}]" if tags else ""))
            if about is About.REQUIREMENT and each.idea.quote:
                lines.append(f"    from “{each.idea.quote}”")
    if found.left_out:
        lines += ["", "Left alone", *(f"  {line}" for line in found.left_out)]
    return "\n".join(lines)

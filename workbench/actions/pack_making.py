"""Packs of your own: some cases, a prompt and criteria of a feature as a file to share."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from workbench.domain.calls import Parameters
from workbench.domain.packs import MOST_KEY
from workbench.errors import InputError
from workbench.exchange.feature import plain, reader, writer, yaml_writer
from workbench.store.store import Store


@dataclass(frozen=True)
class Recipe:
    """What somebody makes a pack of: the newest versions of one dataset and one prompt, and some
    criteria. Its cases must not be secret: a pack is made to be shared."""

    title: str
    about: str
    licence: str
    dataset_version_id: UUID
    prompt_version_id: UUID
    criterion_ids: Collection[UUID]
    version: int = 1
    trials: int = 1
    max_tokens: int = 256


def key_of(title: str) -> str:
    """A pack's key from its title: “Réponses, courtes” is reponses-courtes."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    found = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    found = found if found[:1].isalpha() else f"pack-{found}".strip("-")
    return found[:MOST_KEY].strip("-")


def made(store: Store, feature_id: UUID, recipe: Recipe) -> str:
    """The pack as the text of its file, read and checked once.

    Held-out cases stay out: what is shared is seen. Raises InputError naming what is missing.
    """
    if not recipe.title.strip():
        raise InputError("The pack has no title.", "Say what it checks.")
    if not recipe.licence.strip():
        raise InputError("The pack has no licence.", "Say under which terms others may use it.")
    cases = [
        case.draft()
        for case in store.datasets.cases(recipe.dataset_version_id)
        if not case.held_out
    ]
    prompt = next(v for v in store.prompts.versions(feature_id) if v.id == recipe.prompt_version_id)
    parameters = Parameters(max_tokens=recipe.max_tokens).compact()
    document = {
        "workbench": 1,
        "pack": {
            "key": key_of(recipe.title),
            "version": recipe.version,
            "licence": recipe.licence.strip(),
            **({"trials": recipe.trials} if recipe.trials > 1 else {}),
            **({"parameters": parameters} if parameters else {}),
        },
        "feature": {
            "name": " ".join(recipe.title.split()),
            **({"problem": recipe.about.strip()} if recipe.about.strip() else {}),
        },
        "requirements": _requirements(store, feature_id, recipe.criterion_ids),
        "datasets": [
            {
                "name": "Cases",
                "cases": [plain.case(replace(case, held_out=False)) for case in cases],
            }
        ],
        "prompts": [
            {
                "name": prompt.name,
                "versions": [plain.prompt_text(prompt.text)],
            }
        ],
    }
    text = yaml_writer.document(document)
    reader.load(text, "The pack")
    return text


def _requirements(
    store: Store, feature_id: UUID, criterion_ids: Collection[UUID]
) -> list[dict[str, Any]]:
    """The requirements of these criteria as they are now, without what they went through."""
    keys = {c.key for c in store.criteria.of(feature_id) if c.id in criterion_ids}
    found = []
    for entry in writer.snapshot(store, feature_id).get("requirements", ()):
        mine = [c for c in entry.get("criteria", ()) if c["key"] in keys]
        if mine:
            found.append(
                {
                    "key": entry["key"],
                    "statement": entry["statement"],
                    "kind": entry["kind"],
                    "criteria": [_without(c, "version", "history", "author", "created_at", "why",
                                          "expects", "lane", "origin") for c in mine],
                }
            )  # fmt: skip
    return found


def _without(entry: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in names}

"""All outputs of an experiment with their scores, as a file: CSV for a spreadsheet, or JSONL."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from workbench.domain.kinds import looking
from workbench.exchange.safe.spreadsheet import csv_text
from workbench.exchange.tables import case_files
from workbench.store.store import Store

_SCORE = (
    ("outcome", ""),
    ("value", " value"),
    ("reason", " reason"),
    ("question", " question"),
    ("said", " said"),
    (looking.NAME, " looks at"),
)
"""What a row says of each criterion, and how the column is called after the criterion's key."""
_SOME = ("question", "said", looking.NAME)
"""What not every criterion has: a check asks nobody, and most look at the last answer."""


def as_csv(store: Store, experiment_id: UUID) -> str:
    """Every trial as a row; variables and criteria have a column each."""
    rows = list(_rows(store, experiment_id))
    variables = list(dict.fromkeys(name for row in rows for name in row["input"]))
    criteria = list(dict.fromkeys(s["criterion"] for row in rows for s in row["scores"]))
    columns = [
        case_files.tags_column(name, [row[name] for row in rows])
        if name == "tags"
        else case_files.column(name, [row[name] for row in rows])
        for name in (rows[0] if rows else {})
        if name not in ("input", "scores", "preferences")
    ]
    columns += [
        case_files.column(f"input: {name}", [row["input"].get(name) for row in rows])
        for name in variables
    ]
    said = [
        {score["criterion"]: {**score, **_told(score)} for score in row["scores"]} for row in rows
    ]
    columns += [
        (f"{key}{name}", [scores.get(key, {}).get(part) for scores in said])
        for key in criteria
        for part, name in _SCORE
        if part not in _SOME or any(part in scores.get(key, {}) for scores in said)
    ]
    columns += _preferences(rows)
    headers = [header for header, _ in columns]
    return csv_text(headers, zip(*(cells for _, cells in columns), strict=True))


def _preferences(
    rows: Sequence[Mapping[str, Any]],
) -> list[tuple[str, list[str | int | float | None]]]:
    """What was said of each output beside that of another variant: a column for each."""
    beside = [
        (word["criterion"], word["beside"]) for row in rows for word in row.get("preferences", ())
    ]
    return [
        (
            f"{key} beside {label}",
            [
                "; ".join(
                    f"{word['word']} ({word['rater']})"
                    for word in row["preferences"]
                    if (word["criterion"], word["beside"]) == (key, label)
                )
                for row in rows
            ],
        )
        for key, label in dict.fromkeys(beside)
    ]


def as_jsonl(store: Store, experiment_id: UUID) -> str:
    """Every trial as a JSON object on a line of its own."""
    return "".join(
        json.dumps(row, ensure_ascii=False) + "\n" for row in _rows(store, experiment_id)
    )


def _rows(store: Store, experiment_id: UUID) -> Iterator[dict[str, Any]]:
    """Every trial, with the words of all who scored it: also of models that no verdict counts."""
    criteria = store.criteria.of_experiment(store.experiments.get(experiment_id))
    scorers = ((c.id, c.draft.scorer) for c in criteria)
    heard = {
        (criterion_id, scorer_id)
        for criterion_id, scorer in scorers
        for scorer_id in (scorer.fingerprint(), scorer.labels(), scorer.aside())
    }
    return store.reports.experiments.everything(experiment_id, heard)


def _told(score: Mapping[str, Any]) -> dict[str, str]:
    """Who said what, in one cell."""
    if "said" not in score:
        return {}
    return {"said": "; ".join(f"{one['rater']}: {_word(one)}" for one in score["said"])}


def _word(one: Mapping[str, Any]) -> str:
    return one["outcome"] if one["value"] is None else f"{one['value']:g} ({one['outcome']})"

"""From the entries of a feature file to domain objects, with what a short form leaves out."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from workbench.domain import (
    attachments,
    conversations,
    names,
    simulated_users,
    tool_replies,
    values,
)
from workbench.domain.calls import Parameters
from workbench.domain.criteria import Criterion, CriterionDraft, Lane, Measure, Scorer, ScorerKind
from workbench.domain.datasets import CaseDraft, checked
from workbench.domain.packs import Pack
from workbench.domain.prompts import PromptText, messages_of
from workbench.domain.requirements import (
    Evidence,
    Horizon,
    Kind,
    Level,
    RequirementDraft,
    Revision,
)
from workbench.domain.tools import Tools, refuse_unfit
from workbench.errors import InputError
from workbench.exchange.feature.shape import ShapeError
from workbench.exchange.feature.yaml_reader import Path
from workbench.scoring.checks import refuse_unusable
from workbench.scoring.python_files import pinned_where_there

FeatureEntry = Mapping[str, Any]

# A small file can ask for a huge table: versions times cases.
_MOST_ROWS = 20_000_000
_NOWHERE = UUID(int=0)


class Given(NamedTuple):
    """Who and when, where the file does not say."""

    author: str
    at: datetime


class DatasetEntry(NamedTuple):
    """One version of a dataset and the cases that it held."""

    note: str
    author: str
    created_at: datetime
    cases: tuple[CaseDraft, ...]


class PromptEntry(NamedTuple):
    """One version of a prompt."""

    number: int
    text: PromptText
    note: str
    author: str
    created_at: datetime
    expects: str


@contextmanager
def at(*path: str | int) -> Iterator[None]:
    """Say where in the file it was when the domain or the store refuses something."""
    try:
        yield
    except ShapeError:
        raise
    except InputError as error:
        raise ShapeError(path, error.message, error.hint) from error


def pack(entry: FeatureEntry, title: str) -> Pack:
    """What a file says of the capability pack that it is."""
    return Pack(
        entry["key"],
        entry["version"],
        " ".join(title.split()),
        entry["licence"],
        entry.get("attribution", ""),
        entry.get("trials", 1),
        Parameters.parse(entry.get("parameters", {})),
    )


def revisions(entry: FeatureEntry, given: Given, path: Path) -> tuple[Revision, ...]:
    """A requirement's revisions, oldest first. Raises ShapeError."""
    return tuple(
        _revision(one, number, given, where)
        for number, one, where in _history(entry, "revision", path)
    )


def criterion_versions(entry: FeatureEntry, given: Given, path: Path) -> tuple[Criterion, ...]:
    """A criterion's versions, oldest first (their ids are no ids). Raises ShapeError.

    The newest must be computable; an older one that never was is part of the history. A check in
    Python is taken as its file is here: one that isn't there leaves its outputs unscored.
    """
    versions = tuple(
        _criterion(entry["key"], one, number, given, where)
        for number, one, where in _history(entry, "version", path)
    )
    with at(*path, "scorer", "settings"):
        refuse_unusable(versions[-1].draft.scorer)
    draft = versions[-1].draft
    here = replace(draft, scorer=pinned_where_there(draft.scorer))
    return (*versions[:-1], replace(versions[-1], draft=here))


def dataset_versions(entry: FeatureEntry, given: Given, path: Path) -> tuple[DatasetEntry, ...]:
    """A dataset's versions, oldest first, each with its cases. Raises ShapeError."""
    versions: Sequence[FeatureEntry] = entry.get("versions") or [{"note": "First version"}]
    cases: Sequence[FeatureEntry] = entry["cases"]
    last = len(versions)
    if last * len(cases) > _MOST_ROWS:
        raise ShapeError(path, "too many versions of too many cases.", "Leave out old versions.")
    for i, version in enumerate(versions):
        if version.get("number", i + 1) != i + 1:
            raise ShapeError(
                (*path, "versions", i, "number"), f"it should be {i + 1}.", "Count from 1."
            )
    for i, case in enumerate(cases):
        since, until = case.get("since", 1), case.get("until", last)
        if not since <= until <= last:
            raise ShapeError(
                (*path, "cases", i),
                f"it was there from version {since} to {until}, of {last}.",
                "Correct “since” and “until”, or leave them out.",
            )
    for i, case in enumerate(cases):
        _refuse_values(case, (*path, "cases", i))
    found = []
    for i, version in enumerate(versions):
        held = (c for c in cases if c.get("since", 1) <= i + 1 <= c.get("until", last))
        where = (*path, "versions", i) if "versions" in entry else path
        with at(*where):
            drafts = checked(_case(case) for case in held)
        who = author_of(version, given), created_at(version, given, where)
        found.append(DatasetEntry(version.get("note", ""), *who, drafts))
    return tuple(found)


def prompt_versions(entry: FeatureEntry, given: Given, path: Path) -> tuple[PromptEntry, ...]:
    """A prompt's versions, oldest first. Raises ShapeError."""
    found: list[PromptEntry] = []
    for i, one in enumerate(entry["versions"]):
        where = (*path, "versions", i)
        number = one.get("number", found[-1].number + 1 if found else 1)
        _refuse_not_later(number, [f.number for f in found], where)
        found.append(
            PromptEntry(
                number,
                _prompt_text(one, where),
                one.get("note", ""),
                author_of(one, given),
                created_at(one, given, where),
                one.get("expects", ""),
            )
        )
    return tuple(found)


def _prompt_text(one: FeatureEntry, where: Path) -> PromptText:
    offered = Tools.parse(one)
    with at(*where, "tools"):
        if not offered and {"tool_choice", "most_requests"} & one.keys():
            raise InputError("It offers no tools to choose from.", "List some under “tools”.")
        refuse_unfit(offered)
    between = messages_of(one.get("messages", ()))
    return PromptText(one.get("system", ""), one.get("user", ""), between, offered)


def _history(entry: FeatureEntry, counter: str, path: Path) -> list[tuple[int, FeatureEntry, Path]]:
    """The earlier forms and the newest one, with their numbers and places."""
    found: list[tuple[int, FeatureEntry, Path]] = []
    for i, earlier in enumerate(entry.get("history", ())):
        where = (*path, "history", i)
        _refuse_not_later(earlier["number"], [n for n, _, _ in found], where)
        found.append((earlier["number"], earlier, where))
    newest = entry.get(counter, found[-1][0] + 1 if found else 1)
    _refuse_not_later(newest, [n for n, _, _ in found], path)
    return [*found, (newest, entry, path)]


def _refuse_not_later(number: int, earlier: Sequence[int], path: Path) -> None:
    if earlier and number <= earlier[-1]:
        raise ShapeError(
            path, f"number {number} comes after {earlier[-1]}.", "Write them oldest first."
        )


def _revision(one: FeatureEntry, number: int, given: Given, path: Path) -> Revision:
    default = RequirementDraft("")
    with at(*path):
        draft = RequirementDraft(
            one["statement"],
            one.get("rationale", ""),
            Kind(one.get("kind", default.kind)),
            Level(one.get("impact", default.impact)),
            Level(one.get("effort", default.effort)),
            Horizon(one.get("horizon", default.horizon)),
        ).checked()
    evidence = tuple(Evidence(**piece) for piece in one.get("evidence", ()))
    time = created_at(one, given, path)
    why, expects = one.get("why", ""), one.get("expects", "")
    return Revision(number, draft, author_of(one, given), time, why, evidence, expects)


def _criterion(key: str, one: FeatureEntry, number: int, given: Given, path: Path) -> Criterion:
    scorer = Scorer(ScorerKind(one["scorer"]["kind"]), one["scorer"].get("settings", {}))
    default = CriterionDraft("", scorer)
    target = one.get("target")
    with at(*path):
        draft = CriterionDraft(
            one["title"],
            scorer,
            Measure(one.get("measure", default.measure)),
            float(one.get("bar", default.bar)),
            None if target is None else float(target),
            float(one.get("confidence", default.confidence)),
            tuple(one.get("slices", ())),
            Lane(one.get("lane", default.lane)),
            one.get("origin", ""),
        ).checked()
    author, time = author_of(one, given), created_at(one, given, path)
    why, expects = one.get("why", ""), one.get("expects", "")
    return Criterion(_NOWHERE, _NOWHERE, key, number, draft, author, time, why, expects=expects)


def _refuse_values(case: FeatureEntry, path: Path) -> None:
    """Raise ShapeError for a variable that no prompt could use, or that is nested too deeply."""
    with at(*path, "messages"):
        conversations.of(case.get("messages", []))
    with at(*path, "attachments"):
        attachments.refuse_unfit(attachments.of(case.get("attachments", [])), "The case")
    with at(*path, "tool_replies"):
        tool_replies.of(case.get("tool_replies", []))
    with at(*path, "simulated_user"):
        simulated_users.of(case.get("simulated_user"))
    for name, value in case.get("variables", {}).items():
        with at(*path, "variables", name):
            names.refuse_unfit(name)
            values.of(value)
    with at(*path, "reference"):
        values.of(case.get("reference"))


def _case(case: FeatureEntry) -> CaseDraft:
    return CaseDraft(
        case["key"],
        case.get("variables", {}),
        case.get("reference"),
        tuple(case.get("tags", ())),
        case.get("source", ""),
        case.get("held_out", False),
        case.get("group", ""),
        conversations.of(case.get("messages", [])),
        attachments.of(case.get("attachments", [])),
        tool_replies.of(case.get("tool_replies", [])),
        simulated_users.of(case.get("simulated_user")),
    )


def author_of(entry: FeatureEntry, given: Given) -> str:
    """Who wrote the entry: as the file says, or else the importer."""
    author: str = entry.get("author", given.author)
    return author


def created_at(entry: FeatureEntry, given: Given, path: Path) -> datetime:
    """The entry's time in UTC. Raises ShapeError when it is not a time."""
    text = entry.get("created_at")
    if text is None:
        return given.at
    try:
        time = datetime.fromisoformat(text)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ShapeError(
            (*path, "created_at"),
            f"“{text[:40]}” is not a time.",
            "Write it like 2026-11-03T12:00:00Z.",
        ) from error

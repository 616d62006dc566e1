"""What the commands do: run a feature file, read verdicts, write exports, look for trouble."""

import getpass
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from workbench import config, private
from workbench.actions import calls as actions_calls
from workbench.actions import rows as actions_rows
from workbench.actions import runs as actions_runs
from workbench.actions.calls import Calls
from workbench.actions.redirect import Wanted, chosen, confirm, redirected
from workbench.actions.runs import Ran
from workbench.domain.people import Person
from workbench.domain.verdicts import CriterionVerdict, Verdict
from workbench.errors import InputError, NotFound, StoreError
from workbench.evidence import verdicts as evidence
from workbench.evidence.guards import Guard, of_feature
from workbench.evidence.verdicts import RequirementVerdict
from workbench.evidence.watching import is_decided
from workbench.evidence.words import figures, measures, sentences, settling
from workbench.exchange.feature import file as feature_file
from workbench.exchange.spec import markdown
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs.jobs import Jobs
from workbench.runs.planning import refuse_unaskable
from workbench.runs.pointing import meet_local, moved
from workbench.runs.rescoring import renew
from workbench.store.engine.files import other_kind
from workbench.store.store import Store, open_store


@dataclass(frozen=True)
class Findings:
    """The verdicts of a feature, which of them decide, and whose answers they rest on."""

    feature: str
    candidate: str
    rows: list[CriterionVerdict]
    deciding: list[RequirementVerdict]
    guards: list[Guard]
    runs: list[Ran]
    calls: Calls | None = None

    @property
    def verdict(self) -> Verdict:
        """All of it in one word."""
        return evidence.whole(self.deciding)

    @property
    def every(self) -> list[CriterionVerdict]:
        """The criteria that it was put together from."""
        return [found for row in self.deciding for found in row.criteria]

    def as_json(self) -> dict[str, Any]:
        """For machines: one entry per requirement, criterion and variant."""
        return {
            "feature": self.feature,
            "candidate": self.candidate or None,
            "verdict": str(self.verdict),
            "verdicts": [actions_rows.as_json(row) for row in self.rows],
            "requirements": [
                {
                    "requirement": row.requirement.key,
                    "verdict": str(row.verdict),
                    "together": sentences.together(row.criteria),
                }
                for row in self.deciding
            ],
            "keep_in_mind": [guard._asdict() for guard in self.guards],
            "runs": [ran.as_json() for ran in self.runs],
            **({} if self.calls is None else {"calls": self.calls.as_json()}),
        }

    def as_text(self) -> str:
        """For people: a table, then what each undecided or missed bar needs."""
        header = ("requirement", "criterion", "variant", "verdict", "estimate", "bar")
        table = [header]
        for row in self.rows:
            table.append(
                (
                    row.requirement.key,
                    f"{row.criterion.key} {row.criterion.draft.title}"[:48],
                    row.variant or "–",
                    row.verdict.label + (" (stale)" if row.stale else ""),
                    figures.figure(row),
                    measures.bar(row.criterion),
                )
            )
        widths = [max(len(line[i]) for line in table) for i in range(len(header))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in table
        ]
        lines.insert(1, "  ".join("-" * width for width in widths))
        who = f"candidate {self.candidate}" if self.candidate else "every variant"
        lines += ["", f"{self.feature}: {self.verdict.label} ({who} decides)."]
        lines += [f"  {', '.join(names)}: {said}" for said, names in self._to_do().items()]
        lines += [f"  {said}" for said in self._together()]
        lines += [f"  {guard.sentence()}" for guard in self.guards]
        lines += ["", *(ran.sentence() for ran in self.runs)]
        return "\n".join(lines)

    def _to_do(self) -> dict[str, list[str]]:
        """What each verdict needs and what is to be known of it, with whom that is said of."""
        said: dict[str, list[str]] = {}
        for row in self.rows:
            step = "" if row.verdict is Verdict.MET else settling.next_step(row)
            for each in ([step] if step else []) + sentences.notes(row):
                said.setdefault(each, []).append(f"{row.criterion.key} {row.variant}".strip())
        return said

    def _together(self) -> list[str]:
        """How the verdicts of requirements, and of the feature, follow from their criteria's."""
        said = [
            f"{row.requirement.key}: {why}"
            for row in self.deciding
            if (why := sentences.together(row.criteria))
        ]
        why = sentences.together(self.every) if len(self.deciding) > 1 else ""
        if self.verdict is Verdict.NOT_MET:
            why = ""
        return [*said, f"All requirements: {why}"] if why else said


@contextmanager
def opened(database: str) -> Iterator[Store]:
    """The store, closed afterwards."""
    store = open_store(database, config.load().home)
    try:
        store.take_over()
        renew(store)
        yield store
    finally:
        store.close()


def author(store: Store) -> str:
    """Who the commands act for: the name from Settings, else the account's."""
    return store.drafts.preference("person") or getpass.getuser()


def who(store: Store) -> Person:
    """The same as a person, for deeds: an account of this machine has no browser."""
    return Person(f"account:{getpass.getuser()}", author(store))


def named(store: Store, name: str | None) -> UUID:
    """The feature of this name, or the only one. Raises NotFound listing those that exist."""
    there = store.features.all()
    feature = store.features.named(name) if name else there[0] if len(there) == 1 else None
    if feature is None or feature.id is None:
        known = ", ".join(f"“{known.name}”" for known in there) or "none"
        asked = f"There is no feature named “{name}”." if name else "Which feature?"
        raise NotFound(asked, f"The database holds: {known}.")
    return feature.id


def run(
    store: Store,
    text: str,
    wanted: Wanted,
    tell: Callable[[str], None] | None = None,
    *,
    name: str | None = None,
    source_name: str = "",
) -> Findings:
    """Import (or find) a feature, run what is missing of its experiments, and judge.

    Calls that failed in an earlier run are asked again.

    Raises InputError where the file or the wish is wrong; a run that had to stop raises what
    stopped it, after what was answered has been kept.
    """
    feature, _ = feature_file.import_or_find(
        store, text, author(store), name=name, source_name=source_name
    )
    assert feature.id is not None
    confirm(store, wanted, author(store))
    models = Models(LocalModel(config.load().home))
    every = store.experiments.of(feature.id)
    meet_local(store, models.local, (v for one in every for v in one.variants))
    experiments = chosen(store, every, wanted)
    if not experiments:
        raise InputError(
            f"“{feature.name}” has no such experiment to run.", "Add one, or name another key."
        )
    # The verdict of a run is that of what it asks, and not of what was answered elsewhere.
    is_elsewhere = not wanted.is_plain or bool(moved(store, (v for e in every for v in e.variants)))
    asked = (redirected(store, experiment, wanted, author(store)) for experiment in experiments)
    # One that was redirected by an earlier command is among them, as what it was redirected to.
    experiments = list({experiment.id: experiment for experiment in asked}.values())
    for experiment in experiments:
        refuse_unaskable(store, experiment)
    jobs = Jobs(
        store,
        models,
        concurrency=wanted.concurrency,
        engine=wanted.engine,
        is_decided=is_decided,
    )
    try:
        ran = [
            actions_runs.finish(
                store, jobs, experiment, who(store), wanted.limits, tell, fresh=wanted.fresh
            )
            for experiment in experiments
        ]
    finally:
        jobs.close()
        models.local.close()
    used = {variant.id for experiment in experiments for variant in experiment.variants}
    found = verdicts(store, feature.id, only=used if is_elsewhere else None, ran=ran)
    return replace(
        found, calls=actions_calls.of_runs(store, [each.run_id for each in ran if each.run_id])
    )


def verdicts(
    store: Store,
    feature_id: UUID,
    only: set[UUID] | None = None,
    ran: Sequence[Ran] | None = None,
) -> Findings:
    """The verdicts of a feature. `only` keeps some variants, which then decide; `ran` is what was
    run for them just now."""
    feature = store.features.get(feature_id)
    rows = evidence.of_feature(store, feature_id)
    candidate = store.features.candidate(feature_id)
    if only is not None:
        rows = [row for row in rows if row.variant_id in only or row.variant_id is None]
        candidate = None
    deciding = evidence.deciding(rows, candidate)
    decisive = evidence.by_requirement(store, feature_id, deciding)
    label = store.variants.get(candidate).label if candidate is not None else ""
    guards = of_feature(store, deciding, rows)
    if ran is None:
        used = {row.experiment_id for row in rows}
        ran = [
            actions_runs.stored(store, e) for e in store.experiments.of(feature_id) if e.id in used
        ]
    return Findings(feature.name, label, rows, decisive, guards, list(ran))


def exported(store: Store, feature_id: UUID, form: str) -> str:
    """A feature as a YAML feature file or as a Markdown spec."""
    if form == "yaml":
        return feature_file.export(store, feature_id)
    rows = evidence.of_feature(store, feature_id)
    deciding = evidence.deciding(rows, store.features.candidate(feature_id))
    cautions = store.audits.latest().cautions()
    cautions += [guard.sentence() for guard in of_feature(store, deciding, rows)]
    now = datetime.now(UTC)
    return markdown.markdown(store, feature_id, rows, sentences.explain, now, cautions)


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all. Raises StoreError when it can't be."""
    try:
        kind = other_kind(path)
        if kind:
            raise StoreError(
                f"{path} is {kind}: a file would take its place.",
                "Name a file, or leave --out away to have it on the standard output.",
            )
        private.folder(path.parent)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            # Whom its owner lets read a file that is there, may go on.
            Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else private.FILE)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StoreError(
            f"{path} could not be written: {error.strerror}.", "Check the folder and free space."
        ) from error

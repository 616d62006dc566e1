"""What a command found: the verdicts of a feature, as text for people and as JSON for machines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from workbench import say
from workbench.actions import rows as actions_rows
from workbench.actions import runs as actions_runs
from workbench.actions.calls import Calls
from workbench.actions.runs import Ran
from workbench.domain.prompts import Variant, explained
from workbench.domain.verdicts import CriterionVerdict, Verdict
from workbench.evidence import guards, verdicts
from workbench.evidence.guards import Guard
from workbench.evidence.verdicts import RequirementVerdict
from workbench.evidence.words import figures, measures, sentences, settling
from workbench.store.store import Store


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
    variants: tuple[Variant, ...] = ()
    preferences: tuple[dict[str, Any], ...] = ()

    @property
    def verdict(self) -> Verdict:
        """All of it in one word."""
        return verdicts.whole(self.deciding)

    @property
    def every(self) -> list[CriterionVerdict]:
        """The criteria that it was put together from."""
        return [found for row in self.deciding for found in row.criteria]

    def as_json(self) -> dict[str, Any]:
        """For machines: one entry per requirement, criterion and variant."""
        return {
            "feature": self.feature,
            "variants": {one.label: one.describe() for one in self.variants},
            "candidate": self.candidate or None,
            "verdict": str(self.verdict),
            "verdicts": [actions_rows.as_json(row) for row in self.rows],
            **({"preferences": list(self.preferences)} if self.preferences else {}),
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
                    say.brief(f"{row.criterion.key} {row.criterion.draft.title}", 48),
                    row.variant or "–",
                    row.verdict.label + (" (stale)" if row.stale else ""),
                    figures.figure(row),
                    measures.bar(row.criterion),
                )
            )
        lines = say.table(table)
        lines += ["", *explained(self.variants)] if self.variants else []
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
        for row in self._untried():
            step = f"Run an experiment with {self.candidate}: it decides, and has no results here."
            for each in [step, *sentences.notes(row)]:
                said.setdefault(each, []).append(row.criterion.key)
        return said

    def _untried(self) -> list[CriterionVerdict]:
        """What the candidate that decides has no results for, though other variants do."""
        shown = {row.criterion.id for row in self.rows if row.variant_id is None}
        none = (row for row in self.every if row.variant_id is None and self.candidate)
        return [row for row in none if row.criterion.id not in shown]

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


def of_feature(
    store: Store,
    feature_id: UUID,
    only: set[UUID] | None = None,
    ran: Sequence[Ran] | None = None,
) -> Findings:
    """The verdicts of a feature. `only` keeps some variants: the candidate among them decides, as
    they ask another model, or else all of them do; `ran` is what was run for them just now."""
    feature = store.features.get(feature_id)
    experiments, criteria = store.experiments.of(feature_id), store.criteria.of(feature_id)
    rows = verdicts.of_feature(store, feature_id, known=(experiments, criteria))
    candidate = store.features.candidate(feature_id)
    if only is not None:
        rows = [row for row in rows if row.variant_id in only or row.variant_id is None]
        candidate = None if candidate is None else _elsewhere(store, candidate, only)
    deciding = verdicts.deciding(rows, candidate)
    decisive = verdicts.by_requirement(store, feature_id, deciding, criteria)
    label = store.variants.get(candidate).label if candidate is not None else ""
    keep_in_mind = guards.of_feature(store, experiments, deciding, rows)
    if ran is None:
        used = {row.experiment_id for row in rows}
        ran = [actions_runs.stored(store, e) for e in experiments if e.id in used]
    named = store.variants.by_id({row.variant_id for row in rows if row.variant_id is not None})
    return Findings(
        feature.name,
        label,
        rows,
        decisive,
        keep_in_mind,
        list(ran),
        variants=tuple(v for v in named.values() if not v.is_outside),
        preferences=tuple(_preferences(store, rows)),
    )


def _elsewhere(store: Store, candidate: UUID, only: set[UUID]) -> UUID | None:
    """The candidate as it asks another model: the one of these variants with its prompt and
    parameters."""
    shipped = store.variants.get(candidate)
    asks = shipped.prompt.id, replace(shipped.parameters, user=None)
    found = [
        each.id
        for each in store.variants.by_id(only).values()
        if (each.prompt.id, replace(each.parameters, user=None)) == asks
    ]
    return found[0] if len(found) == 1 else None


def _preferences(store: Store, rows: Sequence[CriterionVerdict]) -> Iterator[dict[str, Any]]:
    """Who is liked better, of each experiment that the rows rest on and that compares outputs."""
    used = {row.experiment_id for row in rows if row.criterion.draft.scorer.over is not None}
    if not used - {None}:
        return
    # Loads what takes a second, which a feature without preferences never needs.
    from workbench.evidence import preferences

    for experiment_id in used:
        if experiment_id is not None:
            experiment = store.experiments.get(experiment_id)
            found = preferences.of_experiment(store, experiment)
            yield from preferences.as_json(found, experiment)

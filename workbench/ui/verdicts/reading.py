"""What Decide shows, read and counted: verdicts per variant, failing outputs, the summary."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from workbench.domain import values
from workbench.domain.kinds.looking import LooksAt
from workbench.domain.prompts import Variant
from workbench.domain.verdicts import CriterionVerdict, Verdict
from workbench.evidence import origins, verdicts
from workbench.evidence.verdicts import RequirementVerdict
from workbench.runs import looking
from workbench.ui.parts import session

EXAMPLES = 3
"""How many failing outputs stand beside a missed criterion."""


class Example(NamedTuple):
    """An output that failed a criterion, and why. `output` is what the criterion looks at."""

    trial_id: UUID
    case: str
    input: str
    output: str
    reason: str
    total: int


def tried_variants() -> list[Variant]:
    """The open feature's variants that have results, by label."""
    ids = {found.variant_id for found in session.all_verdicts()}
    known = [v for v in session.variants() if v.id in ids]
    return sorted(known, key=lambda variant: (len(variant.label), variant.label))


def as_variant(variant: Variant) -> list[RequirementVerdict]:
    """The requirements as one variant stands, candidate or not."""
    opened = session.feature_id()

    def read() -> list[RequirementVerdict]:
        own = verdicts.deciding(session.all_verdicts(), variant.id)
        return verdicts.by_requirement(session.store(), opened, own, session.criteria())

    return session.remembered("decide_variant", variant.id, read, feature=opened)


def sentence(rows: Sequence[RequirementVerdict]) -> str:
    """How the requirements stand, in one sentence: “1 of 6 requirements is met, …”."""
    found = [row.verdict for row in rows]
    met, missed = found.count(Verdict.MET), found.count(Verdict.NOT_MET)
    open_ones = found.count(Verdict.NOT_ENOUGH_EVIDENCE)
    total = len(rows)
    if met == total:
        return "The requirement is met." if total == 1 else f"All {total} requirements are met."
    if total == 1:
        return "The requirement is missed." if missed else "The requirement lacks evidence."
    parts = [f"{met} of {total} requirements {'is' if met == 1 else 'are'} met"]
    if missed:
        parts.append(f"{missed} {'is' if missed == 1 else 'are'} missed")
    if open_ones:
        parts.append(f"{open_ones} {'lacks' if open_ones == 1 else 'lack'} evidence")
    return f"{', '.join(parts)}."


def opened(rows: Sequence[RequirementVerdict], key: str) -> RequirementVerdict:
    """The row of this key, or else the most telling one: the first that is missed, or open."""
    for row in rows:
        if row.requirement.key == key:
            return row
    for wanted in (Verdict.NOT_MET, Verdict.NOT_ENOUGH_EVIDENCE):
        for row in rows:
            if row.verdict is wanted:
                return row
    return rows[0]


def most_telling(found: Sequence[CriterionVerdict]) -> CriterionVerdict | None:
    """Of evaluated criteria the first that is missed, or open, or met; None where there is none."""
    evaluated = [each for each in found if each.is_evaluated]
    order = (Verdict.NOT_MET, Verdict.NOT_ENOUGH_EVIDENCE, Verdict.MET)
    return min(evaluated, key=lambda each: order.index(each.verdict), default=None)


def mentions(row: RequirementVerdict, words: str) -> bool:
    """Whether a requirement, or one of its criteria, has each of these words in its key or text."""
    texts = [row.requirement.key, row.requirement.draft.statement]
    for found in row.criteria:
        texts += [found.criterion.key, found.criterion.draft.title]
    said = " ".join(texts).casefold()
    return all(word in said for word in words.casefold().split())


def count_stale(rows: Sequence[RequirementVerdict]) -> int:
    """How many requirements rest on evidence that is older than what it judges."""
    return sum(row.is_stale for row in rows)


def by_criterion(row: RequirementVerdict) -> list[list[CriterionVerdict]]:
    """A requirement's verdicts, one list per criterion (one entry per variant)."""
    groups: dict[UUID, list[CriterionVerdict]] = {}
    for found in row.criteria:
        groups.setdefault(found.criterion.id, []).append(found)
    return list(groups.values())


def origin(found: CriterionVerdict) -> str:
    """Whose answers a verdict rests on, in a sentence; empty where it rests on none."""
    if found.experiment_id is None:
        return ""
    store = session.store()
    experiment = session.experiment(found.experiment_id)
    known = session.remembered(
        "origins",
        experiment.id,
        lambda: origins.of_experiment(
            store, experiment, known=session.counted().progress_of(experiment)
        ),
        feature=experiment.feature_id,
    )
    return next((o.sentence() for o in known if o.variant.id == found.variant_id), "")


def examples(found: CriterionVerdict) -> list[Example]:
    """The first outputs that failed a criterion, for one variant."""
    if found.experiment_id is None:
        return []
    experiment_id, variant_id, criterion = found.experiment_id, found.variant_id, found.criterion

    def read() -> list[Example]:
        frame = session.store().reports.outputs.page(
            experiment_id,
            variant_id=variant_id,
            criterion_id=criterion.id,
            scorer=criterion.draft.scorer.fingerprint(),
            outcome="fail",
            limit=EXAMPLES,
        )
        columns = ("trial_id", "case", "reason", "total")
        rows = zip(*(frame[name] for name in columns), strict=True)
        return [_example(criterion.draft.scorer.looks_at, *row) for row in rows]

    key = (experiment_id, variant_id, criterion.id, criterion.number)
    return session.remembered("decide_examples", key, read, feature=found.requirement.feature_id)


def _example(what: LooksAt, trial_id: object, case: str, reason: object, total: int) -> Example:
    store = session.store()
    trial = store.trials.get(UUID(str(trial_id)))
    of = store.datasets.case(trial.case_id)
    variant = store.variants.get(trial.variant_id)
    asked, output = of.given(), looking.of_case(what, trial, of, variant).text or ""
    given = "\n".join(
        f"{name}: {values.said(value)}"
        for name, value in asked.items()
        if not values.is_blank(value)
    )
    why = reason if isinstance(reason, str) else ""
    return Example(trial.id, case, given, output, why, int(total))

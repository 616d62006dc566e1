"""The refined spec for engineers, as Markdown: what to build, how we know, what is still open."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from workbench import say
from workbench.domain.criteria import Criterion
from workbench.domain.features import FIELDS, Feature
from workbench.domain.prompts import Variant
from workbench.domain.requirements import Evidence, Kind, Requirement, Revision, priority
from workbench.domain.verdicts import CriterionVerdict, Verdict, combine
from workbench.evidence import demands, origins
from workbench.evidence.demands import Demand
from workbench.evidence.words import failures as failure_words
from workbench.evidence.words import measures, missing, sentences
from workbench.exchange.safe.markdown import escape, paragraphs
from workbench.exchange.spec import candidates, data, failures
from workbench.say import count
from workbench.store.store import Store

EXIT_CODES = (
    "Exit code 0: all bars met; 1: a bar is not met; 2: usage or input error; 3: not enough "
    "evidence; 4: calls failed so that nothing can be said."
)
"""What engineering's pipeline is told by the command, beside it wherever it stands."""

Sentence = Callable[[CriterionVerdict], str]


def markdown(
    store: Store,
    feature_id: UUID,
    verdicts: Sequence[CriterionVerdict],
    sentence: Sentence,
    exported_at: datetime,
    keep_in_mind: Sequence[str] = (),
) -> str:
    """The feature's spec. `verdicts` are computed already; `sentence` explains one of them, and
    `keep_in_mind` says what may flatter them.

    Where a candidate variant is chosen, the status is its verdicts; otherwise it is everybody's.
    All text that people or models wrote is escaped: nothing in it is live. Raises NotFound.
    """
    feature = store.features.get(feature_id)
    requirements = sorted(store.requirements.of(feature_id), key=priority)
    criteria = store.criteria.of(feature_id)
    variants = {variant.id: variant for variant in store.variants.of(feature_id)}
    candidate = variants.get(store.features.candidate(feature_id) or feature_id)
    known = {criterion.id for criterion in criteria}
    relevant = [
        verdict
        for verdict in verdicts
        if verdict.criterion.id in known
        and (candidate is None or verdict.variant_id in (None, candidate.id))
    ]
    parts = [
        *_head(feature, candidate, exported_at),
        *_status(requirements, criteria, relevant),
        *_keep_in_mind(keep_in_mind),
        "## Requirements",
    ]
    revisions = store.requirements.revisions_of(feature_id)
    changed = [demand for demand in demands.of_feature(store, feature_id) if demand.is_demand]
    for requirement in requirements:
        own = [c for c in criteria if c.requirement_id == requirement.id]
        parts += _requirement(requirement, own, relevant, sentence)
        parts += _changes(
            revisions[requirement.id], [d for d in changed if d.requirement_id == requirement.id]
        )
        parts.append(_on_failure(requirement, requirements, feature))
    parts += failures.section(store, feature_id)
    parts += candidates.written(candidate, _sent_as(store, candidate))
    parts += _origins(store, relevant)
    parts += data.section(store, feature_id)
    still_open = failure_words.still_open(store.failures.of(feature_id))
    parts += _limits(requirements, criteria, relevant, still_open)
    parts += _running()
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(feature: Feature, candidate: Variant | None, exported_at: datetime) -> list[str]:
    shown = f"candidate variant {escape(candidate.label)}" if candidate else "no candidate chosen"
    parts = [
        f"# {escape(feature.name)}",
        f"Spec of {exported_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC, {shown}.",
    ]
    for field, label, _ in FIELDS:
        text = getattr(feature, field)
        if text:
            parts += [f"**{label}**", paragraphs(text)]
    return parts


def _status(
    requirements: Iterable[Requirement],
    criteria: Sequence[Criterion],
    verdicts: Sequence[CriterionVerdict],
) -> list[str]:
    rows = [
        # Three columns: on a narrow page or sheet more would leave a word a line to each.
        "| Requirement | Verdict | Evidence |",
        "|---|---|---|",
    ]
    for requirement in requirements:
        own = [c for c in criteria if c.requirement_id == requirement.id]
        results = [(c, _of(c, verdicts)) for c in own]
        said = _whole([found for _, found in results]).label if own else "no criterion yet"
        if any(v.stale for _, found in results for v in found):
            said += " (stale)"
        evidence = "; ".join(
            said_of
            for criterion, found in results
            for said_of in (
                [f"{criterion.key} {_variant(v)}{sentences.result(v)}" for v in found]
                or [f"{criterion.key} not evaluated yet"]
            )
        )
        named = f"**{requirement.key}** {escape(requirement.draft.statement)}"
        rows.append(f"| {named} | **{said}** | {escape(evidence)} |")
    return ["## Status", "\n".join(rows)]


def _keep_in_mind(said: Sequence[str]) -> list[str]:
    if not said:
        return []
    return ["**To keep in mind**", "\n".join(f"- {escape(each)}" for each in said)]


def _requirement(
    requirement: Requirement,
    criteria: Sequence[Criterion],
    verdicts: Sequence[CriterionVerdict],
    sentence: Sentence,
) -> list[str]:
    draft = requirement.draft
    parts = [
        f"### {requirement.key}: {draft.kind.value}, {measures.worth(draft)}",
        paragraphs(draft.statement),
        f"Why: {escape(draft.rationale)}" if draft.rationale else "",
    ]
    rows: list[str] = []
    for criterion in criteria:
        words, own = criterion.draft, _of(criterion, verdicts)
        tags = ", ".join(words.slices)
        where = f"on cases tagged {tags}" if tags else "on every case"
        origin = ", found by reading results" if words.lane.value == "discovered" else ""
        rows.append(
            f"- **{criterion.key}** {escape(words.title)}. Passes when "
            f"{escape(f'the output {measures.describe_scorer(criterion)}')}. Met when "
            f"{escape(f'{_bar(criterion)}, {where}{origin}')}."
        )
        rows += [
            f"  - {escape(_variant(v) + sentences.result(v))}. {escape(sentence(v))}" for v in own
        ]
        if not own:
            rows.append("  - Not evaluated yet.")
    said = sentences.together([v for c in criteria for v in _of(c, verdicts)])
    if said:
        rows.append(f"- Together: {escape(said)}")
    return [*parts, "\n".join(rows) or "No criterion says yet how this is told to be met."]


def _bar(criterion: Criterion) -> str:
    """Measure, bar, target and confidence as one clause."""
    draft = criterion.draft
    hoped = measures.target(draft)
    return (
        f"the {measures.measure(draft)} is {measures.bar(criterion)}"
        f"{f' (hoped for: {hoped})' if hoped else ''}, "
        f"shown at {say.level(draft.confidence)} confidence"
    )


def _whole(results: Sequence[Sequence[CriterionVerdict]]) -> Verdict:
    """A requirement's verdict from its criteria's, of which some may not be evaluated."""
    found = combine([v for rows in results for v in rows])
    is_open = found is Verdict.MET and not all(results)
    return Verdict.NOT_ENOUGH_EVIDENCE if is_open else found


def _changes(revisions: Sequence[Revision], changed: Sequence[Demand]) -> list[str]:
    if len(revisions) < 2 and not changed:
        return []
    rows: list[str] = []
    entries: list[Revision | Demand] = [*revisions, *changed]
    for revision in sorted(entries, key=lambda entry: entry.created_at):
        if isinstance(revision, Demand):
            why = escape(revision.why) or "no reason given"
            rows.append(
                f"- {escape(revision.sentence())}. {revision.created_at.astimezone(UTC):%Y-%m-%d}, "
                f"{escape(revision.author) or 'unnamed'}: {why}"
            )
            continue
        why = escape(revision.why) or "no reason given"
        rows.append(
            f"- Revision {revision.number}, {revision.created_at.astimezone(UTC):%Y-%m-%d}, "
            f"{escape(revision.author) or 'unnamed'}: {why}"
        )
        if revision is not revisions[-1]:
            rows.append(f"  - It said: {escape(revision.draft.statement)}")
        rows += [f"  - Evidence: {_evidence(piece)}" for piece in revision.evidence]
    return ["How it changed:", "\n".join(rows)]


def _evidence(piece: Evidence) -> str:
    places = (
        piece.experiment,
        piece.criterion,
        piece.variant and f"variant {piece.variant}",
        piece.case and f"case {piece.case}",
    )
    where = ", ".join(place for place in places if place)
    output = f" Output: “{escape(piece.output)}”" if piece.output else ""
    return escape(piece.summary + (f" ({where})" if where else "")) + output


def _on_failure(requirement: Requirement, others: Iterable[Requirement], feature: Feature) -> str:
    if requirement.draft.kind is Kind.DEGRADATION:
        return "When it fails: this requirement is itself what happens when the model cannot help."
    fallbacks = [r.key for r in others if r.draft.kind is Kind.DEGRADATION]
    if fallbacks:
        return f"When it fails: what {' and '.join(fallbacks)} asks for applies."
    stakes = f" At stake: {escape(feature.stakes)}" if feature.stakes else ""
    return f"When it fails: no degradation requirement says yet what happens.{stakes}"


def _sent_as(store: Store, candidate: Variant | None) -> str:
    """What the user message of the candidate's prompt is."""
    known = {one.name: one for one in store.connections.all()}
    asked = known.get(candidate.connection) if candidate else None
    is_product = asked is not None and asked.product is not None
    return "Body (JSON) that the product's endpoint is sent:" if is_product else "User message:"


def _origins(store: Store, verdicts: Iterable[CriterionVerdict]) -> list[str]:
    """Whose answers the verdicts rest on: host, model and date."""
    used: dict[UUID, set[UUID]] = {}
    for verdict in verdicts:
        if verdict.experiment_id is not None and verdict.variant_id is not None:
            used.setdefault(verdict.experiment_id, set()).add(verdict.variant_id)
    rows = []
    for experiment_id, variant_ids in used.items():
        experiment = store.experiments.get(experiment_id)
        rows += [
            f"- {experiment.key}, {escape(origin.sentence())}"
            for origin in origins.of_experiment(store, experiment)
            if origin.variant.id in variant_ids
        ]
    return ["## Whose answers these are", "\n".join(rows)] if rows else []


def _limits(
    requirements: Iterable[Requirement],
    criteria: Sequence[Criterion],
    verdicts: Sequence[CriterionVerdict],
    still_open: Sequence[str],
) -> list[str]:
    rows = [f"{said}." for said in still_open]
    for requirement in requirements:
        own = [c for c in criteria if c.requirement_id == requirement.id]
        if not own:
            rows.append(f"{requirement.key}: has no criterion, so nothing can show that it is met.")
        for criterion in own:
            place = f"{requirement.key}, {criterion.key}"
            found = _of(criterion, verdicts)
            if not found:
                rows.append(f"{place}: not evaluated yet.")
            for verdict in found:
                who = f"{place}: {_variant(verdict)}"
                if verdict.verdict is not Verdict.MET:
                    rows.append(f"{who}{sentences.result(verdict)}.")
                rows += [f"{who}stale: {reason}" for reason in verdict.stale]
                if verdict.estimate.n_unscored:
                    number = count(verdict.estimate.n_unscored, "trial")
                    why = missing.unscored(verdict)
                    rows.append(f"{who}{number} without a score ({why}): against every bound.")
                if outside := missing.outside(verdict):
                    rows.append(f"{who}{outside}: left out of the rate, by whoever scored them.")
                rows += [f"{who}{warning}" for warning in verdict.warnings]
    listed = "\n".join(f"- {escape(row)}" for row in rows)
    return ["## Known limits", listed or "None: every criterion is met on current evidence."]


def _running() -> list[str]:
    return [
        "## How to run it",
        "With the feature file that was exported beside this document:",
        "```sh\npython -m workbench run FILE.yaml\n```",
        f"{EXIT_CODES} Models are asked over the connections that the file names; addresses and "
        "keys are never in it.",
    ]


def _of(criterion: Criterion, verdicts: Iterable[CriterionVerdict]) -> list[CriterionVerdict]:
    return [verdict for verdict in verdicts if verdict.criterion.id == criterion.id]


def _variant(verdict: CriterionVerdict) -> str:
    return f"{verdict.variant}: " if verdict.variant else ""

"""What can go wrong, in the spec: each failure mode, how often, and what the product does then."""

from uuid import UUID

from workbench.domain.failures import FailureMode
from workbench.evidence import failures
from workbench.evidence.failures import Seen
from workbench.evidence.words import failures as words
from workbench.exchange.safe.markdown import escape, paragraphs
from workbench.store.store import Store


def section(store: Store, feature_id: UUID) -> list[str]:
    """The failure modes, those that do most harm first, as the newest experiment shows them of
    which outputs were read. Empty where there are none."""
    modes = store.failures.of(feature_id)
    if not modes:
        return []
    read = store.reports.failures.experiments_read(feature_id)
    if read:
        experiment = store.experiments.get(read[0])
        found = failures.by_harm(failures.seen(store, experiment))
        said = f"As outputs of {experiment.key} show them that people read: shares of those."
    else:
        found = failures.by_harm([failures.of_outputs(mode, ()) for mode in modes])
        said = "No output was read for them here yet."
    keys = {criterion.id: criterion.key for criterion in store.criteria.of(feature_id)}
    parts = ["## What can go wrong", said]
    for each in found:
        parts += _mode(each, keys)
    return parts


def _mode(found: Seen, keys: dict[UUID, str]) -> list[str]:
    mode, draft = found.mode, found.mode.draft
    rows = []
    if found.read:
        rows.append(f"How often: {words.likelihood(found)}")
    hit = words.slices(found)
    if hit:
        rows.append(f"Slices it hits: {hit}")
    if draft.owner:
        rows.append(f"Owner: {draft.owner}")
    rows += _fallback(mode, keys)
    return [
        f"### {mode.key}: {escape(draft.name)}, {draft.severity.value}",
        paragraphs(draft.definition) if draft.definition else "",
        "\n".join(f"- {escape(row)}." for row in rows),
    ]


def _fallback(mode: FailureMode, keys: dict[UUID, str]) -> list[str]:
    fallback = mode.draft.fallback
    rows = []
    if fallback.noticed:
        rows.append(f"How it is noticed: {_plain(fallback.noticed)}")
    if fallback.response:
        rows.append(f"Then the product {fallback.response.label}")
    if fallback.reads:
        rows.append(f"The user reads: “{_plain(fallback.reads)}”")
    if fallback.criterion_id in keys:
        rows.append(f"Shown by {keys[fallback.criterion_id]}")
    lacks = words.undesigned(mode)
    return [*rows, f"What happens then is {lacks}"] if lacks else rows


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip(".")

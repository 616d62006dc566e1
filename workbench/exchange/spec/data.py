"""What a spec says of its data: cases, slices, sources, and under which terms they may be used."""

from collections import Counter
from uuid import UUID

from workbench.domain import clock
from workbench.domain.data_terms import DataTerms
from workbench.exchange.safe.markdown import escape
from workbench.say import count
from workbench.store.store import Store


def section(store: Store, feature_id: UUID) -> list[str]:
    """The section's paragraphs. All text that people wrote is escaped."""
    parts = ["## Data"]
    terms = store.data_terms.of(feature_id)
    for version in store.datasets.of(feature_id):
        cases = store.datasets.cases(version.id)
        held_out = sum(case.held_out for case in cases)
        n_files = sum(len(case.attachments) for case in cases)
        parts.append(
            f"**{escape(version.name)}**, version {version.number}: "
            f"{count(len(cases), 'case')}, {held_out} of them held out{_attached(n_files)}."
        )
        said = terms.get(version.dataset_id, DataTerms())
        if said.said():
            parts.append(f"{escape(said.said())}.")
        if lack := said.lack(clock.now().date()):
            parts.append(f"**Not for a release: {escape(lack)}.**")
        tags = Counter(tag for case in cases for tag in case.tags or ("(no tag)",))
        sources = Counter(case.source or "(no source)" for case in cases)
        parts.append(_counts("Tag", tags))
        parts.append(_counts("Source", sources))
    return parts if len(parts) > 1 else [*parts, "There are no cases yet."]


def _attached(n_files: int) -> str:
    return f"; they attach {count(n_files, 'file')} (pictures and documents)" if n_files else ""


def _counts(label: str, counts: Counter[str]) -> str:
    rows = [f"| {label} | Cases |", "|---|---|"]
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return "\n".join([*rows, *(f"| {escape(name)} | {number} |" for name, number in ordered)])

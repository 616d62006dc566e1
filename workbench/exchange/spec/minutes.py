"""A session's minutes, as Markdown: what was tried, learnt, revised and decided, and by whom."""

from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import UUID

from workbench import say
from workbench.domain import clock
from workbench.domain.history import Deed, HistoryEntry
from workbench.domain.kept_verdicts import KeptVerdict, TrendPoint
from workbench.domain.packs import Pack
from workbench.domain.sessions import PadNote, Session
from workbench.domain.verdicts import Verdict
from workbench.evidence import verdicts
from workbench.evidence.words import trends
from workbench.exchange.safe.markdown import escape, paragraphs
from workbench.store.store import Store

_TRIED = ("prompt", "variant", "experiment", "run", "results")
_CHECKED = ("run",)
"""What is done to a capability pack that is tried: its plan makes itself."""
_LEARNT = ("failure_mode", "reading", "note", "reveal")
_REVISED = ("requirement", "criterion", "dataset", "feature")
_DECIDED = ("candidate", "disagreement", "budget")
_COUNTED = {
    Deed.RATING_KEEP: ("rating", "ratings"),
    Deed.READING_KEEP: ("output read", "outputs read"),
    Deed.NOTE_SORT: ("note sorted", "notes sorted"),
}
"""Deeds that come by the dozen: they are counted, by person."""
_NOTHING = "Nothing."


def draft(store: Store, session: Session) -> str:
    """The minutes as the history tells them, from the session's start to its end, or to now. All
    text that people wrote is escaped: nothing in it is live."""
    end = session.ended_at or clock.now()
    entries = store.history.between(session.feature_id, session.started_at, end)
    pad = store.sessions.pad(session.id)
    own = [entry for entry in entries if entry.deed.noun not in ("session", "minutes")]
    checked = _checked(store, session, entries)
    return (
        "\n\n".join(
            [
                f"# Session {session.key}: {escape(session.goal)}",
                _head(store, session, entries, pad),
                "## Tried",
                _lines(
                    [
                        *_of(own, _TRIED),
                        *(row for pack, found in checked for row in _on(pack, found)),
                    ]
                ),
                "## Learnt",
                _lines(
                    [
                        *_measured(store, session),
                        *(row for pack, _ in checked for row in _can(store, session, pack)),
                        *_of(own, _LEARNT),
                        *_counts(own),
                    ]
                ),
                "## Revised, and why",
                _lines(_of(own, _REVISED)),
                "## Decided",
                _lines(_of(own, _DECIDED)),
                "## Still open",
                _lines(_open(store, session)),
                "## Said",
                _said(pad),
            ]
        )
        + "\n"
    )


def _head(
    store: Store, session: Session, entries: Sequence[HistoryEntry], pad: Sequence[PadNote]
) -> str:
    end = session.ended_at or clock.now()
    took = say.duration((end - session.started_at).total_seconds())
    people = dict.fromkeys(
        [session.started_by, *(e.person for e in entries), *(note.person for note in pad)]
    )
    feature = store.features.get(session.feature_id)
    return (
        f"{escape(feature.name)}, {say.day(session.started_at)}, "
        f"{session.started_at:%H:%M} to {end:%H:%M} UTC ({took} of "
        f"{say.duration(session.box.total_seconds())}). With {', '.join(map(escape, people))}."
    )


def _of(entries: Iterable[HistoryEntry], nouns: Sequence[str]) -> list[str]:
    """Each deed on such things, with its why and who did it."""
    found = []
    for entry in entries:
        if entry.deed.noun in nouns and entry.deed not in _COUNTED:
            why = f": {escape(entry.why)}" if entry.why else ""
            found.append(f"{escape(entry.what)}{why} ({escape(entry.person)})")
    return list(dict.fromkeys(found))


def _counts(entries: Iterable[HistoryEntry]) -> list[str]:
    done = Counter((e.deed, e.person) for e in entries if e.deed in _COUNTED)
    return [
        f"{escape(person)}: {n:,} {noun if n == 1 else nouns}"
        for (deed, person), n in done.items()
        for noun, nouns in [_COUNTED[deed]]
    ]


def _measured(store: Store, session: Session) -> list[str]:
    """What criteria came to when runs of that time ended."""
    return [
        f"{said}, in {escape(point.experiment)} by variant {escape(point.variant)}"
        for point, said in _points(store, session, session.feature_id)
    ]


def _points(store: Store, session: Session, feature_id: UUID) -> list[tuple[TrendPoint, str]]:
    """The verdicts of that time that say something new of their variant, each with its criterion,
    word and figure."""
    end = session.ended_at or clock.now()
    criteria = {criterion.id: criterion for criterion in store.criteria.of(feature_id)}
    before: dict[tuple[UUID, UUID], KeptVerdict] = {}
    found = []
    for point in store.kept_verdicts.trend(feature_id):
        kept, criterion = point.kept, criteria.get(point.kept.criterion_id)
        if criterion is None or kept.created_at > end:
            continue
        place = kept.criterion_id, kept.variant_id
        if _is_news(kept, before.get(place)) and kept.created_at >= session.started_at:
            said = f"{kept.verdict.label}, {trends.figure(point, criterion)}"
            found.append((point, f"{criterion.key} {escape(criterion.draft.title)}: {said}"))
        before[place] = kept
    return found


def _is_news(kept: KeptVerdict, before: KeptVerdict | None) -> bool:
    """Whether a verdict or its estimate is another one; of what is new, whether it was scored."""
    if before is None:
        return kept.value is not None
    changed = [
        (one.verdict, one.value, one.low, one.high, one.criterion_number) for one in (kept, before)
    ]
    return changed[0] != changed[1]


def _checked(
    store: Store, session: Session, entries: Sequence[HistoryEntry]
) -> list[tuple[Pack, list[HistoryEntry]]]:
    """The capability packs that those of the session tried meanwhile. A pack is a feature of its
    own, so what was done to it is no line of the session's feature."""
    end, here = session.ended_at or clock.now(), {entry.person_id for entry in entries}
    found = []
    for pack in store.packs.all():
        assert pack.feature_id is not None
        lines = store.history.between(pack.feature_id, session.started_at, end)
        tried = [e for e in lines if e.person_id in here and e.deed.noun in _CHECKED]
        if tried:
            found.append((pack, tried))
    return found


def _on(pack: Pack, tried: Iterable[HistoryEntry]) -> list[str]:
    return [f"Capability pack {escape(pack.label)}: {row}" for row in _of(tried, _CHECKED)]


def _can(store: Store, session: Session, pack: Pack) -> list[str]:
    """What models came to on a pack when runs of that time ended."""
    assert pack.feature_id is not None
    models = {variant.id: variant.model for variant in store.variants.of(pack.feature_id)}
    return [
        f"{escape(pack.title)}: {said} by {escape(models[point.kept.variant_id])}"
        for point, said in _points(store, session, pack.feature_id)
    ]


def _open(store: Store, session: Session) -> list[str]:
    """The requirements that are not met as things stand."""
    feature_id = session.feature_id
    deciding = verdicts.deciding(
        verdicts.of_feature(store, feature_id), store.features.candidate(feature_id)
    )
    return [
        f"{row.requirement.key} {escape(row.requirement.draft.statement.rstrip('. '))}: "
        f"{row.verdict.label}"
        for row in verdicts.by_requirement(store, feature_id, deciding)
        if row.verdict is not Verdict.MET
    ]


def _lines(rows: Sequence[str]) -> str:
    return "\n".join(f"- {row}." for row in rows) if rows else _NOTHING


def _said(pad: Sequence[PadNote]) -> str:
    if not pad:
        return _NOTHING
    return "\n\n".join(
        f"**{note.written_at:%H:%M} {escape(note.person)}**: {paragraphs(note.text)}"
        for note in pad
    )

"""A session's minutes, as Markdown: what was tried, learnt, revised and decided, and by whom."""

from collections import Counter
from collections.abc import Iterable, Sequence

from workbench import say
from workbench.domain import clock
from workbench.domain.history import Deed, Entry
from workbench.domain.sessions import PadNote, Session
from workbench.domain.verdicts import Verdict
from workbench.evidence import verdicts
from workbench.evidence.words import trends
from workbench.exchange.safe.markdown import escape, paragraphs
from workbench.store.store import Store

_TRIED = ("prompt", "variant", "experiment", "run", "results")
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
    return (
        "\n\n".join(
            [
                f"# Session {session.key}: {escape(session.goal)}",
                _head(store, session, entries, pad),
                "## Tried",
                _lines(_of(own, _TRIED)),
                "## Learnt",
                _lines([*_measured(store, session), *_of(own, _LEARNT), *_counts(own)]),
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


def _head(store: Store, session: Session, entries: Sequence[Entry], pad: Sequence[PadNote]) -> str:
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


def _of(entries: Iterable[Entry], nouns: Sequence[str]) -> list[str]:
    """Each deed on such things, with its why and who did it."""
    found = []
    for entry in entries:
        if entry.deed.noun in nouns and entry.deed not in _COUNTED:
            why = f": {escape(entry.why)}" if entry.why else ""
            found.append(f"{escape(entry.what)}{why} ({escape(entry.person)})")
    return list(dict.fromkeys(found))


def _counts(entries: Iterable[Entry]) -> list[str]:
    done = Counter((e.deed, e.person) for e in entries if e.deed in _COUNTED)
    return [
        f"{escape(person)}: {n:,} {noun if n == 1 else nouns}"
        for (deed, person), n in done.items()
        for noun, nouns in [_COUNTED[deed]]
    ]


def _measured(store: Store, session: Session) -> list[str]:
    """What criteria came to when runs of that time ended."""
    end = session.ended_at or clock.now()
    criteria = {criterion.id: criterion for criterion in store.criteria.of(session.feature_id)}
    return [
        f"{criterion.key} {escape(criterion.draft.title)}: {point.kept.verdict.label}, "
        f"{trends.figure(point, criterion)}, in {escape(point.experiment)} by variant "
        f"{escape(point.variant)}"
        for point in store.kept_verdicts.trend(session.feature_id)
        if session.started_at <= point.kept.created_at <= end
        and (criterion := criteria.get(point.kept.criterion_id)) is not None
    ]


def _open(store: Store, session: Session) -> list[str]:
    """The requirements that are not met as things stand."""
    feature_id = session.feature_id
    deciding = verdicts.deciding(
        verdicts.of_feature(store, feature_id), store.features.candidate(feature_id)
    )
    return [
        f"{row.requirement.key} {escape(row.requirement.draft.statement)}: {row.verdict.label}"
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

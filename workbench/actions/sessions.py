"""Sessions: start one, write on its note pad, end it, keep its minutes."""

from uuid import UUID

from workbench.actions.deeds import doing
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.domain.sessions import Minutes, Session, checked_goal, checked_note
from workbench.exchange.spec import minutes as spec_minutes
from workbench.store.store import Store


def start(store: Store, who: Person, feature_id: UUID, goal: str, minutes: int) -> Session:
    """Begin a session with a goal and a time set aside for it.

    Raises InputError without a goal, Conflict where the feature is in a session already.
    """
    tidy = checked_goal(goal, minutes)
    with doing(store, who, Deed.SESSION_START, feature_id) as line:
        begun = store.sessions.start(feature_id, tidy, minutes, who.name)
        line.say(begun.key, f"Session {begun.key} began", tidy)
    return begun


def write(store: Store, who: Person, session: Session, text: str) -> None:
    """Put what was said on the note pad. Raises InputError for an empty note."""
    tidy = checked_note(text)
    with doing(store, who, Deed.SESSION_NOTE, session.feature_id) as line:
        store.sessions.write(session.id, who.name, tidy)
        line.say(session.key, f"Note in session {session.key}", tidy)


def end(store: Store, who: Person, session: Session) -> Session:
    """End a session, with minutes that say what was done in it. One that has ended stays so."""
    with doing(store, who, Deed.SESSION_END, session.feature_id) as line:
        if store.sessions.get(session.id).is_on:
            ended = store.sessions.end(session.id, who.name)
            text = spec_minutes.draft(store, ended)
            store.sessions.keep_minutes(session.id, 0, text, who.name)
            line.say(session.key, f"Session {session.key} ended", session.goal)
    return store.sessions.get(session.id)


def keep_minutes(store: Store, who: Person, session: Session, based_on: int, text: str) -> Minutes:
    """Keep edited minutes. Raises Conflict where somebody kept others since."""
    with doing(store, who, Deed.MINUTES_KEEP, session.feature_id) as line:
        before = store.sessions.minutes(session.id)
        kept = store.sessions.keep_minutes(session.id, based_on, text.strip(), who.name)
        if before is None or kept.number != before.number:
            line.say(session.key, f"Minutes of session {session.key} edited")
    return kept

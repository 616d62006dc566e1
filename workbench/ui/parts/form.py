"""A form whose text survives a reload, a crash and a colleague's save: loaded, kept, rebased."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import streamlit as st

from workbench.domain.drafts import Draft
from workbench.domain.fingerprint import fingerprint
from workbench.errors import Conflict, WorkbenchError
from workbench.ui.parts import drafts, trouble

_AS_HELD = object()
Done = TypeVar("Done")


def day(text: str) -> date | None:
    """The date that a field holds as text; None where it holds none."""
    return date.fromisoformat(text) if text else None


@dataclass(frozen=True)
class Form:
    """The fields of one thing that is edited by one person.

    `prefix` begins its keys, `scope` names its draft in the store, `saved` are the fields as they
    are saved now, at revision `number` (0: something new). What is typed lives in session state
    as plain values, with the fields and the revision that it was based on.
    """

    prefix: str
    scope: str
    saved: Mapping[str, Any]
    number: int
    aside: frozenset[str] = frozenset()
    """Fields that are typed here but never saved: alone they are no change."""
    unwritten: Callable[[Mapping[str, Any]], Collection[str]] = lambda body: ()
    """Which fields hold what must not be written down, such as a key in place of its name: that
    stays on the screen alone, and the draft keeps what the field held before."""

    dates: frozenset[str] = frozenset()
    """Fields that `bind_date` binds."""

    def load(self) -> None:
        """Bring the fields into session state: the draft if there is one, else what is saved."""
        held = st.session_state.get(self.prefix)
        if held is None or held["scope"] != self.scope:
            kept = drafts.get(self.scope, start=self.saved)
            if kept is None or not kept.body:
                self._start(self.saved, self.number)
            else:
                self._start({**self.saved, **kept.body}, kept.based_on, is_restored=True)
            for field, held in st.session_state.pop(f"late_of_{self.scope}", {}).items():
                self.put(field, held)
        elif not self.is_changed and self.based_on != self.number:
            self._start(self.saved, self.number)
        elif self.based_on != self.number:
            self._merge()

    def bind(self, field: str) -> dict[str, Any]:
        """The arguments that bind a text, number or toggle: `st.text_input("Title", **bind("x"))`.

        What the field holds is right, whatever the widget holds. Where a redrawing was cut short by
        the next change, the browser can lose what Streamlit told it to show and falls back on the
        widget's default, and sends that as if it had been chosen: so the default is the value too.
        """
        return self._bound(field, "value", self.value(field))

    def bind_line(self, field: str) -> dict[str, Any]:
        """As `bind`, for one line of text: kept as it is typed, at each short pause."""
        return self.bind(field) | {"live": True}

    def bind_number(self, field: str) -> dict[str, Any]:
        """As `bind`, for a number that may be left empty: Streamlit marks these by no default."""
        return self._bound(field, "value", None) | {"value": None}

    def bind_choice(self, field: str, options: Sequence[Any]) -> dict[str, Any]:
        """As `bind`, with the options, for a select box."""
        return self._bound(field, "index", options.index(self.value(field))) | {"options": options}

    def bind_pills(self, field: str) -> dict[str, Any]:
        """As `bind`, for a segmented control, pills or a multiselect."""
        return self._bound(field, "default", self.value(field))

    def bind_date(self, field: str) -> dict[str, Any]:
        """As `bind`, for a date that may be left empty. It is held as text, "2027-03-31" or "":
        drafts hold nothing else."""
        shown = day(self.value(field))
        return self._bound(field, "value", shown, shown=shown)

    def value(self, field: str) -> Any:
        """What a field holds now."""
        return self._state["body"][field]

    def values(self) -> dict[str, Any]:
        """What the fields hold now."""
        return dict(self._state["body"])

    @property
    def based_on(self) -> int:
        """The revision that was loaded into the form."""
        return int(self._state["based_on"])

    @property
    def is_changed(self) -> bool:
        """Whether something is typed that is not saved."""
        body, base = self._state["body"], self._state["base"]
        return any(body[field] != base.get(field) for field in body if field not in self.aside)

    @property
    def is_restored(self) -> bool:
        """Whether the fields came from a draft of an earlier visit."""
        return bool(self._state["is_restored"]) and self.is_changed

    @property
    def is_behind(self) -> bool:
        """Whether somebody saved a newer revision than the one these changes are based on."""
        return self.is_changed and self.based_on != self.number

    def keep(self) -> None:
        """Put what the fields hold into the store, where it differs from what is saved."""
        if self.is_changed:
            body, silent = self._state["body"], self.unwritten(self._state["body"])
            written = {name: value for name, value in body.items() if name not in silent}
            self._adopt(drafts.keep(self.scope, written, self.based_on), silent)
        else:
            drafts.drop(self.scope, start=self.saved)

    def put(self, field: str, value: Any) -> None:
        """Set a field that may have a widget; for callbacks and before widgets are made."""
        self._state["body"][field] = value
        st.session_state.pop(f"{self.prefix}_{field}", None)
        self.keep()

    def save(self, deed: Callable[[], Done]) -> Done | None:
        """Do what saves the form, and forget the draft; for callbacks. None where it was refused,
        which `show_problem` says, or where somebody saved meanwhile: the form is behind then, and
        whoever draws it shows both texts."""
        try:
            done = deed()
        except Conflict:
            return None
        except WorkbenchError as error:
            self.complain(error)
            return None
        self.discard()
        return done

    def discard(self) -> None:
        """Forget what was typed and show what is saved; for callbacks."""
        drafts.drop(self.scope, start=self.saved)
        self.leave()

    def leave(self) -> None:
        """Take the fields off the screen; the draft stays. For callbacks."""
        state = st.session_state.pop(self.prefix, {"body": {}, "scope": self.scope})
        silent = self.unwritten(state["body"]) if state["body"] else self.saved
        for field in silent:
            st.session_state.pop(f"{self.prefix}_{field}", None)
        # The keys of the others stay: by them `take` finds what is typed before the next drawing.
        body = {name: fingerprint(held) for name, held in state["body"].items()}
        st.session_state[f"left_of_{self.prefix}"] = [state["scope"], body]

    def rebase(self) -> None:
        """Keep what was typed, on top of what is saved now; for callbacks."""
        self._state["based_on"] = self.number
        self._state["base"] = dict(self.saved)
        self.keep()

    def show_clashes(self, labels: Mapping[str, str]) -> None:
        """What other tabs of the same person wrote into the same fields, and the choice."""
        drafts.clashes(self.scope, labels, self._use)

    def complain(self, error: WorkbenchError) -> None:
        """Remember what went wrong in a callback, to show it beside the button."""
        st.session_state[f"trouble_of_{self.prefix}"] = [error.message, error.hint]

    @property
    def complaint(self) -> str:
        """What `show_problem` will say is wrong; empty where nothing is."""
        problem = st.session_state.get(f"trouble_of_{self.prefix}")
        return str(problem[0]) if problem else ""

    def show_problem(self) -> None:
        """What went wrong in the callback that was just run, if anything did."""
        problem = st.session_state.pop(f"trouble_of_{self.prefix}", None)
        if problem:
            trouble.show(WorkbenchError(*problem))

    def _bound(
        self, field: str, parameter: str, default: Any, *, shown: Any = _AS_HELD
    ) -> dict[str, Any]:
        held = self.value(field) if shown is _AS_HELD else shown
        key = f"{self.prefix}_{field}"
        bound = {
            "key": key,
            "on_change": self.take,
            "args": (field,),
            "persist_state": "session",
        }
        if key in st.session_state and st.session_state[key] == held:
            return {**bound, parameter: default}
        # Streamlit warns where a value and a default are set in one run.
        st.session_state[key] = held
        return bound

    def take(self, field: str) -> None:
        """Take what a widget holds into its field; for callbacks."""
        key = f"{self.prefix}_{field}"
        if key not in st.session_state:
            return
        held = st.session_state[key]
        if isinstance(held, date) or (held is None and field in self.dates):
            held = held.isoformat() if held else ""
        if self.prefix not in st.session_state:
            # The click just before let the form go, and took along what was typed until then.
            scope, left = st.session_state.get(f"left_of_{self.prefix}", [self.scope, {}])
            if left.get(field, fingerprint(held)) != fingerprint(held):
                st.session_state.setdefault(f"late_of_{scope}", {})[field] = held
            return
        self._state["body"][field] = held
        self.keep()

    def _merge(self) -> None:
        """Take over what somebody saved meanwhile in fields that nobody touched here. Where both
        changed one field, the form stays behind: a person chooses."""
        body, base = self._state["body"], self._state["base"]
        theirs = [name for name, text in self.saved.items() if base.get(name, text) != text]
        for name in theirs:
            if body[name] == base[name]:
                self._use(name, self.saved[name])
        if base and all(body[name] == self.saved[name] for name in theirs):
            self._state["based_on"], self._state["base"] = self.number, dict(self.saved)
            st.toast(
                "Somebody saved other fields meanwhile: theirs are here beside yours, to be saved.",
                icon=":material/merge:",
            )

    def _use(self, field: str, text: str) -> None:
        self._state["body"][field] = text
        st.session_state.pop(f"{self.prefix}_{field}", None)

    def _adopt(self, kept: Draft, silent: Collection[str]) -> None:
        """Show what other tabs wrote into fields that nobody touched here."""
        body = {name: held for name, held in self._state["body"].items() if name not in silent}
        news = [field for field in kept.body if field in body and body[field] != kept.body[field]]
        for field in news:
            self._use(field, kept.body[field])
        if news and kept.based_on != self.based_on:
            self._state["based_on"], self._state["base"] = kept.based_on, {}

    @property
    def _state(self) -> dict[str, Any]:
        state: dict[str, Any] = st.session_state[self.prefix]
        return state

    def _start(self, body: Mapping[str, Any], based_on: int, *, is_restored: bool = False) -> None:
        # What a draft was based on is known only while nothing newer was saved.
        base = dict(self.saved) if based_on == self.number else {}
        st.session_state[self.prefix] = {
            "body": dict(body),
            "base": base,
            "based_on": based_on,
            "is_restored": is_restored,
            "scope": self.scope,
        }

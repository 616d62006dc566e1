"""How an output came to its end, as one word and one icon wherever outputs are shown."""

from typing import Literal

import streamlit as st

from workbench.domain.trials import Ending, Trial
from workbench.ui.parts.text import output

_Color = Literal["orange", "violet", "red", "gray"]
_OLD = "An answer from before such ones counted as failed calls. Ask it again."
_UNSTATED = "end not stated"
_LOOKS: dict[Ending | str, tuple[str, str, _Color, str]] = {
    Ending.CUT: (
        "Cut off at the token limit",
        "content_cut",
        "orange",
        "Raise “Longest answer” under Parameters to see the whole of it.",
    ),
    Ending.REFUSED: (
        "The model refused",
        "front_hand",
        "violet",
        "The server itself marks this as a refusal. It is an answer, and is scored as one.",
    ),
    Ending.FILTERED: ("Stopped by a content filter", "filter_alt", "red", _OLD),
    Ending.BROKEN: ("Broken off by the server", "link_off", "red", _OLD),
    Ending.UNKNOWN: ("Ended in a way that is not known", "link_off", "red", _OLD),
    _UNSTATED: (
        "End not stated",
        "question_mark",
        "gray",
        "The server did not say how the answer ended (finish_reason). It came whole.",
    ),
}
"""What is said of an output, its icon, its colour, and what it means."""

_MARKS = {
    Ending.CUT: "[cut off] ",
    Ending.REFUSED: "[refused] ",
    Ending.FILTERED: "[filtered] ",
    Ending.BROKEN: "[broken off] ",
    Ending.UNKNOWN: "[end unknown] ",
}


def badge(trial: Trial) -> None:
    """What is to be said of an output's end, if anything, beside it."""
    found = _of(trial)
    if found is not None:
        said, icon, color, meaning = _LOOKS[found]
        body = f":{color}-badge[:material/{icon}: {said[0].lower()}{said[1:]}]"
        st.markdown(body, width="content", help=meaning)


def tell(trial: Trial) -> None:
    """The same in a line of its own, above an output that is shown alone."""
    found = _of(trial)
    if found is not None:
        said, icon, color, meaning = _LOOKS[found]
        show = st.warning if color in ("orange", "red") else st.info
        show(f"{said}. {meaning}", icon=f":material/{icon}:")


def failure_icon(trial: Trial) -> str:
    """The icon of a call without an output: a filter's, or that of an error."""
    is_filtered = trial.ending is Ending.FILTERED
    return ":material/filter_alt:" if is_filtered else ":material/error:"


def mark(ending: Ending) -> str:
    """The word before an output in a table, empty where nothing is to be said."""
    return _MARKS.get(ending, "")


def partial(trial: Trial) -> None:
    """What a failed call had said before it failed, folded: to be read, never scored."""
    if trial.partial.strip():
        with st.expander("What it had said until then (not scored)", icon=":material/notes:"):
            output(trial.partial)


def _of(trial: Trial) -> Ending | str | None:
    # What was made elsewhere has no request of ours, and nobody asked how it ended.
    is_silent = bool(trial.request_hash) and trial.is_output and not trial.is_ending_stated
    return trial.ending if trial.ending in _LOOKS else _UNSTATED if is_silent else None

"""How an output came to its end, as one word and one icon wherever outputs are shown."""

from typing import Literal, NamedTuple

import streamlit as st

from workbench.domain.trials import Ending, Trial
from workbench.ui.text import output


class Look(NamedTuple):
    """How an ending is shown: in a badge, and as a word before the text in a table."""

    said: str
    word: str
    icon: str
    color: Literal["orange", "violet", "red", "gray"]
    help: str


LOOKS: dict[Ending, Look] = {
    Ending.CUT: Look(
        "cut off at the token limit",
        "cut off",
        ":material/content_cut:",
        "orange",
        "Raise “Longest answer” under Parameters to see the whole of it.",
    ),
    Ending.REFUSED: Look(
        "the model refused",
        "refused",
        ":material/front_hand:",
        "violet",
        "The server itself marks this as a refusal. It is an answer, and is scored as one.",
    ),
    Ending.FILTERED: Look(
        "stopped by a content filter",
        "filtered",
        ":material/filter_alt:",
        "red",
        "It counts as a failed call: nobody knows what the whole answer would have been.",
    ),
    Ending.BROKEN: Look(
        "broken off by the server",
        "broken off",
        ":material/link_off:",
        "red",
        "An answer from before such ones counted as failed calls. Ask it again.",
    ),
    Ending.FAILED: Look("no answer", "failed", ":material/error:", "red", ""),
}
LOOKS[Ending.UNKNOWN] = LOOKS[Ending.BROKEN]
_UNSTATED = Look(
    "end not stated",
    "",
    ":material/question_mark:",
    "gray",
    "The server did not say how the answer ended (finish_reason). It came whole.",
)


def badge(trial: Trial) -> None:
    """What is to be said of an output's end, if anything, beside it."""
    look = _look(trial)
    if look is not None:
        st.badge(look.said, icon=look.icon, color=look.color, help=look.help or None)


def tell(trial: Trial) -> None:
    """The same in a line of its own, above an output that is shown alone."""
    look = _look(trial)
    if look is not None:
        show = st.warning if look.color in ("orange", "red") else st.info
        show(f"{look.said[0].upper()}{look.said[1:]}. {look.help}", icon=look.icon)


def _look(trial: Trial) -> Look | None:
    is_silent = bool(trial.request_hash) and trial.is_output and not trial.is_ending_stated
    return LOOKS.get(trial.ending) or (_UNSTATED if is_silent else None)


def mark(ending: Ending) -> str:
    """The word before an output in a table, empty where nothing is to be said."""
    look = LOOKS.get(ending)
    return f"[{look.word}] " if look else ""


def partial(trial: Trial) -> None:
    """What a failed call had said before it failed, folded: to be read, never scored."""
    if trial.partial.strip():
        with st.expander("What it had said until then (not scored)", icon=":material/notes:"):
            output(trial.partial)

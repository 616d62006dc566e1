"""What a promise in a text comes to: a requirement, what would show it, and how it fails."""

from dataclasses import dataclass

from workbench.domain.criteria import CriterionDraft
from workbench.domain.failures import Severity
from workbench.domain.requirements import Kind


@dataclass(frozen=True)
class Sent:
    """A text that users would send, with its tags. An empty one is still to be written."""

    text: str
    tags: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True)
class Promise:
    """One promise, and what would show it. `mode` names the failure, `harm` how bad it is."""

    kind: Kind
    statement: str
    quote: str
    why: str = ""
    criteria: tuple[tuple[CriterionDraft, str], ...] = ()
    sent: tuple[Sent, ...] = ()
    modes: tuple[tuple[str, str, Severity], ...] = ()


@dataclass(frozen=True)
class About:
    """What a text is about: who acts (“the assistant”) and what is made (“reply”)."""

    actor: str
    made: str

"""What goes wrong, by kind: failure modes, how bad they are, and what the product does then."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from workbench.domain.requirements import Evidence
from workbench.errors import InputError


class Severity(StrEnum):
    """How bad it is when it happens."""

    MINOR = "minor"
    SERIOUS = "serious"
    SEVERE = "severe"

    @property
    def weight(self) -> int:
        """How many minor ones it counts as where harm is ranked: 1, 3, 9. A convention of this
        workbench, said wherever it is used."""
        return {Severity.MINOR: 1, Severity.SERIOUS: 3, Severity.SEVERE: 9}[self]


class Response(StrEnum):
    """What the product does when it notices a failure."""

    ASK = "ask"
    RETRY = "retry"
    FALL_BACK = "fall_back"
    HAND_OVER = "hand_over"
    REFUSE = "refuse"

    @property
    def label(self) -> str:
        """It as a sentence goes on: “the product …”."""
        return _RESPONSES[self]


_RESPONSES = {
    Response.ASK: "asks the user",
    Response.RETRY: "tries again",
    Response.FALL_BACK: "falls back to something simpler",
    Response.HAND_OVER: "hands over to a person",
    Response.REFUSE: "refuses, and says so",
}


@dataclass(frozen=True)
class Fallback:
    """How the product degrades gracefully: how the failure is noticed at run time, what is done
    then, what the user reads, and the criterion that shows that this happens."""

    noticed: str = ""
    response: Response | None = None
    reads: str = ""
    criterion_id: UUID | None = None

    def lacks(self) -> tuple[str, ...]:
        """What is not designed yet, as noun phrases."""
        parts = (
            (self.noticed, "how it is noticed"),
            (self.response, "what the product does then"),
            (self.reads, "what the user reads"),
            (self.criterion_id, "a check that shows it"),
        )
        return tuple(what for held, what in parts if not held)


@dataclass(frozen=True)
class ModeDraft:
    """A failure mode as somebody writes it."""

    name: str
    definition: str = ""
    severity: Severity = Severity.SERIOUS
    owner: str = ""
    fallback: Fallback = Fallback()

    def checked(self) -> "ModeDraft":
        """This draft with tidy texts. Raises InputError when it has no name."""
        name = " ".join(self.name.split())
        if not name:
            raise InputError("The failure mode has no name.", "Say in a few words what goes wrong.")
        fallback = replace(
            self.fallback, noticed=self.fallback.noticed.strip(), reads=self.fallback.reads.strip()
        )
        return replace(
            self,
            name=name,
            definition=self.definition.strip(),
            owner=" ".join(self.owner.split()),
            fallback=fallback,
        )

    def text(self) -> str:
        """Everything in it, for conflicts."""
        fallback = self.fallback
        then = f"the product {fallback.response.label}" if fallback.response else "not designed"
        return (
            f"{self.name} ({self.severity.value})\n\n{self.definition}\n\nOwner: {self.owner}\n"
            f"Noticed: {fallback.noticed}\nThen: {then}\nThe user reads: {fallback.reads}"
        )


@dataclass(frozen=True)
class FailureMode:
    """A named kind of failure, as its newest version says it. `examples` are those that came with
    a feature file."""

    id: UUID
    feature_id: UUID
    key: str
    number: int
    draft: ModeDraft
    author: str
    created_at: datetime
    is_archived: bool = False
    examples: tuple[Evidence, ...] = ()

    @property
    def label(self) -> str:
        """Key and name, as lists show it."""
        return f"{self.key} {self.draft.name}"

    @property
    def is_open(self) -> bool:
        """Whether it is severe and nobody has designed yet what happens then."""
        return self.draft.severity is Severity.SEVERE and bool(self.draft.fallback.lacks())


@dataclass(frozen=True)
class SortedNote:
    """A note on an output of an experiment, with the failure mode it is sorted into, if any.
    The output is cut as pages show it."""

    id: UUID
    trial_id: UUID
    mode_id: UUID | None
    text: str
    author: str
    created_at: datetime
    experiment: str
    variant_id: UUID
    variant: str
    case_id: UUID
    case: str
    output: str

    def evidence(self) -> Evidence:
        """The note as what caused a requirement, or as an example in a file: kept by value."""
        return Evidence(
            self.text, self.experiment, variant=self.variant, case=self.case, output=self.output
        )


@dataclass(frozen=True)
class ReadOutput:
    """An output that somebody read: which modes it has. Outputs of one `cluster` (cases with the
    same input, or of one group) depend on each other."""

    trial_id: UUID
    variant_id: UUID
    cluster: str
    tags: tuple[str, ...]
    modes: frozenset[UUID]
    notes: int

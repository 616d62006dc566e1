"""What a model suggests to people, who accept, edit or reject it one by one; it decides nothing."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from workbench.domain.drafting import Resolution


@dataclass(frozen=True)
class SuggestionCall:
    """A request for suggestions, written down before it is sent. `about` are what it shows, in
    order: notes, requirements or failure modes, and last the prompt version where it
    shows one. `most_cost` is in USD, None where the price is not known. `purpose` is
    one of failure_modes, draft, prompt and opinion."""

    id: UUID
    feature_id: UUID
    connection: str
    model: str
    request_hash: str
    about: tuple[UUID, ...]
    most_cost: float | None
    author: str
    started_at: datetime
    purpose: str = "failure_modes"


@dataclass(frozen=True)
class SuggestionReply:
    """What came of it: a reply, or why there is none."""

    call_id: UUID
    reply: str | None = None
    failure: str | None = None
    message: str = ""
    latency_ms: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: float | None = None


@dataclass(frozen=True)
class Resolved:
    """What a person said to one thing that a reply suggests, and the key of what it became."""

    resolution: Resolution
    made: str
    person: str


@dataclass(frozen=True)
class SuggestedMode:
    """A failure mode that a model names, and which notes (their places, from 0) would be in it."""

    name: str
    definition: str
    notes: tuple[int, ...]


class PromptSays(StrEnum):
    """How a requirement stands to a prompt, as a model sees it."""

    SPECIFIED = "specified"
    LUCK = "met by luck"
    MISSING = "missing"
    CONFLICTS = "conflicts"


class Doubt(StrEnum):
    """What a model finds wrong between requirements."""

    CONFLICT = "conflict"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True)
class Objection:
    """A conflict or an ambiguity that a model finds, and what it advises. `about` are keys."""

    doubt: Doubt
    about: tuple[str, ...]
    said: str
    advice: str


@dataclass(frozen=True)
class PromptView:
    """How a model sees one requirement (its key) stand to a prompt: the words that it points at,
    where the prompt has them, and the requirements that it conflicts with."""

    key: str
    says: PromptSays
    words: str
    why: str
    against: tuple[str, ...] = ()


Opinion = Objection | PromptView

"""How we can tell that a requirement is met: a scorer, a measure, a bar and a confidence."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from workbench.domain.fingerprint import canonical, fingerprint
from workbench.domain.kinds import combined, judges, looking, rubrics
from workbench.domain.kinds.entry import By
from workbench.domain.kinds.known import ScorerKind
from workbench.domain.kinds.looking import LooksAt
from workbench.domain.kinds.rubrics import Level
from workbench.domain.scores import is_judge, judge_name
from workbench.errors import InputError

__all__ = [
    "Criterion",
    "CriterionDraft",
    "Lane",
    "Measure",
    "Scale",
    "Scorer",
    "ScorerKind",
    "problem_with",
]


class Measure(StrEnum):
    """What is estimated from the scores."""

    PASS_RATE = "pass_rate"
    FAIL_RATE = "fail_rate"
    PASS_HAT_K = "pass_hat_k"
    AGREEMENT = "agreement"
    MEAN_SCORE = "mean_score"

    @property
    def is_upper_bar(self) -> bool:
        """Whether the bar is the most that is allowed, not the least."""
        return self is Measure.FAIL_RATE

    @property
    def fewest_trials(self) -> int:
        """How often each case must be asked: 2 where it is about whether answers repeat."""
        return 2 if self.is_per_case else 1

    @property
    def is_per_case(self) -> bool:
        """Whether a case is measured as a whole, by all its trials together."""
        return self in (Measure.PASS_HAT_K, Measure.AGREEMENT)


CORRECTED = (Measure.PASS_RATE, Measure.FAIL_RATE)
"""What can be estimated from a judge's words: what its errors do to these is known."""


class Lane(StrEnum):
    """Committed before results were seen, or discovered by reading them."""

    COMMITTED = "committed"
    DISCOVERED = "discovered"


class Scale(NamedTuple):
    """The lowest and the highest score that can be given."""

    low: float
    high: float

    def score(self, share: float) -> float:
        """The score that lies so far up the scale, from 0 to 1."""
        return self.low + share * (self.high - self.low)


@dataclass(frozen=True)
class Scorer:
    """A scorer and its settings. Two scorers with the same fingerprint give the same score."""

    kind: ScorerKind
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Said or not, the last answer is what is meant: one meaning, one fingerprint.
        is_said = self.settings.get(looking.NAME) == LooksAt.ANSWER
        if is_said and looking.NAME in self.kind.entry.shapes():
            bare = {k: v for k, v in self.settings.items() if k != looking.NAME}
            object.__setattr__(self, "settings", bare)

    @property
    def looks_at(self) -> LooksAt:
        """What of a trial it judges."""
        return looking.of(self.settings)

    @property
    def reads_thoughts(self) -> bool:
        """Whether it, or a check that it combines, looks at what the model thought."""
        every = [self.settings]
        if self.kind.entry.is_of_parts:
            every = [inner for _, inner in combined.parts_of(self.settings)]
        return any(looking.of(settings) is LooksAt.REASONING for settings in every)

    def fingerprint(self) -> str:
        """The identity of the judgement: its kind, its settings, and the rules it follows."""
        return self._fingerprint

    @cached_property
    def _fingerprint(self) -> str:
        # Asked of each output that a check looks at, and always the same.
        rules = self.kind.entry.rules
        settings = self.settings
        if self.kind.by is By.MODEL:
            settings = {k: v for k, v in settings.items() if k not in judges.ASIDE}
        return fingerprint(self.kind, settings, *([rules] if rules else []))

    def labels(self) -> str:
        """The identity of what people say of the same question. Of a judge that is its rubric, so
        that labels outlive its model and its prompt; of others it is the scorer's own."""
        if self.kind.by is not By.MODEL:
            return self.fingerprint()
        return fingerprint(
            self.kind, {k: v for k, v in self.settings.items() if k in judges.RUBRIC}
        )

    @property
    def judges(self) -> tuple["Scorer", ...]:
        """The models that judge, each as a scorer by itself: the members of a panel, or this one.
        One that judged alone before keeps its words in a panel."""
        if "panel" not in self.settings:
            return (self,)
        return tuple(Scorer(self.kind, alone) for alone in judges.members(self.settings))

    @property
    def is_panel(self) -> bool:
        """Whether several models judge, and most of them decide."""
        return "panel" in self.settings

    @property
    def judge_name(self) -> str:
        """How a judge is called as a rater; of a panel all its models are named."""
        return judge_name(" + ".join(judges.models(self.settings)))

    def aside(self) -> str:
        """The identity of what models say whom the criterion does not ask: kept, compared with
        people's words, and counted in no verdict."""
        return judge_name(self.labels())

    def heard_from(self, rater: str) -> str:
        """The identity of a word that somebody elsewhere said. A model counts only where it is the
        one that judges: its words are corrected by people's labels, and no others are."""
        if not is_judge(rater):
            return self.labels()
        asked = (self, *self.judges) if self.kind.by is By.MODEL else ()
        heard = (judge.fingerprint() for judge in asked if judge.judge_name == rater)
        return next(heard, self.aside())

    @property
    def over(self) -> str | None:
        """The label of the variant that it compares others with; None where it looks at each output
        by itself."""
        return str(self.settings.get("over")) if self.kind.entry.is_paired else None

    @property
    def scale(self) -> Scale | None:
        """Between which scores it chooses; None where it says pass or fail and no more."""
        ends = self.settings.get("scale")
        return None if ends is None else Scale(*ends)

    @property
    def levels(self) -> tuple[Level, ...]:
        """What each of its scores means, where its rubric says so."""
        return rubrics.of(self.settings)

    @property
    def passes_from(self) -> float | None:
        """The score from which on an output passes, where there is a scale."""
        return self.settings.get("passes_from")


@dataclass(frozen=True)
class CriterionDraft:
    """A criterion as somebody writes it. `slices` are tags: empty means every case. `bar` and
    `target` are shares from 0 to 1; of a mean score, how far up its scale."""

    title: str
    scorer: Scorer
    measure: Measure = Measure.PASS_RATE
    bar: float = 0.9
    target: float | None = None
    confidence: float = 0.95
    slices: tuple[str, ...] = ()
    lane: Lane = Lane.COMMITTED
    origin: str = ""

    def checked(self) -> "CriterionDraft":
        """This draft with tidy fields. Raises InputError naming what is wrong."""
        title = " ".join(self.title.split())
        if not title:
            raise InputError("The criterion has no title.", "Say in plain words what is scored.")
        if not 0 < self.bar <= 1 and not (self.measure.is_upper_bar and self.bar == 0):
            raise InputError(
                f"The bar of “{title}” is {self.bar:g}.", "A bar lies above 0% and up to 100%."
            )
        if self.bar == 1 or (self.measure.is_upper_bar and self.bar == 0):
            raise InputError(
                f"No number of trials can show a bar of {self.bar:.0%} for “{title}”.",
                "Choose a level that can be shown, such as 99% (or at most 1%).",
            )
        if not 0.5 < self.confidence < 1:
            raise InputError(
                f"The confidence of “{title}” is {self.confidence:g}.",
                "It lies between 50% and 100%; 95% is usual.",
            )
        if self.target is not None and not 0 <= self.target <= 1:
            raise InputError(f"The target of “{title}” is {self.target:g}.", "It is a share.")
        if self.measure is Measure.MEAN_SCORE and self.scorer.scale is None:
            raise InputError(
                f"“{title}” asks for a mean score, but its scorer says only pass or fail.",
                "Let a person rate it on a scale, or choose another measure.",
            )
        if self.scorer.kind.by is By.MODEL and self.measure not in CORRECTED:
            raise InputError(
                f"“{title}” asks a judge for more than a share of answers.",
                "Of a judge only a pass rate or a fail rate can be corrected for its errors: take "
                "the share that passes (of a scale: from a score on), or let people rate.",
            )
        if self.scorer.over is not None and self.measure is not Measure.PASS_RATE:
            raise InputError(
                f"“{title}” asks of preferences for more than a share of answers.",
                "Let it be measured by the pass rate: the share that is preferred.",
            )
        problem = problem_with(self.scorer)
        if problem:
            raise InputError(f"The scorer of “{title}”: {problem}", "Complete its settings.")
        slices = tuple(dict.fromkeys(s.strip() for s in self.slices if s.strip()))
        return replace(self, title=title, slices=slices)

    @property
    def fewest_trials(self) -> int:
        """How often each case must be asked, for its measure and its scorer."""
        return max(self.measure.fewest_trials, self.scorer.kind.entry.fewest_trials)

    @property
    def scale(self) -> Scale | None:
        """The scale that the bar lies on, where it is not a rate."""
        return self.scorer.scale if self.measure is Measure.MEAN_SCORE else None

    def text(self) -> str:
        """Everything in it, for comparing and for conflicts."""
        sign = "at most" if self.measure.is_upper_bar else "at least"
        where = f" on {', '.join(self.slices)}" if self.slices else ""
        return (
            f"{self.title}\n{self.scorer.kind} {canonical(self.scorer.settings)}\n"
            f"{self.measure} {sign} {self.bar:.1%} at {self.confidence:.0%} confidence{where}"
        )


@dataclass(frozen=True)
class Criterion:
    """A criterion at its newest version. Its scores belong to its scorer's fingerprint.

    `expects` is what its newest change should do, as somebody wrote it before it was measured.
    """

    id: UUID
    requirement_id: UUID
    key: str
    number: int
    draft: CriterionDraft
    author: str
    created_at: datetime
    why: str = ""
    archived_at: datetime | None = None
    expects: str = ""

    def is_about(self, label: str) -> bool:
        """Whether it scores the variant with this label: what others are compared with is not."""
        return self.draft.scorer.over != label

    def applies_to(self, tags: tuple[str, ...]) -> bool:
        """Whether a case with these tags is scored by it."""
        return not self.draft.slices or not set(self.draft.slices).isdisjoint(tags)


def problem_with(scorer: Scorer) -> str:
    """What is missing in a scorer's settings, as a sentence; empty when nothing is."""
    return scorer.kind.entry.problem_with(scorer.settings)

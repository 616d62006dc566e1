"""Many answers to one case as people read them: the same wording once, with how often it came."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from uuid import UUID

from workbench.domain.scores import Outcome
from workbench.domain.transcripts import calls_in
from workbench.domain.trials import Ending, Trial
from workbench.scoring.wording import normalised
from workbench.store.reports.playground import Judged


@dataclass(frozen=True)
class Wording:
    """One distinct answer and the trials that gave it, of `total` answers to the same case."""

    trials: tuple[Trial, ...]
    total: int

    @property
    def first(self) -> Trial:
        """The trial whose text stands for all."""
        return self.trials[0]

    @property
    def text(self) -> str:
        """The answer as it came first."""
        return self.first.output or ""

    @property
    def is_cut_off(self) -> bool:
        """Whether any of them ended at the token limit, mid-sentence."""
        return any(trial.is_cut_off for trial in self.trials)

    @property
    def telling(self) -> Trial:
        """The trial whose end is to be told: one that did not simply come whole, if any."""
        odd = (trial for trial in self.trials if trial.ending is not Ending.COMPLETE)
        return next(odd, self.first)


@dataclass(frozen=True)
class Opinion:
    """What one criterion thinks of a wording: how many of its trials pass, and why not."""

    key: str
    title: str
    passed: int
    failed: int
    unscored: int
    reason: str

    @property
    def outcome(self) -> Outcome:
        """Pass when all that were scored pass; fail when any fails."""
        if self.failed:
            return Outcome.FAIL
        return Outcome.PASS if self.passed else Outcome.UNSCORED


@dataclass(frozen=True)
class Failure:
    """Calls to one case that ended in the same error; `trials` are those calls."""

    message: str
    trials: tuple[Trial, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.trials)


def distinct(trials: Iterable[Trial]) -> list[Wording]:
    """The distinct answers among trials of one cell, the most frequent first.

    Two answers are the same when only case, white space or punctuation around them differ, and the
    same tools were called.
    """
    groups: dict[str, list[Trial]] = {}
    total = 0
    for trial in sorted(trials, key=lambda trial: trial.number):
        if trial.output is None:
            continue
        total += 1
        called = [(call.name, call.arguments) for call in calls_in(trial.transcript)]
        same = f"{normalised(trial.output)}\n{called if called else ''}"
        groups.setdefault(same, []).append(trial)
    found = [Wording(tuple(group), total) for group in groups.values()]
    return sorted(found, key=lambda wording: (-len(wording.trials), wording.first.number))


def failures(trials: Iterable[Trial]) -> list[Failure]:
    """The errors among trials of one cell, each message once."""
    found: dict[str, list[Trial]] = {}
    for trial in trials:
        if trial.failure is not None:
            message = trial.message or trial.failure.value.replace("_", " ")
            found.setdefault(message, []).append(trial)
    return [Failure(message, tuple(group)) for message, group in found.items()]


def opinions(wording: Wording, judged: Mapping[UUID, Sequence[Judged]]) -> list[Opinion]:
    """What the criteria think of a wording, in the criteria's order."""
    by_criterion: dict[UUID, list[Judged]] = {}
    for trial in wording.trials:
        for found in judged.get(trial.id, ()):
            by_criterion.setdefault(found.criterion_id, []).append(found)
    return [_opinion(group) for group in by_criterion.values()]


def times(wording: Wording) -> str:
    """How often a wording came, such as “3 of 5 times”."""
    count = len(wording.trials)
    if wording.total == 1:
        return "asked once"
    if count == wording.total:
        return f"all {count} times the same"
    return f"{count} of {wording.total} times"


def dots(wording: Wording) -> tuple[str, str]:
    """The share as dots: those of this wording, and those of the others."""
    count = len(wording.trials)
    return "●" * count, "○" * (wording.total - count)


def facts(wording: Wording) -> str:
    """Latency and tokens of a wording's trials, on average, in a few words."""
    parts: list[str] = []
    latencies = [t.latency_ms for t in wording.trials if t.latency_ms is not None]
    tokens = [t.output_tokens for t in wording.trials if t.output_tokens is not None]
    if latencies:
        parts.append(f"{fmean(latencies) / 1000:.1f} s")
    if tokens:
        parts.append(f"{fmean(tokens):.0f} tokens")
    return " · ".join(parts)


def _opinion(group: Sequence[Judged]) -> Opinion:
    outcomes = [found.outcome for found in group]
    telling = [found.reason for found in group if found.outcome is not Outcome.PASS]
    return Opinion(
        group[0].key,
        group[0].title,
        outcomes.count(Outcome.PASS),
        outcomes.count(Outcome.FAIL),
        outcomes.count(Outcome.UNSCORED),
        next(iter(telling), group[0].reason),
    )

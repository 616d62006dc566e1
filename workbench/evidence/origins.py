"""Whose answers an experiment counts: which host and model gave them, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from workbench.domain.endpoints import NOT_RECORDED, Endpoint
from workbench.domain.experiments import Experiment
from workbench.domain.prompts import Variant
from workbench.say import count
from workbench.store.reports.progress import Answered, Progress
from workbench.store.store import Store


@dataclass(frozen=True)
class Origin:
    """Where the answers of one variant come from, as far as an experiment counts them.

    `endpoint` is None for results that were made elsewhere, and for answers that are older than the
    keeping of addresses. `models` are as the server named them, with how many answers each gave.
    `asked_again` answers were replaced by newer ones, and count no longer. Those that are not `new`
    came from `oldest` to `last_old`.
    """

    variant: Variant
    endpoint: Endpoint | None
    models: tuple[tuple[str, int], ...]
    answers: int
    failed: int
    refused: int
    new: int
    asked_again: int
    oldest: datetime | None
    newest: datetime | None
    last_old: datetime | None = None

    @property
    def host(self) -> str:
        """Who gave the answers, for people."""
        if self.variant.is_outside:
            return "elsewhere"
        return NOT_RECORDED if self.endpoint is None else self.endpoint.host

    def sentence(self) -> str:
        """The origin in one sentence: “A: 48 answers of api.example.com as gpt-4o, 3 Nov 2026.”"""
        return f"{self.variant.label}: {self.clause()}."

    def clause(self) -> str:
        """The same without the variant: “48 answers of api.example.com as gpt-4o, 3 Nov 2026”."""
        when = dates(self.oldest, self.newest)
        again = (
            f" ({count(self.asked_again, 'older answer')} asked again: kept, not counted)"
            if self.asked_again
            else ""
        )
        if not self.answers:
            return "no answer yet"
        if self.variant.is_outside:
            return f"{count(self.answers, 'result')} made elsewhere, imported {when}{again}"
        if self.endpoint is None:
            return f"{count(self.answers, 'answer')}{self._as()}, {NOT_RECORDED}, {when}{again}"
        return f"{count(self.answers, 'answer')} of {self.host}{self._as()}, {when}{again}"

    def _as(self) -> str:
        named = [(model, n) for model, n in self.models if model and n]
        if len(named) == 1:
            return f" as {named[0][0]}"
        return f" as {', '.join(f'{model} ({n:,})' for model, n in named)}" if named else ""

    def as_json(self) -> dict[str, object]:
        """For machines."""
        endpoint = self.endpoint
        return {
            "variant": self.variant.label,
            "connection": self.variant.connection,
            "connection_version": None if endpoint is None else endpoint.number,
            "address": None if endpoint is None else endpoint.address,
            "host": self.host,
            "model": self.variant.model,
            "models_reported": {model: n for model, n in self.models if model and n},
            "answers": self.answers,
            "failed": self.failed,
            "refused": self.refused,
            "asked_again": self.asked_again,
            "oldest": None if self.oldest is None else self.oldest.astimezone(UTC).isoformat(),
            "newest": None if self.newest is None else self.newest.astimezone(UTC).isoformat(),
        }


def of_experiment(
    store: Store,
    experiment: Experiment,
    since: datetime | None = None,
    *,
    known: Progress | None = None,
) -> list[Origin]:
    """Where the answers of each of its variants come from. Those kept `since` are `new`.

    Counted from the trials, where it is not `known` yet how far the experiment has come.
    """
    progress = known or store.reports.progress.of(experiment.id, since)
    again = store.reports.origins.asked_again(experiment.id)
    endpoints = store.variants.endpoints(variant.id for variant in experiment.variants)
    found = []
    for variant in experiment.variants:
        mine = [source for source in progress.sources if source.variant_id == variant.id]
        found.append(
            Origin(
                variant,
                endpoints.get(variant.id),
                tuple((source.model, source.answers) for source in mine),
                sum(source.answers for source in mine),
                sum(source.failed for source in mine),
                sum(source.refused for source in mine),
                sum(source.new for source in mine),
                again.get(variant.id, 0),
                min((s.oldest for s in mine if s.oldest is not None), default=None),
                max((s.newest for s in mine if s.newest is not None), default=None),
                max((s.last_old for s in mine if s.last_old is not None), default=None),
            )
        )
    return found


def rejudged(experiment: Experiment, variant: Variant, answered: Answered | None) -> list[str]:
    """What is to be said where a plan asked nothing of its own: a note, or none."""
    if answered is None or answered.newest >= experiment.created_at:
        return []
    whose = f" of {variant.label}" if len(experiment.variants) > 1 else ""
    return [
        f"{experiment.key} re-judges {count(answered.answers, 'answer')}{whose} from "
        f"{dates(answered.oldest, answered.newest)}; nothing was asked anew"
    ]


def said_of_calls(made: int, found: Sequence[Origin]) -> str:
    """What a run did: “0 requests sent, 48 answers of api.example.com from 3 Nov 2026 used”. A call
    that fails may have been sent several times."""
    parts = [f"{count(made, 'request')} sent"]
    fresh: dict[str, int] = {}
    for one in found:
        if one.new:
            fresh[one.host] = fresh.get(one.host, 0) + one.new
    parts += [f"{count(n, 'new answer')} of {host}" for host, n in fresh.items()]
    failed, refused = sum(one.failed for one in found), sum(one.refused for one in found)
    if failed:
        parts.append(f"{count(failed, 'call')} failed")
    if refused:
        parts.append(f"{count(refused, 'call')} refused")
    used: dict[tuple[str, str], int] = {}
    for one in found:
        if one.answers > one.new:
            key = (one.host, dates(one.oldest, one.last_old))
            used[key] = used.get(key, 0) + one.answers - one.new
    parts += [
        f"{count(n, 'answer')} of {host} from {when} used" for (host, when), n in used.items()
    ]
    return ", ".join(parts)


def dates(oldest: datetime | None, newest: datetime | None) -> str:
    """The day or days (UTC) of answers: “3 Nov 2026”, “3 Nov to 28 Nov 2026”."""
    if oldest is None or newest is None:
        return "never"
    first, last = (moment.astimezone(UTC) for moment in (oldest, newest))
    end = f"{last.day} {last:%b %Y}"
    if first.date() == last.date():
        return end
    start = f"{first.day} {first:%b}" + ("" if first.year == last.year else f" {first.year}")
    return f"{start} to {end}"

"""What a judge's words decide: nothing, until people's labels show how often it errs.

The rate is corrected for its errors and the interval widened by what is not known of them, so a
verdict is wrong no more often than one by people. Where too few outputs are labelled, or where the
labels say that it tells good from bad badly, there is not enough evidence, whatever it said.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from workbench.domain.criteria import Criterion, CriterionDraft
from workbench.domain.experiments import Experiment
from workbench.domain.kinds import judges
from workbench.domain.kinds.entry import By
from workbench.domain.prompts import Variant
from workbench.domain.trust import FEWEST_LABELS, FEWEST_OF_EACH, UNKNOWN, Member, Share, Trust
from workbench.domain.verdicts import Estimate, Verdict
from workbench.evidence import controls, estimates
from workbench.runs import panels
from workbench.stats import calibration
from workbench.stats.calibration import Labels, Rate, Trusted
from workbench.stats.clusters import Floats, group_numbers, group_sums
from workbench.store.reports.calibration import Labelled
from workbench.store.store import Store
from workbench.store.tallies import Tally

if TYPE_CHECKING:
    from workbench.evidence.counting import Counted

_TIMES = (1.25, 1.5, 2.0, 3.0, 4.0, 6.0, 9.0)
"""How many times as many labels are tried, to say how many would settle a verdict."""


@dataclass(frozen=True)
class Held:
    """A judge that is held against labels: what they say, and the verdict that they allow."""

    draft: CriterionDraft
    at_the_end: Estimate
    labels: Labels
    passes: Floats
    judged: Floats
    unscored: float
    held_to: Callable[[CriterionDraft], CriterionDraft]
    trust: Trust

    def estimate(self, confidence: float) -> Estimate:
        """The rate, corrected where the judge earned it. Without that its own word stands there
        with bounds that hold all that the labels leave open."""
        value, low, high = self.corrected(confidence)
        method = "judge, corrected by labels"
        if not self.trust.is_earned:
            value, method = self.trust.raw, "judge, not trusted"
            if value is not None and self.draft.measure.is_upper_bar:
                value = 1 - value
        if value is not None:
            low, high = min(low, value), max(high, value)
        return replace(
            self.at_the_end,
            value=value,
            low=low,
            high=high,
            confidence=self.draft.confidence,
            method=method,
        )

    def corrected(self, confidence: float) -> Rate:
        """The rate corrected for what labels say of the judge's errors, earned or not."""
        found = _asked(self.labels, self.passes, self.judged, confidence, self.trust).pass_rate
        low, high = self._both_ways(found)
        if not self.draft.measure.is_upper_bar:
            return Rate(found.value, low, high)
        return Rate(None if found.value is None else 1 - found.value, 1 - high, 1 - low)

    def judge(self, draft: CriterionDraft) -> Verdict:
        """What follows for the bar, at what is left of a draft's confidence after earlier looks."""
        if not self.trust.is_earned:
            return Verdict.NOT_ENOUGH_EVIDENCE
        held_to = self.held_to(draft)
        return estimates.verdict(held_to, self.estimate(held_to.confidence))

    def with_more(self, times: float) -> Verdict:
        """The verdict that so many times the labels would give, if they turned out alike."""
        found = calibration.among(
            self.labels, self.passes, self.judged, self.draft.confidence, times=times
        ).pass_rate
        low, high = self._both_ways(found)
        if self.draft.measure.is_upper_bar:
            low, high = 1 - high, 1 - low
        then = replace(self.at_the_end, value=found.value, low=low, high=high)
        return estimates.verdict(self.draft, then)

    def _both_ways(self, found: Rate) -> tuple[float, float]:
        """What is unscored could be good or bad: it counts against both bounds."""
        return found.low * (1 - self.unscored), found.high * (1 - self.unscored) + self.unscored


def of(
    counted: "Counted",
    criterion: Criterion,
    experiment: Experiment,
    variant: Variant,
    tallies: Sequence[Tally],
    at_the_end: Estimate,
) -> Held | None:
    """A criterion's judge, held against what people said; None where no model judges."""
    draft, store = criterion.draft, counted.store
    if draft.scorer.kind.by is not By.MODEL:
        return None
    passes, scored, unscored = estimates.arrays(tallies)
    groups = estimates.groups(tallies)
    of_group = group_sums(passes, groups), group_sums(scored, groups)
    rows = store.reports.calibration.labelled(
        experiment.id, criterion.id, draft.scorer.fingerprint(), draft.scorer.labels()
    )
    here = [row for row in rows if row.is_here and row.variant_id == variant.id]
    trust = _trust(here, *of_group, draft.confidence, is_borrowed=False)
    used = here
    if not trust.has_labels:
        # The judge and its rubric are the same there; that it errs alike is taken for granted.
        other = _trust(rows, *of_group, draft.confidence, is_borrowed=True)
        if other.has_labels:
            trust, used = other, rows
    asked = experiment.id, criterion.id, draft.scorer.fingerprint()
    scorers = [judge.fingerprint() for judge in draft.scorer.judges]
    with_files = store.shown_files.n_seen(experiment.id, criterion.id, scorers)
    flagged, unread = store.judging.n_flagged(*asked), store.judging.n_unread(*asked)
    trust = replace(
        trust,
        judge=draft.scorer.judge_name,
        n_flagged=flagged.get(variant.id, 0),
        n_unread=max(0, unread.get(variant.id, 0) - flagged.get(variant.id, 0)),
        n_with_files=with_files.get(variant.id, 0),
        broken=controls.broken(store, experiment, criterion),
    )
    if draft.scorer.is_panel:
        accord = store.judging.accord(panels.of(experiment, criterion), variant.id)
        members = _members(store, experiment, criterion, variant, is_borrowed=trust.is_borrowed)
        trust = replace(trust, members=members, accord=accord)
    planned = float(scored.sum() + unscored.sum())
    left_open = float(unscored.sum()) / planned if planned else 1.0
    held_to = partial(counted.held_to, criterion, experiment, variant)
    found = Held(draft, at_the_end, _labels(used), *of_group, left_open, held_to, trust)
    said = replace(
        trust, needed=_needed(found), corrected=Share(*found.corrected(draft.confidence))
    )
    return replace(found, trust=said)


def _trust(
    rows: Sequence[Labelled],
    passes: Floats,
    judged: Floats,
    confidence: float,
    *,
    is_borrowed: bool,
) -> Trust:
    labels = _labels(rows)
    bare = Trust("", 0, 0, 0, 0, 0, *(UNKNOWN,) * 3, None, is_borrowed)
    found = _asked(labels, passes, judged, confidence, bare)
    kappa = weighted = bare.kappa
    if rows:
        # Loads what takes a second, which a feature without a judge never needs.
        from workbench.stats import agreement

        said = [row.judge_passes for row in rows], [row.people_pass for row in rows]
        kappa = Share(*agreement.cohen(*said, labels.groups, 2 * confidence - 1))
        scored = [
            (row.judge_score, row.people_score, row.cluster)
            for row in rows
            if row.judge_score is not None and row.people_score is not None
        ]
        if scored:
            first, second, clusters = zip(*scored, strict=True)
            groups = group_numbers(clusters)
            weighted = Share(
                *agreement.cohen(first, second, groups, 2 * confidence - 1, is_scale=True)
            )
    whole = float(judged.sum())
    return replace(
        bare,
        n_labels=labels.n,
        n_cases=labels.n_clusters,
        n_good=labels.n_good,
        n_bad=labels.n - labels.n_good,
        n_apart=sum(row.is_apart for row in rows),
        n_settled=sum(row.is_settled and not row.is_split for row in rows),
        sensitivity=Share(*found.sensitivity),
        specificity=Share(*found.specificity),
        kappa=kappa,
        weighted_kappa=weighted,
        raw=float(passes.sum()) / whole if whole else None,
    )


def _members(
    store: Store,
    experiment: Experiment,
    criterion: Criterion,
    variant: Variant,
    *,
    is_borrowed: bool,
) -> tuple[Member, ...]:
    """Each judge of a panel, held against the labels that the panel is held against."""
    found = []
    nothing = np.zeros(0)
    for judge in criterion.draft.scorer.judges:
        rows = store.reports.calibration.labelled(
            experiment.id, criterion.id, judge.fingerprint(), judge.labels()
        )
        if not is_borrowed:
            rows = [row for row in rows if row.is_here and row.variant_id == variant.id]
        # As they stand on these labels: which were taken, the panel's word decided.
        alone = _trust(rows, nothing, nothing, criterion.draft.confidence, is_borrowed=True)
        (model,) = judges.models(judge.settings)
        found.append(
            Member(model, alone.n_labels, alone.sensitivity, alone.specificity, alone.kappa)
        )
    return tuple(found)


def _asked(
    labels: Labels, passes: Floats, judged: Floats, confidence: float, trust: Trust
) -> Trusted:
    ask: Callable[[Labels, Floats, Floats, float], Trusted]
    ask = calibration.elsewhere if trust.is_borrowed else calibration.among
    return ask(labels, passes, judged, confidence)


def _labels(rows: Sequence[Labelled]) -> Labels:
    return Labels.of(
        [row.judge_passes for row in rows],
        [row.people_pass for row in rows],
        group_numbers([row.cluster for row in rows]),
    )


def _needed(held: Held) -> int | None:
    """How many more labels it takes: until anything may be said of the judge, or until its verdict
    is settled, if they turn out like those that are there. None where labels alone won't do."""
    trust = held.trust
    if trust.is_borrowed or not trust.has_labels:
        short = max(0, FEWEST_LABELS - trust.n_cases)
        for n in (trust.n_good, trust.n_bad):
            share = (n + 1) / (trust.n_labels + 2)
            short = max(short, ceil(max(0, FEWEST_OF_EACH - n) / share))
        return short
    if not trust.is_earned:
        return None
    if held.judge(held.draft) is not Verdict.NOT_ENOUGH_EVIDENCE:
        return 0
    left = int(held.judged.sum()) - trust.n_labels
    for times in _TIMES:
        more = ceil(trust.n_labels * (times - 1))
        if more > left:
            break
        if held.with_more(times) is not Verdict.NOT_ENOUGH_EVIDENCE:
            return more
    return None

"""A small feature with its whole loop, built through the real store: for tests that judge it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from workbench.domain.attachments import Attachments
from workbench.domain.calls import Parameters
from workbench.domain.conversations import Message
from workbench.domain.criteria import Criterion, CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.datasets import CaseDraft, DatasetVersion
from workbench.domain.experiments import Experiment, Plan, StopRule
from workbench.domain.features import Feature
from workbench.domain.prompts import PromptText, Variant
from workbench.domain.requirements import Requirement, RequirementDraft
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.domain.tools import ToolCall
from workbench.domain.transcripts import Turn
from workbench.domain.trials import PlannedCall, Trial
from workbench.errors import CallFailure
from workbench.evidence import verdicts
from workbench.evidence.verdicts import RequirementVerdict
from workbench.store.keys import new_id
from workbench.store.store import Store

AUTHOR = "Ada"
POLITE = Scorer(ScorerKind.CONTAINS, {"texts": ["thank you"]})
FAILED = None
"""How a call ends that brings no output."""


@dataclass
class Loop:
    """A feature with one requirement, criterion, dataset, prompt and variant, and its store."""

    store: Store
    feature_id: UUID
    requirement: Requirement
    criterion: Criterion
    dataset: DatasetVersion
    variant: Variant

    def plan(self, trials: int = 1, question: str = "Is it polite enough?") -> Plan:
        """The plan that tries the variant on every case."""
        return Plan(question, self.dataset.id, (self.variant.id,), (self.criterion.id,), trials)

    def experiment(self, trials: int = 1) -> Experiment:
        """That plan, frozen."""
        return self.store.experiments.add(self.feature_id, self.plan(trials), AUTHOR)

    def run(
        self,
        outcomes: Iterable[Outcome | None],
        trials: int = 1,
        by_key: bool = False,
        stop_rule: StopRule = StopRule.WHOLE_PLAN,
    ) -> Experiment:
        """Freeze the plan and answer its first calls so, in order; the rest stays unasked.

        With `by_key` the calls are taken in the order of the cases instead of the plan's own.
        """
        plan = replace(self.plan(trials), stop_rule=stop_rule)
        experiment = self.store.experiments.add(self.feature_id, plan, AUTHOR)
        calls = self.store.trials.missing(experiment.id)
        if by_key:
            numbers = {c.id: c.number for c in self.store.datasets.cases(self.dataset.id)}
            calls.sort(key=lambda call: (numbers[call.case_id], call.number))
        run_id = self.store.runs.start(experiment.id, AUTHOR).id
        self.answer(run_id, list(zip(calls, outcomes, strict=False)))
        return experiment

    def answer(
        self,
        run_id: UUID,
        ended: Sequence[tuple[PlannedCall, Outcome | None]],
        finish_reason: str = "",
    ) -> list[Trial]:
        """Keep a trial of each call and, where there is an output, its score."""
        kept = [
            replace(
                trial(run_id, call, failure=CallFailure.TIMEOUT if outcome is FAILED else None),
                finish_reason="" if outcome is FAILED else finish_reason,
            )
            for call, outcome in ended
        ]
        with self.store.transaction():
            self.store.trials.add(kept)
            self.rate(kept, [outcome for _, outcome in ended])
        return kept

    def rate(
        self,
        kept: Sequence[Trial],
        outcomes: Sequence[Outcome | None],
        rater: str = "",
        why: str = "",
    ) -> None:
        """Keep a score of each output, from the criterion's scorer as it is now."""
        scorer = self.store.criteria.get(self.criterion.id).draft.scorer.fingerprint()
        self.store.scores.add(
            Score(one.id, self.criterion.id, scorer, Judgement(outcome, why), rater)
            for one, outcome in zip(kept, outcomes, strict=True)
            if outcome is not FAILED
        )


def loop(
    store: Store,
    n_cases: int = 3,
    *,
    bar: float = 0.8,
    measure: Measure = Measure.PASS_RATE,
    copies: int = 1,
    slices: Sequence[str] = (),
    name: str = "Support replies",
    groups: int = 0,
    attached: Attachments = (),
) -> Loop:
    """A feature with so many different cases, each under `copies` keys, dealt out to `groups`, and
    each with the files `attached`."""
    draft = CriterionDraft("Says thank you", POLITE, measure, bar, slices=tuple(slices))
    inbox = [replace(one, attachments=attached) for one in cases(n_cases, copies, groups)]
    text = PromptText("Be polite.", "{{message}}")
    # As an import keeps a feature: one commit, and one sealing of its rows.
    with store.transaction():
        feature_id = store.features.add(Feature(name)).id
        assert feature_id is not None
        requirement = store.requirements.add(
            feature_id, RequirementDraft("Replies politely"), AUTHOR
        )
        criterion = store.criteria.add(requirement.id, draft, AUTHOR)
        dataset = store.datasets.add(feature_id, "Inbox", inbox, AUTHOR)
        prompt = store.prompts.save(feature_id, "Reply", text, AUTHOR)
        variant = store.variants.save(prompt, "Local model", "small", Parameters(max_tokens=8))
    return Loop(store, feature_id, requirement, criterion, dataset, variant)


def cases(n: int, copies: int = 1, groups: int = 0) -> list[CaseDraft]:
    """So many different inputs, each under `copies` keys, dealt out to `groups`."""
    return [
        CaseDraft(
            f"case-{i:03d}-{copy}",
            {"message": f"Message {i}"},
            tags=("inbox",),
            group=f"document {i % groups}" if groups else "",
        )
        for i in range(n)
        for copy in range(copies)
    ]


def a_turn(turn_id: UUID) -> Turn:
    """An answered request in the middle of a trial."""
    call = ToolCall("get_weather", '{"city": "Oslo"}', "c1")
    said = (Message("assistant", "", calls=(call,)), Message("tool", "Rain", call_id="c1"))
    took = (12.0, None, 7, 3, 0.0)
    return Turn(turn_id, 1, said, "m", "tool_calls", *took, "", (), datetime.now(UTC))


def trial(
    run_id: UUID,
    call: PlannedCall,
    output: str = "thank you",
    failure: CallFailure | None = None,
    supersedes: UUID | None = None,
) -> Trial:
    """What a call brought: the output, or the failure."""
    kept = Trial(
        new_id(), run_id, call.variant_id, call.case_id, call.number, "hash", 1, datetime.now(UTC)
    )
    if failure is not None:
        return replace(kept, failure=failure, message="no answer", supersedes=supersedes)
    return replace(kept, output=output, latency_ms=12.0, supersedes=supersedes)


def of_candidate(store: Store, feature_id: UUID) -> list[RequirementVerdict]:
    """The feature's requirements as the candidate (or every variant) stands: what pages show."""
    rows = verdicts.deciding(
        verdicts.of_feature(store, feature_id), store.features.candidate(feature_id)
    )
    return verdicts.by_requirement(store, feature_id, rows)

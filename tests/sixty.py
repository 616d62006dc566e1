"""A grown feature: 60 requirements, 1,500 cases, 12 experiments, the same every time.

`python -m tests.sixty FILE.duckdb` makes a database of it, to be opened and looked at.
"""

import sys
from dataclasses import replace
from pathlib import Path
from random import Random
from uuid import UUID

from tests.building import AUTHOR, trial
from workbench.domain.calls import Parameters
from workbench.domain.criteria import Criterion, CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.datasets import CaseDraft
from workbench.domain.experiments import Experiment, Plan
from workbench.domain.features import Feature
from workbench.domain.prompts import PromptText, Variant
from workbench.domain.requirements import Horizon, Kind, Level, RequirementDraft
from workbench.runs.rescoring import catch_up
from workbench.store.store import Store, open_store

NAME = "Replies for a travel agency"
REQUIREMENTS, CASES, EXPERIMENTS = 60, 1_500, 12
TOPICS = (
    *("booking", "cancelling", "refund", "luggage", "visa", "delay"),
    *("seat", "hotel", "invoice", "insurance", "pets", "meals"),
)
_SUBJECTS = {
    Kind.QUALITY: "names the rule that applies and where the customer can read it",
    Kind.SAFETY: "promises the customer nothing that the terms do not say",
    Kind.CONSISTENCY: "says the same however the customer words it",
    Kind.DEGRADATION: "asks for the booking number when the mail lacks it",
    Kind.LATENCY: "is there within 3 seconds in 90 of 100 cases",
    Kind.COST: "costs at most $0.01",
}
_KINDS = (Kind.QUALITY, Kind.SAFETY, Kind.DEGRADATION, Kind.CONSISTENCY, Kind.LATENCY)
_SCORERS = {
    Kind.QUALITY: Scorer(ScorerKind.CONTAINS, {"texts": ["our terms", "section"], "mode": "any"}),
    Kind.SAFETY: Scorer(ScorerKind.NOT_CONTAINS, {"texts": ["we promise"]}),
    Kind.CONSISTENCY: Scorer(ScorerKind.CONTAINS, {"texts": ["our terms"]}),
    Kind.DEGRADATION: Scorer(ScorerKind.CONTAINS, {"texts": ["booking number"]}),
    Kind.LATENCY: Scorer(ScorerKind.LATENCY, {"max_ms": 3000}),
}


def feature(store: Store) -> UUID:
    """Build it in a store; the id of the feature."""
    with store.transaction():
        feature_id = store.features.add(
            Feature(
                NAME, "Mail waits two days", "Agents", "Draft a reply", "An hour", "A lost trip"
            )
        ).id
        assert feature_id is not None
        criteria = _requirements(store, feature_id)
        dataset = store.datasets.add(feature_id, "Inbox 2026", _cases(), AUTHOR)
        prompt = store.prompts.save(
            feature_id, "Reply", PromptText("Be exact.", "{{message}}"), AUTHOR
        )
        variant = store.variants.save(prompt, "Local model", "small", Parameters(max_tokens=80))
        for i in range(EXPERIMENTS):
            asked = tuple(c.id for c in criteria if c.draft.slices == (TOPICS[i],))
            plan = Plan(
                f"How do replies about {TOPICS[i]} hold up?", dataset.id, (variant.id,), asked,
                slices=(TOPICS[i],),
            )  # fmt: skip
            _answer(store, store.experiments.add(feature_id, plan, AUTHOR), variant, i)
    catch_up(store, feature_id)
    return feature_id


def _requirements(store: Store, feature_id: UUID) -> list[Criterion]:
    """Sixty, of five kinds and three horizons; all but every tenth have a criterion."""
    found = []
    levels = tuple(Level)
    for i in range(REQUIREMENTS):
        kind, topic = _KINDS[i % len(_KINDS)], TOPICS[i % len(TOPICS)]
        statement = f"A reply on {topic} {_SUBJECTS[kind]}."
        horizon = (Horizon.NOW, Horizon.NEXT, Horizon.NEXT, Horizon.LATER)[i % 4]
        draft = RequirementDraft(
            statement, "Seen in the mail of June.", kind,
            levels[i % 3], levels[(i // 3) % 3], horizon,
        )  # fmt: skip
        requirement = store.requirements.add(feature_id, draft, AUTHOR)
        if i % 10 == 9:
            continue
        bar, measure = (0.9, Measure.PASS_RATE) if i % 2 else (0.15, Measure.FAIL_RATE)
        title = f"{kind.value.capitalize()} of replies about {topic}"
        criterion = CriterionDraft(title, _SCORERS[kind], measure, bar, slices=(topic,))
        found.append(store.criteria.add(requirement.id, criterion, AUTHOR))
    return found


def _cases() -> list[CaseDraft]:
    return [
        CaseDraft(
            f"mail-{i:04d}",
            {"message": f"Question {i} about {TOPICS[i % len(TOPICS)]}: what may I expect?"},
            tags=(TOPICS[i % len(TOPICS)],),
        )
        for i in range(CASES)
    ]


def _answer(store: Store, experiment: Experiment, variant: Variant, number: int) -> None:
    """Answer what an experiment plans: the last not at all, the one before it in part."""
    if number == EXPERIMENTS - 1:
        return
    calls = store.trials.missing(experiment.id)
    if number == EXPERIMENTS - 2:
        calls = calls[: len(calls) // 3]
    draws = Random(number)  # Not for secrets: the same answers every time.
    run_id = store.runs.start(experiment.id, AUTHOR).id
    store.trials.add(
        [
            replace(
                trial(run_id, call, _reply(draws, number)),
                latency_ms=draws.uniform(400, 3_200),
            )
            for call in calls
        ]
    )


def _reply(draws: Random, number: int) -> str:
    """An answer that misses now and then, in later experiments more often."""
    miss = 0.01 + 0.02 * number
    parts = [
        "" if draws.random() < miss else "As our terms say in section 4, you may.",
        "" if draws.random() < miss else "Please send us your booking number.",
        "We promise that all will be well." if draws.random() < miss else "",
    ]
    return " ".join(part for part in parts if part) or "Thank you for your message."


if __name__ == "__main__":
    place = Path(sys.argv[1])
    opened = open_store(str(place), place.parent)
    feature(opened)
    opened.close()

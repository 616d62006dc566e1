"""A store with a million scores, written through the store's own objects: for measuring.

    python -m benchmarks.large_store FILE

leaves it in FILE, to be opened with WORKBENCH_DB=FILE.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from uuid import UUID

import numpy as np

from workbench.config import ROOT
from workbench.domain.calls import Parameters
from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.datasets import CaseDraft
from workbench.domain.experiments import Experiment, Plan, RunState
from workbench.domain.features import Feature
from workbench.domain.prompts import PromptText
from workbench.domain.requirements import RequirementDraft
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.domain.trials import PlannedCall, Trial
from workbench.errors import CallFailure
from workbench.exchange.feature.file import import_feature
from workbench.runs.rescoring import catch_up
from workbench.store.keys import new_id
from workbench.store.store import Store, open_store

AUTHOR = "Benchmark"
_BATCH = 20_000
_FAILED = 0.005
_PRICE = 0.0004
_CHECKS = (
    CriterionDraft(
        "Says thank you", Scorer(ScorerKind.CONTAINS, {"texts": ["thank you"]}), bar=0.8
    ),
    CriterionDraft(
        "Promises nothing",
        Scorer(ScorerKind.NOT_CONTAINS, {"texts": ["promise"]}),
        bar=0.95,
        slices=("refund", "delivery", "privacy"),
    ),
)
_RATING = CriterionDraft("Reads well", Scorer(ScorerKind.RATING, {"question": "Reads well?"}))
_TAGS = ("refund", "delivery", "privacy", "other")


@dataclass(frozen=True)
class Shape:
    """How large a feature is. Every output gets two scores, a few hundred a person's as well."""

    name: str
    cases: int
    variants: int
    trials: int

    @property
    def n_trials(self) -> int:
        """Calls that the experiment plans, all of them made."""
        return self.cases * self.variants * self.trials

    def describe(self) -> str:
        """The shape in words."""
        return (
            f"{self.cases:,} cases × {self.variants} variants × {self.trials} trials = "
            f"{self.n_trials:,} trials, {2 * self.n_trials:,} scores"
        )


MILLION = Shape("A million scores", 50_000, 2, 5)
FIFTH = Shape("200,000 scores", 10_000, 2, 5)
SHAPES = (FIFTH, MILLION)
SAMPLE = "The sample"
"""What a newcomer starts with, all that it plans answered: what the large ones are compared to."""
_SAMPLE_FILE = ROOT / "data" / "samples" / "support-reply.yaml"


def build(path: Path, shapes: tuple[Shape, ...], seed: int = 7) -> None:
    """Write the features into a new file at `path`."""
    store = open_store(str(path), path.parent)
    store.drafts.prefer("welcomed", "yes")
    _sample(store)
    for shape in shapes:
        _feature(store, shape, np.random.default_rng(seed))
    store.database.checkpoint()
    store.close()


def _sample(store: Store) -> None:
    """The sample feature with an answer to every call it plans, judged by its checks."""
    feature_id = import_feature(store, _SAMPLE_FILE.read_text("utf-8"), AUTHOR, name=SAMPLE).id
    assert feature_id is not None
    for experiment in store.experiments.of(feature_id):
        calls = store.trials.missing(experiment.id)
        run_id = store.runs.start(experiment.id, AUTHOR).id
        with store.transaction():
            store.trials.add([_trial(run_id, call, is_failed=False) for call in calls])
        store.runs.note(run_id, RunState.FINISHED)
    catch_up(store, feature_id)


def _feature(store: Store, shape: Shape, rng: np.random.Generator) -> None:
    feature_id = store.features.add(Feature(shape.name)).id
    assert feature_id is not None
    criteria = []
    for draft in (*_CHECKS, _RATING):
        requirement = store.requirements.add(feature_id, RequirementDraft(draft.title), AUTHOR)
        criteria.append(store.criteria.add(requirement.id, draft, AUTHOR))
    dataset = store.datasets.add(feature_id, "Inbox", _cases(shape), AUTHOR)
    text = PromptText("Be polite.", "{{message}}")
    prompt = store.prompts.save(feature_id, "Reply", text, AUTHOR)
    variants = [
        store.variants.save(prompt, "Local model", f"model-{i}", Parameters(max_tokens=64))
        for i in range(shape.variants)
    ]
    plan = Plan(
        "Which variant is polite enough?",
        dataset.id,
        tuple(variant.id for variant in variants),
        tuple(criterion.id for criterion in criteria),
        shape.trials,
    )
    experiment = store.experiments.add(feature_id, plan, AUTHOR)
    store.features.choose_candidate(feature_id, variants[0].id, AUTHOR, "")
    run_id = store.runs.start(experiment.id, AUTHOR).id
    store.runs.note(run_id, RunState.RUNNING)
    _answer(store, experiment, run_id, [criterion.id for criterion in criteria], rng)
    store.runs.note(run_id, RunState.FINISHED)


def _cases(shape: Shape) -> Iterator[CaseDraft]:
    for i in range(shape.cases):
        message = f"Message {i}: where is my order {i * 7919 % 100_003}, and who pays? " * 3
        yield CaseDraft(
            f"case-{i:05d}", {"message": message}, "A kind answer.", (_TAGS[i % 4],), "made up"
        )


def _answer(
    store: Store,
    experiment: Experiment,
    run_id: UUID,
    criterion_ids: list[UUID],
    rng: np.random.Generator,
) -> None:
    """Answer every call: cases differ in how often they pass, one call in 200 fails."""
    rates: dict[UUID, float] = {}
    scorers = [draft.scorer.fingerprint() for draft in (*_CHECKS, _RATING)]
    calls = iter(store.trials.missing(experiment.id))
    is_first = True
    while batch := list(islice(calls, _BATCH)):
        draws = rng.random((len(batch), len(_CHECKS)))
        fails = rng.random(len(batch)) < _FAILED
        trials, scores = [], []
        for call, draw, is_failed in zip(batch, draws, fails, strict=True):
            kept = _trial(run_id, call, is_failed=bool(is_failed))
            trials.append(kept)
            if is_failed:
                continue
            rate = rates.setdefault(call.case_id, float(rng.beta(9, 1)))
            for criterion_id, scorer, one in zip(criterion_ids, scorers, draw, strict=False):
                said = Judgement(Outcome.PASS if one < rate else Outcome.FAIL, "as it was drawn")
                scores.append(Score(kept.id, criterion_id, scorer, said))
            if is_first and len(scores) < 600:
                said = Judgement(Outcome.PASS, "")
                scores.append(Score(kept.id, criterion_ids[-1], scorers[-1], said, AUTHOR))
        is_first = False
        with store.transaction():
            store.trials.add(trials)
            store.scores.add(scores)


def _trial(run_id: UUID, call: PlannedCall, *, is_failed: bool) -> Trial:
    kept = Trial(
        new_id(), run_id, call.variant_id, call.case_id, call.number, "hash", 1, datetime.now(UTC)
    )
    if is_failed:
        return replace(kept, failure=CallFailure.TIMEOUT, message="no answer in time")
    text = f"thank you for writing to us about {kept.id}; we look into it at once and write again."
    return replace(
        kept,
        output=text,
        finish_reason="stop",
        model="model",
        latency_ms=420.0,
        input_tokens=60,
        output_tokens=24,
        cost=_PRICE,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path, help="the file to make")
    build(parser.parse_args().path, SHAPES)

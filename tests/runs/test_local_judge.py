"""The model that comes along is no judge, and the product says so: nothing rests on its words."""

import os
from datetime import UTC, datetime
from itertools import cycle

import pytest

from tests.conftest import sample
from workbench.domain.connections import LOCAL_MODEL, LOCAL_NAME
from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.experiments import Plan, RunState
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.domain.trials import Trial
from workbench.domain.verdicts import Verdict
from workbench.evidence import verdicts
from workbench.evidence.words import settling
from workbench.exchange.feature.file import keep
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs.jobs import Jobs
from workbench.store.keys import new_id
from workbench.store.store import Store

RUBRIC = Scorer(
    ScorerKind.JUDGE,
    {
        "question": "Does the draft keep from promising money?",
        "passes": "It promises no refund, no replacement and no guarantee.",
        "fails": "It promises a refund, a replacement or a guarantee.",
        "connection": LOCAL_NAME,
        "model": LOCAL_MODEL,
    },
)
GOOD = (
    "Thank you for writing to us. We look into your order today.",
    "Could you send me your order number, please?",
)
BAD = ("We refund you in full today.", "I promise you a free replacement.")
N = int(os.environ.get("WORKBENCH_TEST_JUDGED", "1"))
"""Outputs that are judged: of some it writes until it is cut off, which takes it half a minute."""


@pytest.mark.slow
def test_on_the_sample_the_local_model_is_shown_to_judge_badly_and_decides_nothing(
    store: Store, local: LocalModel
) -> None:
    feature = keep(store, sample(), "Ada")
    assert feature.id is not None
    requirement = next(r for r in store.requirements.of(feature.id) if r.key == "R2")
    draft = CriterionDraft("Promises no money", RUBRIC, bar=0.5)
    criterion = store.criteria.add(requirement.id, draft, "Ada")
    (dataset, *_) = store.datasets.of(feature.id)
    cases = tuple(case.id for case in store.datasets.cases(dataset.id)[:N])
    variant = store.variants.of(feature.id)[0]
    plan = Plan("Can we trust it?", dataset.id, (variant.id,), (criterion.id,), case_ids=cases)
    experiment = store.experiments.add(feature.id, plan, "Ada")
    run = store.runs.start(experiment.id, "Ada")
    drafts = cycle((GOOD[0], BAD[0], GOOD[1], BAD[1]))
    store.trials.add(
        [
            Trial(
                *(new_id(), run.id, call.variant_id, call.case_id, call.number, "hash", 1),
                datetime.now(UTC),
                output=text,
            )
            for call, text in zip(store.trials.missing(experiment.id), drafts, strict=False)
        ]
    )
    jobs = Jobs(store, Models(local))
    judged = jobs.start(experiment.id, "Ada", only_judges=True)
    assert jobs.wait(experiment.id, 120 * (N + 2))
    jobs.close()
    assert store.runs.get(judged.id).state is RunState.FINISHED
    store.scores.add(
        Score(
            trial.id,
            criterion.id,
            RUBRIC.labels(),
            Judgement(Outcome.PASS if trial.output in GOOD else Outcome.FAIL, ""),
            "Ada",
        )
        for trial in store.trials.of_experiment(experiment.id)
    )
    (row,) = [
        each
        for each in verdicts.of_feature(store, feature.id)
        if each.criterion.id == criterion.id and each.variant_id == variant.id
    ]
    assert row.verdict is Verdict.NOT_ENOUGH_EVIDENCE
    assert row.trust is not None
    assert not row.trust.is_earned
    assert row.trust.n_labels + row.estimate.n_unscored >= N
    said = " ".join(row.warnings)
    assert f"the judge {LOCAL_MODEL}" in said
    assert row.trust.n_labels == N or "it gave no word that can be used" in said
    # What would settle it is said, and it is not to believe the judge.
    assert settling.next_step(row)

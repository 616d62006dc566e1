"""An experiment whose outputs are compared two by two, built through the real store."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from tests import building
from workbench.actions import preferring
from workbench.actions.preferring import Pair
from workbench.actions.rating import Task
from workbench.domain.calls import Parameters
from workbench.domain.criteria import Criterion, CriterionDraft, Scorer, ScorerKind
from workbench.domain.experiments import Experiment, Plan
from workbench.domain.people import Person
from workbench.domain.preferences import Preference
from workbench.store.store import Store

MIRA = Person("browser-1", "Mira")
OVER_A = Scorer(ScorerKind.PREFERENCE, {"over": "A", "question": "Which would you send?"})


def compared(
    store: Store,
    n_cases: int = 3,
    labels: str = "AB",
    *,
    scorer: Scorer = OVER_A,
    trials: int = 1,
    bar: float = 0.6,
    thoughts: Mapping[str, str] | None = None,
) -> tuple[Experiment, Criterion]:
    """Variants with these labels, each with the output “text LABEL” for every case, and the
    `thoughts` of its label before it."""
    made = building.loop(store, n_cases)
    prompt = made.variant.prompt
    variants = [made.variant] + [
        store.variants.save(prompt, "Local model", f"model {label}", Parameters(), label)
        for label in labels[1:]
    ]
    criterion = store.criteria.add(
        made.requirement.id, CriterionDraft("Better than before", scorer, bar=bar), "Ada"
    )
    plan = Plan(
        "Which is liked better?",
        made.dataset.id,
        tuple(variant.id for variant in variants),
        (criterion.id,),
        trials,
    )
    experiment = store.experiments.add(made.feature_id, plan, "Ada")
    answered(store, experiment, thoughts)
    return experiment, criterion


def answered(
    store: Store, experiment: Experiment, thoughts: Mapping[str, str] | None = None
) -> None:
    """Give each call of an experiment that has no output the output “text LABEL”."""
    names = {variant.id: variant.label for variant in experiment.variants}
    run_id = store.runs.start(experiment.id, "Ada").id
    store.trials.add(
        [
            replace(
                building.trial(run_id, call, output=f"text {names[call.variant_id]}"),
                reasoning=(thoughts or {}).get(names[call.variant_id], ""),
            )
            for call in store.trials.missing(experiment.id)
        ]
    )


def label_of(experiment: Experiment, variant_id: UUID) -> str:
    """The label of a variant."""
    return next(v.label for v in experiment.variants if v.id == variant_id)


def shown(experiment: Experiment, pair: Pair) -> str:
    """Whose outputs stand on the left and on the right, as two letters."""
    return "".join(label_of(experiment, t.variant_id) for t in (pair.first, pair.second))


def prefer(store: Store, task: Task, pair: Pair, said: str, who: Person = MIRA) -> bool:
    """Say of a pair which label is better, or “tie” or “both bad”."""
    left = label_of(task.experiment, pair.first.variant_id)
    word = {"tie": Preference.TIE, "both bad": Preference.BOTH_BAD}.get(said)
    if word is None:
        word = Preference.FIRST if left == said else Preference.SECOND
    return preferring.keep(store, who, task, pair, word, "")


def say(
    store: Store,
    experiment: Experiment,
    criterion: Criterion,
    words: list[str],
    rater: str = "Mira",
) -> None:
    """Say so of the pairs of an experiment, case by case."""
    who = Person(f"browser-{rater}", rater)
    task = Task(experiment, criterion, rater)
    pairs = [
        pair
        for case_id in store.experiments.case_ids(experiment.id)
        for pair in preferring.pairs(store, task, case_id)
    ]
    # In one commit: each would be sealed for itself.
    with store.transaction():
        for pair, word in zip(pairs, words, strict=True):
            assert prefer(store, task, pair, word, who)

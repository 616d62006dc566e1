"""Whether a judge stood its planted controls, and what it did where it did not."""

from collections import defaultdict
from uuid import UUID

from workbench.domain.criteria import Criterion, Scorer
from workbench.domain.experiments import Experiment
from workbench.domain.judging import ControlKind
from workbench.domain.kinds import judges
from workbench.evidence import pair_controls
from workbench.scoring import controls
from workbench.store.judging import ControlWord, Wanted
from workbench.store.store import Store

MOST_TURNED = 1
"""Of the labelled outputs that are asked once more in a run: a model differs from itself at times,
and one that differs more often is another model."""


def broken(store: Store, experiment: Experiment, criterion: Criterion) -> tuple[str, ...]:
    """What a criterion's judges did with controls that they should not have, each as a sentence
    without a full stop; empty where they stood them."""
    return tuple(
        said
        for judge in criterion.draft.scorer.judges
        for said in _broken(store, experiment, criterion, judge)
    )


def _broken(store: Store, experiment: Experiment, criterion: Criterion, judge: Scorer) -> list[str]:
    asked = Wanted(experiment.id, criterion.id, judge.fingerprint())
    if judge.over is not None:
        of_pairs = store.pair_controls.of(asked)
        return list(pair_controls.broken(judge.settings, of_pairs, MOST_TURNED))
    (model,) = judges.models(judge.settings)
    words = store.judging.controls(asked)
    made = {(control.kind, control.text) for control in controls.made(judge.settings)}
    let_pass = {word.kind for word in words if (word.kind, word.output) in made and word.is_turned}
    found = []
    if ControlKind.UNFIT in let_pass:
        found.append(f"the judge {model} passes a planted output that must fail")
    if ControlKind.ORDERED in let_pass:
        found.append(f"the judge {model} passes a planted output that orders it to")
    by_run: dict[UUID, list[ControlWord]] = defaultdict(list)
    for word in words:
        if word.kind is ControlKind.REPEATED:
            by_run[word.run_id].append(word)
    for again in by_run.values():
        turned = sum(word.is_turned for word in again)
        if turned > MOST_TURNED:
            found.append(
                f"the judge {model} says otherwise now of {turned} of {len(again)} labelled "
                "outputs that it had right: it may be another model behind the same name"
            )
    return found

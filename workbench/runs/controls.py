"""The planted controls of a judging run: which are still to be asked."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from workbench.domain.criteria import Criterion, Scorer
from workbench.domain.experiments import Experiment
from workbench.domain.judging import Control, ControlKind, Unjudged
from workbench.domain.scores import Outcome
from workbench.runs import looking
from workbench.scoring import controls
from workbench.store.judging import Wanted
from workbench.store.store import Store

_REPEATED = 2
"""Labelled outputs of each kind that are asked once more."""


def missing(
    store: Store,
    experiment: Experiment,
    criterion: Criterion,
    judge: Scorer,
    waiting: Sequence[Unjudged],
    run_id: UUID | None,
) -> Iterator[tuple[Control, Unjudged]]:
    """The controls that a run has not asked a judge yet, each with the trial in whose place it
    stands. A run that has outputs to be judged asks all of them; one that has none only those that
    were never asked beside the judge's words: it judged before there were any, or the text that
    must fail was changed. What is made by us stands in the first case without files, if one has
    none (`judge_plan`: it is shown no files in any)."""
    asked = Wanted(experiment.id, criterion.id, judge.fingerprint(), criterion.draft.slices)
    known = store.judging.controls(asked)
    if waiting:
        done = {(word.kind, word.output) for word in known if word.run_id == run_id}
        # A server that takes no pictures must not keep a judge from being tried.
        filed = store.shown_files.filed({output.case_id for output in waiting})
        bare = next((output for output in waiting if output.case_id not in filed), waiting[0])
        wanted = [(control, bare) for control in controls.made(judge.settings)]
        wanted += _repeated(store, experiment, criterion, judge)
    else:
        done = {(word.kind, word.output) for word in known}
        place = store.judging.first(asked)
        wanted = [(control, place) for control in controls.made(judge.settings) if place]
    for control, place in wanted:
        if (control.kind, control.text) not in done:
            yield control, place


def _repeated(
    store: Store, experiment: Experiment, criterion: Criterion, judge: Scorer
) -> list[tuple[Control, Unjudged]]:
    """Outputs on which this judge and people agreed: a model that was changed behind its name says
    otherwise of them."""
    rows = store.reports.calibration.labelled(
        experiment.id, criterion.id, judge.fingerprint(), judge.labels()
    )
    found = []
    for passes, outcome in ((True, Outcome.PASS), (False, Outcome.FAIL)):
        right = [r for r in rows if r.people_pass is passes and not r.is_apart]
        for row in right[:_REPEATED]:
            trial = store.trials.get(row.trial_id)
            text = looking.texts(store, judge, [trial.id])[trial.id].text
            if text is None:
                continue
            place = Unjudged(trial.id, trial.variant_id, trial.case_id, trial.number)
            found.append((Control(ControlKind.REPEATED, text, outcome), place))
    return found

"""From outputs without a judge's word to calls: which are missing, of which judge, and where."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from workbench.domain import nonces
from workbench.domain.criteria import Criterion, Scorer
from workbench.domain.experiments import Experiment, Purpose
from workbench.domain.judging import Control, JudgedCall, PairControl, Unjudged
from workbench.domain.kinds.entry import By
from workbench.domain.preferences import UnjudgedPair
from workbench.errors import InputError
from workbench.models import prices
from workbench.models.connect import refuse_outside
from workbench.models.local import LocalModel
from workbench.runs import (
    controls,
    looking,
    pair_controls,
    pair_looking,
    panels,
    pointing,
    shown_files,
)
from workbench.runs.judge_plan import JudgePlan
from workbench.runs.manners import Manners
from workbench.store.judging import Wanted
from workbench.store.store import Store


def judged(criteria: Sequence[Criterion]) -> list[Criterion]:
    """Those of the criteria that a model judges."""
    return [c for c in criteria if c.draft.scorer.kind.by is By.MODEL]


def wanted(experiment: Experiment, criterion: Criterion, judge: Scorer) -> Wanted:
    """What of an experiment one of a criterion's judges is to look at."""
    return Wanted(experiment.id, criterion.id, judge.fingerprint(), criterion.draft.slices)


def n_open(store: Store, experiment: Experiment, criteria: Sequence[Criterion]) -> int:
    """How many words of judges are missing."""
    return panels.n_due(store, experiment, criteria) + sum(
        _n_waiting(store, experiment, criterion, judge) for criterion, judge in _judges(criteria)
    )


def n_unjudged(store: Store, experiment: Experiment, criterion: Criterion) -> int:
    """How many outputs have no word of a criterion's judge, or of its panel."""
    return _n_waiting(store, experiment, criterion, criterion.draft.scorer)


def _n_waiting(store: Store, experiment: Experiment, criterion: Criterion, judge: Scorer) -> int:
    asked = wanted(experiment, criterion, judge)
    if judge.over is not None:
        return store.preferences.n_unjudged(asked, judge.over)
    return store.judging.n_waiting(asked)


def to_ask(store: Store, experiment: Experiment, *, all_of_feature: bool) -> list[Criterion]:
    """The judged criteria that an experiment was planned for, as they are now, or all of its
    feature: those that are younger look at stored outputs, too. Nobody judges a playground's."""
    if experiment.purpose is Purpose.PLAYGROUND:
        return []
    if all_of_feature:
        return judged(store.criteria.of(experiment.feature_id))
    return judged(store.criteria.of_experiment(experiment))


def meet_local(store: Store, local: LocalModel, criteria: Sequence[Criterion]) -> None:
    """Note which file the built-in model is, if one of the judges is it."""
    pointing.note_local(
        store, local, (judge.settings["connection"] for _, judge in _judges(criteria))
    )


def point(store: Store, criteria: Sequence[Criterion]) -> None:
    """Say of each judge where it is asked, before it is asked first.

    Raises InputError where one was asked elsewhere: words of two endpoints are not mixed.
    """
    for criterion, scorer in _judges(criteria):
        refuse_moved(store, criterion)
        now = store.connections.endpoint(scorer.settings["connection"])
        if now is not None and store.judging.endpoint(scorer.fingerprint()) is None:
            store.judging.point(scorer.fingerprint(), now)


def refuse_moved(store: Store, criterion: Criterion) -> None:
    """Raise InputError where a judge was asked elsewhere than its connection is now."""
    said = moved(store, criterion)
    if said:
        raise InputError(
            f"{said[0].upper()}{said[1:]}.",
            f"Give {criterion.key} the model under a new connection to let it judge anew, or put "
            "the address back.",
        )


def moved(store: Store, criterion: Criterion) -> str:
    """Where a judge's connection went since it was asked, as half a sentence; empty where it did
    not."""
    for _, scorer in _judges([criterion]):
        name = scorer.settings["connection"]
        was = store.judging.endpoint(scorer.fingerprint())
        now = store.connections.endpoint(name)
        if was is not None and now is not None and not was.answers_like(now):
            return (
                f"the judge of {criterion.key} was asked at {was.host}, and “{name}” is elsewhere "
                f"now ({now.host})"
            )
    return ""


def unpriced(store: Store, criteria: Sequence[Criterion]) -> list[str]:
    """The models that judge and whose price nobody knows."""
    scorers = [judge for _, judge in _judges(criteria)]
    return sorted({s.settings["model"] for s in scorers if _price(store, s) is None})


def is_done(store: Store, experiment: Experiment, criteria: Sequence[Criterion]) -> bool:
    """Whether nothing is left to be asked of the judges, controls included."""
    return not n_open(store, experiment, criteria) and not any(
        any(_planted(store, experiment, *place)) for place in _judges(criteria)
    )


def _planted(
    store: Store, experiment: Experiment, criterion: Criterion, judge: Scorer
) -> Iterator[object]:
    """The controls that were never asked beside a judge's words."""
    missing = controls.missing if judge.over is None else pair_controls.missing
    return missing(store, experiment, criterion, judge, (), None)


def begin(
    store: Store, experiment: Experiment, criteria: Sequence[Criterion], run_id: UUID
) -> JudgePlan:
    """What a run has to ask of judges (`prepare`), once outputs that have nothing of what a judge
    looks at, or whose files it can't be shown, are said to be unscored."""
    looking.settle(store, experiment, criteria)
    lost = shown_files.Lost(store)
    shown_files.settle(store, experiment, criteria, lost)
    for criterion in judged(criteria):
        pair_looking.settle_judged(store, experiment, criterion, lost)
    return prepare(store, experiment, criteria, run_id)


def prepare(
    store: Store,
    experiment: Experiment,
    criteria: Sequence[Criterion],
    run_id: UUID | None = None,
) -> JudgePlan:
    """The calls that judges still have to make in a run, planted controls first. Raises NotFound
    when a connection is gone, and InputError where a judge's words were given elsewhere."""
    for criterion in judged(criteria):
        refuse_moved(store, criterion)
    asked = _judges(criteria)
    judges = {judge.fingerprint(): judge for _, judge in asked}
    connections = {
        name: store.connections.named(name)
        for name in {judge.settings["connection"] for judge in judges.values()}
    }
    for connection in connections.values():
        refuse_outside(connection)
    manners = Manners(store.habits, connections)
    manners.remember({name: store.habits.of(known) for name, known in connections.items()}, ())
    missing = [call for place in asked for call in _calls(store, experiment, *place, run_id)]
    cases = {case.id: case for case in store.datasets.cases(experiment.dataset_version_id)}
    # A labelled output that is asked once more may be of another experiment.
    for elsewhere in {call.case_id for call in missing} - set(cases):
        cases[elsewhere] = store.datasets.case(elsewhere)
    return JudgePlan(
        store,
        list(missing),
        judges,
        cases,
        connections,
        {scorer: _price(store, judge) for scorer, judge in judges.items()},
        manners,
    )


def _judges(criteria: Sequence[Criterion]) -> list[tuple[Criterion, Scorer]]:
    """Each judged criterion with each model that judges it."""
    return [(c, judge) for c in judged(criteria) for judge in c.draft.scorer.judges]


def _calls(
    store: Store,
    experiment: Experiment,
    criterion: Criterion,
    judge: Scorer,
    run_id: UUID | None,
) -> Iterator[JudgedCall]:
    asked = wanted(experiment, criterion, judge)

    def call(
        about: Unjudged | UnjudgedPair,
        trial_id: UUID,
        second_id: UUID | None = None,
        control: Control | PairControl | None = None,
    ) -> JudgedCall:
        return JudgedCall(
            about.variant_id,
            about.case_id,
            about.number,
            trial_id=trial_id,
            criterion_id=criterion.id,
            scorer=asked.scorer,
            nonce=nonces.nonce(),
            control=control,
            second_id=second_id,
        )

    if judge.over is not None:
        pairs = store.preferences.unjudged(asked, judge.over)
        of_pairs = pair_controls.missing(store, experiment, criterion, judge, pairs, run_id)
        for control, place in of_pairs:
            yield call(place, place.first, control=control)
        for pair in pairs:
            yield call(pair, pair.first, pair.second)
        return
    waiting = store.judging.waiting(asked)
    planted = controls.missing(store, experiment, criterion, judge, waiting, run_id)
    for made, output in (*planted, *((None, output) for output in waiting)):
        yield call(output, output.trial_id, control=made)


def _price(store: Store, scorer: Scorer) -> prices.Price | None:
    connection = store.connections.named(scorer.settings["connection"])
    return prices.price(connection, scorer.settings["model"])

"""The planted controls of a run whose judge compares: which are still to be asked."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from workbench.domain.criteria import Criterion, Scorer
from workbench.domain.experiments import Experiment
from workbench.domain.judging import ControlKind, PairControl
from workbench.domain.preferences import Preference, UnjudgedPair, of_both_orders
from workbench.runs import looking
from workbench.scoring import controls, injection
from workbench.store.judging import Wanted
from workbench.store.store import Store

_LOOKED_AT = 20
"""Outputs among which one is looked for that a planted one can stand beside."""
_REPEATED = 2
"""Labelled comparisons of each kind that are asked once more."""


def missing(
    store: Store,
    experiment: Experiment,
    criterion: Criterion,
    judge: Scorer,
    waiting: Sequence[UnjudgedPair],
    run_id: UUID | None,
) -> Iterator[tuple[PairControl, UnjudgedPair]]:
    """The controls that a run has not asked a judge yet, each with the comparison in whose place it
    stands. As of judges of one output (`controls.missing`): a run with something to compare asks
    all of them, one without only those that were never asked beside the judge's words."""
    over = judge.over
    assert over is not None
    asked = Wanted(experiment.id, criterion.id, judge.fingerprint(), criterion.draft.slices)
    known = store.pair_controls.of(asked)
    done = {
        _mark(word.control, word.trial_id) for word in known if not waiting or word.run_id == run_id
    }
    wanted = _made(store, asked, judge, over)
    if waiting:
        wanted += _repeated(store, experiment, criterion, judge)
    for control, place in wanted:
        if _mark(control, place.first) not in done:
            yield control, place


def _mark(control: PairControl, trial_id: UUID) -> tuple[ControlKind, bool, str]:
    """What tells controls apart. Beside which real output a planted one stood makes no other of it:
    a run that goes on may find another one first. What stands beside itself is that output: both
    orders tell something only of one."""
    if control.kind in (ControlKind.REPEATED, ControlKind.SAME):
        told = str(trial_id)
    else:
        told = control.first if control.is_turned else control.second
    return control.kind, control.is_turned, told


def _made(
    store: Store, asked: Wanted, judge: Scorer, over: str
) -> list[tuple[PairControl, UnjudgedPair]]:
    """Controls with the first real output of the plan that can stand beside them: it says
    something, nothing to its judge, and is not what must lose; of a case without files before one
    that has some. None where there is no such output among the first, or where this judge has
    compared nothing yet and has nothing to."""
    places = store.preferences.compared(asked, over, _LOOKED_AT)
    filed = store.shown_files.filed({place.case_id for place in places})
    places.sort(key=lambda place: place.case_id in filed)
    texts = looking.texts(store, judge, {place.first for place in places})
    losers = set(controls.losers(judge.settings).values())
    for place in places:
        found = texts[place.first]
        real = found.text or ""
        if real.strip() and real not in losers and not injection.pair_flags(found.by_model):
            return [(control, place) for control in controls.pairs(judge.settings, real)]
    return []


def _repeated(
    store: Store, experiment: Experiment, criterion: Criterion, judge: Scorer
) -> list[tuple[PairControl, UnjudgedPair]]:
    """Comparisons on which this judge, of one mind in both orders, and people agreed."""
    scorer = judge.fingerprint()
    of = criterion.id, scorer, judge.judge_name
    rows = store.reports.calibration.labelled(experiment.id, criterion.id, scorer, judge.labels())
    found = []
    for passes in (True, False):
        right = (row for row in rows if row.people_pass is passes and not row.is_apart)
        n_taken = 0
        for row in right:
            if n_taken == _REPEATED:
                break
            beside = store.preferences.beside(row.trial_id, *of)
            if beside is None:
                continue
            words = store.preferences.said([row.trial_id, beside], *of)
            straight = [word for word in words if word.first == row.trial_id]
            turned = [word for word in words if word.second == row.trial_id]
            if not straight or not turned:
                continue
            said, _ = of_both_orders(straight[-1], turned[-1])
            texts = looking.texts(store, judge, [row.trial_id, beside])
            is_of_one_mind = straight[-1].outcome is turned[-1].outcome.turned()
            first, second = (texts[one].text for one in (row.trial_id, beside))
            if said is Preference.UNSCORED or not is_of_one_mind or None in (first, second):
                continue
            trial = store.trials.get(row.trial_id)
            place = UnjudgedPair(trial.id, beside, trial.variant_id, trial.case_id, trial.number)
            control = PairControl(ControlKind.REPEATED, first or "", second or "", said)
            found += [(control, place), (control.turned(), place)]
            n_taken += 1
    return found

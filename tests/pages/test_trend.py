"""Decide shows what a criterion came to over the runs that ended."""

from streamlit.testing.v1 import AppTest

from tests.pages import results
from tests.pages.folds import unfolded
from workbench.domain.experiments import Experiment
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.evidence import kept_verdicts
from workbench.ui.parts.resources import services


def _kept(experiment: Experiment, outcome: Outcome) -> None:
    """The answers of an experiment rated alike, and what that comes to kept."""
    store = services().store
    criterion = results.criterion(store, "C10")
    scorer = criterion.draft.scorer.fingerprint()
    said = Judgement(outcome, "")
    trials = store.trials.of_experiment(experiment.id)
    store.scores.add(Score(t.id, criterion.id, scorer, said, "Ben") for t in trials)
    run = store.runs.latest(experiment.id)
    assert run is not None
    assert kept_verdicts.keep(store, experiment, run.id) == 1


def _opened(app: AppTest) -> AppTest:
    requirement = services().store.requirements.get(
        results.criterion(services().store, "C10").requirement_id
    )
    app.session_state["decide_open"] = requirement.key
    found = app.switch_page("pages/decide/verdicts.py").run()
    assert not found.exception
    return found


def _labels(app: AppTest) -> list[str]:
    return [expander.label for expander in app.expander]


def test_verdicts_of_several_runs_stand_beside_each_other(app: AppTest) -> None:
    experiment = results.answered(services().store, labels=("ZEBRA",))
    _kept(experiment, Outcome.FAIL)
    assert not any("Over time" in label for label in _labels(_opened(app)))
    _kept(experiment, Outcome.PASS)
    found = unfolded(_opened(app), "Over time")
    assert any("Over time: 2 verdicts" in label for label in _labels(found))
    captions = [caption.value for caption in found.caption]
    assert sum("ZEBRA, Reply v2" in caption for caption in captions) >= 2
    figures = [m.value for m in found.markdown if "3 cases)" in m.value]
    assert any("100% (" in figure for figure in figures)
    assert any(" 0% (" in figure for figure in figures)

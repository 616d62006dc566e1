"""After whatever is done, a page says what it would say had it remembered nothing."""

import re
from collections.abc import Callable
from dataclasses import replace

from streamlit.testing.v1 import AppTest

from tests.building import loop
from tests.pages import results
from tests.pages.folds import CRITERIA, REVISIONS, all_unfolded, turned_to
from tests.store.test_progress import statements
from workbench.domain.experiments import Experiment
from workbench.domain.requirements import RequirementDraft
from workbench.domain.scores import Outcome
from workbench.store.store import Store
from workbench.ui.parts.resources import services

_AGO = re.compile(r"\d+ \w+ ago|just now|\d{4}-\d\d-\d\d \d\d:\d\d UTC")

PAGES = (
    "define/overview",
    "define/requirements",
    "define/data",
    "experiment/playground",
    "experiment/experiments",
    "experiment/capabilities",
    "score/rating",
    "decide/verdicts",
    "decide/spec",
)


def said(app: AppTest, page: str) -> list[str]:
    """The texts of a page, without the minute and how long ago something was: those pass by
    themselves."""
    all_unfolded(app.switch_page(f"pages/{page}.py").run())
    if page == "define/requirements":
        return [*texts(turned_to(app, CRITERIA)), *texts(turned_to(app, REVISIONS))]
    return texts(app)


def texts(app: AppTest) -> list[str]:
    """What a page says as it is, without such times."""
    elements = (*app.markdown, *app.caption, *app.subheader, *app.info, *app.warning)
    return [_AGO.sub("", str(element.value)) for element in elements]


def _score(store: Store, experiment: Experiment) -> None:
    results.score(store, experiment, "C10", lambda trial: Outcome.FAIL)


def _bar(store: Store, experiment: Experiment) -> None:
    found = store.criteria.get(experiment.criteria[0][0])
    draft = replace(found.draft, bar=0.51, title="Reads otherwise now")
    store.criteria.revise(found.id, draft, found.number, "Test", "It was too high")


def _candidate(store: Store, experiment: Experiment) -> None:
    store.features.choose_candidate(
        experiment.feature_id, experiment.variants[1].id, "Test", "It reads better"
    )


def _requirement(store: Store, experiment: Experiment) -> None:
    store.requirements.add(
        experiment.feature_id, RequirementDraft("Says when it can't help at all"), "Test"
    )


def _put_away(store: Store, experiment: Experiment) -> None:
    store.criteria.archive(experiment.criteria[0][0], "Test", "It measures nothing")


def _again(store: Store, experiment: Experiment) -> None:
    results.answered(store, cases=5)


DEEDS: dict[str, Callable[[Store, Experiment], None]] = {
    "scores come in": _score,
    "a bar is changed": _bar,
    "a candidate is chosen": _candidate,
    "a requirement is added": _requirement,
    "more is answered": _again,
    "a criterion is put away": _put_away,
}


def test_no_page_says_what_is_no_longer_so(app: AppTest) -> None:
    store = services().store
    experiment = results.answered(store)
    for page in PAGES:
        said(app, page)
    for deed, do in DEEDS.items():
        do(store, experiment)
        warm = {page: said(app, page) for page in PAGES}
        services().memo.clear()
        # The other way round: what one page leaves for the next is another thing than before.
        for page in reversed(PAGES):
            assert warm[page] == said(app, page), (deed, page)


def test_a_page_counts_nothing_anew_while_another_feature_is_answered(app: AppTest) -> None:
    store = services().store
    results.answered(store)
    other = loop(store, n_cases=len(PAGES), name="Another")
    experiment = other.experiment()
    run_id = store.runs.start(experiment.id, "Test").id
    calls = store.trials.missing(experiment.id)
    for page in PAGES[2:]:
        said(app, page)
        with store.transaction(feature=other.feature_id):
            other.answer(run_id, [(calls.pop(), Outcome.PASS)])
        with statements() as asked:
            said(app, page)
        assert not [sql for sql in asked if "with votes as" in sql or "by_source" in sql]


def test_what_a_page_draws_of_experiments_and_criteria_is_read_once(app: AppTest) -> None:
    results.answered(services().store)
    with statements() as asked:
        app.switch_page("pages/define/overview.py").run()
    read = [" ".join(sql.split()) for sql in asked]
    assert len([sql for sql in read if "select e.id, e.feature_id, e.key" in sql]) == 1
    in_force = [sql for sql in read if "from criteria c" in sql and "r.feature_id = ?" in sql]
    # For the verdicts, all that the page says of them, and where requirements take theirs.
    assert len(in_force) == 1


def test_the_bar_is_right_above_a_page_that_has_nothing_to_draw(app: AppTest) -> None:
    store = services().store
    experiment = results.answered(store)
    app.switch_page("pages/score/rating.py").run()
    assert "Say who you are before you rate" in app.info[0].value
    assert any("6 requirements" in caption.value for caption in app.caption)
    _requirement(store, experiment)
    app.run()
    assert any("7 requirements" in caption.value for caption in app.caption)

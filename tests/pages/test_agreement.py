"""Where raters differ: the page names it, shows both readings blind, settles, and leads back."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import results
from tests.pages.test_score import PAGE, _everything
from workbench.domain.experiments import Experiment
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.domain.trials import Trial
from workbench.store.store import Store
from workbench.ui.parts.resources import services

PASS, FAIL = Outcome.PASS, Outcome.FAIL


def _store() -> Store:
    return services().store


def _rated(cases: int = 12, *, is_revealed: bool = True) -> tuple[Experiment, list[Trial]]:
    """Ada passes every output of the first variant, Ben fails most of them."""
    store = _store()
    experiment = results.answered(store, cases=cases)
    criterion = results.rated(store)
    trials = sorted(store.trials.of_experiment(experiment.id), key=lambda trial: str(trial.id))
    store.scores.add(
        Score(
            one.id,
            criterion.id,
            criterion.draft.scorer.labels(),
            Judgement(PASS if rater == "Ada" or number % 4 == 0 else FAIL, f"{rater} thinks"),
            rater,
        )
        for number, one in enumerate(trials)
        for rater in ("Ada", "Ben")
    )
    if is_revealed:
        _ready(experiment, "Ada", "Ben")
    return experiment, trials


def _ready(experiment: Experiment, *raters: str) -> None:
    criterion = results.rated(_store())
    for rater in raters:
        _store().reveals.add(experiment.id, criterion.id, criterion.draft.scorer.labels(), rater)


def _opened(app: AppTest, person: str = "Ada") -> AppTest:
    app.session_state["person"] = person
    app.session_state["score_view"] = "agreement"
    found = app.switch_page(PAGE).run()
    assert not found.exception
    return found


def _said(app: AppTest) -> str:
    return "\n".join(str(e.value) for e in (*app.markdown, *app.caption, *app.info))


def _settling(app: AppTest, word: str) -> Any:
    return next(b for b in app.button if b.label == f"Settle as {word}")


def test_two_who_read_a_sentence_two_ways_are_named_with_both_readings(app: AppTest) -> None:
    _rated()
    said = _said(_opened(app))
    assert "This sentence can be read two ways" in said
    assert "Of 24 outputs that Ada and Ben both scored, they said the same of 6." in said
    assert "Two readings of" in said
    assert "**Ada** :gray[· kinder on 18 outputs]" in said
    assert "**Ben** :gray[· kinder on no output]" in said
    assert "Ada thinks" in said
    assert "Ben thinks" in said


def test_before_both_are_ready_no_word_of_the_other_is_sent_to_either(app: AppTest) -> None:
    _rated(is_revealed=False)
    opened = _opened(app)
    sent = _everything(opened)
    assert "Blind until you reveal together" in sent
    assert "**Ben** rated 24 of 24" in sent
    for word in ("Ben thinks", "they said the same", "kinder on", "Settle as"):
        assert word not in sent
    waiting = opened.button(key="score_reveal_together").click().run()
    assert "Waiting for Ben" in _said(waiting)
    assert "Ben thinks" not in _everything(waiting)


def test_who_is_ready_second_opens_it_for_both(app: AppTest) -> None:
    experiment, _ = _rated(is_revealed=False)
    _ready(experiment, "Ben")
    opened = _opened(app)
    assert "Ben is waiting for you" in _said(opened)
    both = opened.button(key="score_reveal_together").click().run()
    assert "Revealed to you and Ben" in _said(both)
    assert "they said the same of 6" in _said(both)


def test_who_does_not_wait_gives_a_reason_which_stands_above_what_is_shown(app: AppTest) -> None:
    experiment, _ = _rated(is_revealed=False)
    _ready(experiment, "Ada")
    refused = _opened(app).button(key="score_reveal_now").click().run()
    assert any("no reason" in error.value for error in refused.error)
    assert "Ben thinks" not in _everything(refused)
    refused.text_input(key="score_why_now").set_value("Ben had to leave").run()
    told = refused.button(key="score_reveal_now").click().run()
    assert "without waiting: Ben had to leave" in _said(told)
    assert "Ben thinks" in _everything(told)


def test_nothing_on_it_says_which_variant_wrote_what(app: AppTest) -> None:
    experiment, trials = _rated()
    sent = _everything(_opened(app))
    assert "Ben thinks" in sent
    for variant in experiment.variants:
        for secret in (variant.label, str(variant.id), variant.model, variant.connection):
            assert secret not in sent
    for trial in trials:
        assert str(trial.id) not in sent


def test_one_click_opens_the_revision_with_the_disputed_outputs_as_its_evidence(
    app: AppTest,
) -> None:
    _rated(cases=2)
    opened = _opened(app)
    revised = opened.button(key="score_revise").click().run()
    assert not revised.exception
    requirement = _store().requirements.get(results.rated(_store()).requirement_id)
    assert revised.session_state["requirements_open"] == requirement.key
    evidence = [m.value for m in revised.markdown if ":material/attachment:" in m.value]
    assert len(evidence) == 4
    assert "Of 4 outputs that Ada and Ben both scored, they said the same of 1." in evidence[0]
    assert all("Ada says pass (“Ada thinks”); Ben says fail" in one for one in evidence[1:])
    assert not [label for label in results.LABELS if any(label in one for one in evidence)]


def test_what_a_named_person_settles_counts_and_can_be_opened_again(app: AppTest) -> None:
    _rated(cases=1)
    store, criterion = _store(), results.rated(_store())
    outcomes = "select outcome from outcomes where criterion_id = ? order by outcome"
    opened = _opened(app, "Cy")
    assert store.database.rows(outcomes, [criterion.id]) == [("pass",), ("unscored",)]
    settled = _settling(opened, "fail").click().run()
    assert not settled.exception
    assert store.database.rows(outcomes, [criterion.id]) == [("fail",), ("pass",)]
    assert "settled by Cy" in _said(settled)
    assert "0 open, 1 settled" in _said(settled)
    again = next(b for b in settled.button if b.label == "Open it again").click().run()
    assert store.database.rows(outcomes, [criterion.id]) == [("pass",), ("unscored",)]
    assert "1 open, 0 settled" in _said(again)


def test_who_has_to_rate_an_output_still_is_not_told_what_others_said_of_it(app: AppTest) -> None:
    experiment, trials = _rated(cases=2)
    _ready(experiment, "Cy")
    criterion = results.rated(_store())
    mine = Score(
        trials[1].id, criterion.id, criterion.draft.scorer.labels(), Judgement(PASS, ""), "Cy"
    )
    _store().scores.add([mine])
    said = _said(_opened(app, "Cy"))
    assert "2 more outputs that others differ on wait for your own rating" in said
    assert "1 open, 0 settled" in said


@pytest.mark.parametrize("rater", ["", "Ada"])
def test_with_one_rater_it_says_what_is_missing(app: AppTest, rater: str) -> None:
    experiment = results.answered(_store(), cases=2)
    if rater:
        results.score(_store(), experiment, "C10", lambda _: PASS, rater)
    said = _said(_opened(app))
    assert ("Let a second person rate 20 outputs" in said) is bool(rater)
    assert ("Rate some outputs first" in said) is not bool(rater)


def test_an_output_shows_a_models_word_from_elsewhere_as_one_that_is_not_counted(
    app: AppTest,
) -> None:
    experiment = results.answered(_store(), cases=1)
    criterion = results.rated(_store())
    scorer = criterion.draft.scorer
    _store().scores.add(
        Score(one.id, criterion.id, identity, Judgement(outcome, ""), rater)
        for one in _store().trials.of_experiment(experiment.id)
        for identity, outcome, rater in (
            (scorer.labels(), PASS, "Ada"),
            (scorer.aside(), FAIL, "judge:large"),
        )
    )
    app.session_state["person"] = "Ada"
    found = app.switch_page("pages/score/failures.py").run()
    assert not found.exception
    words = [m.value for m in found.markdown if f"**{criterion.key}**" in m.value]
    assert [("the model large" in one, "not counted" in one) for one in words] == [
        (True, True),
        (False, False),
    ]


@pytest.mark.parametrize("view", ["Grid", "Outputs"])
def test_experiments_and_failures_show_a_rater_nobody_elses_word_before(
    app: AppTest, view: str
) -> None:
    experiment, trials = _rated(cases=2, is_revealed=False)
    app.session_state["person"] = "Ada"
    app.session_state["experiments_view"] = view
    app.session_state["experiments_trial"] = str(trials[0].id)
    found = app.switch_page("pages/experiment/experiments.py").run()
    assert not found.exception
    sent = _everything(found)
    assert "Left out here: C10" in sent
    assert "Ben thinks" not in sent
    reading = app.switch_page("pages/score/failures.py").run()
    assert not reading.exception
    sent = _everything(reading)
    assert "Ada thinks" in sent
    assert "Ben thinks" not in sent
    _ready(experiment, "Ada", "Ben")
    assert "Ben thinks" in _everything(app.switch_page("pages/score/failures.py").run())

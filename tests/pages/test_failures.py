"""The page Failures: outputs one at a time, notes sorted into modes, what happens then."""

from typing import Any

from streamlit.testing.v1 import AppTest

from tests.pages import results
from workbench.domain.experiments import Experiment, Plan
from workbench.domain.failures import FailureMode, SortedNote
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.store.store import Store
from workbench.ui.parts.resources import services

PAGE = "pages/score/failures.py"


def _store() -> Store:
    return services().store


def _experiment(failing: int = 2) -> Experiment:
    """Answers to three cases by one variant, of which the first so many fail C10."""
    store = _store()
    experiment = results.answered(store, labels=("ZEBRA",))
    criterion = results.criterion(store, "C10")
    scorer = criterion.draft.scorer.fingerprint()
    store.scores.add(
        Score(
            trial.id,
            criterion.id,
            scorer,
            Judgement(Outcome.FAIL if i < failing else Outcome.PASS, "because"),
            "Ben",
        )
        for i, trial in enumerate(store.trials.of_experiment(experiment.id))
    )
    return experiment


def _opened(app: AppTest) -> AppTest:
    app.session_state["person"] = "Ada"
    return _fine(app.switch_page(PAGE).run())


def _fine(app: AppTest) -> AppTest:
    assert not app.exception
    return app


def _button(app: AppTest, label: str) -> Any:
    return next(button for button in app.button if button.label == label)


def _field(app: AppTest, label: str) -> Any:
    fields = [*app.text_input, *app.text_area, *app.selectbox]
    return next(field for field in fields if field.label == label)


def _note(app: AppTest, text: str) -> AppTest:
    _fine(_field(app, "What went wrong first?").set_value(text).run())
    return _fine(_button(app, "Keep the note").click().run())


def _show(app: AppTest, view: str) -> AppTest:
    control = next(c for c in app.button_group if c.key == "failures_view")
    return _fine(control.set_value(view).run())


def _said(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.info, *app.warning, *app.error, *app.success]
    return "\n".join(part.value for part in parts)


def _notes() -> list[SortedNote]:
    return _store().reports.failures.notes(results.sample_id(_store()))


def _modes() -> list[FailureMode]:
    return _store().failures.of(results.sample_id(_store()))


def test_without_outputs_the_page_says_what_to_do(app: AppTest) -> None:
    _opened(app)
    assert "Run an experiment first" in _said(app)


def test_outputs_are_read_one_at_a_time_failing_ones_first(app: AppTest) -> None:
    _experiment()
    _opened(app)
    _note(app, "Never answers the question")
    _note(app, "Never answers the question")
    _fine(_button(app, "Nothing went wrong").click().run())
    assert "Every output of" in _said(app)
    outcomes = {_store().scores.of_trial(note.trial_id)[0].judgement.outcome for note in _notes()}
    assert outcomes == {Outcome.FAIL}
    assert len(_notes()) == 2


def test_a_note_that_is_empty_is_none(app: AppTest) -> None:
    _experiment()
    _opened(app)
    _fine(_button(app, "Keep the note").click().run())
    assert "There is no note yet." in _said(app)
    assert _notes() == []


def test_the_last_reading_is_taken_back_with_its_note_in_the_field(app: AppTest) -> None:
    _experiment()
    _opened(app)
    _note(app, "Rude")
    _fine(_button(app, "Take the last back").click().run())
    assert _notes() == []
    assert _field(app, "What went wrong first?").value == "Rude"


def test_skipping_goes_on_and_back_without_reading(app: AppTest) -> None:
    experiment = _experiment()
    criterion = results.criterion(_store(), "C10")
    scorers = [(criterion.id, criterion.draft.scorer.fingerprint())]
    first, second, _ = _store().reports.failures.order(experiment.id, scorers).trial_ids
    _opened(app)
    _fine(_button(app, "Skip").click().run())
    assert app.session_state["failures_at"] == second
    _fine(_button(app, "Back").click().run())
    assert app.session_state["failures_at"] == first
    assert _store().database.value("select count(*) from readings") == 0


def test_after_a_new_mode_the_browser_is_told_where_the_next_note_goes(app: AppTest) -> None:
    _experiment()
    _opened(app)
    _note(app, "Is rude")
    _note(app, "Is rude again")
    _show(app, "modes")
    _fine(app.checkbox[0].check().run())
    _fine(_field(app, "Its name").set_value("Rude").run())
    _fine(_button(app, "Put 1 note there").click().run())
    (mode,) = _modes()
    into = app.selectbox(key="failures_into_waiting")
    assert into.value == str(mode.id)
    # Left to its default, it would go on showing what it showed.
    assert into.proto.set_value


def test_notes_are_sorted_into_a_new_mode_and_moved_to_another(app: AppTest) -> None:
    _experiment()
    _opened(app)
    _note(app, "Rude to the customer")
    _note(app, "Promises a refund")
    _show(app, "modes")
    first, second = _notes()
    _fine(app.checkbox(key=f"failures_note_chosen_waiting_{first.id}").check().run())
    _fine(_field(app, "Its name").set_value("Rude").run())
    _fine(_button(app, "Put 1 note there").click().run())
    (mode,) = _modes()
    assert mode.draft.name == "Rude"
    assert {note.mode_id for note in _notes()} == {mode.id, None}
    _fine(app.checkbox(key=f"failures_note_chosen_waiting_{second.id}").check().run())
    _fine(app.button(key="failures_put_waiting").click().run())
    assert [note.mode_id for note in _notes()] == [mode.id, mode.id]
    _fine(app.checkbox(key=f"failures_note_chosen_F1_{second.id}").check().run())
    _fine(_field(app, "Put the chosen notes into").set_value("none").run())
    _fine(app.button(key="failures_put_F1").click().run())
    assert [note.mode_id for note in _notes()] == [mode.id, None]


def test_a_mode_is_edited_and_what_is_not_designed_of_a_severe_one_stands_on_decide(
    app: AppTest,
) -> None:
    _experiment()
    _opened(app)
    _note(app, "Rude to the customer")
    _show(app, "modes")
    (note,) = _notes()
    _fine(app.checkbox(key=f"failures_note_chosen_waiting_{note.id}").check().run())
    _fine(_field(app, "Its name").set_value("Rude [x](y)").run())
    _fine(_button(app, "Put 1 note there").click().run())
    (mode,) = _modes()
    severity = next(c for c in app.button_group if str(c.key).endswith("_severity"))
    _fine(severity.set_value("severe").run())
    _fine(_field(app, "How it is noticed").set_value("a word list").run())
    _fine(app.button(key=f"failures_save_{mode.id}").click().run())
    (mode,) = _modes()
    assert mode.is_open
    assert mode.draft.fallback.noticed == "a word list"
    assert "listed on Decide and in the spec" in _said(app)
    _fine(app.switch_page("pages/decide/verdicts.py").run())
    assert "1 severe failure mode without a design" in _said(app)
    _fine(app.button(key="decide_design").click().run())
    assert app.session_state["failures_view"] == "modes"
    assert "listed on Decide and in the spec" in _said(app)
    _fine(app.switch_page("pages/decide/spec.py").run())
    assert "severe without a design of what happens then" in _said(app)


def test_one_click_makes_a_requirement_of_a_mode(app: AppTest) -> None:
    _experiment()
    _opened(app)
    _note(app, "Rude to the customer")
    _show(app, "modes")
    (note,) = _notes()
    _fine(app.checkbox(key=f"failures_note_chosen_waiting_{note.id}").check().run())
    _fine(_field(app, "Its name").set_value("Rude").run())
    _fine(_button(app, "Put 1 note there").click().run())
    before = len(_store().requirements.of(results.sample_id(_store())))
    _fine(_button(app, "Make it a requirement").click().run())
    found = _store().requirements.of(results.sample_id(_store()))
    assert len(found) == before + 1
    assert f"Became {found[-1].key}" in _said(app)
    assert _button(app, "Make it a requirement").disabled
    _show(app, "standing")
    assert "1 failure mode in 1 sighting, 1 of them once only." in _said(app)
    assert "1 learnt from" in _said(app)


def test_what_people_wrote_is_never_live(app: AppTest) -> None:
    _experiment()
    _opened(app)
    _note(app, "[click](https://evil.example) **bold** :red[x] $x$")
    _show(app, "modes")
    for part in [*app.markdown, *app.caption]:
        assert "[click](https://evil.example)" not in part.value


def test_an_experiment_that_was_only_planned_is_not_opened_first(app: AppTest) -> None:
    answered = _experiment()
    cases = tuple(_store().experiments.case_ids(answered.id))
    variants = tuple(variant.id for variant in answered.variants)
    criteria = answered.criterion_ids
    plan = Plan("And now?", answered.dataset_version_id, variants, criteria, case_ids=cases)
    planned = _store().experiments.add(answered.feature_id, plan, "Ada")
    _opened(app)
    picker = app.selectbox("failures_experiment")
    assert planned.key in picker.options[-1]
    assert picker.value == answered.key

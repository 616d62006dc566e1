"""Outside results on the Experiments page: looked at, refused by line, kept once."""

from uuid import UUID

from streamlit.testing.v1 import AppTest

from tests.pages import results
from workbench.domain.experiments import Experiment
from workbench.store.store import Store
from workbench.ui.parts.resources import services

PAGE = "pages/experiment/experiments.py"
HEADER = "case,variant,trial,criterion,value"
GOOD = "\n".join([HEADER, "a,gpt-x,1,Polite,true", "b,gpt-x,1,Polite,false", "c,gpt-x,1,Polite,"])


def store() -> Store:
    """The app's own store."""
    return services().store


def feature_id() -> UUID:
    """The sample's id."""
    return results.sample_id(store())


def experiments() -> list[Experiment]:
    """The sample's experiments."""
    return store().experiments.of(feature_id())


def uploaded(app: AppTest, text: str) -> AppTest:
    """The dialog, with a file in it."""
    app.switch_page(PAGE).run()
    app.button(key="experiments_import_button").click().run()
    app.file_uploader(key="experiments_import_file").upload("theirs.csv", text.encode()).run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    """Every word of the page that is not in a widget."""
    shown = (*app.markdown, *app.caption, *app.error, *app.warning, *app.info, *app.subheader)
    return "\n".join(str(each.value) for each in shown)


def test_a_file_is_shown_before_anything_is_kept(app: AppTest) -> None:
    before = experiments()
    page = words(uploaded(app, GOOD))
    assert "**3 scores** of 3 trials: 3 cases, variants gpt-x." in page
    assert ":green-badge[new] Polite" in page
    assert "1 of 3 values is empty: it counts as unscored." in page
    assert experiments() == before


def test_imported_results_are_an_experiment_that_is_done_and_open(app: AppTest) -> None:
    before = len(experiments())
    page = uploaded(app, GOOD)
    page.number_input(key="experiments_import_bar").set_value(75.0)
    page.button(key="experiments_import_keep").click().run()
    assert not page.exception
    found = experiments()
    assert len(found) == before + 1
    assert page.query_params["experiment"] == found[-1].key
    run = store().runs.latest(found[-1].id)
    assert run is not None
    assert run.state == "finished"
    new = next(c for c in store().criteria.of(feature_id()) if c.draft.title == "Polite")
    assert new.draft.bar == 0.75


def test_a_file_with_bad_lines_names_them_and_keeps_nothing(app: AppTest) -> None:
    before = experiments()
    page = words(uploaded(app, f"{GOOD}\nd,gpt-x,0,Polite,true\ne,gpt-x,1,Polite,perhaps\n"))
    assert "Line 5" in page
    assert "Line 6" in page
    assert not [button for button in app.button if button.key == "experiments_import_keep"]
    assert experiments() == before


def test_numbers_pass_from_the_level_that_is_set(app: AppTest) -> None:
    page = uploaded(app, f"{HEADER}\na,gpt-x,1,Stars,4\nb,gpt-x,1,Stars,1\n")
    assert "Line 2: the value 4 is not from 0 to 1." in words(page)
    assert "Say from which number on an answer passes" in words(page)
    page.number_input(key="experiments_import_level").set_value(4.0).run()
    assert "Numbers of Stars pass from 4 on." in words(page)
    page.button(key="experiments_import_keep").click().run()
    outputs = store().trials.of_experiment(experiments()[-1].id)
    said = [store().scores.of_trial(trial.id)[0].judgement.outcome for trial in outputs]
    assert said == ["pass", "fail"]


def test_the_same_file_again_adds_nothing(app: AppTest) -> None:
    uploaded(app, GOOD).button(key="experiments_import_keep").click().run()
    before = experiments()
    page = uploaded(app, GOOD)
    assert "keeps its bar of at least 90%" in words(page)
    page.button(key="experiments_import_keep").click().run()
    assert not page.exception
    assert experiments() == before


def test_what_a_file_says_is_shown_as_it_is_written(app: AppTest) -> None:
    page = words(uploaded(app, f"{HEADER}\na,gpt-x,1,![beacon](https://x.example/y),true\n"))
    assert "![beacon]" not in page


def test_results_that_are_missing_are_said_and_not_asked_for(app: AppTest) -> None:
    ragged = f"{HEADER}\na,gpt-x,1,Polite,true\na,gpt-x,2,Polite,true\nb,gpt-x,1,Polite,true\n"
    page = uploaded(app, ragged).button(key="experiments_import_keep").click().run()
    assert "1 of 4 results are not in the file that was imported" in words(page)
    keys = [str(button.key) for button in page.button]
    assert not [key for key in keys if key.startswith(("experiments_start", "experiments_retry"))]


def test_what_was_asked_elsewhere_is_no_choice_for_a_new_experiment(app: AppTest) -> None:
    uploaded(app, GOOD).button(key="experiments_import_keep").click().run()
    page = app.button(key="experiments_new_button").click().run()
    outside = {v.label for v in store().variants.of(feature_id()) if v.is_outside}
    chosen = page.multiselect(key="experiments_setup_variants").value
    assert outside == {"gpt-x"}
    assert not [v for v in chosen if store().variants.get(UUID(v)).is_outside]


def test_a_scale_that_the_criterion_has_holds_for_a_file_of_its_lowest_score(
    app: AppTest,
) -> None:
    first = uploaded(app, f"{HEADER}\na,gpt-x,1,Stars,5\n")
    first.number_input(key="experiments_import_level").set_value(4.0).run()
    first.text_input(key="experiments_import_scale").set_value("1-5").run()
    first.button(key="experiments_import_keep").click().run()
    page = uploaded(app, f"{HEADER}\nb,gpt-y,1,Stars,1\n")
    assert "Numbers of Stars pass from 4 on, on a scale from 1 to 5." in words(page)
    page.button(key="experiments_import_keep").click().run()
    assert not page.exception
    (trial,) = store().trials.of_experiment(experiments()[-1].id)
    (score,) = store().scores.of_trial(trial.id)
    assert (score.judgement.outcome, score.judgement.value) == ("fail", 1.0)


def test_what_the_reader_did_is_shown_before_anything_is_kept(app: AppTest) -> None:
    page = words(uploaded(app, f"Export of March\n{GOOD}"))
    assert "1 line above the column names was left out: “Export of March”." in page

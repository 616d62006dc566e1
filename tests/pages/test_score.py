"""Rating: blind until a case is done, saved at once, and never overwritten."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from streamlit.testing.v1 import AppTest

from tests.pages import results, sessions
from workbench.domain.criteria import Measure, Scorer, ScorerKind
from workbench.domain.experiments import Experiment
from workbench.domain.scores import Outcome, Score
from workbench.domain.trials import Trial
from workbench.store.store import Store
from workbench.ui.parts.resources import services

PAGE = "pages/score/rating.py"


def _store() -> Store:
    return services().store


def _opened(app: AppTest, person: str = "Ada") -> AppTest:
    app.session_state["person"] = person
    found = app.switch_page(PAGE).run()
    assert not found.exception
    return found


def _press(app: AppTest, word: str, place: int = 0) -> AppTest:
    """Press Pass, Fail or Can't tell below the output at a place."""
    buttons = [button for button in app.button if button.label == word]
    found = buttons[place].click().run()
    assert not found.exception
    return found


def _case_field(app: AppTest) -> Any:
    (found,) = (field for field in app.selectbox if field.label == "Case")
    return found


def _everything(app: AppTest) -> str:
    """All that a browser is sent: every element's protobuf of the page, with keys and ids."""

    def walk(block: Any) -> list[str]:
        own = [str(getattr(block, "proto", ""))]
        children = getattr(block, "children", {})
        return own + [text for child in children.values() for text in walk(child)]

    return "\n".join(walk(app._tree))


def _ratings(experiment: Experiment) -> list[Score]:
    store = _store()
    criterion = results.rated(store)
    return [
        score
        for trial in store.trials.of_experiment(experiment.id)
        for score in store.scores.of_trial(trial.id)
        if score.criterion_id == criterion.id
    ]


def _rated_trials(experiment: Experiment) -> list[Trial]:
    rated = {score.trial_id for score in _ratings(experiment)}
    return [t for t in _store().trials.of_experiment(experiment.id) if t.id in rated]


def test_without_outputs_the_page_says_to_run_an_experiment(app: AppTest) -> None:
    opened = _opened(app)
    assert "Run an experiment first" in opened.info[0].value


def test_without_a_rated_criterion_the_page_says_that_there_is_nothing_to_rate(
    app: AppTest,
) -> None:
    store = _store()
    store.criteria.archive(results.rated(store).id, "Ada", "Not needed")
    opened = _opened(app)
    assert "nothing to rate" in opened.info[0].value


def test_the_question_of_the_criterion_is_asked(app: AppTest) -> None:
    results.answered(_store())
    opened = _opened(app)
    question = results.rated(_store()).draft.scorer.settings["question"]
    assert [header.value for header in opened.subheader] == [question]


def test_nothing_sent_to_the_browser_says_which_variant_it_is(app: AppTest) -> None:
    experiment = results.answered(_store())
    sent = _everything(_opened(app))
    assert "text " in sent
    for variant in experiment.variants:
        for secret in (variant.label, str(variant.id), variant.model, variant.connection):
            assert secret not in sent
    for trial in _store().trials.of_experiment(experiment.id):
        assert str(trial.id) not in sent


def test_one_rating_of_two_reveals_nothing_yet(app: AppTest) -> None:
    results.answered(_store())
    sent = _everything(_press(_opened(app), "Pass"))
    assert [label for label in results.LABELS if label in sent] == []


def test_the_variants_are_told_on_demand_when_the_case_is_done_and_that_is_kept(
    app: AppTest,
) -> None:
    experiment = results.answered(_store())
    opened = _opened(app)
    assert not [button for button in opened.button if button.key == "score_unblind"]
    assert not [toggle for toggle in opened.toggle if "variant" in toggle.label]
    done = _press(_press(opened, "Pass"), "Fail", 1)
    assert [label for label in results.LABELS if label in _everything(done)] == []
    told = done.button(key="score_unblind").click().run()
    assert [label for label in results.LABELS if label in _everything(told)] == [*results.LABELS]
    assert "variants shown to its rater" in _store().history.lately(experiment.feature_id)[0].what
    assert len(_store().database.rows("select * from unblindings")) == 1
    back = told.button(key="score_again").click().run()
    assert [label for label in results.LABELS if label in _everything(back)] == [*results.LABELS]
    # Another case is blind still.
    other = back.button(key="score_next_open").click().run()
    other.session_state["score_last"] = ""
    assert [label for label in results.LABELS if label in _everything(other.run())] == []


def test_the_order_is_the_same_again_for_the_same_rater(app: AppTest) -> None:
    results.answered(_store(), say=lambda label, case, number: f"by {label[0]}")
    first = [block.value for block in _opened(app).code]
    app.switch_page("pages/define/overview.py").run()
    assert [block.value for block in _opened(app).code] == first


def test_the_order_is_not_that_of_the_variants_everywhere(app: AppTest) -> None:
    say = "by {0[0]}".format
    experiment = results.answered(_store(), cases=12, say=lambda label, *_: say(label))
    opened = _opened(app)
    orders = set()
    for case_id in _store().experiments.case_ids(experiment.id):
        shown = _case_field(opened).set_value(str(case_id)).run()
        orders.add(tuple(b.value for b in shown.code if b.value.startswith("by ")))
    assert orders == {("by Z", "by K"), ("by K", "by Z")}


def test_a_field_that_the_browser_reports_late_takes_the_rater_nowhere(app: AppTest) -> None:
    results.answered(_store())
    opened = _opened(app)
    late = _case_field(opened)
    done = _press(_press(opened, "Pass"), "Pass", 1)
    second = UUID(done.session_state["score_case"])
    assert str(second) != late.value
    # What a browser sends that has not heard of the move yet: its field, as it stood.
    done.session_state[late.key] = late.value
    again = done.run()
    assert _case_field(again).value == str(second)
    assert f"Input of {_store().datasets.case(second).key}" in _everything(again)


def test_differences_are_shown_word_by_word_and_never_live(app: AppTest) -> None:
    def say(label: str, case: int, number: int) -> str:
        return f"See ![x](http://evil.test/{label[0]}.png) **now** {label[0]}"

    results.answered(_store(), say=say)
    opened = _opened(app)
    shown = opened.toggle(key="score_difference").set_value(True).run()
    (found,) = [block.value for block in shown.markdown if "red-background" in block.value]
    assert "![" not in found
    assert "](http" not in found
    assert found.startswith("See :red-background[~~")


def test_a_rating_is_saved_at_once_with_its_rater_and_note(app: AppTest) -> None:
    experiment = results.answered(_store())
    app.session_state["person"] = "Ada"
    opened = _opened(app)
    opened.text_input[0].set_value("Friendly").run()
    _press(opened, "Pass")
    (score,) = _ratings(experiment)
    assert (score.rater, score.judgement.outcome) == ("Ada", Outcome.PASS)
    assert score.judgement.reason == "Friendly"
    assert score.scorer == results.rated(_store()).draft.scorer.fingerprint()


def test_cannot_tell_is_kept_as_unscored_with_a_reason(app: AppTest) -> None:
    experiment = results.answered(_store())
    _press(_opened(app), "Can't tell")
    (score,) = _ratings(experiment)
    assert (score.judgement.outcome, score.judgement.reason) == (Outcome.UNSCORED, "Can't tell")


def test_the_next_unrated_case_follows_the_last_rating_of_a_case(app: AppTest) -> None:
    experiment = results.answered(_store())
    opened = _opened(app)
    first = opened.session_state["score_case"]
    done = _press(_press(opened, "Pass"), "Pass", 1)
    rated = {str(trial.case_id) for trial in _rated_trials(experiment)}
    assert rated == {first}
    assert done.session_state["score_case"] in {
        str(case_id) for case_id in _store().experiments.case_ids(experiment.id)
    } - {first}
    assert "Chosen because" in _everything(done)
    assert "1 of 3 cases rated by you" in _everything(done)


def test_what_comes_next_is_chosen_while_the_rater_reads(app: AppTest) -> None:
    results.answered(_store(), cases=5)
    page = _opened(app)
    after, ahead = page.session_state["score_ahead"]
    assert str(after[-1]) == page.session_state["score_case"]
    _press(_press(page, "Pass"), "Fail", 1)
    assert page.session_state["score_case"] == str(ahead.handed.case_id)


def test_rating_again_adds_a_newer_word_and_keeps_the_older(app: AppTest) -> None:
    experiment = results.answered(_store(), cases=1, labels=("ZEBRA",))
    _press(_press(_opened(app), "Pass"), "Fail")
    outcomes = [score.judgement.outcome for score in _ratings(experiment)]
    assert outcomes == [Outcome.PASS, Outcome.FAIL]


def test_the_same_rating_twice_is_kept_once(app: AppTest) -> None:
    experiment = results.answered(_store(), cases=1)
    _press(_press(_opened(app), "Pass"), "Pass")
    assert len(_ratings(experiment)) == 1


def test_a_half_written_note_outlives_a_reload(app: AppTest) -> None:
    results.answered(_store())
    _opened(app).text_input[0].set_value("Half a tho").run()
    again = sessions.opened()
    assert _opened(again).text_input[0].value == "Half a tho"


def test_somebody_elses_ratings_do_not_count_as_mine(app: AppTest) -> None:
    experiment = results.answered(_store())
    results.score(_store(), experiment, "C10", lambda trial: Outcome.PASS, rater="Grace")
    assert "0 of 3 cases rated by you" in _everything(_opened(app))


def test_several_trials_of_a_case_are_several_outputs(app: AppTest) -> None:
    results.answered(_store(), cases=1, trials=2)
    opened = _opened(app)
    assert len([button for button in opened.button if button.label == "Pass"]) == 2
    done = _press(_press(opened, "Pass"), "Pass", 1)
    (rows,) = (group for group in done.button_group if group.label == "Outputs")
    assert rows.value == 1


def test_when_everything_is_rated_the_page_points_to_the_verdicts(app: AppTest) -> None:
    results.answered(_store(), cases=1)
    done = _press(_press(_opened(app), "Pass"), "Pass", 1)
    assert "every output" in done.success[0].value


def test_an_output_with_markup_is_shown_as_it_came(app: AppTest) -> None:
    text = "![x](http://evil.test/a.png) <b>bold</b>"
    results.answered(_store(), say=lambda label, case, number: text)
    opened = _opened(app)
    assert [block.value for block in opened.code if "evil" in block.value] == [text, text]
    assert not [block.value for block in opened.markdown if "evil" in block.value]


def test_an_output_that_was_cut_off_says_so(app: AppTest) -> None:
    results.answered(_store(), finish_reason="length")
    badges = [
        badge for badge in _opened(app).markdown if "cut off at the token limit" in badge.value
    ]
    assert len(badges) == 2


def test_on_a_scale_a_rater_gives_a_score(app: AppTest) -> None:
    experiment = results.answered(_store())
    rated = results.rated(_store())
    scale = Scorer(ScorerKind.RATING, {"scale": [1, 5], "passes_from": 4})
    draft = replace(rated.draft, scorer=scale, measure=Measure.MEAN_SCORE, bar=0.75)
    _store().criteria.revise(rated.id, draft, rated.number, "Ada", "How good?")
    opened = _opened(app)
    assert "4 and more pass." in [caption.value for caption in opened.caption]
    _press(opened, "3")
    (score,) = [s for s in _ratings(experiment) if s.judgement.value is not None]
    assert (score.judgement.outcome, score.judgement.value) == (Outcome.FAIL, 3.0)


def test_who_has_no_name_is_asked_for_it_before_the_first_rating(app: AppTest) -> None:
    results.answered(_store())
    opened = _opened(app, person="")
    assert "Say who you are before you rate" in opened.info[0].value
    assert not [button for button in opened.button if button.label == "Pass"]
    named = opened.text_input(key="person_field").set_value("  Ada   Byron ").run()
    assert "You rate as Ada Byron" in "\n".join(c.value for c in named.caption)


def test_somebody_is_no_name(app: AppTest) -> None:
    results.answered(_store())
    named = _opened(app, person="").text_input(key="person_field").set_value("somebody").run()
    assert "Say who you are" in named.info[0].value


def test_what_was_pressed_on_a_page_that_is_out_of_date_changes_no_rating(app: AppTest) -> None:
    experiment = results.answered(_store())
    stale = _opened(sessions.opened())
    _press(_opened(app), "Pass")
    late = _press(stale, "Fail")
    assert [score.judgement.outcome for score in _ratings(experiment)] == [Outcome.PASS]
    assert "it was not used" in late.toast[0].value


def test_what_is_rated_has_no_key_and_what_waits_has_one(app: AppTest) -> None:
    results.answered(_store())
    done = _press(_opened(app), "Pass")
    keys = [button.proto.shortcut for button in done.button if button.label in ("Pass", "Fail")]
    assert keys == ["", "", "4", "5"]


def test_a_rating_can_be_taken_back_and_waits_again(app: AppTest) -> None:
    experiment = results.answered(_store())
    feature_id = experiment.feature_id
    waiting = _store().reports.rating
    before = waiting.waiting(feature_id)
    rated = _press(_opened(app), "Pass")
    assert waiting.waiting(feature_id) == before - 1
    back = rated.button(key="score_undo").click().run()
    assert not back.exception
    assert waiting.waiting(feature_id) == before
    assert [score.is_withdrawn for score in _ratings(experiment)] == [False, True]
    keys = [button.proto.shortcut for button in back.button if button.label in ("Pass", "Fail")]
    assert keys == ["1", "2", "4", "5"]
    again = _press(back, "Fail")
    assert waiting.waiting(feature_id) == before - 1
    assert not again.exception


def test_taking_back_goes_on_to_the_rating_before(app: AppTest) -> None:
    experiment = results.answered(_store())
    page = _press(_press(_opened(app), "Pass"), "Fail", 1)
    for _ in range(2):
        page = page.button(key="score_undo").click().run()
    waiting = _store().reports.rating.waiting(experiment.feature_id)
    assert waiting == len(_store().trials.of_experiment(experiment.id))
    nothing = page.button(key="score_undo").click().run()
    assert "no rating of yours" in nothing.toast[0].value


def test_a_rating_keeps_the_question_that_was_asked(app: AppTest) -> None:
    experiment = results.answered(_store())
    _press(_opened(app), "Pass")
    question = results.rated(_store()).draft.scorer.settings["question"]
    assert [score.question for score in _ratings(experiment)] == [question]


def test_what_is_not_applicable_is_said_and_the_slices_are_asked_about(app: AppTest) -> None:
    experiment = results.answered(_store())
    opened = _opened(app)
    assert not opened.warning
    for place in (0, 1, 0):
        opened = _press(opened, "Not applicable", place)
    outcomes = [score.judgement.outcome for score in _ratings(experiment)]
    assert outcomes == [Outcome.NOT_APPLICABLE] * 3
    said = opened.warning[0].value
    assert "3 of 3 outputs here are not applicable" in said
    assert "Are the slices of" in said


def test_two_raters_are_given_different_cases(app: AppTest) -> None:
    results.answered(_store())
    one = _opened(app).session_state["score_case"]
    again = sessions.opened()
    other = _opened(again, "Grace").session_state["score_case"]
    assert one != other


def test_the_share_that_two_people_rate_is_chosen_on_the_page(app: AppTest) -> None:
    results.answered(_store())
    opened = _opened(app)
    (field,) = (each for each in opened.selectbox if each.label == "Rated by two")
    assert field.value == 0.2
    changed = field.set_value(0.5).run()
    assert not changed.exception
    assert _store().claims.second_share(results.rated(_store()).id) == 0.5


RUBRIC = {
    "scale": [1, 5],
    "passes_from": 3,
    "levels": [
        {"score": 1, "description": "Wrong *or* rude", "anchors": ["<b>No.</b>"]},
        {"score": 3, "description": "Right but curt"},
        {"score": 5, "description": "Right and kind"},
    ],
}


def test_a_rubric_says_what_each_score_means_and_offers_no_other(app: AppTest) -> None:
    experiment = results.answered(_store())
    rated = results.rated(_store())
    draft = replace(
        rated.draft, scorer=Scorer(ScorerKind.RATING, RUBRIC), measure=Measure.MEAN_SCORE
    )
    _store().criteria.revise(rated.id, draft, rated.number, "Ada", "What do they mean?")
    opened = _opened(app)
    labels = [button.label for button in opened.button if button.label in ("1", "2", "3", "4", "5")]
    assert labels == ["1", "3", "5"] * 2
    assert "<b>No.</b>" in [block.value for block in opened.code]
    assert any("Wrong \\*or\\* rude" in block.value for block in opened.markdown)
    _press(opened, "3")
    (score,) = [s for s in _ratings(experiment) if s.judgement.value is not None]
    assert (score.judgement.outcome, score.judgement.value) == (Outcome.PASS, 3.0)


def test_scores_by_an_earlier_rubric_are_said_to_be_kept_and_not_counted(app: AppTest) -> None:
    results.answered(_store())
    opened = _press(_opened(app), "Pass")
    assert "earlier wording" not in _everything(opened)
    rated = results.rated(_store())
    draft = replace(rated.draft, scorer=Scorer(ScorerKind.RATING, {"question": "Really?"}))
    _store().criteria.revise(rated.id, draft, rated.number, "Ada", "Sharper")
    changed = _opened(app)
    assert "1 output here was scored by an earlier wording of" in _everything(changed)
    assert "0 of 3 cases rated by you" in _everything(changed)

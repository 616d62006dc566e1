"""Comparing two outputs on the Score page: blind, by keys, and on record."""

from streamlit.testing.v1 import AppTest

from tests import preferences
from tests.pages import results
from tests.pages.folds import CRITERIA, turned_to
from tests.pages.test_score import _everything, _opened, _store
from workbench.domain.criteria import Criterion, CriterionDraft, Scorer, ScorerKind
from workbench.domain.experiments import Experiment


def _asked(over: str = "ZEBRA") -> Criterion:
    """A criterion of the sample that compares with a variant."""
    store = _store()
    scorer = Scorer(ScorerKind.PREFERENCE, {"over": over, "question": "Which would you send?"})
    requirement = store.requirements.of(results.sample_id(store))[0]
    draft = CriterionDraft("Better than before", scorer, bar=0.6)
    return store.criteria.add(requirement.id, draft, "Test")


def _answered(labels: tuple[str, ...] = results.LABELS) -> tuple[Experiment, Criterion]:
    criterion = _asked()
    return results.answered(_store(), (criterion.key,), labels=labels), criterion


def _say(app: AppTest, label: str) -> AppTest:
    (button,) = [button for button in app.button if button.label == label]
    found = button.click().run()
    assert not found.exception
    return found


def _words() -> list[tuple[str, str, bool]]:
    rows = _store().database.rows(
        "select rater, outcome, is_withdrawn from pair_preferences order by created_at"
    )
    return [(rater, outcome, withdrawn) for rater, outcome, withdrawn in rows]


def test_two_outputs_stand_side_by_side_with_four_things_to_say(app: AppTest) -> None:
    _answered()
    opened = _opened(app)
    assert [header.value for header in opened.subheader] == ["Which would you send?"]
    said = [b for b in opened.button if b.key and b.label in {
        "Left is better", "Right is better", "Tie", "Both bad"
    }]  # fmt: skip
    assert [button.proto.shortcut for button in said] == ["1", "2", "t", "b"]
    assert [m.value for m in opened.markdown if m.value in ("**Left**", "**Right**")] == [
        "**Left**",
        "**Right**",
    ]


def test_nothing_sent_to_the_browser_says_which_variant_stands_where(app: AppTest) -> None:
    experiment, _ = _answered()
    opened = _opened(app)
    for place in range(3):
        sent = _everything(opened)
        assert "text " in sent
        for variant in experiment.variants:
            for secret in (variant.label, str(variant.id), variant.model, variant.connection):
                assert secret not in sent
        for trial in _store().trials.of_experiment(experiment.id):
            assert str(trial.id) not in sent
        if place < 2:
            opened = _say(opened, "Tie")
    address = dict(opened.query_params)
    # What is looked at, which is the same whichever stands left; no output and no variant.
    assert address.keys() <= {"feature", "show", "experiment", "criterion", "case"}
    assert address["experiment"] == experiment.key
    assert address["case"] in map(str, _store().experiments.case_ids(experiment.id))


def test_the_loop_bar_counts_the_pairs_that_wait(app: AppTest) -> None:
    _answered()
    opened = _opened(app)
    assert any("3 pairs to compare" in caption.value for caption in opened.caption)
    opened = _say(opened, "Tie")
    assert any("2 pairs to compare" in caption.value for caption in opened.caption)


def test_a_word_is_kept_and_the_next_case_is_shown(app: AppTest) -> None:
    experiment, criterion = _answered()
    opened = _opened(app)
    first = opened.session_state["score_case"]
    opened.text_input[0].set_value("Warmer").run()
    after = _say(opened, "Left is better")
    assert after.session_state["score_case"] != first
    assert _words() == [("Ada", "first", False)]
    assert _store().database.rows("select note from pair_preferences") == [("Warmer",)]
    scores = [
        score
        for trial in _store().trials.of_experiment(experiment.id)
        for score in _store().scores.of_trial(trial.id)
        if score.criterion_id == criterion.id
    ]
    assert len(scores) == 1


def test_the_last_word_is_taken_back(app: AppTest) -> None:
    _answered()
    opened = _opened(app)
    first = opened.session_state["score_case"]
    back = _say(_say(opened, "Both bad"), "Take the last rating back")
    assert back.session_state["score_case"] == first
    assert _words() == [("Ada", "both_bad", False), ("Ada", "both_bad", True)]


def test_three_variants_are_compared_two_by_two_and_told_on_demand(app: AppTest) -> None:
    labels = (*results.LABELS, "OKAPI")
    _answered(labels)
    opened = _opened(app)
    for _ in range(3):
        assert [label for label in labels if label in _everything(opened)] == []
        opened = _say(opened, "Right is better")
    told = opened.button(key="score_unblind").click().run()
    (said,) = [m.value for m in told.markdown if "was on the left" in m.value]
    assert said.count(" is better)") == 3
    for label in labels:
        assert said.count(f"[{label}] was on the left") + said.count(f"[{label}] on the right") == 2


def test_outputs_that_are_the_same_are_said_to_be(app: AppTest) -> None:
    _answered()
    opened = _opened(app)
    assert any("the same, word for word" in caption.value for caption in opened.caption)


def test_an_experiment_with_one_variant_has_nothing_to_compare(app: AppTest) -> None:
    results.answered(_store(), ("C10",), labels=("ZEBRA",))
    criterion = _asked()
    opened = _opened(app)
    found = opened.selectbox(key="score_criterion").set_value(criterion.key).run()
    assert not found.exception
    assert "has no two outputs of one case" in found.info[0].value


def test_the_results_say_who_is_liked_better_and_whether_the_side_mattered(app: AppTest) -> None:
    experiment, criterion = _answered()
    preferences.say(_store(), experiment, criterion, ["KIWI", "KIWI", "tie"])
    app.query_params["experiment"] = experiment.key
    shown = app.switch_page("pages/experiment/experiments.py").run()
    assert not shown.exception
    said = [element.value for element in (*shown.markdown, *shown.caption)]
    counted = "KIWI was liked better in 2 and ZEBRA in 0; 1 was a tie"
    assert any(counted in each for each in said)
    assert any("Not enough pairs to tell whether the order mattered" in each for each in said)
    assert any("ZEBRA is what others are compared with" in each for each in said)


def test_pairs_that_wait_lead_from_the_results_to_the_score_page(app: AppTest) -> None:
    experiment, _ = _answered()
    app.query_params["experiment"] = experiment.key
    shown = app.switch_page("pages/experiment/experiments.py").run()
    assert not shown.exception
    links = [str(link.proto.label) for link in shown.get("page_link")]
    assert "3 pairs wait to be compared" in links


def test_a_criterion_that_compares_is_written_in_the_drawer(app: AppTest) -> None:
    results.answered(_store(), ("C10",))
    requirement = _store().requirements.of(results.sample_id(_store()))[0]
    page = turned_to(app.switch_page("pages/define/requirements.py"), CRITERIA)
    page.button(key="requirements_criterion_add").click().run()
    token = f"requirements_criterion_new_{requirement.id}"
    page.get_by_key(f"{token}_kind").set_value("preference").run()
    assert not page.exception
    offered = page.get_by_key(f"{token}_over").options
    assert any(option.startswith("ZEBRA: ") for option in offered)
    assert any("It takes two answers" in caption.value for caption in page.caption)

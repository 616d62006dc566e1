"""Deciding: every requirement against its evidence, and the way back to its revision."""

from uuid import uuid4

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Checkbox

from tests import building
from tests.pages import results
from tests.pages.folds import key_of, unfolded
from workbench.domain.requirements import Kind, RequirementDraft
from workbench.domain.scores import Outcome
from workbench.domain.trials import Trial
from workbench.store.store import Store
from workbench.ui.parts.resources import services
from workbench.ui.verdicts import revision
from workbench.ui.verdicts.reading import Example

PAGE = "pages/decide/verdicts.py"


def _store() -> Store:
    return services().store


def _opened(app: AppTest) -> AppTest:
    found = app.switch_page(PAGE).run()
    assert not found.exception
    return found


def _texts(app: AppTest) -> str:
    elements = (*app.markdown, *app.caption, *app.subheader, *app.info, *app.warning)
    return "\n".join(element.value for element in elements)


def _revise(app: AppTest) -> AppTest:
    """Press Revise at R2."""
    mine = _store().requirements.of(results.sample_id(_store()))
    revised = next(each for each in mine if each.key == "R2")
    found = app.button(key=f"decide_revise_{revised.id}").click().run()
    assert not found.exception
    assert [header.value for header in found.header] == ["Requirements"]
    return found


def _sent(app: AppTest) -> str:
    """The texts of the page that is shown."""
    return "\n".join(element.value for element in (*app.markdown, *app.caption, *app.code))


def _boxes(app: AppTest) -> list[Checkbox]:
    """What attaches a failing output, one each."""
    return [box for box in app.checkbox if box.label == "Attach to the revision"]


def _fails(trial: Trial) -> Outcome:
    return Outcome.FAIL


def _passes(trial: Trial) -> Outcome:
    return Outcome.PASS


def _zebra_passes(trial: Trial) -> Outcome:
    return Outcome.PASS if trial.model == "model-ZEBRA" else Outcome.FAIL


def _missed(app: AppTest) -> AppTest:
    """C4 of R2 has failed everywhere, for the candidate ZEBRA."""
    experiment = results.answered(_store(), ("C4",), cases=12)
    results.score(_store(), experiment, "C4", _fails, reason="It says refund.")
    results.choose(_store(), "ZEBRA")
    return _opened(app)


def test_without_results_the_page_says_to_run_an_experiment(app: AppTest) -> None:
    shown = _opened(app)
    assert "No experiment has been run yet" in _texts(shown)
    # The sample's are set up already, and the page that sets up more is the page that runs them.
    links = [str(link.proto.label) for link in shown.get("page_link")]
    assert "Go to Experiments" in links
    assert "Set up an experiment" not in links


def test_the_summary_counts_the_requirements_in_words(app: AppTest) -> None:
    shown = _missed(app)
    assert shown.subheader[0].value == "0 of 6 requirements are met, 1 is missed, 5 lack evidence."


def test_each_requirement_is_shown_with_its_statement_and_verdict(app: AppTest) -> None:
    shown = _texts(unfolded(_missed(app), "Every variant"))
    for requirement in _store().requirements.of(results.sample_id(_store())):
        assert f"**{requirement.key}**" in shown
    assert ":red-badge[:material/cancel: not met]" in shown


def test_a_verdict_is_explained_in_natural_frequencies(app: AppTest) -> None:
    assert "Of 100 answers like these we expect about 0 to pass" in _texts(_missed(app))


def test_only_the_verdict_that_is_chosen_is_shown(app: AppTest) -> None:
    shown = _missed(app).segmented_control(key="decide_filter").set_value("not_met").run()
    revised = [button.key for button in shown.button if button.label == "Revise"]
    missed = next(r for r in _store().requirements.of(results.sample_id(_store())) if r.key == "R2")
    assert revised == [f"decide_revise_{missed.id}"]


def test_three_failing_outputs_stand_beside_a_missed_criterion(app: AppTest) -> None:
    shown = unfolded(_missed(app), "Failing outputs: 3 of 12")
    assert len(_boxes(shown)) == 3


def test_what_is_folded_is_drawn_once_it_is_opened(app: AppTest) -> None:
    shown = _missed(app)
    assert not _boxes(shown)
    assert not any(block.language == "sql" for block in shown.code)
    details = unfolded(shown, "Details")
    assert any(block.language == "sql" for block in details.code)
    assert not _boxes(details)


def test_the_failing_outputs_stay_open_as_one_more_fails(app: AppTest) -> None:
    shown = unfolded(_missed(app), "Failing outputs: 3 of 12")
    experiment = results.answered(_store(), ("C4",), cases=14)
    results.score(_store(), experiment, "C4", _fails)
    shown.run()
    assert "Failing outputs: 3 of 14" in [expander.label for expander in shown.expander]
    assert len(_boxes(shown)) == 3


def test_revise_opens_the_requirement_with_the_verdict_as_evidence(app: AppTest) -> None:
    shown = _revise(_missed(app))
    assert "C4 Promises no refund, replacement or guarantee: not met" in _sent(shown)


def test_an_attached_example_goes_along_with_its_case_and_output(app: AppTest) -> None:
    shown = unfolded(_missed(app), "Failing outputs")
    shown = _boxes(shown)[0].check().run()
    # Folded again: what was ticked is attached all the same.
    folded = next(each for each in shown.expander if each.label.startswith("Failing outputs"))
    shown.session_state[key_of(folded)] = False
    assert not _boxes(shown.run())
    sent = _sent(_revise(shown))
    assert "It says refund." in sent
    assert "text 0 1" in sent


def test_the_evidence_names_its_experiment_criterion_variant_case_and_output(
    app: AppTest,
) -> None:
    _missed(app)
    store = _store()
    rows = building.of_candidate(store, results.sample_id(store))
    row = next(row for row in rows if row.requirement.key == "R2")
    found = next(v for v in row.criteria if v.criterion.key == "C4")
    example = Example(uuid4(), "refund-1", "message: Hi", "We will refund", "It says refund.", 1)
    verdict, failure = revision.evidence(row, [(found, example)])
    assert "12 cases" in verdict["summary"]
    assert verdict | {"summary": ""} == {
        "summary": "",
        "experiment": found.experiment,
        "criterion": "C4",
        "variant": "ZEBRA",
        "case": "",
        "output": "",
    }
    assert failure["summary"] == "C4 failed on refund-1: It says refund."
    assert (failure["case"], failure["output"]) == ("refund-1", "We will refund")


def test_the_outputs_of_a_verdict_can_be_opened(app: AppTest) -> None:
    shown = unfolded(_missed(app), "Details")
    button = next(b for b in shown.button if b.label.startswith("Open the outputs of E"))
    button.click().run()
    assert (
        shown.session_state["experiments_open"]
        == _store().experiments.of(results.sample_id(_store()))[-1].key
    )


def test_choosing_a_candidate_makes_its_verdicts_count(app: AppTest) -> None:
    experiment = results.answered(_store(), ("C8",), cases=30)
    results.score(_store(), experiment, "C8", _zebra_passes)
    results.choose(_store(), "KIWI")
    shown = _opened(app)
    zebra = next(v for v in experiment.variants if v.label == "ZEBRA")
    shown.selectbox(key="decide_candidate").set_value(str(zebra.id)).run()
    shown.text_input(key="decide_why").set_value("It is brief").run()
    shown.button(key="decide_choose").click().run()
    assert not shown.exception
    assert _store().features.candidate(results.sample_id(_store())) == zebra.id
    assert _store().history.lately(results.sample_id(_store()))[0].why == "It is brief"


def test_the_variants_are_compared_requirement_by_requirement(app: AppTest) -> None:
    experiment = results.answered(_store(), ("C4",), cases=12)
    results.score(_store(), experiment, "C4", _zebra_passes)
    shown = unfolded(_opened(app), "Every variant")
    table = next(m.value for m in shown.markdown if m.value.startswith("| Requirement"))
    row = next(line for line in table.splitlines() if "**R2**" in line)
    assert "not enough evidence" in row
    assert "not met" in row
    assert "ZEBRA" in table.splitlines()[0]
    assert "KIWI" in table.splitlines()[0]


def test_a_requirement_revised_since_is_shown_as_stale(app: AppTest) -> None:
    _missed(app)
    store = _store()
    revised = next(r for r in store.requirements.of(results.sample_id(store)) if r.key == "R2")
    store.requirements.revise(revised.id, revised.draft, 1, "Test", "Clearer")
    shown = _texts(_opened(app))
    assert "not met, stale" in shown
    assert "R2 was revised" in shown


def test_a_requirement_without_a_criterion_asks_for_one(app: AppTest) -> None:
    store = _store()
    rated = results.rated(store)
    store.criteria.archive(rated.id, "Ada", "Not needed")
    shown = _opened(app).button(key=f"decide_open_{rated.requirement_id}").click().run()
    assert "Add a criterion." in _texts(shown)


def test_one_requirement_is_open_and_the_others_are_rows(app: AppTest) -> None:
    shown = _missed(app)
    rows = {b.key: b for b in shown.button if str(b.key).startswith("decide_open_")}
    assert len(rows) == 6
    assert len([button for button in shown.button if button.label == "Revise"]) == 1
    assert "Names no price" not in _texts(shown)
    other = next(r for r in _store().requirements.of(results.sample_id(_store())) if r.key == "R5")
    shown = rows[f"decide_open_{other.id}"].click().run()
    assert [b.key for b in shown.button if b.label == "Revise"] == [f"decide_revise_{other.id}"]


def test_the_requirement_that_is_missed_is_opened_first(app: AppTest) -> None:
    shown = _missed(app)
    missed = next(r for r in _store().requirements.of(results.sample_id(_store())) if r.key == "R2")
    assert [b.key for b in shown.button if b.label == "Revise"] == [f"decide_revise_{missed.id}"]


def test_the_row_of_a_requirement_says_its_verdict_in_words(app: AppTest) -> None:
    helps = [b.help for b in _missed(app).button if str(b.key).startswith("decide_open_")]
    assert len([said for said in helps if said.startswith("Not met: ")]) == 1
    assert len([said for said in helps if said.startswith("Not evaluated: ")]) == 5


def test_many_requirements_are_found_by_words_key_and_kind(app: AppTest) -> None:
    store = _store()
    feature_id = results.sample_id(store)
    for number in range(54):
        kind = Kind.COST if number % 9 == 0 else Kind.QUALITY
        draft = RequirementDraft(f"It can do thing {number} well", kind=kind)
        store.requirements.add(feature_id, draft, "Ada")
    shown = _opened(app)

    def listed(found: AppTest) -> int:
        return len([b for b in found.button if str(b.key).startswith("decide_open_")])

    assert listed(shown) == 60
    assert len([button for button in shown.button if button.label == "Revise"]) == 1
    shown.text_input(key="decide_find").set_value("THING r60").run()
    assert listed(shown) == 1
    shown.text_input(key="decide_find").set_value("r2").run()
    assert "**R2**" in shown.button(key=_open_key("R2")).label
    shown.text_input(key="decide_find").set_value("refund").run()
    assert _open_key("R2") in [b.key for b in shown.button], "by the title of its criterion"
    shown.text_input(key="decide_find").set_value("no such word").run()
    assert "No requirement is like that." in _texts(shown)
    shown.text_input(key="decide_find").set_value("")
    shown.button_group(key="decide_kinds").set_value([Kind.COST]).run()
    assert listed(shown) == 6


def _open_key(key: str) -> str:
    mine = _store().requirements.of(results.sample_id(_store()))
    return f"decide_open_{next(each.id for each in mine if each.key == key)}"


def test_an_output_with_markup_is_shown_as_it_came(app: AppTest) -> None:
    text = "![x](http://evil.test/a.png)"
    experiment = results.answered(_store(), ("C4",), cases=12, say=lambda label, case, number: text)
    results.score(_store(), experiment, "C4", _fails, reason=text)
    results.choose(_store(), "ZEBRA")
    shown = unfolded(_opened(app), "Failing outputs")
    assert text in [block.value for block in shown.code]
    assert text not in _texts(shown)


def test_what_may_flatter_a_verdict_is_said_with_what_to_do(app: AppTest) -> None:
    experiment = results.answered(_store(), ("C10",), cases=12)
    results.score(_store(), experiment, "C10", _passes, rater="Ada")
    results.choose(_store(), "ZEBRA")
    shown = unfolded(_opened(app), "2 things to keep in mind")
    assert "The candidate was chosen among 2 variants" in _texts(shown)
    assert "No output was rated by two people for C10" in _texts(shown)
    assert "Let a second person rate 20 of them" in _texts(shown)


def _lacking(app: AppTest, waiting: int) -> AppTest:
    """C7 of R4, and C10 of R6, lack the answers that were not asked yet."""
    experiment = results.answered(
        _store(), ("C7", "C10"), cases=12, labels=("ZEBRA",), waiting=waiting
    )
    results.score(_store(), experiment, "C7", _passes)
    results.choose(_store(), "ZEBRA")
    return _opened(app)


def _newest() -> str:
    return _store().experiments.of(results.sample_id(_store()))[-1].key


def _open(shown: AppTest, key: str) -> AppTest:
    return shown.button(key=_open_key(key)).click().run()


def _steps(shown: AppTest) -> list[str]:
    return [b.label for b in shown.button if str(b.key).startswith("decide_step_")]


def _take(shown: AppTest) -> AppTest:
    return next(b for b in shown.button if str(b.key).startswith("decide_step_")).click().run()


def test_a_criterion_that_lacks_answers_leads_to_where_they_are_asked(app: AppTest) -> None:
    shown = _open(_lacking(app, 3), "R4")
    key = _newest()
    assert _steps(shown) == [f"Ask for 3 missing answers in {key}"]
    shown = _take(shown)
    assert not shown.exception
    assert shown.session_state["experiments_open"] == key
    assert "Ask for 3 calls" in [button.label for button in shown.button]


def test_a_criterion_that_lacks_ratings_leads_to_them(app: AppTest) -> None:
    shown = _open(_lacking(app, 0), "R6")
    assert _steps(shown) == ["Rate 12 outputs"]
    shown = _take(shown)
    assert [header.value for header in shown.header] == ["Score"]
    assert shown.session_state["score_experiment"] == _newest()


def test_a_criterion_that_nothing_has_tried_says_so_and_leads_to_a_plan(app: AppTest) -> None:
    shown = _open(_opened(app), "R3")
    line = next(m.value for m in shown.markdown if m.value.startswith("C6 "))
    assert "not evaluated" in line
    (set_up,) = (e for e in _store().experiments.of(results.sample_id(_store())) if e.key == "E2")
    _store().archivings.add(set_up.id, "Ada", "Not this one", is_archived=True)
    shown = _open(_opened(app), "R3")
    assert _steps(shown) == ["Plan an experiment"]
    shown = _take(shown)
    assert [header.value for header in shown.header] == ["New experiment"]


def test_a_criterion_that_an_experiment_waits_to_try_leads_to_that(app: AppTest) -> None:
    shown = _open(_opened(app), "R3")
    assert _steps(shown) == ["Go to E2, which is set up for this"]
    shown = _take(shown)
    assert shown.session_state["experiments_open"] == "E2"
    assert "Start 42 calls" in [button.label for button in shown.button]


def test_a_criterion_that_is_decided_asks_for_nothing(app: AppTest) -> None:
    shown = _missed(app)
    decided = results.criterion(_store(), "C4").id
    assert [b.key for b in shown.button if f"decide_step_{decided}" in str(b.key)] == []

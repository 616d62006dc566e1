"""The Data page: cases are imported, edited, saved as versions, and looked at."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from streamlit.testing.v1 import AppTest

from tests.pages import sessions
from tests.pages.results import sample_id
from tests.store.test_progress import statements
from workbench.domain.criteria import CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.data_plans import DataPlan
from workbench.domain.data_terms import DataTerms
from workbench.domain.datasets import CaseDraft, DatasetVersion
from workbench.evidence.words.least import JUDGED, least
from workbench.exchange.tables import case_files
from workbench.ui.parts.resources import services

PAGE = "pages/define/data.py"
PASTED = "Customer Message\tid\tcategory\nWhere is my tea?\tq1\tdelivery\nIt broke.\tq2\tdamage"


def opened(app: AppTest, view: str = "cases") -> AppTest:
    app.switch_page(PAGE).run()
    if view != "cases":
        app.button_group(key="data_view").set_value(view).run()
    assert not app.exception
    return app


def newest() -> DatasetVersion:
    feature = services().store.features.all()[0]
    assert feature.id is not None
    return services().store.datasets.of(feature.id)[-1]


def edit(app: AppTest, state: dict[str, Any]) -> AppTest:
    """Type into the grid, as the browser reports it."""
    grid = app.data_editor[0]
    app.session_state[grid.key] = {
        "edited_rows": {},
        "added_rows": [],
        "deleted_rows": [],
        **state,
    }
    return app.run()


def note(app: AppTest) -> Any:
    """The field that says what changed, and why."""
    (found,) = [each for each in app.text_input if each.label == "What changed, and why"]
    return found


def words(app: AppTest) -> str:
    shown = (*app.markdown, *app.caption, *app.error, *app.warning, *app.info, *app.subheader)
    return "\n".join(str(each.value) for each in shown)


def pasted(app: AppTest, text: str) -> AppTest:
    opened(app, "import")
    app.button_group(key="data_import_from").set_value("paste").run()
    return app.text_area(key="data_paste_0").set_value(text).run()


def test_the_cases_of_the_newest_version_are_in_the_grid(app: AppTest) -> None:
    opened(app)
    assert list(app.data_editor[0].value["key"])[:2] == ["damage-01", "damage-02"]
    assert len(app.data_editor[0].value) == newest().n_cases


def test_cases_are_found_by_search(app: AppTest) -> None:
    opened(app).text_input(key="data_search").set_value("TEAPOT ARRIVED").run()
    assert list(app.data_editor[0].value["key"]) == ["damage-01"]


def test_the_same_search_looks_through_the_cases_once(app: AppTest) -> None:
    def searches(asked: list[str]) -> list[str]:
        return [sql for sql in asked if "lower($search)" in sql]

    with statements() as first:
        opened(app).text_input(key="data_search").set_value("teapot").run()
    assert searches(first)
    with statements() as again:
        app.run()
    assert not searches(again)


def test_edits_are_saved_as_the_next_version_with_a_note(app: AppTest) -> None:
    before = newest()
    opened(app)
    edit(
        app,
        {
            "edited_rows": {0: {"variable: message": "My cup broke."}},
            "added_rows": [{"variable: message": "Do you sell mugs?", "tags": ["product"]}],
            "deleted_rows": [1],
        },
    )
    assert "Not saved yet: 1 added, 1 edited, 1 removed" in words(app)
    note(app).set_value("Mugs")
    app.button(key="data_save").click().run()
    after = newest()
    assert (after.number, after.note, after.n_cases) == (2, "Mugs", before.n_cases)
    cases = services().store.datasets.cases(after.id)
    assert cases[0].variables["message"] == "My cup broke."
    assert cases[-1].variables == {"message": "Do you sell mugs?", "order_id": ""}
    assert "damage-02" not in [case.key for case in cases]


def test_unsaved_edits_survive_a_reload(app: AppTest) -> None:
    edit(opened(app), {"edited_rows": {0: {"reference": "Sorry!"}}, "deleted_rows": [2]})
    again = opened(sessions.opened())
    grid = again.data_editor[0].value
    assert grid["reference"][0] == "Sorry!"
    assert "damage-03" not in list(grid["key"])
    assert "Not saved yet: 1 edited, 1 removed" in words(again)


def test_the_note_on_unsaved_edits_survives_a_reload_and_goes_with_them(app: AppTest) -> None:
    edit(opened(app), {"edited_rows": {0: {"reference": "Sorry!"}}})
    note(app).set_value("Kinder answers").run()
    again = second_tab()
    assert note(again).value == "Kinder answers"
    again.button(key="data_save").click().run()
    assert newest().note == "Kinder answers"
    assert note(again).value == ""


def test_a_discarded_note_is_gone(app: AppTest) -> None:
    edit(opened(app), {"edited_rows": {0: {"reference": "Sorry!"}}})
    note(app).set_value("Kinder answers").run()
    app.button(key="data_discard").click().run()
    assert note(app).value == ""
    assert note(second_tab()).value == ""


def test_what_a_new_dataset_is_called_survives_a_reload(app: AppTest) -> None:
    opened(app, "import").button_group(key="data_import_from").set_value("grid").run()
    app.text_input(key="data_new_name").set_value("By hand").run()
    app.multiselect(key="data_new_variables").set_value(["message"]).run()
    again = second_tab()
    again.button_group(key="data_view").set_value("import").run()
    again.button_group(key="data_import_from").set_value("grid").run()
    assert again.text_input(key="data_new_name").value == "By hand"
    assert again.multiselect(key="data_new_variables").value == ["message"]


def second_tab() -> AppTest:
    return opened(sessions.opened())


def test_two_tabs_that_edit_different_rows_keep_both(app: AppTest) -> None:
    opened(app)
    other = second_tab()
    edit(app, {"edited_rows": {0: {"reference": "From the first tab"}}})
    edit(other, {"edited_rows": {1: {"reference": "From the second tab"}}})

    found = list(second_tab().data_editor[0].value["reference"])

    assert found[:2] == ["From the first tab", "From the second tab"]


def test_two_tabs_that_add_rows_keep_both_and_double_none(app: AppTest) -> None:
    opened(app)
    other = second_tab()
    edit(app, {"added_rows": [{"key": "first"}]})
    edit(other, {"added_rows": [{"key": "second"}]})
    edit(app, {"added_rows": [{"key": "first"}, {"key": "third"}]})

    keys = list(second_tab().data_editor[0].value["key"])

    assert [keys.count(key) for key in ("first", "second", "third")] == [1, 1, 1]


def test_unsaved_edits_survive_a_filter_and_are_not_applied_twice(app: AppTest) -> None:
    edit(opened(app), {"added_rows": [{"key": "new"}], "deleted_rows": [0]})
    app.text_input(key="data_search").set_value("teapot arrived").run()
    assert list(app.data_editor[0].value["key"]) == ["new"]
    app.text_input(key="data_search").set_value("").run()
    assert list(app.data_editor[0].value["key"]).count("new") == 1
    assert "Not saved yet: 1 added, 1 removed" in words(app)


def test_discarded_edits_are_gone(app: AppTest) -> None:
    edit(opened(app), {"edited_rows": {0: {"reference": "Sorry!"}}})
    app.button(key="data_discard").click().run()
    assert "as it was saved" in words(app)
    assert app.data_editor[0].value["reference"][0] != "Sorry!"


def test_a_doubled_key_is_refused_and_nothing_is_lost(app: AppTest) -> None:
    edit(opened(app), {"edited_rows": {0: {"key": "damage-02"}}})
    app.button(key="data_save").click().run()
    assert "Two cases have the key “damage-02”" in words(app)
    assert newest().number == 1
    assert "Not saved yet: 1 edited" in words(app)


def test_when_somebody_was_faster_both_sides_are_shown_and_mine_can_go_on_top(
    app: AppTest,
) -> None:
    edit(opened(app), {"edited_rows": {0: {"reference": "Mine"}}})
    datasets, base = services().store.datasets, newest()
    theirs = [case.draft() for case in datasets.cases(base.id)][:-1]
    datasets.save(base.dataset_id, theirs, 1, "Ben", "One less")
    app.run()
    assert "Ben saved version 2 while you were editing version 1" in words(app)
    assert "One less" in words(app)
    app.button(key="data_rebase").click().run()
    app.button(key="data_save").click().run()
    after = newest()
    assert (after.number, after.n_cases) == (3, base.n_cases - 1)
    assert datasets.cases(after.id)[0].reference == "Mine"


def test_a_variable_can_be_added(app: AppTest) -> None:
    opened(app).text_input(key="data_variable").set_value("Customer Name").run()
    app.button(key="data_variable_add").click().run()
    assert "variable: customer_name" in app.data_editor[0].value.columns


def test_coverage_says_for_each_criterion_how_many_cases_it_needs(app: AppTest) -> None:
    opened(app, "coverage")
    assert "looks at cases tagged order-given: **16 cases**" in words(app)
    assert "To show at least 80% it takes at least 14." in words(app)


def test_an_older_version_opens_read_only_and_can_be_brought_back(app: AppTest) -> None:
    datasets, base = services().store.datasets, newest()
    cases = [case.draft() for case in datasets.cases(base.id)]
    datasets.save(base.dataset_id, cases[:3], 1, "Ben", "Only three")
    opened(app, "versions")
    assert f"{base.n_cases - 3} removed" in words(app)
    app.button(key="data_open_version_1").click().run()
    assert "Version 1 of 2, read only" in words(app)
    assert not app.data_editor
    app.button(key="data_bring_back").click().run()
    assert (newest().number, newest().n_cases) == (3, base.n_cases)


def test_a_pasted_table_becomes_a_dataset_with_names_that_prompts_can_use(app: AppTest) -> None:
    pasted(app, PASTED)
    app.text_input(key="data_name_").set_value("Pasted").run()
    app.button(key="data_create").click().run()
    kept = newest()
    cases = services().store.datasets.cases(kept.id)
    assert (kept.name, [case.key for case in cases]) == ("Pasted", ["q1", "q2"])
    assert cases[0].variables == {"customer_message": "Where is my tea?"}
    assert cases[1].tags == ("damage",)
    assert list(app.data_editor[0].value["key"]) == ["q1", "q2"]


def test_cases_can_be_told_to_share_a_document(app: AppTest) -> None:
    pasted(app, "message\tdocument_id\nWhat is due?\tinvoice 7\nBy when?\tinvoice 7\nHi\t")
    app.text_input(key="data_name_").set_value("Invoices").run()
    app.button(key="data_create").click().run()
    cases = services().store.datasets.cases(newest().id)
    assert [case.group for case in cases] == ["invoice 7", "invoice 7", ""]
    assert list(app.data_editor[0].value["group"]) == ["invoice 7", "invoice 7", ""]
    assert "**3** cases · 1 group" in words(app)


def test_pasted_cases_are_added_to_the_dataset_without_replacing_any(app: AppTest) -> None:
    before = newest()
    pasted(app, "message\torder_id\nWhere is it?\tTB-1\nAnd now?\tTB-2")
    app.button_group(key="data_import_as_3").set_value("add").run()
    assert "2 added" in words(app)
    app.button(key="data_import_save").click().run()
    assert (newest().number, newest().n_cases) == (2, before.n_cases + 2)


def test_a_file_can_replace_the_cases(app: AppTest) -> None:
    opened(app, "import")
    data = b'{"message": "Hi", "key": "a"}\n{"message": "Ho", "key": "b"}\n'
    app.file_uploader(key="data_upload_0").upload("more.jsonl", data).run()
    app.button_group(key="data_import_as_3").set_value("replace").run()
    app.button(key="data_import_save").click().run()
    assert (newest().number, newest().n_cases) == (2, 2)


def test_an_unreadable_line_is_named(app: AppTest) -> None:
    opened(app, "import")
    app.file_uploader(key="data_upload_0").upload("more.jsonl", b'{"a": "b"}\n{"a": \n').run()
    assert "ine 2" in words(app)
    assert not app.exception


def test_a_doubled_key_in_a_table_names_both_rows(app: AppTest) -> None:
    pasted(app, "key\tmessage\nq1\tHi\nq1\tHo")
    assert "Rows 1 and 2 have the same key, “q1”" in words(app)


def test_a_paste_survives_a_reload(app: AppTest) -> None:
    pasted(app, PASTED)
    again = opened(sessions.opened(), "import")
    assert again.button_group(key="data_import_from").value == "paste"
    assert again.text_area(key="data_paste_0").value == PASTED


def test_an_empty_grid_that_was_written_into_is_there_after_a_reload(app: AppTest) -> None:
    opened(app, "import").button_group(key="data_import_from").set_value("grid").run()
    edit(app, {"edited_rows": {0: {"variable: message": "Hello?"}}})
    again = opened(sessions.opened(), "import")
    assert "Hello?" in list(again.data_editor[0].value["variable: message"])


def test_what_was_read_is_counted_and_an_empty_cell_is_empty(app: AppTest) -> None:
    pasted(app, "message\tid\nHi\t\nHo\tq2")
    assert "2 rows, 2 columns.\n" in words(app)
    (preview,) = [each for each in app.dataframe if "message" in each.value.columns]
    # Streamlit's own word for an empty cell is “None”, as if the file said so.
    assert preview.proto.HasField("placeholder")
    assert preview.proto.placeholder == ""


def test_an_empty_grid_becomes_a_dataset(app: AppTest) -> None:
    opened(app, "import").button_group(key="data_import_from").set_value("grid").run()
    edit(app, {"edited_rows": {0: {"variable: message": "Hello?"}}})
    app.text_input(key="data_new_name").set_value("By hand").run()
    app.button(key="data_create_grid").click().run()
    assert (newest().name, newest().n_cases) == ("By hand", 1)


def test_exports_hold_every_case_and_no_formula(app: AppTest) -> None:
    cases = [case.draft() for case in services().store.datasets.cases(newest().id)]
    first = cases[0].__class__("=1+1", {"message": "=cmd()"}, tags=("x", "y"))
    assert case_files.csv_text([first]).splitlines() == [
        "key,message,reference,tags,source,held_out,group",
        "'=1+1,'=cmd(),,\"x, y\",,false,",
    ]
    assert len(case_files.jsonl_text(cases).splitlines()) == len(cases)


def choice(app: AppTest, field: str) -> Any:
    """The widget by which a way of reading is chosen."""
    (found,) = [
        each
        for each in (*app.selectbox, *app.number_input)
        if (each.key or "").startswith("data_read_") and (each.key or "").endswith(field)
    ]
    return found


def test_an_encoding_that_is_not_clear_is_chosen_on_the_page(app: AppTest) -> None:
    opened(app, "import")
    data = "message;key\nאיפה ההזמנה שלי? אני מחכה כבר שבועיים.;a\n".encode("cp1255")
    app.file_uploader(key="data_upload_0").upload("more.csv", data).run()
    assert "CSV UTF-8" in words(app)
    assert not [button for button in app.button if button.key == "data_create"]
    choice(app, "encoding").set_value("cp1255").run()
    assert not app.exception
    app.button(key="data_create").click().run()
    (case,) = services().store.datasets.cases(newest().id)
    assert case.variables["message"].startswith("איפה")


def test_pasted_lines_stay_cases_and_a_separator_can_be_stated(app: AppTest) -> None:
    pasted(app, "Was kostet 1,5 kg Tee?\nWas kostet 2,5 kg Tee?\nWas kostet 3,5 kg Tee?")
    assert [button.label for button in app.button if button.key == "data_create"] == [
        "Create with 3 cases"
    ]
    choice(app, "separator").set_value(",").run()
    assert "3 rows, 2 columns" in words(app)
    choice(app, "header").set_value(1).run()
    assert "2 rows, 2 columns" in words(app)


def test_one_of_several_lists_of_a_document_is_chosen_on_the_page(app: AppTest) -> None:
    opened(app, "import")
    data = b'{"items": [{"message": "a"}], "others": [{"message": "b"}, {"message": "c"}]}'
    app.file_uploader(key="data_upload_0").upload("more.json", data).run()
    assert "several lists of objects" in words(app)
    choice(app, "rows_at").set_value("others").run()
    assert "2 rows, 1 column" in words(app)
    assert "what stands beside it was left out" in words(app)


def _strict(bar: float = 0.99, **more: Any) -> str:
    """The id of a criterion that lacks cases."""
    store = services().store
    requirement = store.requirements.of(sample_id(store))[0]
    polite = Scorer(ScorerKind.CONTAINS, {"texts": ["thank you"]})
    draft = replace(CriterionDraft("Always thanks", polite, bar=bar), **more)
    return str(store.criteria.add(requirement.id, draft, "Ada").id)


def test_the_cases_that_a_criterion_lacks_can_be_planned(app: AppTest) -> None:
    lacking = _strict()
    opened(app, "coverage")
    assert "What waits for them is wanted now. No plan yet." in words(app)
    app.text_area(key=f"data_plan_form_{lacking}_how").set_value("From the inbox").run()
    app.button(key=f"data_plan_{lacking}_save").click().run()
    assert not app.exception
    assert "From the inbox" in words(app)


def test_a_plan_for_cases_that_was_typed_survives_a_reload(app: AppTest) -> None:
    lacking = _strict()
    opened(app, "coverage")
    app.text_area(key=f"data_plan_form_{lacking}_how").set_value("From the inbox").run()
    app.date_input(key=f"data_plan_form_{lacking}_due").set_value(date(2031, 5, 1)).run()
    again = opened(sessions.opened(), "coverage")
    assert again.text_area(key=f"data_plan_form_{lacking}_how").value == "From the inbox"
    assert again.date_input(key=f"data_plan_form_{lacking}_due").value == date(2031, 5, 1)


def test_a_plan_that_a_colleague_saved_meanwhile_stays_until_a_person_chooses(
    app: AppTest,
) -> None:
    lacking = _strict()
    opened(app, "coverage")
    app.text_area(key=f"data_plan_form_{lacking}_how").set_value("Mine").run()
    plans, feature_id = services().store.data_plans, sample_id(services().store)
    plans.keep(UUID(lacking), DataPlan("Theirs"), "Ben")
    # The click comes before the page was drawn again: it saves nothing.
    app.button(key=f"data_plan_{lacking}_save").click().run()
    assert {"Mine", "Theirs"} <= {text.value for text in app.code}
    assert plans.of(feature_id)[UUID(lacking)].how == "Theirs"
    app.button(key=f"data_plan_{lacking}_save_mine").click().run()
    assert plans.of(feature_id)[UUID(lacking)].how == "Mine"


def test_coverage_asks_for_as_many_scores_as_the_form_of_a_mean_does(app: AppTest) -> None:
    stars = Scorer(ScorerKind.RATING, {"scale": [1, 5], "passes_from": 4})
    _strict(bar=0.9, scorer=stars, measure=Measure.MEAN_SCORE)
    form = least(Measure.MEAN_SCORE, 0.9, 0.95, 0)
    assert form is not None
    shown = words(opened(app, "coverage"))
    assert f"To show at least 4.6 on a scale of 1 to 5 it takes at least {form.cases:,}." in shown
    assert "or every score of a mean is the highest. It takes more otherwise." in shown


def test_coverage_says_that_a_criterion_with_a_judge_takes_more_cases(app: AppTest) -> None:
    assert JUDGED not in words(opened(app, "coverage"))
    asked = {"connection": "Local model", "model": "small"}
    judge = Scorer(ScorerKind.JUDGE, {"question": "Send it?", "passes": "It is kind.", **asked})
    _strict(scorer=judge)
    assert JUDGED in words(app.run())


def _terms(app: AppTest) -> tuple[AppTest, str, DatasetVersion]:
    """The view that has the terms, the start of their fields' keys, and the dataset."""
    shown = opened(app, "coverage")
    store = services().store
    (version,) = store.datasets.of(sample_id(store))
    return shown, f"data_terms_form_{version.dataset_id}", version


def test_terms_that_were_typed_survive_a_reload_and_are_saved(app: AppTest) -> None:
    shown, form, version = _terms(app)
    shown.text_input(key=f"{form}_basis").set_value("Written for this").run()
    shown.date_input(key=f"{form}_expires").set_value(date(2031, 5, 1)).run()
    again, form, _ = _terms(sessions.opened())
    assert again.text_input(key=f"{form}_basis").value == "Written for this"
    assert again.date_input(key=f"{form}_expires").value == date(2031, 5, 1)
    again.button(key=f"data_terms_{version.dataset_id}_save").click().run()
    assert not again.exception
    store = services().store
    kept = store.data_terms.of(sample_id(store))[version.dataset_id]
    assert (kept.basis, kept.expires) == ("Written for this", date(2031, 5, 1))
    again.date_input(key=f"{form}_expires").set_value(None).run()
    again.button(key=f"data_terms_{version.dataset_id}_save").click().run()
    assert store.data_terms.of(sample_id(store))[version.dataset_id].expires is None


def test_terms_that_a_colleague_saved_meanwhile_stay_until_a_person_chooses(app: AppTest) -> None:
    shown, form, version = _terms(app)
    shown.text_input(key=f"{form}_basis").set_value("Mine").run()
    terms = services().store.data_terms
    terms.keep(version.dataset_id, DataTerms(basis="Theirs"), "Ben")
    # The click comes before the page was drawn again: it saves nothing.
    shown.button(key=f"data_terms_{version.dataset_id}_save").click().run()
    assert shown.text_input(key=f"{form}_basis").value == "Mine"
    said = [text.value for text in shown.code]
    assert "Basis for use: Mine" in said
    assert "Basis for use: Theirs" in said
    feature_id = sample_id(services().store)
    assert terms.of(feature_id)[version.dataset_id].basis == "Theirs"
    shown.button(key=f"data_terms_{version.dataset_id}_save_mine").click().run()
    assert terms.of(feature_id)[version.dataset_id].basis == "Mine"


def test_coverage_tells_that_another_dataset_shows_what_is_held_out_here(app: AppTest) -> None:
    store, feature_id = services().store, sample_id(services().store)
    text = "My parcel 48213 has not arrived yet, where is it?"
    held_out = (CaseDraft("confirm", {"message": text}, held_out=True),)
    shown = (CaseDraft("tune", {"message": text.replace("48213", "48214")}),)
    store.datasets.add(feature_id, "Tuning", shown, "Ada")
    confirming = store.datasets.add(feature_id, "Confirming", held_out, "Ada")
    app.session_state["data_dataset"] = str(confirming.dataset_id)
    opened(app, "coverage")
    assert "1 pair of a held-out case and one that is not say nearly the same" in words(app)
    assert "**confirm** and **tune** in the dataset Tuning" in words(app)


def test_two_tabs_that_edit_one_row_keep_both_cells(app: AppTest) -> None:
    opened(app)
    other = second_tab()
    edit(app, {"edited_rows": {0: {"reference": "From the first tab"}}})
    edit(other, {"edited_rows": {0: {"source": "From the second tab"}}})
    grid = second_tab().data_editor[0].value
    assert grid["reference"][0] == "From the first tab"
    assert grid["source"][0] == "From the second tab"
    assert "wrote into the same cells" not in words(other)


def test_of_two_tabs_that_edit_one_cell_the_first_ones_words_are_shown(app: AppTest) -> None:
    opened(app)
    other = second_tab()
    edit(app, {"edited_rows": {0: {"reference": "From the first tab"}}})
    edit(other, {"edited_rows": {0: {"reference": "From the second tab"}}})
    assert second_tab().data_editor[0].value["reference"][0] == "From the second tab"
    assert "wrote into the same cells" in words(other)
    assert "From the first tab" in [each.value for each in (*other.text, *other.code)]
    other.button(key="data_clashes_seen").click().run()
    assert "wrote into the same cells" not in words(other)

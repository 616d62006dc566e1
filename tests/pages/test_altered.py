"""Evidence that was changed behind our back: the pages say so, and leave it out when told to."""

from streamlit.testing.v1 import AppTest

from workbench.ui.parts.resources import services


def test_what_was_changed_is_said_where_it_is_decided_and_left_out_by_one_button(
    app: AppTest,
) -> None:
    store = services().store
    page = app.switch_page("pages/decide/verdicts.py").run()
    assert not any(button.key == "altered_leave_out" for button in page.button)
    store.database.execute(
        "update criteria set created_at = created_at - interval 1 day "
        "where rowid = (select min(rowid) from criteria)"
    )
    page.run()
    assert "Evidence was changed since it was written" in page.error[0].value
    assert any("criteria: 1 row was changed" in each.value for each in page.markdown)
    settings = app.switch_page("pages/setup/settings.py").run()
    assert "Evidence was changed since it was written" in settings.error[0].value
    settings.button(key="altered_leave_out").click().run()
    assert not settings.exception
    assert settings.error == []
    assert any("Left out: 0 answers and 0 scores." in each.value for each in settings.success)
    assert store.audits.latest().is_whole
    (author, _, _) = store.leaving_out.all()[0]
    assert author

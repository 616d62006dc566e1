"""What is folded on a page, opened as somebody's click would."""

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Expander

CRITERIA, REVISIONS = ":material/straighten: Criteria", ":material/history: Revisions"
"""Tabs beside a requirement's text."""


def unfolded(app: AppTest, *labels: str) -> AppTest:
    """The page with the folds open whose labels begin like that; each of them is there."""
    for label in labels:
        found = [each for each in app.expander if each.label.startswith(label)]
        assert found, f"no fold {label!r} among {[each.label for each in app.expander]}"
        for fold in found:
            app.session_state[key_of(fold)] = True
    found = app.run()
    assert not found.exception
    return found


def all_unfolded(app: AppTest) -> AppTest:
    """The page with every fold open whose content is drawn only then."""
    return unfolded(app, *(each.label for each in app.expander if each.proto.id))


def turned_to(app: AppTest, tab: str) -> AppTest:
    """The page of requirements with one of these tabs shown."""
    app.session_state["requirements_tabs"] = tab
    found = app.run()
    assert not found.exception
    return found


def key_of(fold: Expander) -> str:
    """The key under which session state says whether it is open: its id ends with it."""
    return str(fold.proto.id).split("-", 2)[2]

"""What pages say where everything was archived: not that there never was anything."""

from typing import Any
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from workbench.domain.requirements import Requirement
from workbench.ui.parts.resources import services

PAGES = ("define/requirements", "define/data", "experiment/playground", "decide/spec")


def _feature_id() -> UUID:
    found = services().store.features.all()[0].id
    assert found is not None
    return found


def _archive_requirements() -> list[Requirement]:
    held = services().store.requirements
    every = held.of(_feature_id())
    for each in every:
        held.archive(each.id, "Ada", "No longer asked for")
    return every


def _archive_experiments() -> None:
    held = services().store
    for each in held.experiments.of(_feature_id()):
        held.archivings.add(each.id, "Ada", is_archived=True)


def _words(app: AppTest) -> str:
    assert not app.exception
    kinds = ("markdown", "caption", "info", "subheader")
    found: list[Any] = [element for kind in kinds for element in app.get(kind)]
    return "\n".join(str(element.value) for element in found)


def _ways(app: AppTest) -> list[str]:
    """What the links to pages say."""
    return [str(link.proto.label) for link in app.get("page_link")]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_without_a_feature_leads_to_those_that_are_archived(app: AppTest, page: str) -> None:
    services().store.features.archive(_feature_id())
    app.switch_page(f"pages/{page}.py").run()
    assert "Every feature is archived. Restore one on the Overview" in _words(app)
    assert "There is no feature yet" not in _words(app)
    assert _ways(app) == ["Go to Overview"]


def test_where_all_requirements_are_archived_the_loop_says_so_and_not_that_cases_lack(
    app: AppTest,
) -> None:
    n_archived = len(_archive_requirements())
    shown = _words(app.run())
    assert f"90 cases · :orange[{n_archived} requirements archived]" in shown
    assert "no cases yet" not in shown
    assert "**Next: Restore a requirement or write one**" in _ways(app)
    assert f"No requirement is in force: {n_archived} archived." in shown
    assert "There is no requirement yet" not in shown


def test_an_experiment_whose_criteria_are_all_archived_is_no_way_to_a_first_verdict(
    app: AppTest,
) -> None:
    assert "One click changes that" in _words(app.run())
    _archive_requirements()
    assert "One click changes that" not in _words(app.run())


def test_where_all_requirements_are_archived_decide_leads_to_them(app: AppTest) -> None:
    _archive_requirements()
    app.switch_page("pages/decide/verdicts.py").run()
    assert "Every requirement is archived, so there is nothing to decide." in _words(app)
    assert "Go to Requirements" in _ways(app)


def test_where_all_experiments_are_archived_the_next_is_to_set_one_up(app: AppTest) -> None:
    _archive_experiments()
    app.switch_page("pages/experiment/experiments.py").run()
    shown = _words(app)
    assert "Every experiment is archived. Set one up" in shown
    assert "No experiment yet" not in shown
    assert "**Next: Set up an experiment**, here" in shown

"""The page Capabilities: what a click starts, what the grid says, and where its links lead."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, ButtonGroup

from tests.faults import endpoint as faults
from tests.pages.folds import key_of, unfolded
from workbench.domain.connections import Connection
from workbench.ui.parts.resources import services

PAGE = "pages/experiment/capabilities.py"


def chosen_packs(page: AppTest) -> ButtonGroup[Any]:
    """The field that chooses packs: a new one with each click on a button that chooses."""
    (field,) = (g for g in page.button_group if str(g.key).startswith("capabilities_packs_"))
    return field


def obedient(body: dict[str, Any]) -> str:
    """Answers every question with yes: right for half of one pack."""
    return "yes"


@pytest.fixture
def server() -> Iterator[faults.Endpoint]:
    with faults.serve(reply=obedient) as running:
        yield running


@pytest.fixture
def page(app: AppTest, server: faults.Endpoint) -> AppTest:
    """The page with a connection of two models chosen, and one pack."""
    services().store.connections.add(Connection("Ours", server.base_url, ("old", "new")))
    page = app.switch_page(PAGE).run()
    assert not page.exception
    chosen_packs(page).set_value(["robust-to-wording@1"]).run()
    page.multiselect(key="capabilities_models").set_value(["Ours · old"]).run()
    return page


def ended() -> None:
    jobs = services().jobs
    for experiment_id in jobs.live():
        assert jobs.wait(experiment_id, 60)


def texts(page: AppTest) -> str:
    shown = (page.markdown, page.caption, page.info, page.warning, page.error, page.subheader)
    return "\n".join(str(each.value) for kind in shown for each in kind)


def test_it_says_what_to_do_before_anything_was_tried_and_offers_every_pack(app: AppTest) -> None:
    page = app.switch_page(PAGE).run()
    assert not page.exception
    assert "No results yet" in texts(page)
    assert len(chosen_packs(page).options) >= 12
    assert page.button(key="capabilities_run").label.startswith("Run ")


def test_what_it_says_first_holds_whatever_is_chosen(app: AppTest) -> None:
    page = app.switch_page(PAGE).run()
    chosen_packs(page).set_value([]).run()
    assert "Run the packs that matter to you." in texts(page)
    assert "All packs are chosen" not in texts(page)


def test_one_click_tries_a_pack_and_the_grid_says_what_came_of_it(
    page: AppTest, server: faults.Endpoint
) -> None:
    assert page.button(key="capabilities_run").label == "Run 60 calls"
    page.button(key="capabilities_run").click().run()
    ended()
    assert server.requests == 60
    page.run()
    said = texts(page)
    assert not page.exception
    assert "No results yet" not in said
    assert re.search(r"53% \(\d+% to \d+%, each bound at 95%; 15 cases\)", said)
    assert "cost unknown" in said
    assert re.search(r":gray\[bar: at (least|most) \d+%\]", said), "the level that is asked for"
    assert page.button(key="capabilities_run").disabled


def test_packs_leave_the_list_of_features_as_it_was(page: AppTest) -> None:
    before = list(page.sidebar.selectbox(key="feature").options)
    page.button(key="capabilities_run").click().run()
    ended()
    page.run()
    assert list(page.sidebar.selectbox(key="feature").options) == before


def test_what_failed_is_one_click_away(page: AppTest) -> None:
    page.button(key="capabilities_run").click().run()
    ended()
    page.run()
    button = next(b for b in page.button if b.label == "What failed")
    page = button.click().run()
    assert not page.exception
    assert page.header[0].value == "Experiments"
    assert "robust-to-wording@1" in str(page.sidebar.selectbox(key="feature").value)
    assert page.session_state["experiments_filter_outcome"] == "fail"
    assert "7 trials, 25 on a page" in texts(page)


def test_a_budget_without_a_known_price_starts_nothing(
    page: AppTest, server: faults.Endpoint
) -> None:
    page.number_input(key="capabilities_budget").set_value(1.0)
    page.button(key="capabilities_run").click().run()
    assert server.requests == 0
    assert "price" in texts(page)
    assert services().store.packs.all() == []


def test_without_a_pack_or_a_model_nothing_can_be_started(page: AppTest) -> None:
    page.button(key="capabilities_none").click().run()
    assert page.button(key="capabilities_run").disabled
    assert "Choose a pack first." in texts(page)
    page.button(key="capabilities_all").click().run()
    page.multiselect(key="capabilities_models").set_value([]).run()
    assert page.button(key="capabilities_run").disabled
    assert "Choose a model first." in texts(page)


def test_a_result_becomes_a_requirement_of_the_open_feature(page: AppTest) -> None:
    page.button(key="capabilities_run").click().run()
    ended()
    page.run()
    feature = services().store.features.named("Support reply assistant")
    assert feature is not None
    assert feature.id is not None
    before = len(services().store.requirements.of(feature.id))
    next(b for b in page.button if b.label == "Make it a requirement").click().run()
    assert not page.exception
    assert "the level that was shown" in texts(page)
    page.button(key="capabilities_adopt_now").click().run()
    assert not page.exception
    (said,) = page.toast
    assert "drafted, with C" in str(said.value)
    added = services().store.requirements.of(feature.id)[before:]
    assert len(added) == 1
    assert "robust-to-wording@1" in added[0].revision.evidence[0].summary
    names = [version.name for version in services().store.datasets.of(feature.id)]
    assert "Stays right when the wording changes (pack robust-to-wording@1)" in names


def test_a_newer_model_is_compared_on_the_same_cases(page: AppTest) -> None:
    page.multiselect(key="capabilities_models").set_value(["Ours · old"]).run()
    page.button(key="capabilities_run").click().run()
    ended()
    page.multiselect(key="capabilities_models").set_value(["Ours · new"]).run()
    page.button(key="capabilities_run").click().run()
    ended()
    page.run()
    assert not page.exception
    (compared,) = [e for e in page.expander if e.label.startswith("Compared on the same cases")]
    assert compared.label.endswith("0 of 4 differences beyond chance")


def test_what_was_typed_of_a_pack_is_there_when_its_form_is_opened_again(page: AppTest) -> None:
    title = "capabilities_own_title"
    unfolded(page, "Packs of your own").text_input(key=title).set_value("Order numbers").run()
    (fold,) = [each for each in page.expander if each.label == "Packs of your own"]
    page.session_state[key_of(fold)] = False
    page.run()
    assert title not in [field.key for field in page.text_input]
    assert unfolded(page, "Packs of your own").text_input(key=title).value == "Order numbers"


def test_a_pack_is_made_of_the_open_feature_and_can_be_tried(page: AppTest) -> None:
    unfolded(page, "Packs of your own")
    page.text_input(key="capabilities_own_title").set_value("Order numbers")
    page.text_input(key="capabilities_own_licence").set_value("CC0-1.0").run()
    names = page.multiselect(key="capabilities_own_criteria").options
    page.multiselect(key="capabilities_own_criteria").set_value([names[0]]).run()
    assert not page.exception
    page.button(key="capabilities_own_use").click().run()
    assert not page.exception
    assert [pack.label for pack in services().store.packs.all()] == ["order-numbers@1"]
    assert "order-numbers@1" in chosen_packs(page).options[-1] or (
        "Order numbers" in str(chosen_packs(page).options[-1])
    )
    # Whoever brings a pack wants to try it.
    assert "order-numbers@1" in chosen_packs(page).value
    assert "“Order numbers” is among the packs above, and chosen." in str(page.success[0].value)


def test_calls_that_failed_are_one_click_away_too(app: AppTest) -> None:
    with faults.serve("bad_request") as broken:
        services().store.connections.add(Connection("Ours", broken.base_url, ("old",)))
        page = app.switch_page(PAGE).run()
        chosen_packs(page).set_value(["robust-to-wording@1"]).run()
        page.multiselect(key="capabilities_models").set_value(["Ours · old"])
        page.button(key="capabilities_run").click().run()
        ended()
    page.run()
    page = next(b for b in page.button if b.label == "What failed").click().run()
    assert not page.exception
    assert page.session_state["experiments_filter_outcome"] == "unscored"
    assert "15 trials, 25 on a page" in texts(page)


def test_what_is_said_of_a_criterion_stays_together_where_the_grid_breaks(page: AppTest) -> None:
    page.multiselect(key="capabilities_models").set_value(["Ours · old", "Ours · new"])
    page.button(key="capabilities_run").click().run()
    ended()
    page.run()
    grids = [
        [str(each.value) for each in block if each.type == "markdown"]
        for block in page.main
        if isinstance(block, Block) and block.type == "grid_container"
    ]
    rows = [said for said in grids if "bar:" in " ".join(said)]
    assert len(rows) == 4
    for said in rows:
        assert [":gray[bar:" in each for each in said] == [True, False, False]
        assert ["badge[A]" in each for each in said] == [False, True, False]


def test_every_model_that_is_chosen_is_in_sight(page: AppTest) -> None:
    assert page.multiselect(key="capabilities_models").proto.wrap


def test_packs_whose_budget_was_too_small_go_on_within_the_one_that_is_set_now(
    app: AppTest, server: faults.Endpoint
) -> None:
    store = services().store
    store.connections.add(
        Connection("Dear", server.base_url, ("old",), concurrency=1, price_in=0.0, price_out=1000.0)
    )
    page = app.switch_page(PAGE).run()
    chosen_packs(page).set_value(["robust-to-wording@1"]).run()
    page.multiselect(key="capabilities_models").set_value(["Dear · old"])
    page.number_input(key="capabilities_budget").set_value(0.01)
    page.button(key="capabilities_run").click().run()
    ended()
    page.run()
    assert "budget of \\$0.0100 leaves no room for another call" in texts(page)
    asked = server.requests
    assert asked < 60
    page.number_input(key="capabilities_budget").set_value(500.0)
    page.button(key="capabilities_go_on").click().run()
    ended()
    page.run()
    assert server.requests == 60
    assert "leaves no room" not in texts(page)

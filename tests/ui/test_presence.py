"""Who is here: tabs that are open, those that lost the network, and those that left."""

from uuid import uuid4

import pytest

from workbench.ui.parts.presence import Presence, Seen, Tab


def at(person: str, path: str = "data", when: float = 0.0) -> Seen:
    """Somebody at a page."""
    return Seen(person, person.title(), "Support", path, {}, when)


@pytest.fixture
def here() -> Presence:
    """Ada and Ben, as a server tells of them."""
    found = Presence(is_told=True)
    for session, person in (("1", "ada"), ("2", "ben")):
        found.see(session, at(person))
        found.show(session, Tab(at(person), uuid4(), "part", ()))
    return found


def names(here: Presence) -> list[str]:
    """Whom Ada sees."""
    return [one.name for one in here.others("ada", "Support", 0.0)]


def test_who_lost_the_network_is_away_and_is_back_without_being_drawn(here: Presence) -> None:
    here.keep({"1"}, {"1", "2"})
    assert names(here) == []
    assert set(here.tabs()) == {"1"}
    before = here.revision
    here.keep({"1", "2"}, {"1", "2"})
    assert names(here) == ["Ben"]
    assert set(here.tabs()) == {"1", "2"}
    assert here.revision > before


def test_who_left_is_forgotten_and_so_is_a_tab_that_ended_while_it_was_drawn(
    here: Presence,
) -> None:
    here.keep({"1"}, {"1"})
    here.show("2", Tab(at("ben"), uuid4(), "part", ()))
    here.keep({"1", "2"}, {"1", "2"})
    assert names(here) == []
    here.keep({"1"}, {"1"})
    here.keep({"1", "2"}, {"1", "2"})
    assert set(here.tabs()) == {"1"}


def test_nothing_new_leaves_the_revision_as_it_is(here: Presence) -> None:
    here.keep({"1", "2"}, {"1", "2"})
    before = here.revision
    here.keep({"1", "2"}, {"1", "2"})
    here.see("2", at("ben", when=9.0))
    assert here.revision == before
    here.see("2", at("ben", "spec", 10.0))
    assert here.revision > before


def test_of_two_tabs_of_a_person_the_one_that_spoke_last_counts(here: Presence) -> None:
    here.see("3", at("ben", "spec", 5.0))
    assert [one.path for one in here.others("ada", "Support", 5.0)] == ["spec"]
    here.keep({"1", "2"}, {"1", "2"})
    assert [one.path for one in here.others("ada", "Support", 5.0)] == ["data"]


def test_without_a_server_that_tells_who_asks_no_more_is_gone() -> None:
    here = Presence()
    here.see("1", at("ada"))
    here.see("2", at("ben"))
    assert names(here) == ["Ben"]
    assert here.others("ada", "Support", 26.0) == []

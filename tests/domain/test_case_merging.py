"""A case that two tabs edit keeps what each wrote, or says what it could not keep."""

from dataclasses import replace

from workbench.domain.case_merging import Clash, merged
from workbench.domain.conversations import Message
from workbench.domain.datasets import CaseDraft
from workbench.domain.simulated_users import SimulatedUser

BASE = CaseDraft("c1", {"message": "Where is it?", "order": "7"}, "Soon.", ("delivery",))


def test_edits_of_different_fields_are_both_kept() -> None:
    first = CaseDraft("c1", {"message": "Where is my tea?", "order": "7"}, "Soon.", ("delivery",))
    last = CaseDraft("c1", {"message": "Where is it?", "order": "8"}, "Late.", ("delivery",))
    both, clashes = merged(BASE, first, last)
    assert both == CaseDraft(
        "c1", {"message": "Where is my tea?", "order": "8"}, "Late.", ("delivery",)
    )
    assert clashes == ()


def test_of_two_edits_of_one_field_the_last_stands_and_the_first_is_told() -> None:
    first = CaseDraft("c1", {"message": "Mine", "order": "7"}, "Soon.", ("a", "b"))
    last = CaseDraft("c1", {"message": "Theirs", "order": "7"}, "Soon.", ("c",))
    both, clashes = merged(BASE, first, last)
    assert (both.variables["message"], both.tags) == ("Theirs", ("c",))
    assert clashes == (Clash("c1", "message", "Mine"), Clash("c1", "tags", "a, b"))


def test_the_same_edit_twice_is_no_clash() -> None:
    same = CaseDraft("c1", {"message": "Same", "order": "7"}, "Soon.", ("delivery",))
    assert merged(BASE, same, same) == (same, ())


def test_a_variable_that_one_of_them_added_stays() -> None:
    first = CaseDraft("c1", {**BASE.variables, "language": "en"}, "Soon.", ("delivery",))
    last = CaseDraft("c1", dict(BASE.variables), "Late.", ("delivery",))
    both, clashes = merged(BASE, first, last)
    assert (both.variables["language"], both.reference, clashes) == ("en", "Late.", ())


def test_a_conversation_that_both_changed_is_told_in_its_words() -> None:
    first = replace(BASE, messages=(Message("user", "Hello"),), user=SimulatedUser("Ann", "a tea"))
    last = replace(BASE, messages=(Message("user", "Good day"),), user=SimulatedUser("Bo", "a tea"))
    both, clashes = merged(BASE, first, last)
    assert both == last
    assert "Hello" in clashes[0].first
    assert "Ann" in clashes[1].first

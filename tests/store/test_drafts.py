"""Drafts and preferences: the newest one of a name, until it is dropped."""

from pathlib import Path

import pytest

from workbench.domain.drafts import Draft, scope
from workbench.store.engine.migrations import known
from workbench.store.store import Store, open_store


def test_the_newest_draft_of_a_scope_replaces_the_one_before(store: Store) -> None:
    store.drafts.keep("R1 by Ada", {"statement": "Polite"}, 1)
    store.drafts.keep("R1 by Bo", {"statement": "Fast"}, 1)
    store.drafts.keep("R1 by Ada", {"statement": "Polite and brief"}, 2)
    assert store.drafts.get("R1 by Ada") == Draft({"statement": "Polite and brief"}, 2)
    assert store.drafts.get("R1 by Bo") == Draft({"statement": "Fast"}, 1)


def test_a_dropped_draft_is_gone_and_dropping_nothing_is_fine(store: Store) -> None:
    store.drafts.keep("R1", {"statement": "Polite"})
    store.drafts.drop("R1")
    store.drafts.drop("R1")
    assert store.drafts.get("R1") is None


def test_a_draft_may_hold_any_text(store: Store) -> None:
    body = {"a": "quote ' \" \\ ; drop table drafts; --", "b": ["漢字", None, 1.5, True]}
    store.drafts.keep("'; drop table drafts; --", body)
    assert store.drafts.get("'; drop table drafts; --") == Draft(body, 0)


def test_a_preference_has_a_default_until_it_is_set(store: Store) -> None:
    assert store.drafts.preference("person") == ""
    assert store.drafts.preference("person", "nobody") == "nobody"
    store.drafts.prefer("person", "Ada")
    store.drafts.prefer("person", "")
    assert store.drafts.preference("person", "nobody") == ""


def test_drafts_outlive_the_process(tmp_path: Path) -> None:
    path = str(tmp_path / "app.duckdb")
    store = open_store(path, tmp_path)
    store.drafts.keep("R1", {"statement": "Polite"}, 3)
    store.close()
    reopened = open_store(path, tmp_path)
    assert reopened.drafts.get("R1") == Draft({"statement": "Polite"}, 3)
    reopened.close()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("feature 0199-ab by 3f2a", "feature:0199-ab:3f2a"),
        ("feature new by Ada by the sea", "feature:new:Ada by the sea"),
        ("rating 01-a 02-b Ada B", "rating:01-a/02-b:Ada B"),
        ("experiment/01-a/3f2a", "experiment:01-a:3f2a"),
        ("note/01-a/Ada/Ben", "note:01-a:Ada/Ben"),
        ("requirement:new_01-a:3f2a", "requirement:new_01-a:3f2a"),
        ("cases:paste:01-a:feature x by y", "cases:paste:01-a:feature x by y"),
        (
            "playground:Support reply:rating a b c:aside",
            "playground:Support reply:rating a b c:aside",
        ),
    ],
)
def test_what_was_half_written_before_scopes_had_one_form_is_found_again(
    store: Store, before: str, after: str
) -> None:
    store.drafts.keep(before, {"note": "Half a tho"}, 3)
    (step,) = [step for step in known() if step.name == "draft_scopes"]
    store.database.execute(step.sql)
    assert store.drafts.get(after) == Draft({"note": "Half a tho"}, 3)


def test_a_scope_names_the_kind_the_thing_and_the_person() -> None:
    assert scope("criterion", "01-a", "3f2a") == "criterion:01-a:3f2a"

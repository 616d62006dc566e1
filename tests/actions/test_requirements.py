"""What is done to requirements: kept with its line, refused without a trace, and undone."""

from dataclasses import replace

import pytest

from tests import building
from tests.building import Loop
from workbench.actions import criteria, requirements
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.domain.requirements import Evidence, Requirement, RequirementDraft
from workbench.errors import Conflict, InputError
from workbench.exchange.feature.file import import_feature, import_or_find
from workbench.exchange.feature.writer import export
from workbench.store.store import Store

MIRA = Person("browser-1", "Mira")


@pytest.fixture
def made(store: Store) -> Loop:
    return building.loop(store)


def added(made: Loop, *statements: str) -> list[Requirement]:
    return [
        requirements.add(made.store, MIRA, made.feature_id, RequirementDraft(statement))
        for statement in statements
    ]


def lines(made: Loop) -> list[tuple[Deed, str, str, str]]:
    found = made.store.history.lately(made.feature_id, 50)
    return [(line.deed, line.key, line.what, line.why) for line in reversed(found)]


def keys(made: Loop) -> list[str]:
    return [found.key for found in made.store.requirements.of(made.feature_id)]


def test_a_requirement_is_added_with_its_line(made: Loop) -> None:
    seen = Evidence("C1 missed its bar", "E1")
    kept = requirements.add(
        made.store, MIRA, made.feature_id, RequirementDraft("  Greets by name "), (seen,)
    )
    assert (kept.key, kept.draft.statement) == ("R2", "Greets by name")
    assert (kept.revision.author, kept.revision.evidence) == ("Mira", (seen,))
    assert lines(made) == [(Deed.REQUIREMENT_ADD, "R2", "R2 revision 1", "First draft")]


def test_one_that_states_nothing_is_refused_without_a_trace(made: Loop) -> None:
    with pytest.raises(InputError, match="no statement"):
        requirements.add(made.store, MIRA, made.feature_id, RequirementDraft(" \n"))
    assert (keys(made), lines(made)) == (["R1"], [])


def test_a_revision_is_kept_with_its_reason(made: Loop) -> None:
    text = RequirementDraft("Replies warmly")
    kept = requirements.revise(
        made.store, MIRA, made.requirement.id, text, 1, " It sounded cold ", expects="Warmer"
    )
    assert (kept.revision.number, kept.revision.why) == (2, "It sounded cold")
    assert kept.revision.expects == "Warmer"
    assert lines(made) == [
        (Deed.REQUIREMENT_REVISE, "R1", "R1 revision 2", "It sounded cold"),
    ]


@pytest.mark.parametrize(
    ("statement", "why", "said"),
    [
        ("Replies warmly", "  ", "Say why it changes"),
        ("", "Because", "no statement"),
        (" Replies politely ", "Because", "Nothing changed"),
    ],
)
def test_a_revision_that_says_nothing_new_is_refused(
    made: Loop, statement: str, why: str, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        requirements.revise(
            made.store, MIRA, made.requirement.id, RequirementDraft(statement), 1, why
        )
    assert len(made.store.requirements.revisions(made.requirement.id)) == 1
    assert lines(made) == []


def test_new_evidence_for_the_same_words_is_a_revision(made: Loop) -> None:
    seen = (Evidence("Confirmed by ten customers"),)
    draft = made.requirement.draft
    kept = requirements.revise(made.store, MIRA, made.requirement.id, draft, 1, "Asked them", seen)
    assert kept.revision.evidence == seen


def test_a_stale_revision_is_a_conflict_and_leaves_no_line(made: Loop) -> None:
    requirements.revise(made.store, MIRA, made.requirement.id, RequirementDraft("One"), 1, "First")
    with pytest.raises(Conflict):
        requirements.revise(
            made.store, MIRA, made.requirement.id, RequirementDraft("Two"), 1, "Late"
        )
    assert len(lines(made)) == 1


def test_a_copy_has_the_criteria_and_stands_behind_its_original(made: Loop) -> None:
    added(made, "Greets", "Signs")
    copy = requirements.duplicate(made.store, MIRA, made.requirement.id)
    assert keys(made) == ["R1", "R4", "R2", "R3"]
    assert copy.draft == made.requirement.draft
    (found,) = [c for c in made.store.criteria.of(made.feature_id) if c.requirement_id == copy.id]
    assert (found.key, found.draft) == ("C2", made.criterion.draft)
    assert lines(made)[-1] == (Deed.REQUIREMENT_ADD, "R4", "R4 copied from R1", "")


def test_a_copy_leaves_out_the_criteria_that_were_put_away(made: Loop) -> None:
    criteria.archive(made.store, MIRA, made.criterion.id, "Covered elsewhere")
    copy = requirements.duplicate(made.store, MIRA, made.requirement.id)
    assert [c for c in made.store.criteria.of(made.feature_id) if c.requirement_id == copy.id] == []


def test_a_requirement_takes_the_place_of_another(made: Loop) -> None:
    _, r3, r4 = added(made, "Greets", "Signs", "Thanks")
    requirements.move(made.store, MIRA, r4.id, made.requirement.id)
    assert keys(made) == ["R4", "R1", "R2", "R3"]
    requirements.move(made.store, MIRA, made.requirement.id, r3.id)
    assert keys(made) == ["R4", "R2", "R3", "R1"]
    assert [what for _, _, what, _ in lines(made)[-2:]] == [
        "R4 moved before R1",
        "R1 moved after R3",
    ]


def test_moving_something_to_where_it_is_changes_nothing(made: Loop) -> None:
    requirements.move(made.store, MIRA, made.requirement.id, made.requirement.id)
    assert lines(made) == []


def test_what_is_new_or_comes_back_keeps_to_the_order(made: Loop) -> None:
    r2, r3 = added(made, "Greets", "Signs")
    requirements.move(made.store, MIRA, r3.id, made.requirement.id)
    requirements.archive(made.store, MIRA, r3.id, "Not now")
    (r4,) = added(made, "Thanks")
    assert keys(made) == ["R1", "R2", "R4"]
    requirements.move(made.store, MIRA, r4.id, r2.id)
    requirements.restore(made.store, MIRA, r3.id)
    assert keys(made) == ["R1", "R4", "R2", "R3"]


def test_one_that_left_the_list_is_no_place_to_move_to(made: Loop) -> None:
    (r2,) = added(made, "Greets")
    requirements.archive(made.store, MIRA, r2.id, "Not now")
    for moved, other in ((made.requirement.id, r2.id), (r2.id, made.requirement.id)):
        with pytest.raises(InputError, match="left the list"):
            requirements.move(made.store, MIRA, moved, other)
    strange = building.loop(made.store, name="Another").requirement
    with pytest.raises(InputError, match="left the list"):
        requirements.move(made.store, MIRA, made.requirement.id, strange.id)
    assert keys(made) == ["R1"]


def test_the_order_travels_in_the_feature_file(made: Loop) -> None:
    _, r3 = added(made, "Greets", "Signs")
    requirements.move(made.store, MIRA, r3.id, made.requirement.id)
    text = export(made.store, made.feature_id)
    copied = import_feature(made.store, text, author="Ben", name="The copy")
    assert copied.id is not None
    again = made.store.requirements.of(copied.id)
    assert [found.key for found in again] == keys(made) == ["R3", "R1", "R2"]


def test_a_file_is_the_same_feature_however_its_requirements_were_arranged(made: Loop) -> None:
    _, r3 = added(made, "Greets", "Signs")
    text = export(made.store, made.feature_id)
    requirements.move(made.store, MIRA, r3.id, made.requirement.id)
    found, is_new = import_or_find(made.store, text, author="Ben")
    assert (found.id, is_new) == (made.feature_id, False)
    assert keys(made) == ["R3", "R1", "R2"]


def test_what_is_put_away_leaves_the_list_and_comes_back_whole(made: Loop) -> None:
    requirements.archive(made.store, MIRA, made.requirement.id, "Nobody asks")
    assert keys(made) == []
    (away,) = made.store.requirements.archived(made.feature_id)
    assert (away.key, made.store.requirements.put_away_by(away.id)) == (
        "R1",
        ("Mira", "Nobody asks"),
    )
    assert made.store.criteria.of(made.feature_id) == []

    requirements.restore(made.store, MIRA, away.id)
    assert keys(made) == ["R1"]
    assert made.store.requirements.archived(made.feature_id) == []
    assert made.store.requirements.put_away_by(away.id) == ("", "")
    assert [c.key for c in made.store.criteria.of(made.feature_id)] == ["C1"]
    assert [(deed, what) for deed, _, what, _ in lines(made)] == [
        (Deed.REQUIREMENT_ARCHIVE, "R1 put away"),
        (Deed.REQUIREMENT_RESTORE, "R1 restored"),
    ]


def test_putting_away_needs_a_reason_and_happens_once(made: Loop) -> None:
    with pytest.raises(InputError, match="without a reason"):
        requirements.archive(made.store, MIRA, made.requirement.id, " ")
    assert keys(made) == ["R1"]
    requirements.archive(made.store, MIRA, made.requirement.id, "Nobody asks")
    requirements.archive(made.store, MIRA, made.requirement.id, "Twice")
    assert made.store.requirements.put_away_by(made.requirement.id) == ("Mira", "Nobody asks")
    assert len(lines(made)) == 1


def test_restoring_what_is_there_changes_nothing(made: Loop) -> None:
    requirements.restore(made.store, MIRA, made.requirement.id)
    assert lines(made) == []


def test_what_is_put_away_is_not_changed_until_it_is_restored(made: Loop) -> None:
    requirements.archive(made.store, MIRA, made.requirement.id, "Nobody asks")
    draft = replace(made.requirement.draft, statement="From a tab that was open")
    with pytest.raises(InputError, match="R1 is put away"):
        requirements.revise(made.store, MIRA, made.requirement.id, draft, 1, "Because")
    with pytest.raises(InputError, match="R1 is put away"):
        requirements.duplicate(made.store, MIRA, made.requirement.id)
    with pytest.raises(InputError, match="R1 is put away"):
        criteria.add(made.store, MIRA, made.requirement.id, made.criterion.draft)
    assert len(lines(made)) == 1

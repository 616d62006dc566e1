"""A draft of a feature is suggested by rules; nothing of it is there before somebody accepts it."""

from uuid import UUID

import pytest

from tests.actions.scenes import MIRA, lines
from workbench.actions import drafting, features
from workbench.domain.datasets import CaseDraft
from workbench.domain.drafting import About, Resolution, Suggestion, of_group
from workbench.domain.features import Feature
from workbench.domain.people import Person
from workbench.domain.requirements import RequirementDraft
from workbench.errors import InputError
from workbench.store.store import Store

BRIEF = (
    "We get 400 support e-mails a day. The assistant should draft a reply in the customer's "
    "language, max 120 words, never promise a refund, and hand over when the customer threatens "
    "legal action. Answer within 3 s. Example: 'Where is my parcel? It was due on Monday.'"
)
JO = Person("browser-2", "Jo")


@pytest.fixture
def feature_id(store: Store) -> UUID:
    """A feature without anything."""
    kept = features.create(store, MIRA, Feature("Support"))
    assert kept.id is not None
    return kept.id


def drafted(store: Store, feature_id: UUID) -> list[Suggestion]:
    """What the rules suggest for the brief."""
    return store.drafting.of_round(drafting.by_rules(store, MIRA, feature_id, BRIEF).id)


def newest(store: Store, suggestion: Suggestion) -> Suggestion:
    """The suggestion as it stands now."""
    return store.drafting.get(suggestion.id)


def test_a_draft_is_kept_and_nothing_of_it_is_accepted(store: Store, feature_id: UUID) -> None:
    found = drafted(store, feature_id)
    assert all(each.is_open for each in found)
    assert {each.idea.about for each in found} == set(About)
    assert store.requirements.of(feature_id) == []
    assert store.datasets.of(feature_id) == []
    assert store.failures.of(feature_id) == []
    said = f"The rules drew {len(found)} suggestions from a text"
    assert lines(store, feature_id)[-1] == ("draft.make", said)


def test_an_accepted_requirement_says_which_sentence_it_came_from(
    store: Store, feature_id: UUID
) -> None:
    found = next(each for each in drafted(store, feature_id) if "3 s" in drafting.title(each.body))
    key = drafting.accept(store, JO, feature_id, found.id)
    (kept,) = store.requirements.of(feature_id)
    assert (kept.key, kept.draft.statement) == (key, "The reply is there within 3 s.")
    assert kept.revision.evidence[0].summary == "Suggested by rules: “Answer within 3 s.”"
    now = newest(store, found)
    assert (now.resolution, now.made, now.person) == (Resolution.ACCEPTED, "R1", "Jo")
    said = ("suggestion.answer", "Requirement suggested by rules accepted")
    assert lines(store, feature_id)[-1] == said


def test_a_requirement_brings_its_open_criteria_where_that_is_wished(
    store: Store, feature_id: UUID
) -> None:
    found = drafted(store, feature_id)
    refund = next(each for each in found if "refund" in drafting.title(each.body))
    first, second = (each for each in found if each.of_id == refund.id)
    drafting.reject(store, MIRA, feature_id, [first.id])
    drafting.accept(store, MIRA, feature_id, refund.id, with_criteria=True)
    (kept,) = store.criteria.of(feature_id)
    assert kept.draft.title == drafting.title(second.body)
    assert newest(store, first).resolution is Resolution.REJECTED


def test_a_criterion_waits_for_its_requirement(store: Store, feature_id: UUID) -> None:
    found = of_group(drafted(store, feature_id), About.CRITERION)[0]
    with pytest.raises(InputError, match="requirement is not accepted"):
        drafting.accept(store, MIRA, feature_id, found.id)
    assert newest(store, found).is_open


def test_what_somebody_edited_is_told_from_what_was_suggested(
    store: Store, feature_id: UUID
) -> None:
    found = of_group(drafted(store, feature_id), About.REQUIREMENT)[0]
    mine = RequirementDraft("The reply can be sent as it is.")
    drafting.accept(store, MIRA, feature_id, found.id, mine)
    assert store.requirements.of(feature_id)[0].draft.statement == mine.statement
    assert newest(store, found).resolution is Resolution.EDITED
    (rules,) = store.drafting.acceptance(feature_id)
    assert (rules.source, rules.accepted, rules.edited, rules.judged) == ("rules", 0, 1, 1)


def test_cases_come_into_one_version_of_a_dataset(store: Store, feature_id: UUID) -> None:
    cases = of_group(drafted(store, feature_id), About.CASE)
    taken = drafting.accept_cases(store, MIRA, feature_id, cases)
    (dataset,) = store.datasets.of(feature_id)
    assert (dataset.name, dataset.number) == ("Drafted cases", 1)
    assert dataset.n_cases == taken == len(cases)
    sources = {case.source for case in store.datasets.cases(dataset.id)}
    assert sources == {"suggested by rules", "from the pasted text"}


def test_a_case_without_words_is_not_taken(store: Store, feature_id: UUID) -> None:
    text = "The bot must never mention our merger."
    found = store.drafting.of_round(drafting.by_rules(store, MIRA, feature_id, text).id)
    blank = next(each for each in found if drafting.lacks_words(each.body))
    with pytest.raises(InputError, match="has no words"):
        drafting.accept(store, MIRA, feature_id, blank.id)
    assert isinstance(blank.body, CaseDraft)
    written = drafting.as_written(blank.body, "Is it true that you merge?")
    drafting.accept(store, MIRA, feature_id, blank.id, written)
    (dataset,) = store.datasets.of(feature_id)
    assert store.datasets.cases(dataset.id)[0].variables == {
        "message": "Is it true that you merge?"
    }


def test_of_two_people_the_second_is_told_who_was_faster(store: Store, feature_id: UUID) -> None:
    found = of_group(drafted(store, feature_id), About.REQUIREMENT)[0]
    drafting.accept(store, JO, feature_id, found.id)
    with pytest.raises(InputError, match="Jo was faster: this suggestion became R1"):
        drafting.accept(store, MIRA, feature_id, found.id)
    assert len(store.requirements.of(feature_id)) == 1


def test_what_was_rejected_can_be_looked_at_again(store: Store, feature_id: UUID) -> None:
    found = of_group(drafted(store, feature_id), About.REQUIREMENT)[0]
    drafting.reject(store, MIRA, feature_id, [found.id])
    drafting.reopen(store, MIRA, feature_id, found.id)
    assert newest(store, found).is_open
    drafting.accept(store, MIRA, feature_id, found.id)
    with pytest.raises(InputError, match="It is R1 by now"):
        drafting.reopen(store, MIRA, feature_id, found.id)


def test_rounds_are_kept_one_after_the_other(store: Store, feature_id: UUID) -> None:
    drafted(store, feature_id)
    drafting.by_rules(store, JO, feature_id, "It must answer in under 2 seconds.")
    assert [each.number for each in store.drafting.rounds(feature_id)] == [2, 1]


def test_a_suggestion_of_another_feature_is_left_alone(store: Store, feature_id: UUID) -> None:
    found = drafted(store, feature_id)[0]
    other = features.create(store, MIRA, Feature("Other"))
    assert other.id is not None
    with pytest.raises(InputError, match="another feature"):
        drafting.accept(store, MIRA, other.id, found.id)

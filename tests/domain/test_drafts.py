"""A draft that several tabs write: by field, in any order, no text is lost."""

from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.drafts import Draft, forgotten, left, merged, swapped

START = {"statement": "", "rationale": "", "kind": "quality"}


def test_fields_that_differ_are_merged() -> None:
    kept = Draft({**START, "statement": "Polite"})
    found = merged(kept, START, Draft({**START, "rationale": "They complained"}))
    assert found == Draft({**START, "statement": "Polite", "rationale": "They complained"})


def test_of_two_texts_for_one_field_mine_is_kept_and_theirs_is_beside_it() -> None:
    found = merged(
        Draft({**START, "statement": "Fast"}), START, Draft({**START, "statement": "Kind"})
    )
    assert found.body["statement"] == "Kind"
    assert found.beside == {"statement": ["Fast"]}


def test_of_two_choices_the_newest_counts() -> None:
    found = merged(Draft({**START, "kind": "safety"}), START, Draft({**START, "kind": "cost"}))
    assert found.body["kind"] == "cost"


def test_typing_on_leaves_one_text_of_each_tab() -> None:
    kept, tabs = Draft(START), {"Ada": START, "Ben": START}
    for length in range(1, 6):
        for tab in tabs:
            mine = Draft({**START, "statement": f"{tab} wrote {'x' * length}"})
            kept = merged(kept, tabs[tab], mine)
            tabs[tab] = dict(kept.body)
    texts = [kept.body["statement"], *kept.beside["statement"]]
    assert sorted(texts) == ["Ada wrote xxxxx", "Ben wrote xxxxx"]


def test_a_text_that_was_put_beside_another_is_not_lost_by_writing_elsewhere() -> None:
    kept = merged(
        Draft({**START, "statement": "Mine"}), START, Draft({**START, "statement": "Theirs"})
    )
    seen = {**START, "statement": "Mine"}
    kept = merged(kept, seen, Draft({**seen, "rationale": "Because"}))
    assert {kept.body["statement"], *kept.beside["statement"]} == {"Mine", "Theirs"}


def test_nothing_is_mixed_into_a_draft_for_something_else() -> None:
    kept = Draft({"prompt": "Greeting", "system": "Be kind.", "user": "Hello {{ name }}"})
    seen = {"prompt": "Answer", "system": "", "user": "{{ message }}"}
    mine = Draft({"prompt": "Answer", "system": "Be brief.", "user": "{{ message }}"})
    found = merged(kept, seen, mine, apart=("prompt",))
    assert found.body == mine.body
    assert found.beside == {"system": ["Be kind."], "user": ["Hello {{ name }}"]}


def test_what_others_wrote_since_stays_when_a_tab_is_done() -> None:
    kept = Draft({**START, "statement": "Saved", "rationale": "Another tab's"}, 1)
    assert left(kept, {**START, "statement": "Saved"}) == Draft({"rationale": "Another tab's"}, 1)
    assert left(kept, dict(kept.body)) is None


def test_a_clash_is_chosen_without_losing_either_text() -> None:
    kept = Draft({"statement": "Mine"}, 1, {"statement": ["Theirs"]})
    taken = swapped(kept, "statement", "Theirs")
    assert taken == Draft({"statement": "Theirs"}, 1, {"statement": ["Mine"]})
    assert forgotten(taken, "statement", "Mine") == Draft({"statement": "Theirs"}, 1)


def test_a_draft_on_an_older_revision_that_is_mixed_in_makes_the_whole_one_of_it() -> None:
    kept = Draft({**START, "statement": "On the first revision"}, 1)
    assert merged(kept, START, Draft({**START, "rationale": "On the second"}, 2)).based_on == 1
    assert merged(kept, dict(kept.body), Draft({**kept.body, "rationale": "x"}, 2)).based_on == 2


_WRITES = st.tuples(st.integers(0, 2), st.sampled_from(["statement", "rationale"]), st.text("ab"))


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2),
            st.sampled_from(["statement", "rationale"]),
            st.text("ab", min_size=1),
        ),
        max_size=12,
    )
)
def test_no_text_is_gone_but_what_was_replaced_by_who_saw_it(
    writes: list[tuple[int, str, str]],
) -> None:
    kept = Draft(START)
    seen = {tab: dict(START) for tab in range(3)}
    alive: dict[str, set[str]] = {"statement": set(), "rationale": set()}
    for number, (tab, name, text) in enumerate(writes):
        written = f"{tab}{text}{number}"
        alive[name] = (alive[name] - {seen[tab][name]}) | {written}
        kept = merged(kept, seen[tab], Draft({**seen[tab], name: written}))
        seen[tab] = dict(kept.body)
    for name, texts in alive.items():
        assert texts <= {kept.body[name], *kept.beside.get(name, ())}

"""Names of variables and values of cases: one rule, wherever a case comes from."""

import pytest

from workbench.domain import values
from workbench.domain.dataset_changes import repeated
from workbench.domain.datasets import Case, CaseDraft, checked
from workbench.domain.fingerprint import fingerprint
from workbench.errors import InputError
from workbench.exchange.tables.mapping import ColumnMapping, to_cases
from workbench.exchange.tables.shape import Table
from workbench.store.keys import new_id


def case(variables: dict[str, values.Value], reference: values.Value | None) -> Case:
    """A case as the store gives it."""
    return Case(new_id(), new_id(), "k", 1, variables, reference, (), "", False)


@pytest.mark.parametrize(
    ("name", "better"),
    [
        *(("reference", "reference_text"), ("loop", "loop_text"), ("key", "key_text")),
        *(("user question", "user_question"), ("9lives", "v_9lives"), ("a-b", "a_b")),
        *(("größe", "grosse"), ("", "text")),
    ],
)
def test_a_name_that_no_prompt_could_use_is_refused_with_one_that_can(
    name: str, better: str
) -> None:
    with pytest.raises(InputError) as caught:
        checked([CaseDraft("k", {name: "x"})])
    assert "cannot be the name of a variable" in caught.value.message
    if name != "größe":
        assert f"“{better}”" in caught.value.hint
    with pytest.raises(InputError, match="Column “q”"):
        to_cases(Table(("q",), (("x",),)), ColumnMapping(variables=("q",), names={"q": name}))


def test_a_name_of_an_older_version_may_stay() -> None:
    (kept,) = checked([CaseDraft("k", {"reference": "x"})], known=["reference"])
    assert kept.variables == {"reference": "x"}


def test_no_empty_reference_hides_a_variable() -> None:
    assert case({"reference": "Policy text 0"}, None).names() == {"reference": "Policy text 0"}
    assert case({"q": "x"}, None).names()["reference"] == ""
    assert case({"q": "x"}, ["a", "b"]).names()["reference"] == ["a", "b"]


def test_cases_of_text_keep_their_hashes() -> None:
    draft = CaseDraft("k", {"q": " x "}, "r", ("t",))
    assert draft.fingerprint() == fingerprint("k", {"q": " x "}, "r", ["t"], "", False)
    assert draft.input_fingerprint() == fingerprint({"q": "x"})


def test_a_list_and_the_text_of_it_are_two_inputs() -> None:
    drafts = [
        CaseDraft("a", {"q": ["x"]}),
        CaseDraft("b", {"q": '["x"]'}),
        CaseDraft("c", {"q": [" x "]}),
    ]
    assert len({draft.input_fingerprint() for draft in drafts}) == 2
    assert repeated(drafts) == 1


def test_a_blank_list_is_no_reference() -> None:
    for blank in ([], [""], [None], {}, "  "):
        assert checked([CaseDraft("k", {"q": "x"}, blank)])[0].reference is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [(7, "7"), (True, "true"), (None, ""), (("a", 1), ["a", 1]), ({"a": (1,)}, {"a": [1]})],
)
def test_a_value_is_text_a_list_or_a_group(given: object, kept: values.Value) -> None:
    assert values.of(given) == kept


def test_what_json_does_not_have_is_refused() -> None:
    deep: object = "x"
    for _ in range(25):
        deep = [deep]
    for given in (deep, [float("nan")], ["x"] * 30_000):
        with pytest.raises(InputError):
            values.of(given)

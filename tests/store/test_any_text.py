"""Whatever people type is a value: it never becomes part of a statement, and is found as typed."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.building import AUTHOR, Loop, loop
from tests.empty import empty_store
from workbench.domain.connections import LOCAL_NAME
from workbench.domain.datasets import CaseDraft
from workbench.domain.scores import Outcome
from workbench.domain.values import is_blank
from workbench.errors import InputError, NotFound
from workbench.store.rows_query import rows_query
from workbench.store.store import Store

N_EXAMPLES = int(os.environ.get("WORKBENCH_TEST_EXAMPLES", "10"))
"""`make acceptance` tries 2,000."""

HOSTILE = (
    "'; drop table trials; --",
    '"; drop table trials; --',
    "') or true --",
    "$1",
    "$search",
    "?",
    "%",
    "_",
    "\\",
    "a\x00b",
    "id desc; delete from scores",
    "(select body from outputs)",
    "' union select 1 --",
    "\u2019; drop table trials",
    "/* ",
    "{0}",
    "İ",
)
TEXT = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.builds("".join, st.lists(st.sampled_from([*"'\";-$?%_\\()/*", " or ", "drop table "]))),
)
PATIENT = settings(
    max_examples=N_EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loop]:
    """A loop with answers; its schema and the number of its trials are the same at the end."""
    store = empty_store(tmp_path_factory.mktemp("any"))
    built = loop(store, 6)
    built.run([Outcome.PASS, Outcome.FAIL] * 3)
    before = shape(store)
    yield built
    assert shape(store) == before
    assert store.audits.now().is_whole
    store.close()


def shape(store: Store) -> object:
    """What a statement that got in would change: the catalogue, and what was there."""
    return (
        sorted(store.database.rows("select table_name, sql from duckdb_tables()")),
        sorted(store.database.rows("select view_name, sql from duckdb_views() where not internal")),
        store.database.value("select count(*) from trials"),
        store.database.value("select count(*) from scores"),
    )


def each(test: object) -> object:
    """With every text that was made for this, before those that are drawn."""
    for text in HOSTILE:
        test = example(text=text)(test)  # type: ignore[arg-type]
    return test


@PATIENT
@given(text=TEXT)
@each
def test_any_search_text_filters_and_is_never_run(made: Loop, text: str) -> None:
    store = made.store
    (experiment,) = store.experiments.of(made.feature_id)
    assert len(store.reports.outputs.page(experiment.id, search=text, tag=None)) <= 6
    assert store.reports.outputs.page(
        experiment.id, outcome=text, criterion_id=made.criterion.id, scorer=text, tag=text
    ).empty
    cases, n_cases = store.datasets.page(made.dataset.id, search=text, only=text)
    assert len(cases) <= n_cases <= 6
    assert store.datasets.page(made.dataset.id, tags=[text]) == ([], 0)


@PATIENT
@given(text=TEXT)
@each
def test_any_name_is_looked_up_and_is_never_run(made: Loop, text: str) -> None:
    store = made.store
    assert store.features.named(text) is None
    assert store.connections.names(text) == [text]
    assert store.connections.endpoints([text, LOCAL_NAME]).get(text) is None
    with pytest.raises(NotFound):
        store.connections.named(text)
    store.drafts.prefer("said", text)
    assert store.drafts.preference("said") == text
    store.drafts.keep(f"scope {text}", {"text": text})
    kept = store.drafts.get(f"scope {text}")
    assert kept is not None
    assert kept.body == {"text": text}
    store.drafts.drop(f"scope {text}")


@PATIENT
@given(text=TEXT)
@each
def test_any_tag_key_and_value_of_a_case_comes_back_as_it_was(made: Loop, text: str) -> None:
    store = made.store
    # No reference and one of nothing but white space are one.
    reference = None if is_blank(text) else text
    draft = CaseDraft(
        "case", {"message": f"hello {text}"}, reference, (text,) if text.strip() else ()
    )
    name = f"any {store.database.value('select count(*) from datasets')}"
    try:
        version = store.datasets.add(made.feature_id, name, [draft], AUTHOR)
    except InputError:
        return
    (kept,) = store.datasets.cases(version.id)
    assert kept.variables == {"message": f"hello {text}"}
    assert kept.reference == draft.reference
    found, n_found = store.datasets.page(version.id, search="hello")
    assert (len(found), n_found) == (1, 1)
    if kept.tags:
        assert store.datasets.page(version.id, tags=kept.tags)[1] == 1


@PATIENT
@given(text=TEXT)
@each
def test_the_query_that_is_shown_for_a_verdict_holds_any_tag_as_text(made: Loop, text: str) -> None:
    if "\x00" in text:
        return
    (experiment,) = made.store.experiments.of(made.feature_id)
    query = rows_query(experiment.id, made.variant.id, made.criterion.id, text, [text])
    assert made.store.database.rows(query) == []

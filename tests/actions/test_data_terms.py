"""Under which terms cases may be used: kept, carried along, and asked for before a release."""

from datetime import date

import pytest

from tests import building
from tests.actions import lines
from workbench.actions import data_terms, exporting
from workbench.domain.data_terms import DataTerms
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.errors import Conflict, InputError
from workbench.evidence import readiness
from workbench.exchange.feature.file import import_feature
from workbench.exchange.feature.writer import export
from workbench.store.store import Store

ADA = Person("browser-1", "Ada")
WHOLE = DataTerms("CC BY 4.0", "Consent: May 2026", "The support inbox", date(2999, 12, 31))


def keep(store: Store, terms: DataTerms) -> building.Loop:
    made = building.loop(store, 2)
    version = store.datasets.of(made.feature_id)[0]
    place = made.feature_id, version.dataset_id, version.name
    data_terms.keep(store, ADA, *place, terms, based_on=DataTerms())
    return made


def test_terms_are_kept_tidied_once_with_a_line(store: Store) -> None:
    made = keep(store, DataTerms(basis=" Consent\nof May "))
    (version,) = store.datasets.of(made.feature_id)
    for _ in range(2):
        same = DataTerms(basis="Consent of May")
        place = made.feature_id, version.dataset_id, version.name
        data_terms.keep(store, ADA, *place, same, based_on=same)
    assert store.data_terms.of(made.feature_id) == {version.dataset_id: same}
    (line,) = [one for one in lines.of_all(store) if one.deed is Deed.DATA_TERMS_KEEP]
    assert line.why == "Basis for use: Consent of May"


def test_terms_never_replace_those_that_somebody_kept_meanwhile(store: Store) -> None:
    made = keep(store, DataTerms(basis="Theirs"))
    (version,) = store.datasets.of(made.feature_id)
    place = made.feature_id, version.dataset_id, version.name
    with pytest.raises(Conflict) as raised:
        data_terms.keep(store, ADA, *place, DataTerms(basis="Mine"), based_on=DataTerms())
    assert (raised.value.mine, raised.value.theirs) == (
        "Basis for use: Mine",
        "Basis for use: Theirs",
    )
    assert store.data_terms.of(made.feature_id)[version.dataset_id].basis == "Theirs"


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (DataTerms(), "nobody has said on what basis"),
        (DataTerms("CC BY 4.0"), "nobody has said on what basis"),
        (DataTerms(basis="Consent", expires=date(2020, 1, 31)), "ran out on 2020-01-31"),
        (WHOLE, ""),
    ],
)
def test_data_without_a_basis_or_out_of_time_is_not_ready_for_a_release(
    store: Store, terms: DataTerms, said: str
) -> None:
    made = keep(store, terms)
    lacks = readiness.data_lacks(store, made.feature_id)
    points = readiness.points([], None, 0, (), lacks)
    still_open = [point.said for point in points if point.page == "data" and not point.is_done]
    spec = exporting.spec(store, made.feature_id)
    if said:
        assert said in still_open[0]
        assert "Not for a release" in spec
    else:
        assert still_open == lacks == []
        assert "Not for a release" not in spec


def test_terms_travel_in_the_feature_file_and_stand_in_the_spec(store: Store) -> None:
    made = keep(store, WHOLE)
    text = export(store, made.feature_id)
    assert "expires: '2999-12-31'" in text or 'expires: "2999-12-31"' in text
    again = import_feature(store, text.replace("name: Support replies", "name: Again", 1), "Ben")
    assert list(store.data_terms.of(again.id).values()) == [WHOLE]
    assert "Collected from: The support inbox" in exporting.spec(store, again.id)


def test_a_day_that_is_none_is_refused_with_its_place(store: Store) -> None:
    made = keep(store, WHOLE)
    text = export(store, made.feature_id).replace("2999-12-31", "2999-02-31")
    with pytest.raises(InputError, match="expires"):
        import_feature(store, text, "Ben")
    with pytest.raises(InputError, match="characters"):
        DataTerms("x" * 400).checked()

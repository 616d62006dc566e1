"""Importing results: kept with one line, once however often, and not at all where refused."""

import pytest

from tests.actions.scenes import MIRA, counts, lines
from workbench.actions import results
from workbench.errors import InputError
from workbench.exchange.results import file
from workbench.exchange.results.imported import Imported
from workbench.store.store import Store

TABLE = b"case,variant,trial,criterion,value,output\na,X,1,Polite,1,Thanks\nb,X,1,Polite,0,No\n"


def kept(store: Store, data: bytes = TABLE) -> Imported:
    return results.keep(store, MIRA, file.read("r.csv", data), "Theirs", 0.8)


def test_an_import_is_kept_with_its_line_in_the_features_history(store: Store) -> None:
    done = kept(store)
    assert lines(store, done.feature_id) == [("results.import", "E1: 2 results imported")]
    (line,) = store.history.lately(done.feature_id)
    assert (line.person_id, line.person, line.key) == ("browser-1", "Mira", "E1")


def test_what_imported_results_come_to_is_kept_as_a_verdict(store: Store) -> None:
    done = kept(store)
    (point,) = store.kept_verdicts.trend(done.feature_id)
    assert (point.experiment, point.variant, point.kept.value) == ("E1", "X", 0.5)


def test_the_same_file_again_changes_nothing(store: Store) -> None:
    kept(store)
    before = counts(store)
    assert kept(store).added_trials == 0
    assert counts(store) == before


def test_a_file_that_contradicts_what_is_there_keeps_nothing(store: Store) -> None:
    kept(store)
    before = counts(store)
    with pytest.raises(InputError):
        kept(store, TABLE.replace(b"Thanks", b"Go away"))
    assert counts(store) == before

"""What leaves: one spec for page and command, and a file that another database takes in."""

from tests import building
from workbench.actions import exporting, features
from workbench.domain.people import Person
from workbench.domain.scores import Outcome
from workbench.evidence import guards, verdicts
from workbench.exchange.feature import reader
from workbench.store.store import Store


def _after_date(spec: str) -> str:
    return spec[spec.index("## Status") :]


def test_the_spec_is_the_same_whether_its_verdicts_were_read_before(store: Store) -> None:
    made = building.loop(store, copies=2)
    made.run([Outcome.PASS] * 6)
    rows = verdicts.of_feature(store, made.feature_id)
    experiments = store.experiments.of(made.feature_id)
    kept = guards.of_feature(store, experiments, verdicts.deciding(rows, None), rows)
    assert kept
    anew = exporting.spec(store, made.feature_id)
    assert _after_date(anew) == _after_date(exporting.spec(store, made.feature_id, rows, kept))
    assert kept[0].said in anew.replace("\\", "")


def test_an_export_leaves_no_trace_in_the_database(store: Store) -> None:
    made = building.loop(store)
    exporting.exported(store, made.feature_id, "yaml")
    exporting.exported(store, made.feature_id, "md")
    assert store.history.lately(made.feature_id) == []


def test_the_file_is_taken_in_again_under_another_name(store: Store) -> None:
    made = building.loop(store)
    text = exporting.exported(store, made.feature_id, "yaml")
    again = features.bring_in(store, Person("a", "Ada"), reader.load(text), "Copy")
    assert again.id is not None
    assert [r.key for r in store.requirements.of(again.id)] == [made.requirement.key]

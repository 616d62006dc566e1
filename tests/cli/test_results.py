"""Results from elsewhere: whole or not at all, once, and judged like results of a run."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import building
from workbench.actions import exporting
from workbench.cli import main
from workbench.domain.connections import OUTSIDE, OUTSIDE_NAME
from workbench.domain.experiments import RunState
from workbench.domain.features import Feature
from workbench.domain.scores import Outcome
from workbench.domain.verdicts import CriterionVerdict
from workbench.errors import InputError, ModelError
from workbench.evidence import verdicts as evidence
from workbench.exchange.feature.file import import_feature
from workbench.exchange.results import file as results_file
from workbench.exchange.results import keeping
from workbench.exchange.results.imported import Imported
from workbench.models import prices
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs.forecast import forecast
from workbench.runs.jobs import Jobs
from workbench.runs.rescoring import catch_up
from workbench.store.engine.integrity import counts
from workbench.store.store import Store, open_store

HEADER = "case,variant,trial,criterion,value"
PASS, FAIL = Outcome.PASS, Outcome.FAIL


def scored(n_pass: int, n_fail: int, variant: str = "X") -> str:
    """A file in which one trial of so many cases passed and of so many failed."""
    values = [1] * n_pass + [0] * n_fail
    rows = [f"case-{i:03d},{variant},1,Polite,{value}" for i, value in enumerate(values)]
    return "\n".join([HEADER, *rows, ""])


def kept(store: Store, text: str, bar: float = 0.8, name: str = "r.csv") -> Imported:
    """Import a text into the feature “Theirs”."""
    results = results_file.read(name, text.encode("utf-8"))
    return keeping.keep(store, results, "Theirs", "Ada", bar)


def verdict(store: Store, imported: Imported) -> CriterionVerdict:
    """The only one."""
    (found,) = evidence.of_feature(store, imported.feature_id)
    return found


def everything(store: Store) -> dict[str, tuple[int, int]]:
    """What every table holds."""
    return counts(store.database.rows)


@contextmanager
def jobs(store: Store, home: Path) -> Iterator[Jobs]:
    """A runner with nobody to ask."""
    found = Jobs(store, Models(LocalModel(home)))
    yield found
    found.close()


@pytest.mark.parametrize(
    ("n_pass", "n_fail", "word"),
    [(18, 2, "not_enough_evidence"), (90, 10, "met"), (10, 90, "not_met")],
)
def test_the_command_prints_what_was_imported_and_the_verdicts(
    home: Path, capsys: pytest.CaptureFixture[str], n_pass: int, n_fail: int, word: str
) -> None:
    file = home / "theirs.csv"
    file.write_text(scored(n_pass, n_fail), "utf-8")
    asked = ["import-results", str(file), "--feature", "Theirs", "--bar", "0.8"]
    assert main.main([*asked, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    n = n_pass + n_fail
    assert (said["imported"]["trials"], said["imported"]["scores"]) == (n, n)
    (found,) = said["verdicts"]
    assert (found["verdict"], found["n_cases"], found["n_unscored"]) == (word, n, 0)
    assert (found["bar"], found["variant"], found["stale"]) == (0.8, "X", False)
    assert main.main(asked) == 0
    assert "“theirs.csv” was imported before: nothing in it is new." in capsys.readouterr().out


def test_a_wrong_line_ends_the_command_with_code_2_and_nothing_kept(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = home / "theirs.csv"
    file.write_text(scored(3, 0) + "x,X,1,Polite,maybe\n", "utf-8")
    assert main.main(["import-results", str(file), "--feature", "Theirs"]) == 2
    assert "Line 5: the value “maybe”" in capsys.readouterr().err
    store = open_store(str(home / "app.duckdb"), home)
    assert store.features.all() == []
    store.close()


def test_a_file_that_is_not_there_is_an_input_error(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["import-results", str(home / "no.csv"), "--feature", "Theirs"]) == 2
    assert "There is no file" in capsys.readouterr().err


def test_the_same_outcomes_of_a_run_get_the_same_verdict(store: Store) -> None:
    ours = building.loop(store, 40)
    outcomes = [PASS] * 37 + [FAIL] * 3
    ours.run(outcomes, by_key=True)
    (of_run,) = evidence.of_feature(store, ours.feature_id)
    imported = kept(store, scored(37, 3))
    outside = verdict(store, imported)
    assert outside.estimate == of_run.estimate
    assert (outside.verdict, outside.pass_hat_k) == (of_run.verdict, of_run.pass_hat_k)


def test_importing_a_file_again_changes_nothing(store: Store) -> None:
    kept(store, scored(5, 1))
    before = everything(store)
    again = kept(store, scored(5, 1))
    assert (again.added_cases, again.added_trials, again.added_scores) == (0, 0, 0)
    assert everything(store) == before


def test_a_longer_file_adds_only_what_is_new(store: Store) -> None:
    kept(store, scored(5, 1))
    more = kept(store, scored(5, 1) + "new,X,1,Polite,1\ncase-000,X,2,Polite,1\n")
    assert (more.added_cases, more.added_trials, more.added_scores) == (1, 2, 2)
    assert more.dataset_version == 2


def test_another_word_of_a_rater_is_a_newer_score(store: Store) -> None:
    kept(store, scored(4, 0))
    changed = kept(store, scored(3, 1))
    assert (changed.added_trials, changed.added_scores) == (0, 1)
    assert verdict(store, changed).estimate.value == 0.75


def test_another_output_for_a_trial_that_is_there_is_refused_whole(store: Store) -> None:
    header = f"{HEADER},output\n"
    kept(store, f"{header}a,X,1,Polite,1,Hello\n")
    before = everything(store)
    with pytest.raises(InputError, match="Line 3: trial 1 of “a” with “X” is there with another"):
        kept(store, f"{header}b,X,1,Polite,1,Hi\na,X,1,Polite,1,Good day\n")
    assert everything(store) == before


def test_a_bar_that_cannot_be_shown_keeps_nothing(store: Store) -> None:
    with pytest.raises(InputError, match="No number of trials can show"):
        kept(store, scored(3, 0), bar=1.0)
    assert store.features.all() == []


def test_variants_on_the_same_cases_share_an_experiment(store: Store) -> None:
    text = f"{HEADER}\na,X,1,Polite,1\na,Y,1,Polite,1\nb,Z,1,Polite,1\n"
    imported = kept(store, text)
    found = store.experiments.of(imported.feature_id)
    assert [[v.label for v in e.variants] for e in found] == [["X", "Y"], ["Z"]]
    assert {e.question for e in found} == {"Outside results: r.csv"}
    runs = [store.runs.latest(e.id) for e in found]
    assert [run.state if run else None for run in runs] == [RunState.FINISHED] * 2


def test_a_name_that_a_variant_has_already_is_not_taken_twice(store: Store) -> None:
    ours = building.loop(store, name="Theirs")
    kept(store, scored(2, 0, variant=ours.variant.label))
    labels = [variant.label for variant in store.variants.of(ours.feature_id)]
    assert labels == [ours.variant.label, f"{ours.variant.label} (outside)"]


def test_a_criterion_and_a_dataset_that_are_there_are_used(store: Store) -> None:
    ours = building.loop(store, 3, name="Theirs", bar=0.7)
    keys = [case.key for case in store.datasets.cases(ours.dataset.id)]
    title = ours.criterion.draft.title.upper()
    imported = kept(store, "\n".join([HEADER, *(f"{key},X,1,{title},1" for key in keys)]))
    assert (imported.dataset, imported.added_cases) == (ours.dataset.name, 0)
    assert imported.new_criteria == ()
    (found,) = evidence.of_feature(store, ours.feature_id)
    assert (found.criterion.draft.bar, found.estimate.value) == (0.7, 1.0)


def test_slices_become_tags(store: Store) -> None:
    imported = kept(store, f"{HEADER},slice\na,X,1,Polite,1,short; inbox\nb,X,1,Polite,1,\n")
    (experiment,) = store.experiments.of(imported.feature_id)
    cases = store.datasets.cases(experiment.dataset_version_id)
    assert [case.tags for case in cases] == [("short", "inbox"), ()]


def test_an_empty_value_is_unscored(store: Store) -> None:
    imported = kept(store, f"{HEADER}\na,X,1,Polite,1\nb,X,1,Polite,\n")
    estimate = verdict(store, imported).estimate
    assert (estimate.n_cases, estimate.n_unscored) == (1, 1)


def test_the_majority_of_raters_counts(store: Store) -> None:
    rows = (f"a,X,1,Polite,{value},{who}" for value, who in ((1, "Ada"), (1, "Ben"), (0, "Cy")))
    imported = kept(store, "\n".join([f"{HEADER},rater", *rows]))
    assert verdict(store, imported).estimate.value == 1.0


def test_checks_say_nothing_of_answers_whose_text_is_not_known(store: Store) -> None:
    ours = building.loop(store, name="Theirs")
    kept(store, scored(2, 0))
    assert catch_up(store, ours.feature_id) == 0
    kept(store, f"{HEADER},output\nz,X,1,Polite,1,Hello\n")
    assert catch_up(store, ours.feature_id) == 1


def test_nobody_is_asked_for_trials_that_are_missing(store: Store, home: Path) -> None:
    imported = kept(store, f"{HEADER}\na,X,1,Polite,1\na,X,2,Polite,1\nb,X,1,Polite,1\n")
    store.features.set_budget(imported.feature_id, 1.0, "Ada")
    (experiment,) = store.experiments.of(imported.feature_id)
    before = store.runs.latest(experiment.id)
    with jobs(store, home) as running, pytest.raises(ModelError) as refused:
        running.start(experiment.id, "Ada")
    assert "the workbench cannot ask for more of them" in refused.value.message
    # No run is begun that could only fail.
    assert store.runs.latest(experiment.id) == before
    assert len(store.trials.of_experiment(experiment.id)) == 3


def test_starting_an_imported_experiment_finds_it_finished(store: Store, home: Path) -> None:
    imported = kept(store, scored(2, 0))
    (experiment,) = store.experiments.of(imported.feature_id)
    with jobs(store, home) as running:
        assert running.start(experiment.id, "Ada").state is RunState.FINISHED


def test_the_connection_of_outside_results_can_be_named_but_not_asked_chosen_or_made(
    store: Store, home: Path
) -> None:
    assert store.connections.named(OUTSIDE_NAME) == OUTSIDE
    assert OUTSIDE not in store.connections.all()
    with pytest.raises(InputError, match="imported results"):
        OUTSIDE.checked()
    with pytest.raises(ModelError, match="made elsewhere"):
        Models(LocalModel(home)).client(OUTSIDE)
    assert prices.price(OUTSIDE, "gpt-4o") is None


def test_a_forecast_with_an_outside_variant_has_no_price(store: Store) -> None:
    imported = kept(store, scored(2, 0))
    (experiment,) = store.experiments.of(imported.feature_id)
    cases = store.datasets.cases(experiment.dataset_version_id)
    found = forecast(store, experiment.variants, cases, 2)
    assert (found.calls, found.cost) == (4, None)


def test_a_feature_with_outside_results_can_be_exported_and_imported(store: Store) -> None:
    imported = kept(store, scored(2, 0))
    text = exporting.exported(store, imported.feature_id, "yaml")
    store.features.archive(imported.feature_id)
    assert isinstance(import_feature(store, text, "Ada"), Feature)

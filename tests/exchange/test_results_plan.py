"""Which experiment outside results belong to: of a file again, of a copy, of a further one."""

from dataclasses import replace

import pytest

from workbench.domain.verdicts import CriterionVerdict, Verdict
from workbench.errors import InputError
from workbench.evidence import verdicts as evidence
from workbench.exchange.results import file, keeping
from workbench.exchange.results.imported import Imported
from workbench.store.store import Store

HEADER = "case,variant,trial,criterion,value"


def rows(first: int, last: int, trial: int = 1, variant: str = "X") -> list[str]:
    """A passed trial of each case from the first to the last."""
    return [f"case-{i},{variant},{trial},Polite,1" for i in range(first, last + 1)]


def kept(store: Store, lines: list[str], name: str = "r.csv") -> Imported:
    """Import those lines."""
    text = "\n".join([HEADER, *lines])
    results = file.read(name, text.encode())
    return keeping.keep(store, results, "Theirs", "Ada", 0.8)


def verdict(store: Store, imported: Imported) -> CriterionVerdict:
    """The only one."""
    (found,) = evidence.of_feature(store, imported.feature_id)
    return found


def sizes(found: CriterionVerdict) -> tuple[int, int, int]:
    """Cases, trials, and unscored ones."""
    return found.estimate.n_cases, found.estimate.n_trials, found.estimate.n_unscored


def test_a_copy_of_a_file_under_another_name_makes_no_other_experiment(store: Store) -> None:
    first = kept(store, rows(1, 20))
    assert kept(store, rows(1, 20), "copy.csv").experiments == first.experiments


def test_a_bar_that_was_changed_after_the_results_stays_so_when_they_are_imported_again(
    store: Store,
) -> None:
    first = kept(store, rows(1, 20))
    (criterion,) = store.criteria.of(first.feature_id)
    lower = replace(criterion.draft, bar=0.5)
    store.criteria.revise(criterion.id, lower, criterion.number, "Ada", "Lower")
    again = kept(store, rows(1, 20))
    assert again.experiments == first.experiments
    found = verdict(store, again)
    assert "set after seeing the results" in found.warnings[0]


def test_a_file_with_more_cases_is_an_experiment_of_all(store: Store) -> None:
    kept(store, rows(1, 20))
    assert sizes(verdict(store, kept(store, rows(1, 30)))) == (30, 30, 0)


def test_a_second_file_with_other_cases_adds_to_the_first(store: Store) -> None:
    kept(store, rows(1, 20))
    assert sizes(verdict(store, kept(store, rows(21, 30), "more.csv"))) == (30, 30, 0)


def test_a_second_file_with_further_trials_adds_to_the_first(store: Store) -> None:
    kept(store, rows(1, 20))
    assert sizes(verdict(store, kept(store, rows(1, 20, trial=2), "more.csv"))) == (20, 40, 0)


def test_a_part_of_what_is_there_does_not_take_its_place(store: Store) -> None:
    first = kept(store, rows(1, 20))
    part = kept(store, rows(1, 5), "part.csv")
    assert part.experiments == first.experiments
    assert sizes(verdict(store, part)) == (20, 20, 0)


def test_trials_that_were_missing_go_where_they_were_missing(store: Store) -> None:
    first = kept(store, [*rows(1, 20), *rows(1, 10, trial=2)])
    assert sizes(verdict(store, first)) == (20, 30, 10)
    rest = kept(store, rows(11, 20, trial=2), "rest.csv")
    assert rest.experiments == first.experiments
    assert sizes(verdict(store, rest)) == (20, 40, 0)


def test_another_variant_has_an_experiment_of_its_own(store: Store) -> None:
    first = kept(store, rows(1, 20))
    other = kept(store, rows(1, 20, variant="Y"))
    assert other.experiments != first.experiments


def test_numbers_are_kept_beside_the_outcomes_that_were_made_of_them(store: Store) -> None:
    first = kept(store, ["a,X,1,Clear,0.7", "b,X,1,Clear,0.2"])
    (criterion,) = store.criteria.of(first.feature_id)
    scorer = criterion.draft.scorer
    assert (scorer.scale, scorer.passes_from) == ((0, 1), 0.5)
    (experiment,) = store.experiments.of(first.feature_id)
    (score,) = store.scores.of_trial(store.trials.of_experiment(experiment.id)[0].id)
    assert (score.judgement.outcome, score.judgement.value) == ("pass", 0.7)
    assert score.judgement.reason == "0.7, where 0.5 and more pass."


def test_numbers_of_one_criterion_have_one_level(store: Store) -> None:
    kept(store, ["a,X,1,Clear,0.7"])
    text = f"{HEADER}\na,Y,1,Clear,0.7"
    with pytest.raises(InputError, match=r"pass from 0\.5 on; here it would be 0\.6"):
        keeping.keep(store, file.read("r.csv", text.encode(), 0.6), "Theirs", "Ada", 0.8)


def test_cases_of_one_group_count_once(store: Store) -> None:
    lines = [f"case-{i},X,1,Polite,1,document {i % 4}" for i in range(40)]
    text = "\n".join([f"{HEADER},group", *lines]).encode()
    first = keeping.keep(store, file.read("r.csv", text), "Theirs", "Ada", 0.8)
    found = verdict(store, first)
    assert (found.estimate.n_cases, found.estimate.n_clusters) == (40, 4)
    again = keeping.keep(store, file.read("r.csv", text), "Theirs", "Ada", 0.8)
    assert again.experiments == first.experiments


def test_groups_may_come_later_and_make_a_new_version_of_the_cases(store: Store) -> None:
    first = kept(store, rows(1, 8))
    lines = [f"{row},document {i % 2}" for i, row in enumerate(rows(1, 8))]
    text = "\n".join([f"{HEADER},group", *lines]).encode()
    keeping.keep(store, file.read("r.csv", text), "Theirs", "Ada", 0.8)
    (version,) = store.datasets.of(first.feature_id)
    assert {case.group for case in store.datasets.cases(version.id)} == {"document 0", "document 1"}
    assert version.number == 2


def test_a_file_imported_again_with_more_rows_is_judged_as_one_look_of_many(store: Store) -> None:
    first = verdict(store, kept(store, rows(1, 10)))
    assert (first.extends, first.verdict) == ((), Verdict.NOT_ENOUGH_EVIDENCE)
    # 14 cases without a failure show a bar of 80%, had they been one plan.
    second = verdict(store, kept(store, rows(1, 20)))
    assert (second.extends, second.verdict) == (("E1",), Verdict.NOT_ENOUGH_EVIDENCE)
    third = verdict(store, kept(store, rows(1, 29)))
    assert (third.extends, third.verdict) == (("E1", "E2"), Verdict.MET)


def test_a_second_file_with_further_trials_is_one_look_of_many(store: Store) -> None:
    kept(store, rows(1, 20))
    assert verdict(store, kept(store, rows(1, 20, trial=2), "more.csv")).extends == ("E1",)


def test_a_file_imported_again_as_it_was_is_the_same_look(store: Store) -> None:
    kept(store, rows(1, 20))
    found = verdict(store, kept(store, rows(1, 20), "copy.csv"))
    assert (found.extends, found.verdict) == ((), Verdict.MET)

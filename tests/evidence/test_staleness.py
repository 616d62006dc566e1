"""The rules of staleness, each as docs/verdicts.md has it: against the answers' own time."""

from dataclasses import replace

import pytest

from tests import building
from tests.building import AUTHOR, POLITE, Loop, cases, loop, trial
from workbench.domain.calls import Parameters
from workbench.domain.connections import Connection
from workbench.domain.criteria import CriterionDraft, Lane, Scorer, ScorerKind
from workbench.domain.datasets import CaseDraft
from workbench.domain.experiments import Experiment
from workbench.domain.prompts import PromptText, Variant
from workbench.domain.scores import Outcome
from workbench.evidence import readiness, staleness, verdicts
from workbench.evidence.counting import Counted
from workbench.store.store import Store

PASS, N = Outcome.PASS, 5


def stale(made: Loop, experiment: Experiment, variant: Variant | None = None) -> list[str]:
    """The rule, called for an experiment's own variant."""
    store = made.store
    counted, variant = Counted(store), variant or experiment.variants[0]
    return staleness.reasons(
        staleness.Changes.of(
            store,
            made.feature_id,
            store.experiments.of(made.feature_id),
            store.criteria.of(made.feature_id),
        ),
        next(r for r in store.requirements.of(made.feature_id) if r.id == made.requirement.id),
        store.criteria.get(made.criterion.id),
        variant,
        experiment,
        made.dataset.dataset_id,
        counted.answered(experiment, variant),
    )


def supersede(made: Loop, experiment: Experiment, n: int | None = None) -> None:
    """Ask an experiment's calls anew, or the first `n` of them."""
    run = made.store.runs.start(experiment.id, AUTHOR, is_fresh=True)
    calls = made.store.trials.missing(experiment.id, older_than=run.asks_again)[:n]
    made.store.trials.add([trial(run.id, call, supersedes=call.supersedes) for call in calls])


def plan_once_more(made: Loop) -> Experiment:
    """Another plan that asks the same calls: nothing is asked anew."""
    return made.store.experiments.add(made.feature_id, made.plan(1, "Once more?"), AUTHOR)


def revise(made: Loop) -> None:
    store, draft = made.store, replace(made.requirement.draft, statement="Says thanks")
    store.requirements.revise(made.requirement.id, draft, 1, AUTHOR, "Clearer")


def move_the_bar(made: Loop) -> None:
    draft = replace(made.criterion.draft, bar=0.5)
    made.store.criteria.revise(made.criterion.id, draft, 1, AUTHOR, "Lower")


def reword(made: Loop) -> None:
    made.store.prompts.save(made.feature_id, "Reply", PromptText("", "Hi {{message}}!"), AUTHOR)


def grow(made: Loop) -> None:
    drafts = [case.draft() for case in made.store.datasets.cases(made.dataset.id)]
    drafts.append(CaseDraft("more", {"message": "one more"}))
    made.store.datasets.save(made.dataset.dataset_id, drafts, made.dataset.number, AUTHOR, "More")


CHANGES = {
    "R1 was revised": revise,
    "C1 was changed": move_the_bar,
    "the prompt “Reply” has a newer version": reword,
    "the dataset “Inbox” has a newer version": grow,
}


@pytest.mark.parametrize("said", CHANGES)
def test_a_change_after_the_answers_makes_stale(store: Store, said: str) -> None:
    made = loop(store, N)
    experiment = made.run([PASS] * N)
    assert stale(made, experiment) == []
    CHANGES[said](made)
    assert stale(made, experiment) == [said]


@pytest.mark.parametrize("said", CHANGES)
def test_a_plan_that_asks_nothing_leaves_it_stale_and_the_spec_open(
    store: Store, said: str
) -> None:
    made = loop(store, N)
    made.run([PASS] * N)
    CHANGES[said](made)
    later = plan_once_more(made)
    assert stale(made, later) == [said]
    (found,) = verdicts.of_feature(store, made.feature_id)
    assert found.experiment == later.key
    (noted,) = (warning for warning in found.warnings if "re-judges 5 answers from" in warning)
    assert noted.endswith("; nothing was asked anew")
    open_ones = [
        check.said
        for check in readiness.points(building.of_candidate(store, made.feature_id), None, 0)
        if not check.is_done
    ]
    assert any("R1 is resting on stale evidence" in one for one in open_ones)


@pytest.mark.parametrize("said", CHANGES)
def test_answers_that_are_newer_than_the_change_are_not_stale(store: Store, said: str) -> None:
    made = loop(store, N)
    experiment = made.run([PASS] * N)
    CHANGES[said](made)
    supersede(made, experiment)
    assert stale(made, experiment) == []


@pytest.mark.parametrize("said", CHANGES)
def test_one_old_answer_among_new_ones_keeps_it_stale(store: Store, said: str) -> None:
    made = loop(store, N)
    experiment = made.run([PASS] * N)
    CHANGES[said](made)
    supersede(made, experiment, N - 1)
    assert stale(made, experiment) == [said]


@pytest.mark.parametrize("said", CHANGES)
def test_what_is_asked_after_a_change_is_not_stale_at_birth(store: Store, said: str) -> None:
    made = loop(store, N)
    CHANGES[said](made)
    assert stale(made, made.run([PASS] * N)) == []


@pytest.mark.parametrize("said", CHANGES)
def test_nothing_is_stale_where_nothing_was_answered(store: Store, said: str) -> None:
    made = loop(store, N)
    experiment = made.run([None] * N)
    CHANGES[said](made)
    assert stale(made, experiment) == []


@pytest.mark.parametrize(
    ("change", "is_stale"),
    [
        ({"bar": 0.5}, True),
        ({"confidence": 0.9}, True),
        ({"slices": ("rude",)}, True),
        ({"scorer": Scorer(ScorerKind.CONTAINS, {"texts": ["please"]})}, True),
        ({"lane": Lane.DISCOVERED, "origin": "E1"}, True),
        ({"title": "Says thank you"}, False),
        ({"target": 0.99}, False),
    ],
    ids=str,
)
def test_of_a_criterion_only_what_decides_makes_stale(
    store: Store, change: dict[str, object], is_stale: bool
) -> None:
    made = loop(store, N)
    experiment = made.run([PASS] * N)
    draft = replace(made.criterion.draft, **change)
    store.criteria.revise(made.criterion.id, draft, 1, AUTHOR, "Why")
    assert stale(made, experiment) == (["C1 was changed"] if is_stale else [])


def test_a_bar_that_came_back_to_where_it_was_is_judged_as_it_was_planned(store: Store) -> None:
    made = loop(store, N)
    experiment = made.run([PASS] * N)
    move_the_bar(made)
    store.criteria.revise(made.criterion.id, made.criterion.draft, 2, AUTHOR, "Back")
    assert stale(made, experiment) == []


def test_a_bar_that_was_set_after_the_results_of_a_lower_one_is_stale(store: Store) -> None:
    made = loop(store, N)
    move_the_bar(made)
    experiment = made.run([PASS] * N)
    store.criteria.revise(made.criterion.id, made.criterion.draft, 2, AUTHOR, "Back")
    assert stale(made, experiment) == ["C1 was changed"]


def test_a_criterion_that_is_younger_than_every_answer_is_late_and_not_stale(store: Store) -> None:
    made = loop(store, N)
    experiment = made.run([PASS] * N)
    young = store.criteria.add(made.requirement.id, CriterionDraft("New", POLITE), AUTHOR)
    late = replace(made, criterion=young)
    assert stale(late, experiment) == []


def test_an_older_wording_beside_the_newest_is_the_comparison(store: Store) -> None:
    made = loop(store, N)
    reword(made)
    newest = store.prompts.versions(made.feature_id)[-1]
    other = store.variants.save(newest, "Local model", "small", Parameters(max_tokens=8))
    plan = replace(made.plan(), variant_ids=(made.variant.id, other.id))
    experiment = store.experiments.add(made.feature_id, plan, AUTHOR)
    run_id = store.runs.start(experiment.id, AUTHOR).id
    made.answer(run_id, [(call, PASS) for call in store.trials.missing(experiment.id)])
    assert stale(made, experiment) == []


def test_another_datasets_version_is_no_news(store: Store) -> None:
    made = loop(store, N)
    experiment = made.run([PASS] * N)
    other = store.datasets.add(made.feature_id, "Other", cases(3), AUTHOR)
    store.datasets.save(other.dataset_id, cases(4), 1, AUTHOR, "More")
    assert stale(made, experiment) == []


def connected(made: Loop) -> tuple[Loop, Connection]:
    """The loop with its variant on a connection, and answered there."""
    ours = made.store.connections.add(Connection("Ours", "https://a.example.com/v1"), AUTHOR)
    variant = made.store.variants.save(made.variant.prompt, "Ours", "m", Parameters())
    endpoint = made.store.connections.endpoint("Ours")
    assert endpoint is not None
    made.store.variants.point(variant.id, endpoint)
    return replace(made, variant=variant), ours


def test_a_connection_that_moved_makes_stale_until_it_is_back(store: Store) -> None:
    made, ours = connected(loop(store, N))
    experiment = made.run([PASS] * N)
    gone = store.connections.save(replace(ours, base_url="https://b.example.com/v1"))
    assert stale(made, experiment) == ["“Ours” moved from a.example.com to b.example.com"]
    assert stale(made, plan_once_more(made)) == ["“Ours” moved from a.example.com to b.example.com"]
    store.connections.save(replace(gone, base_url="HTTPS://A.example.com:443/v1/"))
    assert stale(made, experiment) == []


def test_both_addresses_side_by_side_are_the_comparison(store: Store) -> None:
    made, ours = connected(loop(store, N))
    made.run([PASS] * N)
    store.connections.save(replace(ours, base_url="https://b.example.com/v1"))
    there = store.variants.save(made.variant.prompt, "Ours", "m", Parameters())
    assert there.id != made.variant.id
    plan = replace(made.plan(), variant_ids=(made.variant.id, there.id))
    experiment = store.experiments.add(made.feature_id, plan, AUTHOR)
    assert stale(made, experiment) == []


@pytest.mark.parametrize(
    "change", [{"name": "Theirs"}, {"price_in": 1.0, "price_out": 2.0}, {"concurrency": 2}], ids=str
)
def test_a_name_a_price_and_a_limit_make_nothing_stale(
    store: Store, change: dict[str, object]
) -> None:
    made, ours = connected(loop(store, N))
    experiment = made.run([PASS] * N)
    store.connections.save(replace(ours, **change))
    assert stale(made, experiment) == []

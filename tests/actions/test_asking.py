"""Asking in the playground: what is kept of a wish, once, and what is refused whole."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest

from tests.actions.scenes import MIRA, PATIENCE_S, counts, lines
from tests.faults import endpoint as faults
from tests.runs import scenes
from workbench.actions import asking
from workbench.actions.asking import Wish
from workbench.domain.calls import Parameters
from workbench.domain.datasets import CaseDraft
from workbench.domain.experiments import Experiment, Purpose
from workbench.domain.prompts import PromptText
from workbench.errors import InputError, TemplateError
from workbench.runs.jobs import Jobs
from workbench.store.store import Store

FAKE = ("Fake", "fake-1")


@pytest.fixture
def known(store: Store) -> Iterator[Experiment]:
    """A feature with three cases and a saved prompt, on an endpoint that answers."""
    with faults.serve() as server:
        yield scenes.experiment(store, server.base_url, 3)


def wish(store: Store, known: Experiment, user: str = "{{text}} please") -> Wish:
    (dataset,) = [d for d in store.datasets.of(known.feature_id) if d.name == "Pings"]
    cases: tuple[UUID, ...] = tuple(c.id for c in store.datasets.cases(dataset.id)[:2])
    text = PromptText("Answer.", user)
    return Wish(known.feature_id, "Plain", text, (FAKE,), Parameters(), 1, dataset, cases)


def ask(store: Store, jobs: Jobs, wanted: Wish) -> Experiment:
    asked = asking.ask(store, jobs, MIRA, wanted)
    assert jobs.wait(asked.id, PATIENCE_S)
    return asked


def test_a_wish_becomes_a_version_a_variant_a_plan_and_answers(
    store: Store, jobs: Jobs, known: Experiment
) -> None:
    asked = ask(store, jobs, wish(store, known))
    assert (asked.key, asked.purpose, asked.n_cases) == ("P1", Purpose.PLAYGROUND, 2)
    assert store.reports.progress.of(asked.id).outputs == 2
    assert [v.label for v in store.prompts.versions(known.feature_id)] == ["Plain v1", "Plain v2"]
    assert lines(store, known.feature_id) == [
        ("prompt.keep", "Plain v2 kept"),
        ("prompt.try", "P1 was started"),
    ]


def test_the_same_wish_again_changes_nothing(store: Store, jobs: Jobs, known: Experiment) -> None:
    asked, before = ask(store, jobs, wish(store, known)), counts(store)
    assert ask(store, jobs, wish(store, known)).id == asked.id
    assert counts(store) == before


def test_a_saved_wording_is_asked_without_another_version(
    store: Store, jobs: Jobs, known: Experiment
) -> None:
    asked = ask(store, jobs, wish(store, known, "{{text}}"))
    assert asked.variants == known.variants
    assert [deed for deed, _ in lines(store, known.feature_id)] == ["prompt.try"]


def test_a_typed_input_is_one_case_however_often_it_is_asked(
    store: Store, jobs: Jobs, known: Experiment
) -> None:
    typed = replace(wish(store, known), typed=CaseDraft("", {"text": "ping 777"}))
    first, second = ask(store, jobs, typed), ask(store, jobs, replace(typed, trials=2))
    assert store.experiments.case_ids(first.id) == store.experiments.case_ids(second.id)
    assert first.dataset == asking.TYPED


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"case_ids": ()}, "No case is chosen"),
        ({"typed": CaseDraft("", {"text": "  "})}, "The input is empty"),
        ({"models": tuple(("Fake", f"fake-{i}") for i in range(5))}, "5 variants are too many"),
    ],
)
def test_a_wish_that_lacks_something_keeps_nothing(
    store: Store, jobs: Jobs, known: Experiment, changed: dict[str, object], said: str
) -> None:
    before = counts(store)
    with pytest.raises(InputError, match=said):
        asking.ask(store, jobs, MIRA, replace(wish(store, known), **changed))  # type: ignore[arg-type]  # a table of fields
    assert counts(store) == before


def test_a_prompt_that_can_not_be_read_keeps_nothing(
    store: Store, jobs: Jobs, known: Experiment
) -> None:
    before = counts(store)
    with pytest.raises((InputError, TemplateError)):
        asking.ask(store, jobs, MIRA, wish(store, known, "{% if text %}"))
    assert counts(store) == before


def test_a_wish_that_no_budget_could_hold_keeps_nothing(
    store: Store, jobs: Jobs, known: Experiment
) -> None:
    store.features.set_budget(known.feature_id, 1.0, "Ada")
    before = counts(store)
    with pytest.raises(InputError, match="price of fake-1 is not known"):
        asking.ask(store, jobs, MIRA, wish(store, known))
    assert counts(store) == before

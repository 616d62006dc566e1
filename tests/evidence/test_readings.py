"""Two readings of one sentence: who stands for them, who is with whom, and when it is said."""

from uuid import UUID, uuid4

import pytest

from tests.actions.test_adjudication import SCALE, Scene
from workbench.domain.criteria import Measure
from workbench.domain.scores import Outcome
from workbench.evidence import agreement, readings
from workbench.evidence.agreement import Shown
from workbench.evidence.words import agreement as words
from workbench.store.reports.agreement import Dispute, Opinion
from workbench.store.store import Store

WORDS = {"p": Outcome.PASS, "f": Outcome.FAIL, "n": Outcome.NOT_APPLICABLE}


def disputes(said: dict[str, str]) -> list[Dispute]:
    """What raters said, a letter for each output; - for nothing."""
    n = len(next(iter(said.values())))
    return [
        Dispute(
            uuid4(),
            UUID(int=place),
            f"c{place}",
            tuple(
                Opinion(rater, WORDS[letters[place]], None, "")
                for rater, letters in said.items()
                if letters[place] != "-"
            ),
            None,
        )
        for place in range(n)
    ]


def ways(said: dict[str, str]) -> list[tuple[tuple[str, ...], list[str]]]:
    """The raters of each reading, and the cases on which they are kinder."""
    found = readings.two(disputes(said))
    assert found is not None
    return [(way.raters, [dispute.case for dispute in way.kinder]) for way in found]


def test_the_two_who_differ_most_stand_for_the_readings_and_others_join_them() -> None:
    assert ways({"Ada": "pppp", "Ben": "ffff", "Cy": "pppf", "Di": "ff-f"}) == [
        (("Ada", "Cy"), ["c0", "c1", "c2", "c3"]),
        (("Ben", "Di"), []),
    ]


def test_who_is_with_both_as_often_is_with_neither() -> None:
    (first, _), (second, _) = ways({"Ada": "pp", "Ben": "ff", "Cy": "pf"})
    assert (first, second) == (("Ada",), ("Ben",))


def test_each_reading_may_be_the_kinder_one_and_not_applicable_is_the_least_kind() -> None:
    assert ways({"Ada": "pfn", "Ben": "fpf"}) == [(("Ada",), ["c0"]), (("Ben",), ["c1", "c2"])]


def test_models_stand_for_no_reading() -> None:
    assert ways({"Ada": "pp", "Ben": "pf", "judge:m": "ff"}) == [(("Ada",), ["c1"]), (("Ben",), [])]
    assert readings.two(disputes({"Ada": "pp", "judge:m": "ff"})) is None


@pytest.mark.parametrize(
    ("ada", "ben", "shown", "said"),
    [
        ("pf" * 20, "fp" * 20, Shown.TWO_WAYS, "This sentence can be read two ways."),
        ("pf" * 20, "pf" * 20, Shown.ALIKE, "People read this sentence alike."),
        # The estimate is below 0.67, its interval is not.
        ("pf" * 6, "fp" + "pf" * 5, Shown.OPEN, "It may be"),
        ("p" * 20, "p" * 20, Shown.OPEN, "Nothing beyond chance can be told"),
        ("pf--", "--pf", Shown.OPEN, "No two people have rated the same output yet"),
    ],
)
def test_the_interval_decides_what_is_said_and_not_the_estimate(
    store: Store, ada: str, ben: str, shown: Shown, said: str
) -> None:
    scene = Scene(store, {"Ada": ada, "Ben": ben})
    found = agreement.of_criterion(store, scene.criterion)
    assert found.shown is shown
    assert words.conclusion(found).startswith(said)


def test_a_model_that_differs_makes_no_sentence_one_that_people_read_in_two_ways(
    store: Store,
) -> None:
    scene = Scene(store, {"Ada": "pf" * 20, "Ben": "pf" * 20})
    aside = scene.criterion.draft.scorer.aside()
    scene.say("judge:m", "fp" * 20, aside)
    found = agreement.of_criterion(store, scene.criterion)
    assert found.shown is Shown.ALIKE
    assert found.alpha.estimate is not None
    assert found.alpha.estimate < 0.5
    assert found.people.estimate == 1


@pytest.mark.parametrize(("measure", "n"), [(Measure.PASS_RATE, 0), (Measure.MEAN_SCORE, 1)])
def test_another_score_is_another_word_where_scores_are_what_counts(
    store: Store, measure: Measure, n: int
) -> None:
    scene = Scene(store, {"Ada": "5", "Ben": "4"}, SCALE, measure)
    (pair,) = agreement.of_criterion(store, scene.criterion).pairs
    assert len(store.reports.agreement.disputes(scene.criterion)) == len(pair.apart) == n

"""A named person settles an output on which people differ: it counts, and what they said stays."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.building import cases, trial
from tests.empty import empty_store
from workbench.actions import disagreements
from workbench.actions.rating import Choice, choices_of
from workbench.domain.calls import Parameters
from workbench.domain.criteria import CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.experiments import Plan
from workbench.domain.features import Feature
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.domain.prompts import PromptText
from workbench.domain.requirements import RequirementDraft
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.domain.verdicts import CriterionVerdict
from workbench.errors import InputError
from workbench.evidence import agreement, verdicts
from workbench.exchange.results import outputs
from workbench.store.engine.integrity import counts
from workbench.store.store import Store
from workbench.store.tallies import Counting

ADA, BEN = Person("1", "Ada"), Person("2", "Ben")
ASKED = Scorer(ScorerKind.RATING, {"question": "Would you send this?"})
SCALE = Scorer(ScorerKind.RATING, {"question": "How kind?", "scale": [1, 5], "passes_from": 4})
WORDS = {"p": Outcome.PASS, "f": Outcome.FAIL, "n": Outcome.NOT_APPLICABLE, "?": Outcome.UNSCORED}


class Scene:
    """A feature with one rated criterion, and what raters said of its outputs: a letter each, or a
    score on the scale, - for nothing."""

    def __init__(
        self,
        store: Store,
        words: dict[str, str],
        scorer: Scorer = ASKED,
        measure: Measure = Measure.PASS_RATE,
    ) -> None:
        self.store = store
        feature_id = store.features.add(Feature("Replies")).id
        assert feature_id is not None
        self.feature_id = feature_id
        requirement = store.requirements.add(feature_id, RequirementDraft("Is kind"), "Ada")
        draft = CriterionDraft("Kind", scorer, measure, 0.5)
        self.criterion = store.criteria.add(requirement.id, draft, "Ada")
        n = len(next(iter(words.values())))
        dataset = store.datasets.add(feature_id, "Inbox", cases(n), "Ada")
        prompt = store.prompts.save(feature_id, "Reply", PromptText("", "{{message}}"), "Ada")
        self.variant = store.variants.save(prompt, "Local model", "small", Parameters())
        plan = Plan("Kind?", dataset.id, (self.variant.id,), (self.criterion.id,))
        self.experiment = store.experiments.add(feature_id, plan, "Ada")
        run_id = store.runs.start(self.experiment.id, "Ada").id
        numbers = {case.id: case.number for case in store.datasets.cases(dataset.id)}
        calls = sorted(
            store.trials.missing(self.experiment.id), key=lambda call: numbers[call.case_id]
        )
        self.trials = [trial(run_id, call) for call in calls]
        store.trials.add(self.trials)
        for rater, said in words.items():
            self.say(rater, said)

    def say(self, rater: str, words: str, scorer: str = "") -> None:
        """Keep what a rater says of the first outputs."""
        self.store.scores.add(
            Score(one.id, self.criterion.id, scorer or self.scorer, _judgement(word), rater)
            for one, word in zip(self.trials, words, strict=False)
            if word != "-"
        )

    @property
    def scorer(self) -> str:
        """The identity of what people say."""
        return self.criterion.draft.scorer.labels()

    def settle(self, number: int, word: str, who: Person = ADA, why: str = "") -> None:
        """Decide about an output."""
        (said,) = [c for c in self.choices if c.label.lower().startswith(word)]
        place = (self.store, who, self.feature_id, self.criterion, self.trials[number].id)
        disagreements.adjudicate(*place, said, why)

    def reopen(self, number: int, who: Person = ADA) -> None:
        """Take the decision back."""
        place = (self.store, who, self.feature_id, self.criterion, self.trials[number].id)
        disagreements.reopen(*place)

    @property
    def choices(self) -> Sequence[Choice]:
        """What may be said."""
        return choices_of(self.criterion.draft.scorer)

    def verdict(self) -> CriterionVerdict:
        """The only one."""
        (found,) = verdicts.of_feature(self.store, self.feature_id)
        return found

    def counted(self) -> list[object]:
        """What each path that counts comes to, whoever said it."""
        store, criterion, here = self.store, self.criterion, self.experiment.id
        scorer, scale = criterion.draft.scorer.fingerprint(), criterion.draft.scale
        counting = Counting(criterion.id, scorer, (), scale)
        tallies = store.tallies.of(here, criterion.id, scorer, (), scale)
        course = store.courses.of(here, criterion.id, scorer, (), scale, is_whole=True)
        asked = store.reports.comparison.asked(here, self.variant.id, counting)
        outcomes = store.database.rows(
            """
            select c.number, o.outcome, o.value from outcomes o
            join trials t on t.id = o.trial_id join cases c on c.id = t.case_id order by 1
            """
        )
        (by_slice,) = store.reports.guards.by_slice(here, [(criterion.id, scorer)])
        return [
            sorted(t[2:] for t in tallies),
            sorted(course[self.variant.id]),
            [one[-5:] for one in asked],
            sorted(one[1:] for one in store.open_trials.looked(here, counting)),
            outcomes,
            sorted(one[1:] for one in by_slice),
            self.verdict().estimate,
        ]


def _judgement(word: str) -> Judgement:
    if word.isdigit():
        return Judgement(WORDS["p" if int(word) >= 4 else "f"], "", float(word))
    return Judgement(WORDS[word], "so I think")


@pytest.fixture
def other_store(tmp_path: Path) -> Iterator[Store]:
    """Another one, for a twin."""
    opened = empty_store(tmp_path)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("scorer", "measure", "words", "settled", "alone"),
    [
        (ASKED, Measure.PASS_RATE, ("ppfp", "pfpp"), {1: "p", 2: "f"}, "ppfp"),
        (ASKED, Measure.PASS_RATE, ("ppfp", "pnpp"), {1: "n", 2: "f"}, "pnfp"),
        (SCALE, Measure.MEAN_SCORE, ("4525", "4155"), {1: "5", 2: "1"}, "4515"),
    ],
)
def test_a_decision_counts_on_every_path_as_if_one_person_had_said_it_alone(
    store: Store,
    other_store: Store,
    scorer: Scorer,
    measure: Measure,
    words: tuple[str, str],
    settled: dict[int, str],
    alone: str,
) -> None:
    scene = Scene(store, dict(zip(("Ada", "Ben"), words, strict=True)), scorer, measure)
    for number, word in settled.items():
        scene.settle(number, word)
    assert scene.counted() == Scene(other_store, {"Cy": alone}, scorer, measure).counted()


def test_it_outweighs_any_number_of_raters(store: Store) -> None:
    scene = Scene(store, {"Ada": "f" * 40, "Ben": "f" * 40, "Cy": "p" * 40})
    assert scene.verdict().estimate.value == 0
    scene.settle(0, "p", BEN, "Cy saw it right")
    assert scene.verdict().estimate.value == pytest.approx(1 / 40)


def test_what_they_said_stays_and_agreement_is_about_that_alone(store: Store) -> None:
    scene = Scene(store, {"Ada": "ppff", "Ben": "pfpf"})
    before = agreement.of_criterion(store, scene.criterion)
    scene.settle(1, "p", why="It names the step")
    assert agreement.of_criterion(store, scene.criterion) == before
    said = store.scores.of_trial(scene.trials[1].id)
    assert [score.rater for score in said] == ["Ada", "Ben", "settled:Ada"]
    found = store.reports.agreement.disputes(scene.criterion)[scene.trials[1].id]
    assert [one.rater for one in found.opinions] == ["Ada", "Ben"]
    assert found.settled is not None
    assert (found.settled.rater, found.settled.reason) == ("settled:Ada", "It names the step")


def test_taken_back_the_raters_count_again_whoever_had_decided(store: Store) -> None:
    scene = Scene(store, {"Ada": "pp", "Ben": "pf"})
    open_still = scene.counted()
    scene.settle(1, "p", ADA)
    scene.reopen(1, BEN)
    assert scene.counted() == open_still
    assert store.reports.agreement.disputes(scene.criterion)[scene.trials[1].id].settled is None


def test_settled_anew_the_newest_decision_counts_and_none_is_lost(store: Store) -> None:
    scene = Scene(store, {"Ada": "pp", "Ben": "pf"})
    scene.settle(1, "p", ADA)
    scene.settle(1, "f", BEN)
    scene.settle(1, "f", BEN)
    assert scene.verdict().estimate.value == 0.5
    raters = [score.rater for score in store.scores.of_trial(scene.trials[1].id)]
    assert raters == ["Ada", "Ben", "settled:Ada", "settled:Ben"]
    lines = store.history.lately(scene.feature_id)
    assert sum(line.deed is Deed.DISAGREEMENT_SETTLE for line in lines) == 2


def test_a_settled_output_waits_for_no_third_reader(store: Store) -> None:
    scene = Scene(store, {"Ada": "pp", "Ben": "pf"})
    store.claims.set_second_share(scene.criterion.id, 1.0, "Ada")
    place = (scene.experiment.id, scene.criterion.id, scene.scorer, "Cy", ())
    handed = store.claims.choose(*place, is_repeated=False)
    assert handed is not None
    assert handed.why == "disputed"
    scene.settle(1, "p")
    later = store.claims.choose(*place, is_repeated=False)
    assert later is None or later.why != "disputed"


def test_an_export_has_the_decision_and_what_it_settled(store: Store) -> None:
    scene = Scene(store, {"Ada": "p", "Ben": "f"})
    scene.settle(0, "f")
    text = outputs.as_csv(store, scene.experiment.id)
    assert "Ada: pass; Ben: fail; settled:Ada: fail" in text


def test_nothing_is_settled_where_people_agree_or_nobody_decides(store: Store) -> None:
    scene = Scene(store, {"Ada": "pp", "Ben": "pf"})
    before = counts(store.database.rows)
    with pytest.raises(InputError, match="People say the same"):
        scene.settle(0, "f")
    with pytest.raises(InputError, match="belongs to a person"):
        scene.settle(1, "f", Person("1", ""))
    with pytest.raises(InputError, match="settles nothing"):
        scene.settle(1, "can't")
    scene.reopen(1)
    assert counts(store.database.rows) == before

"""References that lead nowhere are found, in every table that has one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.building import a_turn, loop, trial
from tests.empty import empty_store
from workbench.domain.adaptations import Adaptation
from workbench.domain.connections import LOCAL_NAME, Connection
from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.data_plans import DataPlan
from workbench.domain.data_terms import DataTerms
from workbench.domain.drafting import Drafted, Idea, Part, PartEnded, Resolution
from workbench.domain.experiments import Limits
from workbench.domain.failures import Fallback, ModeDraft
from workbench.domain.handing_out import Handed, Why
from workbench.domain.judging import (
    Control,
    ControlAnswer,
    ControlKind,
    JudgeCall,
    PairControl,
    PairControlAnswer,
)
from workbench.domain.packs import Pack
from workbench.domain.people import Person
from workbench.domain.preferences import Preference, Preferred
from workbench.domain.requirements import Evidence, RequirementDraft
from workbench.domain.scores import Judgement, Note, Outcome
from workbench.domain.suggestions import SuggestionCall, SuggestionReply
from workbench.domain.trials import Attempt
from workbench.evidence import kept_verdicts
from workbench.store.engine.integrity import _REFERENCES, orphans
from workbench.store.keys import new_id
from workbench.store.store import Store
from workbench.store.turns import KeptTurn

REFERENCES_BY_ID = [reference for reference in _REFERENCES if reference[3] == "id"]


@pytest.fixture
def filled(tmp_path: Path) -> Store:
    """A store with rows in the tables of the loop, which a test may break."""
    opened = empty_store(tmp_path)
    made = loop(opened)
    experiment = made.run([Outcome.PASS])
    (kept,) = opened.trials.of_experiment(experiment.id)
    note_id = opened.scores.add_note(Note(kept.id, "Ada", "fine"))
    ada = Person("browser-1", "Ada")
    opened.failures.read(kept.id, ada, note_id)
    reading = opened.failures.newest_reading(experiment.id, ada)
    assert reading is not None
    opened.failures.withdraw(reading[0], kept.id, ada)
    shown_by = Fallback(criterion_id=made.criterion.id)
    mode = opened.failures.restore(
        *(made.feature_id, "F1", 1, ModeDraft("Too short", fallback=shown_by), "Ada"),
        examples=(Evidence("Too short"),),
    )
    opened.failures.sort([note_id], mode.id, "Ada")
    opened.failures.learn(mode.id, made.requirement.id, made.criterion.id, "Ada")
    assert kept_verdicts.keep(opened, experiment, kept.run_id) == 1
    (planned,) = opened.trials.missing(experiment.id)[:1]
    attempt = Attempt(new_id(), kept.run_id, planned, 1, 0.0, datetime.now(UTC))
    opened.attempts.begin([attempt])
    opened.attempts.settle_lost()
    opened.turns.add([KeptTurn(kept.run_id, planned, kept.id, a_turn(kept.id))])
    elsewhere = opened.connections.add(Connection("Gateway", "http://127.0.0.1:9/v1", ("m",)))
    opened.habits.learn(elsewhere, "m", [(Adaptation("temperature"), "it refuses")])
    opened.runs.limit(kept.run_id, Limits(usd=1.0))
    opened.features.set_budget(made.feature_id, 1.0, "Ada")
    opened.packs.add(made.feature_id, Pack("lists", 1, "Makes lists", "Apache-2.0"))
    opened.connections.add(Connection("Ours", "https://models.example.com/v1"))
    opened.connections.meet_local("file:model.gguf#ab12")
    asked = SuggestionCall(
        *(new_id(), made.feature_id, "Ours", "m", "hash", (note_id,), 0.0, "Ada"),
        datetime.now(UTC),
    )
    opened.suggestions.begin(asked)
    opened.suggestions.end(SuggestionReply(asked.id, '{"groups": []}'))
    ideas = (
        Idea(RequirementDraft("It answers.")),
        Idea(CriterionDraft("Says it", Scorer(ScorerKind.RATING)), of=0),
    )
    round_id = opened.drafting.add(made.feature_id, "It answers.", Drafted(ideas), "Ada", asked.id)
    for suggested in opened.drafting.of_round(round_id):
        opened.drafting.resolve([suggested.id], Resolution.REJECTED, "Ada")
    opened.drafting.end_part(round_id, PartEnded(Part.CASES, asked.id))
    opened.suggestions.resolve(asked.id, 0, Resolution.REJECTED, "Ada")
    endpoint = opened.connections.endpoint(LOCAL_NAME)
    assert endpoint is not None
    opened.variants.point(made.variant.id, endpoint)
    opened.variants.point_player(made.variant.id, endpoint)
    opened.features.choose_candidate(made.feature_id, made.variant.id, "Ada", "")
    opened.requirements.arrange(made.feature_id, [made.requirement.id])
    opened.archivings.add(experiment.id, "Ada", is_archived=True)
    judged = new_id()
    opened.judging.add(
        [
            JudgeCall(
                judged,
                kept.run_id,
                kept.id,
                made.criterion.id,
                "s",
                "r",
                kept.started_at,
                reply="{}",
            )
        ],
        [
            ControlAnswer(
                judged,
                Control(ControlKind.UNFIT, "Lorem", Outcome.FAIL),
                Judgement(Outcome.FAIL, "It says nothing."),
            )
        ],
    )
    of_pair = PairControl(ControlKind.UNFIT, "pong", "Lorem", Preference.FIRST)
    opened.pair_controls.add([PairControlAnswer(judged, of_pair, Preference.FIRST, "It is.")])
    opened.judging.point("s", endpoint)
    word = Preferred(kept.id, kept.id, made.criterion.id, "s", "Ada", Preference.TIE)
    opened.preferences.add([word])
    handed = Handed(kept.case_id, Why.SAMPLE)
    opened.claims.add(experiment.id, made.criterion.id, "s", "Ada", handed)
    opened.claims.set_second_share(made.criterion.id, 0.5, "Ada")
    opened.unblindings.add(experiment.id, made.criterion.id, "s", "Ada", kept.case_id)
    opened.reveals.add(experiment.id, made.criterion.id, "s", "Ada")
    dataset_id = opened.datasets.of(made.feature_id)[0].dataset_id
    opened.data_terms.keep(dataset_id, DataTerms(basis="Consent"), "Ada")
    opened.data_plans.keep(made.criterion.id, DataPlan("From the inbox"), "Ada")
    sat = opened.sessions.start(made.feature_id, "Refunds", 60, "Ada")
    opened.sessions.write(sat.id, "Ada", "No dates.")
    opened.sessions.keep_minutes(sat.id, 0, "# Minutes", "Ada")
    opened.sessions.end(sat.id, "Ada")
    return opened


def test_a_whole_store_has_none(filled: Store) -> None:
    assert orphans(filled.database) == []


def test_a_planted_orphan_is_found_in_every_table(filled: Store) -> None:
    filled.database.execute(
        "insert into revision_evidence values (?, 1, 1, '', '', '', '', '', '')", [new_id()]
    )
    expected = {"revision_evidence.requirement_id: 1 without a row in requirements"}
    for table, column, parent, _ in REFERENCES_BY_ID:
        if table != "revision_evidence":
            filled.database.execute(
                f"update {table} set {column} = ? where rowid = (select min(rowid) from {table})",
                [new_id()],
            )
            expected.add(f"{table}.{column}: 1 without a row in {parent}")
    assert set(orphans(filled.database)) == expected


def test_an_output_without_its_text_is_found(filled: Store) -> None:
    filled.database.execute("delete from outputs")
    assert orphans(filled.database) == [
        "trials.output: 1 without a row in outputs",
        "turns.said: 1 without a row in outputs",
        "judge_calls.reply: 1 without a row in outputs",
        "judge_controls.output: 1 without a row in outputs",
        "judge_pair_controls.first: 1 without a row in outputs",
        "judge_pair_controls.second: 1 without a row in outputs",
        "suggestion_replies.reply: 1 without a row in outputs",
    ]


def test_a_call_with_two_trials_that_count_is_found(filled: Store) -> None:
    run_id, experiment_id = filled.database.rows("select id, experiment_id from runs")[0]
    (kept,) = filled.trials.of_experiment(experiment_id)
    call = next(iter(filled.trials.missing(experiment_id)))
    again = trial(run_id, call)
    object.__setattr__(again, "case_id", kept.case_id)
    filled.trials.add([again])
    assert "more than one trial that counts" in orphans(filled.database)[0]

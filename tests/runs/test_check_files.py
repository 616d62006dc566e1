"""A check in Python judges stored outputs, and a file that is changed is noticed by itself."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.building import AUTHOR, Loop, loop, trial
from workbench.actions import criteria
from workbench.domain.criteria import Criterion, CriterionDraft, Scorer, ScorerKind
from workbench.domain.people import Person
from workbench.domain.scores import Outcome
from workbench.errors import InputError
from workbench.evidence import verdicts
from workbench.exchange.feature import file, writer
from workbench.runs.rescoring import catch_up, renew
from workbench.store.store import Store

ADA = Person("ada", AUTHOR)
PASSES = "def check(output, case):\n    return 'thank you' in output, 'Looked for thanks.'\n"
FAILS = "def check(output, case):\n    return 'sorry' in output, 'Looked for sorrow.'\n"
NAMED = Scorer(ScorerKind.PYTHON, {"file": "tone.py"})


@pytest.fixture
def tone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a check that passes."""
    folder = tmp_path / "checks"
    folder.mkdir(0o700)
    monkeypatch.setenv("WORKBENCH_CHECKS", str(folder))
    return written(folder / "tone.py", PASSES)


def written(path: Path, body: str) -> Path:
    """The file with these contents, its owner's alone."""
    path.write_text(body)
    path.chmod(0o600)
    return path


def answered(store: Store) -> tuple[Loop, Criterion]:
    """Three outputs that nobody has scored, and a criterion that a file judges."""
    made = loop(store, 3)
    store.criteria.archive(made.criterion.id, AUTHOR)
    made.criterion = criteria.add(store, ADA, made.requirement.id, CriterionDraft("Kind", NAMED))
    experiment = made.experiment()
    run = store.runs.start(experiment.id, AUTHOR)
    store.trials.add([trial(run.id, call) for call in store.trials.missing(experiment.id)])
    return made, made.criterion


def words(store: Store, made: Loop) -> list[tuple[Outcome, str]]:
    """The newest word on each output, by the criterion as it is now."""
    now = store.criteria.get(made.criterion.id)
    scorer = now.draft.scorer.fingerprint()
    found = store.second_looks.answered(made.feature_id, now.id, scorer, ())
    return [(each.word.outcome, each.word.reason) for each in found if each.word]


def test_stored_outputs_are_judged_once(store: Store, tone: Path) -> None:
    made, criterion = answered(store)
    assert criterion.draft.scorer.settings["sha256"]
    assert catch_up(store, made.feature_id) == 3
    assert words(store, made) == [(Outcome.PASS, "Looked for thanks.")] * 3
    assert catch_up(store, made.feature_id) == 0


def test_a_changed_file_makes_scores_stale_without_an_edit(store: Store, tone: Path) -> None:
    made, criterion = answered(store)
    catch_up(store, made.feature_id)
    written(tone, FAILS)
    assert renew(store) == 3
    assert words(store, made) == [(Outcome.FAIL, "Looked for sorrow.")] * 3
    now = store.criteria.get(criterion.id)
    assert (now.number, now.why) == (2, "The file tone.py was changed.")
    (found,) = [v for v in verdicts.of_feature(store, made.feature_id) if v.criterion.id == now.id]
    assert "C2 was changed" in found.stale


def test_a_file_that_is_gone_takes_no_score_along(store: Store, tone: Path) -> None:
    made, _ = answered(store)
    catch_up(store, made.feature_id)
    tone.unlink()
    assert renew(store) == 0
    assert words(store, made) == [(Outcome.PASS, "Looked for thanks.")] * 3


def test_outputs_wait_unscored_for_a_file_and_are_scored_when_it_is_back(
    store: Store, tone: Path
) -> None:
    made, _ = answered(store)
    tone.unlink()
    assert catch_up(store, made.feature_id) == 3
    assert words(store, made) == [(Outcome.UNSCORED, "There is no check tone.py here.")] * 3
    assert catch_up(store, made.feature_id) == 0
    written(tone, PASSES)
    assert catch_up(store, made.feature_id) == 3
    assert words(store, made) == [(Outcome.PASS, "Looked for thanks.")] * 3
    assert store.criteria.get(made.criterion.id).number == 1


def test_a_criterion_cannot_be_written_for_a_file_that_is_not_there(
    store: Store, tone: Path
) -> None:
    made = loop(store, 1)
    tone.unlink()
    with pytest.raises(InputError, match=r"There is no check tone\.py here"):
        criteria.add(store, ADA, made.requirement.id, CriterionDraft("Kind", NAMED))


def test_a_bar_can_be_changed_while_the_file_is_away(store: Store, tone: Path) -> None:
    _, criterion = answered(store)
    tone.unlink()
    draft = replace(criterion.draft, bar=0.5)
    assert criteria.revise(store, ADA, criterion.id, draft, 1, "Too strict").draft.bar == 0.5


def test_a_feature_file_brings_the_name_and_never_the_code(store: Store, tone: Path) -> None:
    made, criterion = answered(store)
    text = writer.export(store, made.feature_id)
    assert "file: tone.py" in text
    assert "def check" not in text
    tone.unlink()
    brought = file.import_feature(store, text, "Bob", name="Brought")
    assert brought.id is not None
    there = store.criteria.of(brought.id)[-1]
    assert there.draft.scorer == criterion.draft.scorer


def test_a_foreign_file_is_held_to_the_check_that_is_here(store: Store, tone: Path) -> None:
    made, criterion = answered(store)
    text = writer.export(store, made.feature_id)
    written(tone, FAILS)
    brought = file.import_feature(store, text, "Bob", name="Brought")
    assert brought.id is not None
    there = store.criteria.of(brought.id)[-1].draft.scorer
    assert there.settings["sha256"] != criterion.draft.scorer.settings["sha256"]

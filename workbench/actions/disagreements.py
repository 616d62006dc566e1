"""Where scorers differ on an output: a named person looks at their words and says which it is.

The decision counts as the output's word from then on, by `counted_scores` alone. What it settles
stays on record, and agreement is always about that.
"""

from uuid import UUID

from workbench.actions.deeds import doing
from workbench.actions.rating import Choice, choices_of
from workbench.domain.criteria import Criterion, Scorer
from workbench.domain.experiments import Experiment
from workbench.domain.history import Deed
from workbench.domain.kinds.entry import By
from workbench.domain.people import Person
from workbench.domain.scores import Judgement, Outcome, Score, settler_name
from workbench.errors import InputError
from workbench.store.store import Store


def settle(
    store: Store,
    who: Person,
    experiment: Experiment,
    criterion: Criterion,
    trial_id: UUID,
    *,
    passes: bool,
    why: str = "",
) -> None:
    """Say whether an output passes on which a judge and people differ. It counts as the label from
    then on; theirs stay. The same word again changes nothing.

    Raises InputError without a name, and where no model judges the criterion or the two do not
    differ.
    """
    if not who.is_named:
        raise InputError("A decision belongs to a person.", "Say who you are, then decide.")
    scorer = criterion.draft.scorer
    if scorer.kind.by is not By.MODEL:
        raise InputError(f"No model judges {criterion.key}.", "Choose another criterion.")
    with doing(store, who, Deed.DISAGREEMENT_SETTLE, experiment.feature_id) as line:
        rows = store.reports.calibration.labelled(
            experiment.id, criterion.id, scorer.fingerprint(), scorer.labels()
        )
        found = next((row for row in rows if row.trial_id == trial_id), None)
        if found is None or not (found.is_apart or found.is_settled):
            raise InputError(
                "The judge and the people say the same of this output.", "Reload the page."
            )
        if found.is_settled and found.people_pass is passes:
            return
        outcome = Outcome.PASS if passes else Outcome.FAIL
        _add(store, who, criterion, trial_id, Judgement(outcome, why.strip()))
        right = "the judge" if found.judge_passes is passes else "the label"
        line.say(criterion.key, f"{criterion.key} on {found.case}: {right} was right", why)


def adjudicate(
    store: Store,
    who: Person,
    feature_id: UUID,
    criterion: Criterion,
    trial_id: UUID,
    said: Choice,
    why: str = "",
) -> None:
    """Say what an output gets on which people differ. It counts in place of what they said, until
    it is taken back or somebody settles it anew. The same word again changes nothing.

    Raises InputError without a name, for a word that decides nothing, and where people do not
    differ.
    """
    scorer = _asked_people(who, criterion)
    if said not in choices_of(scorer) or said.outcome is Outcome.UNSCORED:
        raise InputError(
            f"“{said.label}” settles nothing.", "Choose what the output gets, or leave it open."
        )
    with doing(store, who, Deed.DISAGREEMENT_SETTLE, feature_id) as line:
        found = store.reports.agreement.disputes(criterion, trial_id).get(trial_id)
        if found is None:
            raise InputError("People say the same of this output.", "Reload the page.")
        judgement = Judgement(said.outcome, why.strip(), said.score)
        held = found.settled
        if held is not None and (held.outcome, held.value) == (said.outcome, said.score):
            return
        _add(store, who, criterion, trial_id, judgement)
        line.say(criterion.key, f"{criterion.key} on {found.case}: settled as {said.label}", why)


def reopen(
    store: Store, who: Person, feature_id: UUID, criterion: Criterion, trial_id: UUID
) -> None:
    """Take a decision back: what the raters said counts again. What nobody settled stays as it
    is. Raises InputError without a name."""
    _asked_people(who, criterion)
    with doing(store, who, Deed.DISAGREEMENT_REOPEN, feature_id) as line:
        found = store.reports.agreement.disputes(criterion, trial_id).get(trial_id)
        if found is None or found.settled is None:
            return
        taken_back = Judgement(Outcome.UNSCORED, "Taken back")
        _add(store, who, criterion, trial_id, taken_back, is_withdrawn=True)
        line.say(criterion.key, f"{criterion.key} on {found.case}: open again")


def _asked_people(who: Person, criterion: Criterion) -> Scorer:
    if not who.is_named:
        raise InputError("A decision belongs to a person.", "Say who you are, then decide.")
    if criterion.draft.scorer.kind.by is By.CODE:
        raise InputError(
            f"{criterion.key} is scored by a check, not by people.", "Choose another criterion."
        )
    if criterion.draft.scorer.over is not None:
        raise InputError(
            f"{criterion.key} compares outputs two by two, which nobody settles for others.",
            "Rate the pair again.",
        )
    return criterion.draft.scorer


def _add(
    store: Store,
    who: Person,
    criterion: Criterion,
    trial_id: UUID,
    judgement: Judgement,
    *,
    is_withdrawn: bool = False,
) -> None:
    scorer = criterion.draft.scorer
    question = "" if is_withdrawn else str(scorer.settings.get("question", ""))
    store.scores.add(
        [
            Score(
                trial_id,
                criterion.id,
                scorer.labels(),
                judgement,
                settler_name(who.name),
                question=question,
                is_withdrawn=is_withdrawn,
            )
        ]
    )

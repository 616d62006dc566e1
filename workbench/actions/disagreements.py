"""Where a judge and people differ: a person looks at both words and says who was right."""

from uuid import UUID

from workbench.actions.deeds import doing
from workbench.domain.criteria import Criterion
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
        name = settler_name(who.name)
        judgement = Judgement(outcome, why.strip())
        question = scorer.settings["question"]
        store.scores.add(
            [Score(trial_id, criterion.id, scorer.labels(), judgement, name, question=question)]
        )
        right = "the judge" if found.judge_passes is passes else "the label"
        line.say(criterion.key, f"{criterion.key} on {found.case}: {right} was right", why)

"""Score stored outputs again: a new or changed criterion needs no new call to the model."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from workbench.domain.criteria import Criterion, ScorerKind
from workbench.domain.datasets import Case
from workbench.domain.experiments import Purpose
from workbench.domain.kinds.entry import By
from workbench.domain.prompts import Variant
from workbench.domain.scores import Score
from workbench.domain.transcripts import calls_in
from workbench.domain.trials import Ending, Trial
from workbench.runs import check_files, looking, meanings, pair_looking, second_pass
from workbench.scoring.checks import Subject, check
from workbench.store.left_out import LeftOut
from workbench.store.store import Store


def scores_of(
    trial: Trial, case: Case, variant: Variant, criteria: Sequence[Criterion]
) -> list[Score]:
    """What the checks among the criteria think of one trial, but for those of the second pass
    (`second_pass.py`), and where people would find nothing to look at. Errors get no score: they
    count as unscored by being there without one. What is said of a cut answer says that it was cut.
    """
    if trial.output is None:
        return []
    subject = Subject(
        trial.output,
        case.names(),
        trial.latency_ms,
        trial.cost,
        trial.ending is Ending.REFUSED,
        # Results from elsewhere have no request, and say nothing of tools.
        calls=calls_in(trial.transcript) if trial.request_hash else None,
        looked=lambda what: looking.of_case(what, trial, case, variant),
    )
    return [
        Score(
            trial.id,
            criterion.id,
            criterion.draft.scorer.fingerprint(),
            second_pass.marked(check(criterion.draft.scorer, subject), is_cut_off=trial.is_cut_off),
        )
        for criterion in criteria
        if criterion.draft.scorer.kind.by is By.CODE
        and not criterion.draft.scorer.kind.entry.is_second_pass
        and criterion.applies_to(case.tags)
    ] + looking.waits_for_nothing(trial, case, variant, criteria)


def renew(store: Store) -> int:
    """Score stored outputs again where the rules of a check changed with the code, or its file.

    For the opening of a store: it looks at the criteria alone where nothing changed. Returns how
    many scores were added.
    """
    if store.is_read_only:
        return 0
    touched = store.renew_scorers() | store.criteria.features_with(ScorerKind.PYTHON)
    return sum(catch_up(store, feature_id) for feature_id in touched)


def leave_out_changed(store: Store, author: str) -> LeftOut:
    """Leave out what rests on rows that were changed since they were written (`store/left_out.py`),
    and let checks look again at the outputs that are as they were. Raises InputError."""
    done = store.leaving_out.leave_out(author)
    for feature in store.features.every():
        assert feature.id is not None
        catch_up(store, feature.id, anew=True)
    return done


def catch_up(store: Store, feature_id: UUID, *, anew: bool = False) -> int:
    """Give every stored output the scores that the feature's criteria, as they are now, ask for.

    A check whose file was changed becomes a new version of its criterion first. `anew`: answers
    may have been left out. Returns how many scores were added.
    """
    check_files.take_up(store, feature_id)
    present = store.criteria.of(feature_id)
    near = [c for c in present if c.draft.scorer.kind is ScorerKind.MEANING]
    by_code = [c for c in present if c.draft.scorer.kind.by is By.CODE]
    later = [c for c in by_code if c.draft.scorer.kind.entry.is_second_pass]
    criteria = [c for c in by_code if c not in later]
    criteria += [c for c in present if looking.is_asked_for_more(c)]
    added = sum(second_pass.catch_up(store, feature_id, each, anew=anew) for each in later)
    added += sum(meanings.reread(store, feature_id, each) for each in near)
    may_wait = store.trials.waiting(
        feature_id,
        [(c.id, c.draft.scorer.fingerprint(), c.draft.slices) for c in criteria],
    )
    is_compared = any(pair_looking.is_compared_by_more(c.draft.scorer) for c in present)
    for purpose in Purpose if may_wait or is_compared else ():
        for experiment in store.experiments.of(feature_id, purpose):
            cases: Mapping[UUID, Case] = {}
            variants = {variant.id: variant for variant in experiment.variants}
            added += pair_looking.settle_compared(store, experiment, present)
            for criterion in criteria:
                if (experiment.id, criterion.id) not in may_wait:
                    continue
                waiting = store.trials.unscored(
                    experiment.id,
                    criterion.id,
                    criterion.draft.scorer.fingerprint(),
                    criterion.draft.slices,
                    with_thoughts=criterion.draft.scorer.reads_thoughts,
                )
                if not waiting:
                    continue
                cases = cases or {
                    case.id: case for case in store.datasets.cases(experiment.dataset_version_id)
                }
                scores = [
                    score
                    for trial in waiting
                    for score in scores_of(
                        *(trial, cases[trial.case_id], variants[trial.variant_id]), [criterion]
                    )
                ]
                store.scores.add(scores)
                added += len(scores)
    return added

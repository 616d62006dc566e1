"""Notice that the file of a check was changed: its criterion gets a version that names it anew.

So nobody needs to edit a criterion for its old scores to count no longer; what was decided by them
is stale, and the history says when the file was first seen to be another.
"""

from dataclasses import replace
from uuid import UUID

from workbench.domain.criteria import Criterion, CriterionDraft
from workbench.domain.kinds.python import FILE
from workbench.scoring import python_files
from workbench.store.store import Store


def changed(criterion: Criterion) -> CriterionDraft | None:
    """The criterion with what its file holds now; None where that is what it was written for, and
    where the file can't be had: scores that it gave stay."""
    draft = criterion.draft
    scorer = python_files.pinned_where_there(draft.scorer)
    return None if scorer == draft.scorer else replace(draft, scorer=scorer)


def take_up(store: Store, feature_id: UUID) -> list[str]:
    """Revise the criteria whose file was changed. Returns the names of these files."""
    found = []
    for criterion in store.criteria.of(feature_id):
        draft = changed(criterion)
        if draft is not None:
            name = str(draft.scorer.settings[FILE])
            store.criteria.revise(
                criterion.id, draft, criterion.number, "", f"The file {name} was changed."
            )
            found.append(name)
    return found

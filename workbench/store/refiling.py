"""Words from elsewhere that lie among those that count otherwise: filed anew when a file is opened.

Imports once kept whatever a file said under the criterion's own scorer. So a model's word counted
as a person's, and a person's as that of the model that judges.
"""

import json
from uuid import UUID

from workbench.domain import clock
from workbench.domain.criteria import Scorer, ScorerKind
from workbench.store.engine.database import Database

_WHY = "Kept beside the words that count (see outside results)"


def refile(database: Database) -> None:
    """Copy what lies wrong to where it belongs, and withdraw it where it lay: all of it stays on
    record. A second time changes nothing."""
    scorers = {
        (criterion_id, written): Scorer(ScorerKind(kind), json.loads(settings))
        for criterion_id, written, kind, settings in database.rows(
            "select criterion_id, scorer, scorer_kind, scorer_settings from criterion_versions"
        )
    }
    for criterion_id, written, rater in database.rows(
        "select distinct criterion_id, scorer, rater from scores where rater > ''"
    ):
        scorer = scorers.get((criterion_id, written))
        if scorer is not None and scorer.heard_from(rater) != written:
            _move(database, criterion_id, rater, written, scorer.heard_from(rater))


def _move(database: Database, criterion_id: UUID, rater: str, lay: str, belongs: str) -> None:
    parameters = {
        "criterion": criterion_id,
        "rater": rater,
        "lay": lay,
        "belongs": belongs,
    }
    with database.transaction():
        database.execute(
            """
            insert into scores by name
            select s.* replace ($belongs as scorer) from scores s
            where s.criterion_id = $criterion and s.scorer = $lay and s.rater = $rater
                and not coalesce(s.is_withdrawn, false)
                and not exists (
                    from scores n
                    where n.trial_id = s.trial_id and n.criterion_id = $criterion
                        and n.scorer = $belongs and n.rater = $rater
                )
            """,
            parameters,
        )
        del parameters["belongs"]
        database.execute(
            """
            insert into scores (trial_id, criterion_id, scorer, rater, outcome, reason, created_at,
                question, is_withdrawn)
            select trial_id, $criterion, $lay, $rater, 'unscored', $why, $now, '', true
            from scores where criterion_id = $criterion and scorer = $lay and rater = $rater
            group by trial_id having not coalesce(arg_max(is_withdrawn, created_at), false)
            """,
            {**parameters, "why": _WHY, "now": clock.now()},
        )

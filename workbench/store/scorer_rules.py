"""Which scorer each criterion version has by the rules of this code; renewed when opened."""

import json
from uuid import UUID

from workbench.domain.criteria import Scorer, ScorerKind
from workbench.store.engine.database import Database


def renew(database: Database) -> set[UUID]:
    """Write down the fingerprints of scorers whose rules changed with the code.

    A score belongs to a scorer: those made by older rules stay, and count no longer. Scores that
    came from elsewhere were not made by our rules, so they count on, under the new fingerprint.
    Returns the features whose stored outputs are to be scored again.
    """
    rows = database.rows(
        """
        select v.criterion_id, v.number, v.scorer, v.scorer_kind, v.scorer_settings, r.feature_id
        from criterion_versions v
        join criteria c on c.id = v.criterion_id
        join requirements r on r.id = c.requirement_id
        """
    )
    touched = set()
    for criterion_id, number, written, kind, settings, feature_id in rows:
        scorer = Scorer(ScorerKind(kind), json.loads(settings)).fingerprint()
        if scorer == written:
            continue
        touched.add(feature_id)
        with database.transaction():
            database.execute(
                "update criterion_versions set scorer = ? where criterion_id = ? and number = ?",
                [scorer, criterion_id, number],
            )
            # Two versions may have one scorer: what the first took along is not taken again.
            database.execute(
                """
                insert into scores by name
                select s.* replace ($scorer as scorer)
                from scores s join trials t on t.id = s.trial_id
                where s.criterion_id = $criterion and s.scorer = $written and t.request = ''
                    and not exists (
                        from scores n
                        where n.trial_id = s.trial_id and n.criterion_id = $criterion
                            and n.scorer = $scorer
                    )
                """,
                {"scorer": scorer, "criterion": criterion_id, "written": written},
            )
    return touched

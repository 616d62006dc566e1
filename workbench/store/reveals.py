"""Which raters are ready to compare, and from when on they see what the others said."""

from uuid import UUID

from workbench.domain import clock
from workbench.domain.reveals import Round
from workbench.store.engine.database import Database
from workbench.store.to_rate import THINGS


class Reveals:
    """Raters who wait for each other, and who did not."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(
        self, experiment_id: UUID, criterion_id: UUID, scorer: str, rater: str, note: str = ""
    ) -> None:
        """Keep that a rater is ready; with a `note`, that they see the others' words now."""
        self._db.execute(
            "insert into reveals values (?, ?, ?, ?, ?, ?)",
            [experiment_id, criterion_id, scorer, rater, note, clock.now()],
        )

    def round(
        self,
        experiment_id: UUID,
        criterion_id: UUID,
        scorer: str,
        *,
        is_paired: bool = False,
    ) -> Round:
        """Who rates an experiment by a criterion, how far they are, and who is ready."""
        place = {"experiment": experiment_id, "criterion": criterion_id, "scorer": scorer}
        rows = self._db.rows(
            f"""
            with {THINGS[is_paired]},
            people as (
                select rater, count(*) as n from words
                where rater <> '' and not starts_with(rater, 'judge:') group by rater
            ),
            given as (
                select distinct rater from claims
                where experiment_id = $experiment and criterion_id = $criterion
                    and scorer = $scorer
            )
            select coalesce(p.rater, g.rater), coalesce(p.n, 0), (select count(*) from things)
            from people p full join given g on g.rater = p.rater
            """,
            place,
        )
        asked = self._db.rows(
            """
            select r.rater, min(r.created_at), max(r.note), any_value(o.opened_at)
            from reveals r
            left join reveal_openings o on o.experiment_id = r.experiment_id
                and o.criterion_id = r.criterion_id and o.scorer = r.scorer and o.rater = r.rater
            where r.experiment_id = $experiment and r.criterion_id = $criterion
                and r.scorer = $scorer
            group by r.rater
            """,
            place,
        )
        return Round(
            rows[0][2] if rows else 0,
            {rater: n for rater, n, _ in rows},
            {rater: since for rater, since, _, _ in asked},
            {rater: opened for rater, _, _, opened in asked if opened is not None},
            {rater: note for rater, _, note, _ in asked if note},
        )

    def closed(
        self, criterion_id: UUID, scorer: str, rater: str, *, is_paired: bool = False
    ) -> list[UUID]:
        """The experiments in which a rater must not read yet what others said by a criterion.

        Experiments share answers: one whose rated answers were all revealed in another is none.
        """
        rows = self._db.rows(
            """
            with told as (
                select t.id as trial_id from reveal_openings o
                join experiment_trials t on t.experiment_id = o.experiment_id
                where o.criterion_id = $criterion and o.scorer = $scorer and o.rater = $rater
            )
            select distinct experiment_id from (
                select t.experiment_id from scores s
                join experiment_trials t on t.id = s.trial_id
                where s.criterion_id = $criterion and s.scorer = $scorer and s.rater = $rater
                    and s.trial_id not in (select trial_id from told)
                union all
                select t.experiment_id from pair_preferences p
                join experiment_trials t on t.id = p.first_trial
                where p.criterion_id = $criterion and p.scorer = $scorer and p.rater = $rater
                    and p.first_trial not in (select trial_id from told)
                union all
                select experiment_id from claims
                where criterion_id = $criterion and scorer = $scorer and rater = $rater
            )
            where experiment_id not in (
                select experiment_id from reveal_openings
                where criterion_id = $criterion and scorer = $scorer and rater = $rater
            )
            """,
            {"criterion": criterion_id, "scorer": scorer, "rater": rater},
        )
        return [
            experiment_id
            for (experiment_id,) in rows
            if not self.round(experiment_id, criterion_id, scorer, is_paired=is_paired).is_open_to(
                rater
            )
        ]

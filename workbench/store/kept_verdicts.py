"""Verdicts as they stood when runs ended: added to, never changed, with a checksum of evidence."""

from collections.abc import Sequence
from uuid import UUID

from workbench.domain.kept_verdicts import KeptVerdict, TrendPoint
from workbench.domain.verdicts import Verdict
from workbench.store.engine.database import Database

_COLUMNS = """
    criterion_id, criterion_number, experiment_id, variant_id, run_id, verdict, value, low, high,
    n_cases, n_trials, n_unscored, evidence, created_at
"""

Place = tuple[UUID, UUID]
"""A criterion and a variant."""


class KeptVerdicts:
    """What criteria came to over time."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, feature_id: UUID, rows: Sequence[KeptVerdict]) -> int:
        """Keep verdicts; returns how many. One that says of the same evidence what the newest one
        of its place says already adds nothing."""
        added = 0
        with self._db.transaction(feature=feature_id):
            for row in rows:
                newest = self._db.row(
                    """
                    select evidence, criterion_number, verdict from kept_verdicts
                    where experiment_id = ? and criterion_id = ? and variant_id = ?
                    order by created_at desc, rowid desc limit 1
                    """,
                    [row.experiment_id, row.criterion_id, row.variant_id],
                )
                if newest == (row.evidence, row.criterion_number, row.verdict):
                    continue
                self._db.execute(
                    f"""
                    insert into kept_verdicts (feature_id, {_COLUMNS})
                    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    [
                        *(feature_id, row.criterion_id, row.criterion_number, row.experiment_id),
                        *(row.variant_id, row.run_id, row.verdict, row.value, row.low, row.high),
                        *(row.n_cases, row.n_trials, row.n_unscored, row.evidence),
                        row.created_at,
                    ],
                )
                added += 1
        return added

    def evidence(
        self, experiment_id: UUID, scorers: Sequence[tuple[UUID, str]]
    ) -> dict[Place, str]:
        """A checksum of what verdicts of an experiment rest on, by criterion and variant: which
        answers there are, and what each rater's newest word on each of them is.

        `scorers` are criteria, each with its scorer. It is made of MD5s of the rows, whatever
        their order: for telling evidence apart, not against forgers.
        """
        rows = self._db.rows(
            """
            with asked as (
                select unnest($criteria::uuid[]) as criterion_id,
                    unnest($scorers::varchar[]) as scorer
            ),
            here as materialized (
                select id, variant_id from experiment_trials where experiment_id = $experiment
            ),
            answers as (
                select variant_id, count(*) as n,
                    bit_xor(md5_number_lower(id::varchar)) as mixed
                from here group by variant_id
            ),
            newest as (
                select s.trial_id, s.criterion_id, s.rater,
                    arg_max(s.outcome, s.created_at) as outcome,
                    arg_max_null(s.value, s.created_at) as value
                from counted_scores s
                join asked a on a.criterion_id = s.criterion_id and a.scorer = s.scorer
                group by all
            ),
            words as (
                select n.criterion_id, h.variant_id, count(*) as n,
                    bit_xor(md5_number_lower(
                        concat_ws('|', n.trial_id, n.rater, n.outcome, n.value))) as mixed
                from newest n join here h on h.id = n.trial_id
                group by n.criterion_id, h.variant_id
            )
            select a.criterion_id, r.variant_id, a.scorer, r.n, r.mixed, coalesce(w.n, 0),
                coalesce(w.mixed, 0)
            from asked a cross join answers r
            left join words w on w.criterion_id = a.criterion_id and w.variant_id = r.variant_id
            """,
            {
                "experiment": experiment_id,
                "criteria": [criterion_id for criterion_id, _ in scorers],
                "scorers": [scorer for _, scorer in scorers],
            },
        )
        return {
            (criterion_id, variant_id): f"{scorer[:12]}:{n}:{mixed:016x}:{words}:{said:016x}"
            for criterion_id, variant_id, scorer, n, mixed, words, said in rows
        }

    def trend(self, feature_id: UUID) -> list[TrendPoint]:
        """All kept verdicts of a feature, oldest first."""
        rows = self._db.rows(
            f"""
            select {_COLUMNS}, experiment, variant, concat(prompt, ' v', prompt_version), bar
            from verdicts where feature_id = ? order by created_at, experiment, variant
            """,
            [feature_id],
        )
        found = []
        for *row, n_cases, n_trials, n_unscored, evidence, created_at, e, v, p, bar in rows:
            criterion_id, number, experiment_id, variant_id, run_id, verdict, *share = row
            value, low, high = share
            kept = KeptVerdict(
                *(criterion_id, number, experiment_id, variant_id, run_id, Verdict(verdict)),
                *(value, low, high, n_cases, n_trials, n_unscored, evidence, created_at),
            )
            found.append(TrendPoint(kept, e, v, p, bar))
        return found

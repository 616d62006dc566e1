"""What a changed criterion thinks of outputs that its older version had scored."""

from typing import NamedTuple
from uuid import UUID

from workbench.store.engine.database import Database
from workbench.store.reports.outputs import SHOWN


class Flip(NamedTuple):
    """An output that two versions of a criterion judge differently; `before` and `after` are
    outcomes, `reason` is that of the newer one."""

    case: str
    variant: str
    number: int
    output: str
    before: str
    after: str
    reason: str


class Flips(NamedTuple):
    """How many outputs both versions scored, how many flipped each way, and some of those."""

    scored_by_both: int
    to_fail: int
    to_pass: int
    examples: tuple[Flip, ...]


class FlipReports:
    """What a criterion's card reads."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def flips(self, criterion_id: UUID, before: str, after: str, limit: int = 20) -> Flips:
        """Outputs that count, as the scorers `before` and `after` (fingerprints) judge them.

        Others are left out: what is unscored or not applicable neither passed nor failed.
        """
        counts = self._db.row(
            """
            select count(*), count(*) filter (b.outcome = 'pass' and a.outcome = 'fail'),
                count(*) filter (b.outcome = 'fail' and a.outcome = 'pass')
            from outcomes_of($criterion::uuid, $before) b
            join outcomes_of($criterion::uuid, $after) a on a.trial_id = b.trial_id
            where b.outcome in ('pass', 'fail') and a.outcome in ('pass', 'fail')
            """,
            {"criterion": criterion_id, "before": before, "after": after},
        )
        assert counts is not None
        rows = self._db.rows(
            """
            with flipped as (
                select b.trial_id, b.outcome as before, a.outcome as after
                from outcomes_of($criterion::uuid, $before) b
                join outcomes_of($criterion::uuid, $after) a on a.trial_id = b.trial_id
                where b.outcome <> a.outcome
                    and b.outcome in ('pass', 'fail') and a.outcome in ('pass', 'fail')
                order by b.trial_id limit $limit
            )
            select c.key, v.label, t.number, left(o.body, $shown), f.before, f.after,
                coalesce((select any_value(s.reason) from scores s
                    where s.trial_id = f.trial_id and s.criterion_id = $criterion::uuid
                        and s.scorer = $after), '')
            from flipped f
            join trials t on t.id = f.trial_id
            join cases c on c.id = t.case_id
            join variants v on v.id = t.variant_id
            join outputs o on o.hash = t.output
            order by f.after, c.number, v.label, t.number
            """,
            {
                "criterion": criterion_id,
                "before": before,
                "after": after,
                "limit": limit,
                "shown": SHOWN,
            },
        )
        scored_by_both, to_fail, to_pass = counts
        return Flips(scored_by_both, to_fail, to_pass, tuple(Flip(*row) for row in rows))

"""Which case is with which rater: chosen, held for a while, and given to nobody else meanwhile."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from workbench.domain import clock
from workbench.domain.handing_out import HELD, SAMPLE_EVERY, SECOND_SHARE, Handed, Why
from workbench.store.engine.database import Database
from workbench.store.to_rate import THINGS

_CHOICE = """
    by_thing as (
        select id, bool_or(rater = $rater) as is_mine,
            -- Checks and judges are no second reader.
            count(*) filter (rater not in ('', $rater) and rater not like 'judge:%') as others,
            count(distinct outcome) filter (outcome <> 'unscored') > 1
                and id not in (select id from settled) as is_disputed,
            bool_or(outcome = 'unscored') as is_unsure
        from words group by id
    ),
    given as (
        select distinct case_id from claims
        where experiment_id = $experiment and criterion_id = $criterion and scorer = $scorer
            and rater = $rater
    ),
    flickering as (
        select distinct o.case_id
        from things o
        -- What the other criteria say of the same outputs, where cases were asked more than once.
        join scores s on s.trial_id = o.trial_id and s.rater = '' and s.criterion_id <> $criterion
        where $is_repeated
        group by o.case_id, o.variant_id, s.criterion_id, s.scorer
        having bool_or(s.outcome = 'pass') and bool_or(s.outcome = 'fail')
    ),
    held as (
        select case_id, count(*) as n from (
            select rater, arg_max(case_id, created_at) as case_id,
                arg_max(expires_at, created_at) as until
            from claims
            where experiment_id = $experiment and criterion_id = $criterion
                and scorer = $scorer and rater <> $rater
            group by rater
        ) where until > $now group by case_id
    ),
    by_case as (
        select o.case_id, count(*) as outputs, count(*) filter (b.is_mine) as mine,
            min(coalesce(b.others, 0)) as others,
            coalesce(bool_or(b.is_disputed), false) as is_disputed,
            coalesce(bool_or(b.is_unsure), false) as is_unsure
        from things o left join by_thing b on b.id = o.id
        group by o.case_id
    ),
    cases_here as (
        select b.*, c.tags, coalesce(h.n, 0) as held,
            md5(concat($criterion, b.case_id)) as place,
            b.case_id in (select case_id from flickering) as is_flickering
        from by_case b
        join cases c on c.id = b.case_id
        left join held h on h.case_id = b.case_id
        where len($slices::varchar[]) = 0 or list_has_any(c.tags, $slices::varchar[])
    ),
    -- Of each mix of tags its share is rated twice, whatever was said of it.
    drawn as (
        select *, row_number() over (partition by list_sort(tags) order by place) - 1 as nth
        from cases_here
    ),
    thin as (
        -- The case at hand is rated by the time what is chosen ahead of it is shown.
        select tag, count(*) as n, count(*) filter (
            mine > 0 or others > 0 or held > 0 or case_id is not distinct from $without
        ) as rated
        from (select unnest(tags) as tag, case_id, mine, others, held from drawn)
        where len($slices::varchar[]) = 0 or not list_contains($slices::varchar[], tag)
        group by tag
    ),
    wanted as (
        select d.*,
            floor((nth + 1) * $share + 0.5) > floor(nth * $share + 0.5) as is_twice,
            (select min(t.rated / t.n) from thin t where list_contains(d.tags, t.tag)) as thinness
        from drawn d
    ),
    open as (
        select *, others + held as readers, 1 + is_twice::integer as needed from wanted
        where mine < outputs and case_id is distinct from $without
            and (mine > 0 or others + held < 1 + is_twice::integer + is_disputed::integer)
    ),
    told as (
        select case_id, place, thinness,
            case
                when mine > 0 then 'begun'
                when is_disputed then 'disputed'
                when is_unsure then 'unsure'
                when is_flickering then 'flickers'
                when readers > 0 then 'second'
                when thinness < (select max(thinness) from open) then 'thin'
                else 'drawn'
            end as why
        from open
    )
    select case_id,
        if($is_sample and why in ('thin', 'drawn'), 'sample', why) as why
    from told
    order by why <> 'begun',
        -- What was passed over comes round at the end.
        case_id in (select case_id from given),
        $is_sample and why in ('disputed', 'unsure', 'flickers'),
        list_position(
            ['begun', 'disputed', 'unsure', 'flickers', 'second', 'thin', 'sample', 'drawn'],
            if($is_sample and why in ('thin', 'drawn'), 'sample', why)
        ),
        if($is_sample, 0, thinness), place
    limit 1
"""


class Claims:
    """What raters are given, one case at a time."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def choose(
        self,
        experiment_id: UUID,
        criterion_id: UUID,
        scorer: str,
        rater: str,
        slices: Sequence[str],
        *,
        is_repeated: bool,
        is_paired: bool = False,
        without: UUID | None = None,
    ) -> Handed | None:
        """The case that a rater should see next, other than `without`; None where nothing waits
        for them.

        To be asked in the transaction in which it is claimed. `is_repeated` says that cases were
        asked more than once, so that their answers may flicker; `is_paired` that outputs are rated
        two by two.
        """
        row = self._db.row(
            f"with {THINGS[is_paired]}, {_CHOICE}",
            {
                "is_repeated": is_repeated,
                "experiment": experiment_id,
                "criterion": criterion_id,
                "scorer": scorer,
                "rater": rater,
                "slices": list(slices),
                "without": without,
                "share": self.second_share(criterion_id),
                "now": clock.now(),
                "is_sample": self._n_claimed(experiment_id, criterion_id, scorer, rater)
                % SAMPLE_EVERY
                == SAMPLE_EVERY - 1,
            },
        )
        return None if row is None else Handed(row[0], Why(row[1]))

    def add(
        self,
        experiment_id: UUID,
        criterion_id: UUID,
        scorer: str,
        rater: str,
        handed: Handed,
        held: timedelta = HELD,
    ) -> None:
        """Give a case to a rater, in the place of what they had."""
        now = clock.now()
        self._db.execute(
            "insert into claims values (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                experiment_id,
                criterion_id,
                scorer,
                handed.case_id,
                rater,
                handed.why.value,
                now,
                now + held,
            ],
        )

    def hold(
        self, experiment_id: UUID, criterion_id: UUID, scorer: str, rater: str, case_id: UUID
    ) -> None:
        """Keep a case with the rater who says something of it now."""
        last = self.live(experiment_id, criterion_id, scorer, rater)
        why = last.why if last is not None and last.case_id == case_id else Why.CHOSEN
        self.add(experiment_id, criterion_id, scorer, rater, Handed(case_id, why))

    def live(
        self, experiment_id: UUID, criterion_id: UUID, scorer: str, rater: str
    ) -> Handed | None:
        """What is with a rater now; None where that has expired."""
        row = self._db.row(
            """
            select case_id, why, expires_at > ? from claims
            where experiment_id = ? and criterion_id = ? and scorer = ? and rater = ?
            order by created_at desc limit 1
            """,
            [clock.now(), experiment_id, criterion_id, scorer, rater],
        )
        return Handed(row[0], Why(row[1])) if row is not None and row[2] else None

    def taken(self, experiment_id: UUID, criterion_id: UUID, scorer: str, rater: str) -> set[UUID]:
        """The cases that are with others now, and those that this rater was given already."""
        rows = self._db.rows(
            """
            select case_id from claims
            where experiment_id = $experiment and criterion_id = $criterion and scorer = $scorer
                and rater = $rater
            union
            select arg_max(case_id, created_at) from claims
            where experiment_id = $experiment and criterion_id = $criterion and scorer = $scorer
                and rater <> $rater
            group by rater having arg_max(expires_at, created_at) > $now
            """,
            {
                "experiment": experiment_id,
                "criterion": criterion_id,
                "scorer": scorer,
                "rater": rater,
                "now": clock.now(),
            },
        )
        return {case_id for (case_id,) in rows}

    def counts(
        self, experiment_id: UUID, criterion_id: UUID, scorer: str, case_id: UUID | None = None
    ) -> dict[UUID, int]:
        """How often each case, or one, was given to anybody; none that never was."""
        rows = self._db.rows(
            """
            select case_id, count(*) from claims
            where experiment_id = ? and criterion_id = ? and scorer = ?
                and case_id = coalesce(?, case_id)
            group by case_id
            """,
            [experiment_id, criterion_id, scorer, case_id],
        )
        return dict(rows)

    def is_done(
        self,
        experiment_id: UUID,
        criterion_id: UUID,
        scorer: str,
        rater: str,
        case_id: UUID,
        *,
        is_paired: bool = False,
    ) -> bool:
        """Whether a rater has rated every output of a case, or every two."""
        left: int = self._db.value(
            f"""
            with {THINGS[is_paired]}
            select count(*) from things
            where case_id = $case and id not in (select id from words where rater = $rater)
            """,
            {
                "experiment": experiment_id,
                "case": case_id,
                "criterion": criterion_id,
                "scorer": scorer,
                "rater": rater,
            },
        )
        return left == 0

    def second_share(self, criterion_id: UUID) -> float:
        """Which share of a criterion's cases two people rate."""
        found = self._db.value(
            "select arg_max(share, created_at) from second_ratings where criterion_id = ?",
            [criterion_id],
        )
        return SECOND_SHARE if found is None else float(found)

    def set_second_share(self, criterion_id: UUID, share: float, author: str) -> None:
        """Have two people rate such a share."""
        self._db.execute(
            "insert into second_ratings values (?, ?, ?, ?)",
            [criterion_id, share, author, clock.now()],
        )

    def _n_claimed(self, experiment_id: UUID, criterion_id: UUID, scorer: str, rater: str) -> int:
        found: int = self._db.value(
            """
            select count(distinct case_id) from claims
            where experiment_id = ? and criterion_id = ? and scorer = ? and rater = ?
            """,
            [experiment_id, criterion_id, scorer, rater],
        )
        return found

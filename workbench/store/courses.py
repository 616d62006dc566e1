"""How results came in: cases in the order of the plan, as far as every one of them is finished."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from workbench.store.engine.database import Database
from workbench.store.tallies import MARK
from workbench.store.votes import APPLIES_OF_WORD, VOTE_OF_WORD, WORD

PLACE = "md5(concat(e.id, d.id))"
"""The order in which an experiment `e` asks its cases `d`: shuffled, and fixed by the plan."""

GROUP_PLACE = "md5(concat(e.id, if(d.group_name = '', d.id::varchar, d.group_name)))"
"""The same for the groups that cases `d` belong to, which comes first: a group is asked whole
before the next, so that it can be counted."""


class Finished(NamedTuple):
    """An input (cases with the same one count once) of one variant, with every trial of it ended.

    Of `planned` trials so many passed and failed; the others are unscored. Trials that the
    criterion does not apply to are none of them. Those of one `group` follow each other; where it
    is empty the input stands alone.
    """

    planned: int
    passes: float
    fails: float
    group: str = ""


_COUNTED = f"""
    newest as (
        select trial_id, rater, arg_max({WORD}, created_at) as word,
            arg_max_null({MARK}, created_at) as mark
        from counted_scores where criterion_id = $criterion and scorer = $scorer
        group by trial_id, rater
    ),
    votes as (
        select trial_id, sum({APPLIES_OF_WORD}) as applies,
            if(applies > 0, sum({VOTE_OF_WORD}), 0) as vote,
            if(applies > 0, avg(mark), null) as mark
        from newest group by trial_id
    ),
    per_case as (
        select t.variant_id, t.case_id,
            case when $low is null then count(*) filter (vote > 0) else sum(mark) end as passes,
            case when $low is null then count(*) filter (vote < 0)
                else sum(1 - mark) end as fails,
            count(*) filter (t.failure is not null or vote is not null) as ended,
            count(*) filter (applies < 0) as outside
        from experiment_trials t left join votes on votes.trial_id = t.id
        where t.experiment_id = $experiment
        group by t.variant_id, t.case_id
    )
"""
_SUMS = """
    count(*) * any_value(e.trials) as planned,
    round(coalesce(sum(p.passes), 0), 9) as passes,
    round(coalesce(sum(p.fails), 0), 9) as fails,
    coalesce(sum(p.ended), 0) as ended,
    coalesce(sum(p.outside), 0)::integer as outside
"""
_CASES = """
    from experiments e
    join experiment_variants v on v.experiment_id = e.id
    join experiment_cases c on c.experiment_id = e.id
    join cases d on d.id = c.case_id
    left join per_case p on p.case_id = c.case_id and p.variant_id = v.variant_id
"""
_THESE = """
    where e.id = $experiment
        and (len($slices::varchar[]) = 0 or list_has_any(d.tags, $slices::varchar[]))
    group by v.variant_id, d.input, d.group_name
"""
# What has the same first place is looked at together: the whole group.
_IN_ORDER = """
    select variant_id, planned, passes, fails, group_name, outside from inputs
    qualify $whole or bool_and(ended >= planned) over (partition by variant_id order by first)
    order by variant_id, first, place
"""
_ALONE = f"""
    with {_COUNTED},
    inputs as (
        select v.variant_id, d.group_name, min({GROUP_PLACE}) as first, min({PLACE}) as place,
            {_SUMS} {_CASES} {_THESE}
    )
    {_IN_ORDER}
"""
# Cases of earlier experiments stay in their order, before those of the experiment itself.
_RANK = "printf('%06d', coalesce(o.rank, 999999))"
_ORIGIN = "coalesce(o.origin, e.id)"
_GROUP = "if(d.group_name = '', d.id::varchar, d.group_name)"
_CONTINUED = f"""
    with {_COUNTED},
    -- In which of the earlier experiments each case was asked first.
    origins as (
        select case_id, min(list_position($earlier::uuid[], experiment_id)) as rank,
            arg_min(experiment_id, list_position($earlier::uuid[], experiment_id)) as origin
        from experiment_cases where list_contains($earlier::uuid[], experiment_id)
        group by case_id
    ),
    inputs as (
        select v.variant_id, d.group_name,
            -- A group that got more cases is still one.
            min(min({_RANK} || md5(concat({_ORIGIN}, {_GROUP})))) over (
                partition by v.variant_id, d.group_name, if(d.group_name = '', d.input, '')
            ) as first,
            min({_RANK} || md5(concat({_ORIGIN}, c.case_id))) as place,
            {_SUMS} {_CASES} left join origins o on o.case_id = c.case_id {_THESE}
    )
    {_IN_ORDER}
"""


class Courses:
    """What verdicts rest on that may be read at any time."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(
        self,
        experiment_id: UUID,
        criterion_id: UUID,
        scorer: str,
        slices: tuple[str, ...],
        scale: tuple[float, float] | None = None,
        *,
        earlier: Sequence[UUID] = (),
        is_whole: bool = False,
        is_per_case: bool = False,
    ) -> dict[UUID, list[Finished]]:
        """Each variant's finished inputs in the order of the plan, up to the first that is not; of
        a group all or none.

        What comes after that one waits: to count what happens to be finished would prefer cases
        that are answered fast. A trial has ended when its call failed or it has a score. With a
        `scale` scores count by how far up it they are.

        Where the plan goes on with cases of `earlier` experiments (oldest first), those come first
        in their old order. With `is_whole` nothing waits: what has not ended is unscored. Inputs
        that the criterion does not apply to are left out; with `is_per_case` a trial that it does
        not apply to is unscored where it applies to another one of its input.
        """
        low, high = scale or (None, None)
        asked: dict[str, object] = {
            "experiment": experiment_id,
            "criterion": criterion_id,
            "scorer": scorer,
            "slices": list(slices),
            "low": low,
            "high": high,
            "whole": is_whole,
        }
        if earlier:
            rows = self._db.rows(_CONTINUED, {**asked, "earlier": list(earlier)})
        else:
            rows = self._db.rows(_ALONE, asked)
        found: dict[UUID, list[Finished]] = {}
        for variant_id, planned, passes, fails, group, outside in rows:
            if outside < planned or not outside:
                counted = planned if is_per_case else planned - outside
                one = Finished(counted, passes, fails, group)
                found.setdefault(variant_id, []).append(one)
        return found

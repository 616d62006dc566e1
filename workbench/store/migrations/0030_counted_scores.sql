-- The scores that count. Where somebody settled what raters said of a trial, the newest decision
-- stands alone, until it is taken back; what they said stays in scores.
create view counted_scores as
    with settled as (
        select trial_id, criterion_id, scorer, max(created_at) as settled_at
        from scores where starts_with(rater, 'settled:')
        group by trial_id, criterion_id, scorer
        having not coalesce(arg_max(is_withdrawn, created_at), false)
    )
    select s.*
    from scores s
    left join settled d on d.trial_id = s.trial_id and d.criterion_id = s.criterion_id
        and d.scorer = s.scorer
    where case when starts_with(s.rater, 'settled:') then s.created_at = d.settled_at
        else d.settled_at is null end;

create or replace view outcomes as
    with newest as (
        select trial_id, criterion_id, scorer, rater,
            arg_max(outcome, created_at) as outcome,
            arg_max_null(value, created_at) as value,
            arg_max(reason, created_at) as reason
        from counted_scores
        group by all
    )
    select trial_id, criterion_id, scorer, majority(outcome) as outcome,
        any_value(value) as value,
        string_agg(reason, '; ' order by rater) filter (reason <> '') as reason,
        count(*) as n_raters
    from newest
    group by trial_id, criterion_id, scorer;

create or replace macro outcomes_of(criterion, made_by) as table
    with newest as (
        select trial_id, rater, arg_max(outcome, created_at) as outcome
        from counted_scores
        where criterion_id = criterion and scorer = made_by
        group by trial_id, rater
    )
    select trial_id, majority(outcome) as outcome from newest group by trial_id;

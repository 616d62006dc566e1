-- Which of two outputs of one case somebody liked better, in the order in which they were shown: the
-- first stood on the left, or came first in a judge's prompt. What it says about a variant beside
-- the one that a criterion compares with is a row of scores as well. (`preferences` are settings.)
create table pair_preferences (
    first_trial uuid not null,
    second_trial uuid not null,
    criterion_id uuid not null,
    scorer varchar not null,
    rater varchar not null,
    outcome varchar not null
        check (outcome in ('first', 'second', 'tie', 'both_bad', 'unscored')),
    note varchar not null,
    question varchar not null,
    created_at timestamptz not null,
    is_withdrawn boolean not null
);

-- Two outputs of one case and number that count for an experiment: `one` is that with the lesser id.
-- Filter it on experiment_id.
create view experiment_pairs as
    select a.experiment_id, a.case_id, a.number, a.id as one, b.id as other,
        a.variant_id as one_variant, b.variant_id as other_variant
    from experiment_trials a
    join experiment_trials b
        on b.experiment_id = a.experiment_id and b.case_id = a.case_id and b.number = a.number
            and a.id < b.id
    where a.failure is null and b.failure is null;

-- What each rater says of each pair now. A person says it once; a judge once in each order
-- (`orders`): where its two words differ it `is_contradicted`, which counts as a tie.
create view pair_words as
    with newest as (
        select first_trial, second_trial, criterion_id, scorer, rater,
            arg_max(outcome, created_at) as outcome, arg_max(note, created_at) as note,
            max(created_at) as created_at
        from pair_preferences
        group by first_trial, second_trial, criterion_id, scorer, rater
        having not arg_max(is_withdrawn, created_at)
    ),
    turned as (
        select *, least(first_trial, second_trial) as one,
            greatest(first_trial, second_trial) as other,
            case when outcome = 'first' and first_trial < second_trial
                    or outcome = 'second' and second_trial < first_trial then 'one'
                when outcome in ('first', 'second') then 'other'
                else outcome end as said
        from newest
    )
    select one, other, criterion_id, scorer, rater,
        case when bool_or(said = 'unscored') then 'unscored'
            when min(said) = max(said) then min(said) else 'tie' end as said,
        count(*) as orders,
        min(said) <> max(said) and not bool_or(said = 'unscored') as is_contradicted,
        string_agg(note, ' / ' order by created_at) as note, max(created_at) as created_at
    from turned group by one, other, criterion_id, scorer, rater;

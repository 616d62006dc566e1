-- A scorer may say that a criterion does not apply to an output. A check of a column can't be
-- altered, so the table is made anew with the same rows: their checksums stay as they are.
alter table scores rename to scores_before;
create table scores (
    trial_id uuid not null,
    criterion_id uuid not null,
    scorer varchar not null,
    rater varchar not null,
    outcome varchar not null
        check (outcome in ('pass', 'fail', 'not_applicable', 'unscored')),
    value double,
    reason varchar not null,
    created_at timestamptz not null,
    question varchar default '',
    is_withdrawn boolean default false
);
insert into scores
    select trial_id, criterion_id, scorer, rater, outcome, value, reason, created_at, question,
        is_withdrawn
    from scores_before;
drop table scores_before;

-- What several raters come to: first whether it applies, by what more of them say, then pass or
-- fail. A tie is unscored, each time.
create or replace macro majority(outcome) as
    case sign(sum(case outcome when 'not_applicable' then -1 when 'unscored' then 0 else 1 end))
        when -1 then 'not_applicable'
        when 1 then
            case sign(sum(case outcome when 'pass' then 1 when 'fail' then -1 else 0 end))
                when 1 then 'pass' when -1 then 'fail' else 'unscored' end
        else 'unscored' end;

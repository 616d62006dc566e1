-- Tools that a prompt offers, with its choice and its limit of requests; what a case lets tools reply.
-- Lists and groups of JSON, nothing where there is none.
alter table prompt_versions add column tools json;
alter table cases add column tool_replies json;

-- What was said in a trial after the prompt, by hash: where tools were called, or several requests
-- were made. The views name their columns once, when made.
drop view if exists experiment_trials;
drop view if exists current_trials;
alter table trials add column transcript varchar;
create view current_trials as
    select * from trials
    where id not in (
        select supersedes from trials where supersedes is not null
        union all
        select trial_id from left_out where table_name = 'trials' and trial_id is not null
    );
create view experiment_trials as
    select e.id as experiment_id, e.feature_id, e.purpose, v.position, t.*
    from experiments e
    join experiment_variants v on v.experiment_id = e.id
    join experiment_cases x on x.experiment_id = e.id
    join current_trials t
        on t.variant_id = v.variant_id and t.case_id = x.case_id and t.number <= e.trials;

-- Each answered request of a trial that takes several, kept before the next one is sent. The turns
-- of one trial share `talk`, the id of the first; the last one's id is that of the trial, where it
-- ended in an output.
create table turns (
    id uuid primary key,
    talk uuid not null,
    place integer not null check (place >= 1),
    run_id uuid not null,
    variant_id uuid not null,
    case_id uuid not null,
    number integer not null,
    said varchar not null,
    model varchar not null,
    finish_reason varchar not null,
    latency_ms double not null,
    first_token_ms double,
    input_tokens integer,
    output_tokens integer,
    cost double,
    reasoning varchar,
    adaptations varchar[],
    started_at timestamptz not null,
    created_at timestamptz not null
);

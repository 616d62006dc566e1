-- What a model thought before it answered, kept beside the answer; and what of a request was sent
-- otherwise, or not, because the server refuses it. The views name their columns once, when made.
drop view if exists experiment_trials;
drop view if exists current_trials;
alter table trials add column if not exists reasoning varchar;
alter table trials add column if not exists adaptations varchar[];
create view current_trials as
    select * from trials
    where id not in (select supersedes from trials where supersedes is not null);
create view experiment_trials as
    select e.id as experiment_id, e.feature_id, e.purpose, v.position, t.*
    from experiments e
    join experiment_variants v on v.experiment_id = e.id
    join experiment_cases x on x.experiment_id = e.id
    join current_trials t
        on t.variant_id = v.variant_id and t.case_id = x.case_id and t.number <= e.trials;

-- What goes along with every request: names of headers with the names of the variables that hold
-- their values (never the values), and fields of the server's own.
alter table connections add column headers varchar default '{}';
alter table connections add column extra_body varchar default '';

-- What was learnt of a model behind a connection at an address, from what its server replied. The
-- newest row of each adaptation counts; forgetting one adds a row.
create table habits (
    connection_id uuid not null,
    address varchar not null,
    model varchar not null,
    adaptation varchar not null,
    said varchar not null,
    is_forgotten boolean not null,
    created_at timestamptz not null
);

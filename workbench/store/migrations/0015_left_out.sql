-- What somebody left out, because it was changed since it was written: a row for each trial and
-- score that no longer counts, and for each row that was found changed, as it was found.
create table left_out (
    table_name varchar not null,
    trial_id uuid,
    found varchar not null,
    author varchar not null,
    created_at timestamptz not null
);

-- A trial that was left out counts no more: its call is missing, and is asked again.
drop view if exists experiment_trials;
drop view if exists current_trials;
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

-- Keys of a restored file are held back by `key_hosts` alone: nobody named them for these addresses.
-- What still waited gets its names back, where it is still at the address that was to be confirmed.
update connections set api_key_env = k.api_key_env, headers = k.headers
from withheld_keys k
where k.connection_id = connections.id and k.settled_at is null
    and k.base_url = connections.base_url and connections.api_key_env = ''
    and connections.headers = '{}';
drop table withheld_keys;

-- What variants name in headers of their own goes where it went until today.
insert or ignore into key_hosts (name, origin, author, created_at)
select distinct name,
    regexp_replace(regexp_replace(origin, '^(http://.*):80$', '\1'), '^(https://.*):443$', '\1'),
    '', now()
from (
    select v.name, lower(regexp_extract(c.base_url, '^[A-Za-z]+://[^/]+')) as origin
    from connections c join (
        select connection,
            unnest(regexp_extract_all(parameters::varchar, 'WORKBENCH_HEADER_[A-Za-z0-9_]+')) as name
        from variants
    ) v on v.connection = c.name or list_contains(c.former_names, v.connection)
)
where origin != '';

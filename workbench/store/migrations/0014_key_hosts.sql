-- Where the value of a variable may be sent: a scheme, host and port that a person named it for.
create table key_hosts (
    name varchar not null,
    origin varchar not null,
    author varchar not null,
    created_at timestamptz not null,
    primary key (name, origin)
);

-- What connections name today was entered by people for the addresses that stand beside it.
insert into key_hosts (name, origin, author, created_at)
select distinct name,
    regexp_replace(regexp_replace(origin, '^(http://.*):80$', '\1'), '^(https://.*):443$', '\1'),
    '', now()
from (
    select
        unnest(list_concat(
            if(api_key_env = '', [], [api_key_env]),
            -- Canonical JSON of header names with names of variables: no blanks, nothing escaped.
            regexp_extract_all(coalesce(headers, '{}'), ':"([A-Za-z0-9_]+)"', 1))) as name,
        lower(regexp_extract(base_url, '^[A-Za-z]+://[^/]+')) as origin
    from connections
)
where origin != '';

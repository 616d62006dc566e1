-- Where a connection was over time: a changed address is a new version, and answers stay with the
-- one that gave them. Without a connection it is the built-in model, and the address its file.
create table connection_versions (
    id uuid primary key default uuidv7(),
    connection_id uuid,
    name varchar not null,
    number integer not null,
    address varchar not null,
    settings varchar not null,
    author varchar not null,
    created_at timestamptz not null
);

-- Which of them a variant's answers come from. The newest row counts; once there is an answer
-- there is no other row. Variants that were answered before this table have none where nothing
-- says which address it was.
create table variant_endpoints (
    variant_id uuid not null,
    endpoint_id uuid not null,
    created_at timestamptz not null
);

-- Variants keep the name of their connection as it was when they were made.
alter table connections add column former_names varchar[] default [];

-- A run that asks again what was answered already.
alter table runs add column is_fresh boolean default false;

-- A connection that was edited may have been elsewhere before: all that is known is where it is.
insert into connection_versions (connection_id, name, number, address, settings, author, created_at)
select id, name, 1, base_url,
    -- As `Connection.settings` has it: both texts are kept as canonical JSON.
    case when headers = '{}' and extra_body = '' then '' else concat(
        '{"body":', if(extra_body = '', '{}', extra_body), ',"headers":', headers, '}') end,
    '', case when revision = 1 then created_at else now() end
from connections;

-- One that was never edited was always where it is, and if no other ever had its name, all that
-- was asked under that name was asked there.
insert into variant_endpoints
with asked as (
    select variant_id, min(started_at) as first_at from trials group by variant_id
),
sure as (
    select name, any_value(id) as id, any_value(created_at) as created_at
    from connections group by name having count(*) = 1 and max(revision) = 1
)
select w.id, e.id, a.first_at
from variants w
join asked a on a.variant_id = w.id
join sure c on c.name = w.connection and c.created_at <= a.first_at
join connection_versions e on e.connection_id = c.id;

-- Where the users of a variant's conversations are played, as `variant_endpoints` has where it is
-- asked: the newest row counts, and once a user was played there is no other row.
create table player_endpoints (
    variant_id uuid not null,
    endpoint_id uuid not null,
    created_at timestamptz not null
);

-- A connection that was never moved was always where it is: what was played under its name was
-- played there. Of others it is not known.
insert into player_endpoints
with played as (
    select variant_id, min(started_at) as first_at from turns where is_users group by variant_id
),
known as (
    select any_value(id) as id, any_value(name) as name, any_value(created_at) as created_at
    from connection_versions group by connection_id having count(*) = 1
),
sure as (
    select any_value(id) as id, name, any_value(created_at) as created_at
    from known group by name having count(*) = 1
)
select w.id, s.id, p.first_at
from variants w
join played p on p.variant_id = w.id
join sure s on s.name = w.parameters ->> '$.user.connection' and s.created_at <= p.first_at;

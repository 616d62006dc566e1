-- In which order people put a feature's requirements: the newest row counts. Those that it does not
-- name follow in the order of their keys.
create table requirement_orders (
    feature_id uuid not null,
    requirement_ids uuid[] not null,
    created_at timestamptz not null
);

-- How and by when the cases that a criterion lacks are to be had; the newest row of a criterion counts.
create table data_plans (
    id uuid primary key default uuidv7(),
    criterion_id uuid not null,
    how varchar not null,
    due date,
    owner varchar not null,
    author varchar not null,
    written_at timestamptz not null
);

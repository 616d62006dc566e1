-- Which experiments are out of the list; the newest row counts. They stay evidence.
create table experiment_archivings (
    experiment_id uuid not null,
    is_archived boolean not null,
    author varchar not null,
    why varchar not null,
    created_at timestamptz not null
);

-- Under which terms a dataset may be used; the newest row of a dataset counts.
create table data_terms (
    id uuid primary key default uuidv7(),
    dataset_id uuid not null,
    licence varchar not null,
    basis varchar not null,
    collected_from varchar not null,
    expires date,
    author varchar not null,
    written_at timestamptz not null
);

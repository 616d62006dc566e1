-- An output that somebody read to the end: what went wrong first is its note, and without one
-- nothing did. Who takes a reading back leaves a row that `withdraws` it; both stay.
create table readings (
    id uuid primary key default uuidv7(),
    trial_id uuid not null,
    note_id uuid,
    withdraws uuid,
    person_id varchar not null,
    author varchar not null,
    created_at timestamptz not null
);

-- The notes but those that were taken back with their reading.
create view current_notes as
    select * from notes where id not in (
        select note_id from readings
        where note_id is not null
            and id in (select withdraws from readings where withdraws is not null)
    );

-- A named kind of failure. What is said of it is its newest version.
create table failure_modes (
    id uuid primary key default uuidv7(),
    feature_id uuid not null,
    key varchar not null,
    created_at timestamptz not null
);

-- How it is noticed at run time, what the product does then, what the user reads and which criterion
-- shows it are its fallback; they are empty until they were designed.
create table failure_mode_versions (
    mode_id uuid not null,
    number integer not null,
    name varchar not null,
    definition varchar not null,
    severity varchar not null check (severity in ('minor', 'serious', 'severe')),
    owner varchar not null,
    noticed varchar not null,
    fallback varchar not null
        check (fallback in ('', 'ask', 'retry', 'fall_back', 'hand_over', 'refuse')),
    reads varchar not null,
    criterion_id uuid,
    is_archived boolean not null,
    author varchar not null,
    created_at timestamptz not null
);

-- Examples that came with a feature file, by value: their trials are elsewhere.
create table failure_mode_examples (
    mode_id uuid not null,
    position integer not null,
    summary varchar not null,
    experiment varchar not null,
    criterion varchar not null,
    variant varchar not null,
    case_key varchar not null,
    output varchar not null
);

-- Which failure mode a note is sorted into; the newest row counts, null takes it out of all.
create table note_modes (
    note_id uuid not null,
    mode_id uuid,
    author varchar not null,
    created_at timestamptz not null
);

-- What a failure mode became: a requirement, and perhaps one criterion of it.
create table failure_mode_lessons (
    mode_id uuid not null,
    requirement_id uuid not null,
    criterion_id uuid,
    author varchar not null,
    created_at timestamptz not null
);

-- Sessions: people working on one feature together, what they noted, and the minutes of it.
create table sessions (
    id uuid primary key default uuidv7(),
    feature_id uuid not null,
    number integer not null,
    goal varchar not null,
    minutes integer not null,
    started_by varchar not null,
    started_at timestamptz not null
);
create table session_ends (
    session_id uuid not null,
    ended_by varchar not null,
    ended_at timestamptz not null
);
create table pad_notes (
    id uuid primary key default uuidv7(),
    session_id uuid not null,
    person varchar not null,
    text varchar not null,
    written_at timestamptz not null
);
create table session_minutes (
    session_id uuid not null,
    number integer not null,
    text varchar not null,
    author varchar not null,
    written_at timestamptz not null
);

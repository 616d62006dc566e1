-- What a model was asked for as a suggestion to people: a row before it is sent, with the most that
-- it can cost, and what it was about, in the order of the request.
create table suggestion_calls (
    id uuid primary key default uuidv7(),
    feature_id uuid not null,
    purpose varchar not null check (purpose in ('failure_modes')),
    connection varchar not null,
    model varchar not null,
    request varchar not null,
    about uuid[] not null,
    most_cost double,
    author varchar not null,
    started_at timestamptz not null
);

-- What came back. A call without a row here was cut short: it counts as paid in full.
create table suggestion_replies (
    call_id uuid not null,
    reply varchar,
    failure varchar,
    message varchar not null,
    latency_ms double,
    input_tokens integer,
    output_tokens integer,
    cost double,
    created_at timestamptz not null,
    check ((reply is null) <> (failure is null))
);

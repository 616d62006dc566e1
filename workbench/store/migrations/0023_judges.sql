-- What judges were asked, and what came back: the output that was judged, the reply as it came, the
-- passage that it rests on, and what in the output spoke to its judge. The id is that of the last
-- attempt. What was read from the reply is a row of scores.
create table judge_calls (
    id uuid not null,
    run_id uuid not null,
    trial_id uuid not null,
    criterion_id uuid not null,
    scorer varchar not null,
    request varchar not null,
    reply varchar,
    failure varchar,
    message varchar not null,
    passage varchar not null,
    flags varchar[] not null,
    finish_reason varchar not null,
    model varchar not null,
    latency_ms double,
    input_tokens integer,
    output_tokens integer,
    cost double,
    started_at timestamptz not null,
    created_at timestamptz not null,
    check ((reply is null) <> (failure is null))
);

-- Where a judge was asked: its words are those of one address.
create table judge_endpoints (
    scorer varchar not null,
    endpoint_id uuid not null,
    created_at timestamptz not null
);

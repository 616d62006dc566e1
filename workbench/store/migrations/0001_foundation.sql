-- The loop: feature, requirements, criteria, datasets, prompts, variants, experiments, runs,
-- trials, scores. No foreign keys (DuckDB then refuses to alter the parent): see integrity.py.

-- Which database this is, and how many commits it has seen: one row, raised with each of them.
create table head (
    database uuid not null,
    sequence bigint not null
);
insert into head values (uuid(), 0);

create table features (
    id uuid primary key default uuidv7(),
    name varchar not null,
    problem varchar not null,
    user_text varchar not null,
    job varchar not null,
    goal varchar not null,
    stakes varchar not null,
    revision integer not null,
    created_at timestamptz not null,
    archived_at timestamptz
);

-- What all runs of a feature may spend; the newest counts.
create table budgets (
    feature_id uuid not null,
    usd double,
    author varchar not null,
    created_at timestamptz not null
);

create table candidates (
    feature_id uuid not null,
    variant_id uuid not null,
    author varchar not null,
    why varchar not null,
    created_at timestamptz not null
);

create table requirements (
    id uuid primary key default uuidv7(),
    feature_id uuid not null,
    key varchar not null,
    created_at timestamptz not null,
    archived_at timestamptz
);

create table requirement_revisions (
    requirement_id uuid not null,
    number integer not null,
    statement varchar not null,
    rationale varchar not null,
    kind varchar not null
        check (kind in ('quality', 'safety', 'consistency', 'degradation', 'latency', 'cost')),
    impact varchar not null check (impact in ('low', 'medium', 'high')),
    effort varchar not null check (effort in ('low', 'medium', 'high')),
    horizon varchar not null check (horizon in ('now', 'next', 'later')),
    author varchar not null,
    created_at timestamptz not null,
    why varchar not null,
    primary key (requirement_id, number)
);

create table revision_evidence (
    requirement_id uuid not null,
    number integer not null,
    position integer not null,
    summary varchar not null,
    experiment varchar not null,
    criterion varchar not null,
    variant varchar not null,
    case_key varchar not null,
    output varchar not null
);

create table criteria (
    id uuid primary key default uuidv7(),
    requirement_id uuid not null,
    key varchar not null,
    created_at timestamptz not null,
    archived_at timestamptz
);

create table criterion_versions (
    criterion_id uuid not null,
    number integer not null,
    title varchar not null,
    scorer_kind varchar not null,
    scorer_settings json not null,
    scorer varchar not null,
    measure varchar not null,
    bar double not null,
    target double,
    confidence double not null,
    slices varchar[] not null,
    lane varchar not null check (lane in ('committed', 'discovered')),
    origin varchar not null,
    author varchar not null,
    created_at timestamptz not null,
    why varchar not null,
    primary key (criterion_id, number)
);

create table datasets (
    id uuid primary key default uuidv7(),
    feature_id uuid not null,
    name varchar not null,
    created_at timestamptz not null
);

create table dataset_versions (
    id uuid not null default uuidv7(),
    dataset_id uuid not null,
    number integer not null,
    note varchar not null,
    author varchar not null,
    created_at timestamptz not null,
    primary key (dataset_id, number)
);

create table cases (
    id uuid not null,
    dataset_id uuid not null,
    key varchar not null,
    number integer not null,
    variables json not null,
    reference varchar,
    tags varchar[] not null,
    source varchar not null,
    held_out boolean not null,
    content varchar not null,
    input varchar not null,
    created_at timestamptz not null
);

create table dataset_cases (
    dataset_version_id uuid not null,
    case_id uuid not null
);

create table prompts (
    id uuid primary key default uuidv7(),
    feature_id uuid not null,
    name varchar not null,
    created_at timestamptz not null
);

create table prompt_versions (
    id uuid not null default uuidv7(),
    prompt_id uuid not null,
    number integer not null,
    system_text varchar not null,
    user_text varchar not null,
    content varchar not null,
    note varchar not null,
    author varchar not null,
    created_at timestamptz not null,
    primary key (prompt_id, number)
);

create table connections (
    id uuid primary key default uuidv7(),
    name varchar not null,
    base_url varchar not null,
    models varchar[] not null,
    api_key_env varchar not null,
    concurrency integer not null,
    timeout_s double not null,
    price_in double,
    price_out double,
    requests_per_minute integer,
    tokens_per_minute integer,
    revision integer not null,
    created_at timestamptz not null,
    archived_at timestamptz
);

create table variants (
    id uuid primary key default uuidv7(),
    feature_id uuid not null,
    label varchar not null,
    prompt_version_id uuid not null,
    connection varchar not null,
    model varchar not null,
    parameters json not null,
    content varchar not null,
    created_at timestamptz not null
);

create table experiments (
    id uuid primary key default uuidv7(),
    feature_id uuid not null,
    key varchar not null,
    question varchar not null,
    purpose varchar not null check (purpose in ('experiment', 'playground')),
    dataset_version_id uuid not null,
    slices varchar[] not null,
    held_out boolean,
    trials integer not null,
    plan varchar not null,
    author varchar not null,
    created_at timestamptz not null
);

create table experiment_variants (
    experiment_id uuid not null,
    variant_id uuid not null,
    position integer not null
);

create table experiment_criteria (
    experiment_id uuid not null,
    criterion_id uuid not null,
    number integer not null,
    position integer not null
);

create table experiment_cases (
    experiment_id uuid not null,
    case_id uuid not null
);

create table runs (
    id uuid primary key default uuidv7(),
    experiment_id uuid not null,
    author varchar not null,
    created_at timestamptz not null
);

-- What a run may spend, and how urgent it is. Newest first: a run that is resumed may get more.
create table run_limits (
    run_id uuid not null,
    usd double,
    calls integer,
    priority integer not null,
    created_at timestamptz not null
);

-- Every request, written down before it is sent: what was paid for when the process was killed.
-- The one that brought an output, and the last one of a call that failed, is the trial of its id.
create table attempts (
    id uuid not null,
    run_id uuid not null,
    variant_id uuid not null,
    case_id uuid not null,
    number integer not null,
    attempt integer not null,
    most_cost double,
    started_at timestamptz not null
);

-- Requests that brought no output. An attempt that is neither here nor in trials was lost.
create table failed_attempts (
    attempt_id uuid not null,
    failure varchar not null,
    message varchar not null,
    most_cost double,
    ended_at timestamptz not null
);

create table run_events (
    run_id uuid not null,
    state varchar not null
        check (state in (
            'waiting', 'running', 'paused', 'stopped', 'failed', 'finished', 'interrupted'
        )),
    message varchar not null,
    created_at timestamptz not null
);

create table outputs (
    hash varchar primary key,
    body varchar not null
);

create table trials (
    id uuid not null,
    run_id uuid not null,
    variant_id uuid not null,
    case_id uuid not null,
    number integer not null,
    request varchar not null,
    attempts integer not null,
    output varchar,
    failure varchar,
    message varchar not null,
    finish_reason varchar not null,
    model varchar not null,
    latency_ms double,
    first_token_ms double,
    input_tokens integer,
    output_tokens integer,
    cost double,
    supersedes uuid,
    started_at timestamptz not null,
    created_at timestamptz not null,
    check ((output is null) <> (failure is null))
);

create table scores (
    trial_id uuid not null,
    criterion_id uuid not null,
    scorer varchar not null,
    rater varchar not null,
    outcome varchar not null check (outcome in ('pass', 'fail', 'unscored')),
    value double,
    reason varchar not null,
    created_at timestamptz not null
);

create table notes (
    id uuid primary key default uuidv7(),
    trial_id uuid not null,
    author varchar not null,
    text varchar not null,
    created_at timestamptz not null
);

create table drafts (
    scope varchar primary key,
    body json not null,
    based_on integer not null,
    updated_at timestamptz not null
);

create table preferences (
    name varchar primary key,
    value varchar not null
);

-- A trial that was asked again is evidence still, but no longer counts.
create view current_trials as
    select * from trials
    where id not in (select supersedes from trials where supersedes is not null);

-- The trials that count for each experiment. Filtered on experiment_id it reads that one only.
create view experiment_trials as
    select e.id as experiment_id, e.feature_id, e.purpose, v.position, t.*
    from experiments e
    join experiment_variants v on v.experiment_id = e.id
    join experiment_cases x on x.experiment_id = e.id
    join current_trials t
        on t.variant_id = v.variant_id and t.case_id = x.case_id and t.number <= e.trials;

-- What several raters come to: a tie is unscored.
create macro majority(outcome) as
    case sign(sum(case outcome when 'pass' then 1 when 'fail' then -1 else 0 end))
        when 1 then 'pass' when -1 then 'fail' else 'unscored' end;

-- What each trial got from each scorer: the newest word of each rater, then the majority.
-- arg_max alone passes over nulls: an older value would outlive a newer one that has none.
create view outcomes as
    with newest as (
        select trial_id, criterion_id, scorer, rater,
            arg_max(outcome, created_at) as outcome,
            arg_max_null(value, created_at) as value,
            arg_max(reason, created_at) as reason
        from scores
        group by all
    )
    select trial_id, criterion_id, scorer, majority(outcome) as outcome,
        any_value(value) as value,
        string_agg(reason, '; ' order by rater) filter (reason <> '') as reason,
        count(*) as n_raters
    from newest
    group by trial_id, criterion_id, scorer;

-- The same outcomes of one criterion's scorer, without reasons: less to group by, so that a
-- million scores are counted in half the time.
create macro outcomes_of(criterion, made_by) as table
    with newest as (
        select trial_id, rater, arg_max(outcome, created_at) as outcome
        from scores
        where criterion_id = criterion and scorer = made_by
        group by trial_id, rater
    )
    select trial_id, majority(outcome) as outcome from newest group by trial_id;

-- Outputs that a live criterion asks a person about and nobody has rated yet, by experiment.
create view open_ratings as
    with ratings as (
        select c.id as criterion_id, arg_max(v.scorer, v.number) as scorer,
            arg_max(v.scorer_kind, v.number) as kind, arg_max(v.slices, v.number) as slices
        from criteria c
        join requirements q on q.id = c.requirement_id
        join criterion_versions v on v.criterion_id = c.id
        where c.archived_at is null and q.archived_at is null
        group by c.id
        having kind = 'rating'
    ),
    rated as (
        select distinct s.trial_id, s.criterion_id
        from scores s join ratings r on r.criterion_id = s.criterion_id and r.scorer = s.scorer
    )
    select t.experiment_id, t.feature_id, t.id as trial_id, r.criterion_id
    from ratings r
    join experiment_criteria k on k.criterion_id = r.criterion_id
    join experiment_trials t on t.experiment_id = k.experiment_id
    join cases c on c.id = t.case_id
    anti join rated on rated.trial_id = t.id and rated.criterion_id = r.criterion_id
    where t.failure is null and (len(r.slices) = 0 or list_has_any(c.tags, r.slices));

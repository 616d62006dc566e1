-- Which case is with which rater: the newest one of a rater counts until it expires, so that nobody
-- else is given it meanwhile. `why` says why it was chosen for them.
create table claims (
    experiment_id uuid not null,
    criterion_id uuid not null,
    scorer varchar not null,
    case_id uuid not null,
    rater varchar not null,
    why varchar not null,
    created_at timestamptz not null,
    expires_at timestamptz not null
);

-- Which share of a criterion's cases two people rate; the newest row counts.
create table second_ratings (
    criterion_id uuid not null,
    share double not null check (share between 0 and 1),
    author varchar not null,
    created_at timestamptz not null
);

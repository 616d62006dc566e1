-- What judges said of planted controls: outputs of which it is known what they should say. The id is
-- that of the call in judge_calls; no score is made of it.
create table judge_controls (
    id uuid not null,
    kind varchar not null check (kind in ('unfit', 'ordered', 'repeated')),
    output varchar not null,
    wanted varchar not null check (wanted in ('pass', 'fail')),
    outcome varchar not null check (outcome in ('pass', 'fail', 'not_applicable', 'unscored')),
    reason varchar not null,
    created_at timestamptz not null
);

-- What judges that compare said of planted controls: two outputs of which it is known which is better,
-- in the order in which they were shown. `is_turned` is the other order. The id is that of the call in
-- judge_calls; no preference and no score is made of it.
create table judge_pair_controls (
    id uuid not null,
    kind varchar not null check (kind in ('unfit', 'ordered', 'same', 'repeated')),
    first varchar not null,
    second varchar not null,
    is_turned boolean not null,
    wanted varchar not null check (wanted in ('first', 'second', 'tie', 'both_bad')),
    outcome varchar not null check (outcome in ('first', 'second', 'tie', 'both_bad', 'unscored')),
    reason varchar not null,
    created_at timestamptz not null
);

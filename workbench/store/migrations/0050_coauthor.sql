-- Who was asked for a draft, part by part; both are empty for the rules, and for drafts that one
-- call made as a whole.
alter table drafting_rounds add column connection varchar;
alter table drafting_rounds add column model varchar;

-- What came of each part of a draft, in the order in which they ended; of one that was asked again
-- the newest row counts. Without a call nothing was sent; a `problem` is why it suggests nothing.
create table drafting_parts (
    round_id uuid not null,
    part varchar not null check (part in ('requirements', 'criteria', 'cases', 'failure_modes')),
    call_id uuid,
    problem varchar not null,
    left_out varchar[] not null,
    ended_at timestamptz not null
);

-- What people said to one thing that a model suggested in a reply, by its place in it (from 0); the
-- newest row counts.
create table suggestion_answers (
    call_id uuid not null,
    place integer not null,
    answer varchar not null check (answer in ('accepted', 'edited', 'rejected', 'open')),
    made varchar not null,
    person varchar not null,
    answered_at timestamptz not null
);

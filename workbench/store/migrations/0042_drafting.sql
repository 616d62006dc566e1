-- Models may be asked for more than failure modes: the purposes of a call are more by now.
create table suggestion_calls_of_all (
    id uuid primary key default uuidv7(),
    feature_id uuid not null,
    purpose varchar not null check (purpose in ('failure_modes', 'draft', 'prompt', 'opinion')),
    connection varchar not null,
    model varchar not null,
    request varchar not null,
    about uuid[] not null,
    most_cost double,
    author varchar not null,
    started_at timestamptz not null
);
insert into suggestion_calls_of_all select * from suggestion_calls;
drop table suggestion_calls;
alter table suggestion_calls_of_all rename to suggestion_calls;

-- A text that a draft was made of, by rules or (with the call) by a model; `left_out` is what was
-- read and led to nothing.
create table drafting_rounds (
    id uuid primary key default uuidv7(),
    feature_id uuid not null,
    number integer not null,
    text varchar not null,
    call_id uuid,
    left_out varchar[] not null,
    author varchar not null,
    made_at timestamptz not null
);

-- What it may mean: a suggestion each, as JSON; `of_id` is the requirement that a criterion is of.
create table drafting_ideas (
    id uuid primary key default uuidv7(),
    round_id uuid not null,
    place integer not null,
    about varchar not null check (about in ('requirement', 'criterion', 'case', 'failure_mode')),
    of_id uuid,
    body varchar not null,
    quote varchar not null,
    why varchar not null
);

-- What people said to it; the newest row of a suggestion counts. `made` is the key of what it
-- became, `body` how it was accepted where that is not as suggested.
create table drafting_answers (
    idea_id uuid not null,
    answer varchar not null check (answer in ('accepted', 'edited', 'rejected', 'open')),
    body varchar,
    made varchar not null,
    made_id uuid,
    person varchar not null,
    answered_at timestamptz not null
);

-- Who is ready to compare ratings with the others, or would not wait for them and said why.
create table reveals (
    experiment_id uuid not null,
    criterion_id uuid not null,
    scorer varchar not null,
    rater varchar not null,
    note varchar not null,
    created_at timestamptz not null
);
-- From when on a rater saw the others' words: when two were ready, or when they did not wait.
create view reveal_openings as
with ready as (
    select experiment_id, criterion_id, scorer, rater, min(created_at) as since,
        min(created_at) filter (note <> '') as did_not_wait
    from reveals group by experiment_id, criterion_id, scorer, rater
),
met as (
    select a.experiment_id, a.criterion_id, a.scorer, a.rater, a.did_not_wait,
        case when min(b.since) is not null then greatest(a.since, min(b.since)) end as together
    from ready a
    left join ready b on b.experiment_id = a.experiment_id and b.criterion_id = a.criterion_id
        and b.scorer = a.scorer and b.rater <> a.rater
    group by a.experiment_id, a.criterion_id, a.scorer, a.rater, a.since, a.did_not_wait
)
select experiment_id, criterion_id, scorer, rater, least(did_not_wait, together) as opened_at
from met where least(did_not_wait, together) is not null;

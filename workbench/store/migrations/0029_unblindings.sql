-- That a rater was shown which variant wrote which output of a case, after rating all of them.
create table unblindings (
    experiment_id uuid not null,
    criterion_id uuid not null,
    scorer varchar not null,
    case_id uuid not null,
    rater varchar not null,
    created_at timestamptz not null
);

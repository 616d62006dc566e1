-- What each criterion came to for each variant when a run ended: added to, never changed. `evidence`
-- is a checksum of the answers and scores that it rests on: of two rows with the same one, the same
-- was judged.
create table kept_verdicts (
    id uuid primary key default uuidv7(),
    feature_id uuid not null,
    run_id uuid not null,
    experiment_id uuid not null,
    criterion_id uuid not null,
    criterion_number integer not null,
    variant_id uuid not null,
    verdict varchar not null check (verdict in ('met', 'not_met', 'not_enough_evidence')),
    value double,
    low double not null,
    high double not null,
    n_cases integer not null,
    n_trials integer not null,
    n_unscored integer not null,
    evidence varchar not null,
    created_at timestamptz not null
);

-- The same, readable: whose criterion, which prompt, against which bar.
create view verdicts as
    select f.name as feature, q.key as requirement, c.key as criterion,
        k.criterion_number, v.title, v.measure, v.bar, v.confidence, e.key as experiment,
        w.label as variant, p.name as prompt, pv.number as prompt_version, w.model,
        k.verdict, k.value, k.low, k.high, k.n_cases, k.n_trials, k.n_unscored, k.evidence,
        k.created_at, k.feature_id, k.criterion_id, k.experiment_id, k.variant_id, k.run_id
    from kept_verdicts k
    join features f on f.id = k.feature_id
    join criteria c on c.id = k.criterion_id
    join criterion_versions v on v.criterion_id = k.criterion_id and v.number = k.criterion_number
    join requirements q on q.id = c.requirement_id
    join experiments e on e.id = k.experiment_id
    join variants w on w.id = k.variant_id
    join prompt_versions pv on pv.id = w.prompt_version_id
    join prompts p on p.id = pv.prompt_id;

-- A feature that is a capability pack: cases and criteria for one thing that models may be able to
-- do. Its requirements, cases, prompt, runs and scores are kept as those of any feature.
create table packs (
    feature_id uuid not null,
    key varchar not null,
    version integer not null,
    title varchar not null,
    licence varchar not null,
    attribution varchar not null,
    trials integer not null,
    parameters json not null
);

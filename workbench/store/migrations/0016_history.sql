-- One line a deed: who did what to which thing, when, and why.
create table history (
    created_at timestamptz not null,
    person_id varchar not null,
    person varchar not null,
    deed varchar not null,
    feature_id uuid,
    key varchar not null,
    what varchar not null,
    why varchar not null
);

-- What was done before there was a history, as far as the things themselves say it.
insert into history
select created_at, '', person, deed, feature_id, key, what, why from (
    select v.created_at, v.author as person,
        if(v.number = 1, 'requirement.add', 'requirement.revise') as deed, r.feature_id, r.key,
        r.key || ' revision ' || v.number as what, v.why
    from requirement_revisions v join requirements r on r.id = v.requirement_id
    union all
    select v.created_at, v.author, if(v.number = 1, 'criterion.add', 'criterion.revise'),
        r.feature_id, c.key, c.key || ' version ' || v.number, coalesce(nullif(v.why, ''), v.title)
    from criterion_versions v join criteria c on c.id = v.criterion_id
    join requirements r on r.id = c.requirement_id
    union all
    select c.archived_at, c.archived_by, 'criterion.archive', r.feature_id, c.key,
        c.key || ' put away', c.archived_why
    from criteria c join requirements r on r.id = c.requirement_id
    where c.archived_at is not null
    union all
    select archived_at, archived_by, 'requirement.archive', feature_id, key, key || ' put away',
        archived_why
    from requirements where archived_at is not null
    union all
    select v.created_at, v.author, if(v.number = 1, 'dataset.add', 'dataset.edit'), d.feature_id,
        d.name, d.name || ' version ' || v.number, v.note
    from dataset_versions v join datasets d on d.id = v.dataset_id
    union all
    select v.created_at, v.author, 'prompt.keep', p.feature_id, p.name,
        p.name || ' version ' || v.number, v.note
    from prompt_versions v join prompts p on p.id = v.prompt_id
    union all
    select r.created_at, r.author, 'run.start', e.feature_id, e.key, e.key || ' was run', e.question
    from runs r join experiments e on e.id = r.experiment_id where e.purpose = 'experiment'
    union all
    select c.created_at, c.author, 'candidate.choose', c.feature_id, v.label,
        'Variant ' || v.label || ' chosen', c.why
    from candidates c join variants v on v.id = c.variant_id
)
order by created_at;

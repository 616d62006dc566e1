-- What a failed call had said before it failed, kept to be read and never scored; and whether the
-- server itself marks an output as a refusal. The views name their columns once, when made.
drop view if exists experiment_trials;
drop view if exists current_trials;
alter table trials add column if not exists partial varchar;
alter table trials add column if not exists is_refusal boolean default false;
create view current_trials as
    select * from trials
    where id not in (select supersedes from trials where supersedes is not null);
create view experiment_trials as
    select e.id as experiment_id, e.feature_id, e.purpose, v.position, t.*
    from experiments e
    join experiment_variants v on v.experiment_id = e.id
    join experiment_cases x on x.experiment_id = e.id
    join current_trials t
        on t.variant_id = v.variant_id and t.case_id = x.case_id and t.number <= e.trials;

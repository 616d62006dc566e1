"""What raters say a word about, single outputs or pairs of them: the first steps of a query.

Each has the steps `things` (id, case_id, variant_id, trial_id), those of an experiment, `words`
(id, rater, outcome), everybody's newest that was not taken back, and `settled` (id), on which a
person decided.
"""

_OUTPUTS = """
    things as (
        select t.id, t.case_id, t.variant_id, t.id as trial_id
        from experiment_trials t
        where t.experiment_id = $experiment and t.failure is null
            -- Of these a check said that there is nothing to look at.
            and t.id not in (
                select trial_id from scores
                where criterion_id = $criterion and scorer = $scorer and rater = ''
                    and outcome = 'unscored' and reason <> ''
            )
    ),
    words as (
        select s.trial_id as id, s.rater, arg_max(s.outcome, s.created_at) as outcome
        from scores s semi join things o on o.trial_id = s.trial_id
        where s.criterion_id = $criterion and s.scorer = $scorer
            and not starts_with(s.rater, 'settled:')
        group by s.trial_id, s.rater
        having not coalesce(arg_max(s.is_withdrawn, s.created_at), false)
    ),
    settled as (
        select trial_id as id from counted_scores
        where criterion_id = $criterion and scorer = $scorer and starts_with(rater, 'settled:')
    )
"""
_PAIRS = """
    things as (
        select hash(p.one, p.other) as id, p.case_id, p.one_variant as variant_id,
            p.one as trial_id
        from experiment_pairs p where p.experiment_id = $experiment
            and (p.one, p.other) not in (
                select (one, other) from pair_words
                where criterion_id = $criterion and scorer = $scorer and rater = ''
            )
    ),
    words as (
        select hash(w.one, w.other) as id, w.rater, w.said as outcome
        from pair_words w semi join things o on o.id = hash(w.one, w.other)
        where w.criterion_id = $criterion and w.scorer = $scorer
    ),
    -- Nobody settles which of two is better.
    settled as (select id from things where false)
"""

THINGS = {False: _OUTPUTS, True: _PAIRS}
"""The steps, by whether outputs are rated two by two."""

-- The files of its case that a judge was shown, by their SHA-256: none where the case has none. Nothing
-- where the call is from before judges were shown files; it was given their names alone.
alter table judge_calls add column files varchar[];

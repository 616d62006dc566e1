-- A rating that its rater took back: a newer row beside it, since nothing is overwritten.
alter table scores add column is_withdrawn boolean default false;

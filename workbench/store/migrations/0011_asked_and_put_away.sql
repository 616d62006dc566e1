-- The question that a rater saw; empty for checks, and for ratings that are older than this column.
alter table scores add column question varchar default '';
-- Putting a criterion or requirement away changes what is asked for: by whom, and why.
alter table criteria add column archived_by varchar default '';
alter table criteria add column archived_why varchar default '';
alter table requirements add column archived_by varchar default '';
alter table requirements add column archived_why varchar default '';

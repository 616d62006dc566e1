-- A change is a bet: what it should do, beside why it was made.
alter table requirement_revisions add column expects varchar default '';
alter table criterion_versions add column expects varchar default '';
alter table prompt_versions add column expects varchar default '';

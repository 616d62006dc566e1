-- A reference that is a list (any of its answers is right) or a group of keys, as JSON; `reference`
-- holds the same as text.
alter table cases add column reference_parts json;

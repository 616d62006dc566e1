-- When a run ends by itself; see `StopRule`.
alter table experiments add column stop_rule varchar default 'whole_plan';

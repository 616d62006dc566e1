-- What is said between the system and the user message of a prompt, and the conversation so far that
-- a case may hold: lists of {"role", "content"}. Nothing where there is none.
alter table prompt_versions add column messages json;
alter table cases add column messages json;

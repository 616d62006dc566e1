-- Whom a second model plays in a case: an object of persona, goal and perhaps turns. Nothing where
-- nobody is played.
alter table cases add column simulated_user json;
-- Whether a turn was said by the model that plays the user; nothing in turns from before.
alter table turns add column is_users boolean;

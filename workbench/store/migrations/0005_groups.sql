-- What a case shares with others (a document, a conversation), and what verdicts count once: the
-- group, or else the input.
alter table cases add column group_name varchar default '';
alter table cases add column cluster varchar;
update cases set cluster = input;

-- How a product's endpoint is called and where in its reply the answer stands: a JSON object; nothing
-- where the connection is an OpenAI-compatible one.
alter table connections add column endpoint json;

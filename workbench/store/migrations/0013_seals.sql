-- Checksums of what is evidence, written in the commit that writes the rows: what was changed
-- afterwards, by a failing disk or another program, has no checksum here. See seals.py.
create table seals (
    table_name varchar not null,
    columns varchar not null,
    made_by ubigint not null,
    checksums ubigint[] not null,
    created_at timestamptz not null
);

-- Names of keys that came with a restored file. A connection gets them back when a person has
-- confirmed its address; until then it has none.
create table withheld_keys (
    connection_id uuid not null,
    base_url varchar not null,
    api_key_env varchar not null,
    headers varchar not null,
    created_at timestamptz not null,
    settled_at timestamptz,
    settled_by varchar
);

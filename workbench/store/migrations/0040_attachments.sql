-- Pictures and documents that cases hold, each once, by the SHA-256 of its bytes. `text` is what is
-- sent of a document, `preview` a small picture of a picture, made anew by us.
create table attachments (
    sha256 varchar primary key,
    media_type varchar not null
        check (media_type in ('image/png', 'image/jpeg', 'application/pdf')),
    size bigint not null,
    width integer,
    height integer,
    pages integer,
    text varchar,
    preview blob,
    data blob not null,
    created_at timestamptz not null
);
-- The files that go with a case: a list of {"name", "media_type", "sha256"}. Nothing where none does.
alter table cases add column attachments json;

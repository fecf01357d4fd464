-- +goose Up
CREATE TABLE projects (
    id         TEXT    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    origins    TEXT    NOT NULL CHECK (json_type(origins) = 'array'),
    content    TEXT    NOT NULL,
    tags       TEXT    NOT NULL CHECK (json_type(tags) = 'array'),
    created_at INTEGER NOT NULL -- microseconds since 1970, as every time here
) STRICT;

CREATE TABLE keys (
    id         TEXT    NOT NULL PRIMARY KEY,
    project    TEXT    NOT NULL REFERENCES projects (id),
    kind       TEXT    NOT NULL CHECK (kind IN ('sk', 'pk')),
    name       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER,
    hash       BLOB    NOT NULL CHECK (length(hash) = 32),
    token_key  BLOB    -- wrapped; secret keys only
) STRICT;

CREATE INDEX keys_by_project ON keys (project, created_at, id);

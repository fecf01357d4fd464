-- +goose Up
-- The repository at GitHub where findings of a project become issues. Its secrets
-- are wrapped under the installation's key.
CREATE TABLE github_repos (
    project        TEXT    PRIMARY KEY REFERENCES projects (id),
    id             TEXT    NOT NULL UNIQUE,
    version        INTEGER NOT NULL,
    api            TEXT    NOT NULL,
    repository     INTEGER NOT NULL, -- its number at GitHub
    name           TEXT    NOT NULL, -- owner/name, as it was last known
    labels         TEXT    NOT NULL CHECK (json_type(labels) = 'array'),
    token          BLOB    NOT NULL,
    webhook_secret BLOB    NOT NULL,
    token_ends_at  INTEGER NOT NULL, -- 0: never, or unknown
    heard_at       INTEGER NOT NULL, -- 0: never
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL
) STRICT;

-- What findings were made into.
CREATE TABLE issues (
    finding    TEXT    NOT NULL PRIMARY KEY REFERENCES findings (id),
    project    TEXT    NOT NULL REFERENCES projects (id),
    api        TEXT    NOT NULL,
    repository INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    marker     TEXT    NOT NULL,
    begun_at   INTEGER NOT NULL,
    tried_at   INTEGER NOT NULL, -- 0: no answer is waited for
    number     INTEGER NOT NULL, -- 0: not made
    url        TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    since      INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX issues_number ON issues (project, api, repository, number) WHERE number > 0;

-- Which calls of GitHub's were heard, so that they are not heard again.
CREATE TABLE issue_deliveries (
    project  TEXT    NOT NULL REFERENCES projects (id),
    delivery TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (project, delivery)
) STRICT, WITHOUT ROWID;

CREATE INDEX issue_deliveries_age ON issue_deliveries (at);

-- +goose Up
-- Where the project keeps its issues; what is absent is empty.
ALTER TABLE projects ADD COLUMN tracker TEXT NOT NULL DEFAULT '{}' CHECK (json_type(tracker) = 'object');

-- The Slack app whose buttons give feedback to a project. Its secrets are wrapped
-- under the installation's key.
CREATE TABLE slack_apps (
    project        TEXT PRIMARY KEY REFERENCES projects (id),
    id             TEXT NOT NULL UNIQUE,
    signing_secret BLOB NOT NULL,
    bot_token      BLOB,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL
) STRICT;

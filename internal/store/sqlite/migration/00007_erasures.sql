-- +goose Up
-- Who asked to be erased, by pseudonym, and the receipt once it is done.
CREATE TABLE erasures (
    id           TEXT PRIMARY KEY,
    project      TEXT NOT NULL REFERENCES projects (id),
    respondent   BLOB NOT NULL CHECK (length(respondent) = 16),
    requested_at INTEGER NOT NULL,
    feedback     INTEGER NOT NULL,
    responses    INTEGER NOT NULL,
    attachments  INTEGER NOT NULL,
    done_at      INTEGER,
    receipt      TEXT
) STRICT;

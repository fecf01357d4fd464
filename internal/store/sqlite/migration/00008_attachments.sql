-- +goose Up
-- For how many days attachments are kept; 0: people cannot attach anything.
ALTER TABLE projects ADD COLUMN attachment_days INTEGER NOT NULL DEFAULT 0 CHECK (attachment_days BETWEEN 0 AND 365);

-- What people gave of conversations, and the consent they gave.
CREATE TABLE attachments (
    id              TEXT PRIMARY KEY,
    project         TEXT NOT NULL REFERENCES projects (id),
    feedback        TEXT NOT NULL,
    respondent      BLOB CHECK (length(respondent) = 16),
    owner           TEXT NOT NULL,
    scope           TEXT NOT NULL,
    bytes           INTEGER NOT NULL,
    consent_version TEXT NOT NULL,
    consent_hash    TEXT NOT NULL,
    consent_time    INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    ended_at        INTEGER,
    ended_by        TEXT,
    sealed          BLOB -- twice; NULL once it has ended
) STRICT;

CREATE INDEX attachments_feedback ON attachments (project, feedback);
CREATE INDEX attachments_live ON attachments (expires_at) WHERE ended_at IS NULL;

-- Who may read which attachment, and why.
CREATE TABLE reveals (
    id         TEXT PRIMARY KEY,
    project    TEXT NOT NULL REFERENCES projects (id),
    attachment TEXT NOT NULL REFERENCES attachments (id),
    member     TEXT NOT NULL,
    reason     TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX reveals_member ON reveals (member, created_at);

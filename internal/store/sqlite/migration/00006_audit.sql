-- +goose Up
CREATE TABLE audit_records (
    number     INTEGER NOT NULL PRIMARY KEY CHECK (number >= 0), -- from 0, without gaps
    time       INTEGER NOT NULL,
    actor_kind TEXT    NOT NULL,
    actor_id   TEXT    NOT NULL,
    actor_name TEXT    NOT NULL,
    project    TEXT    NOT NULL, -- empty where it concerns none, or all
    action     TEXT    NOT NULL,
    object     TEXT    NOT NULL,
    details    TEXT    NOT NULL CHECK (json_type(details) = 'object')
) STRICT;

CREATE TABLE audit_hashes (
    place INTEGER NOT NULL PRIMARY KEY CHECK (place >= 0), -- as golang.org/x/mod/sumdb/tlog orders them
    hash  BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TABLE audit_key (
    one      INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    verifier TEXT    NOT NULL,
    wrapped  BLOB    NOT NULL
) STRICT;

-- The log only grows. Whoever can write the file can drop these; the hashes and
-- checkpoints are there to find what they do then.
-- +goose StatementBegin
CREATE TRIGGER audit_records_stay BEFORE UPDATE ON audit_records BEGIN SELECT raise(ABORT, 'audit records are never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_records_last BEFORE DELETE ON audit_records BEGIN SELECT raise(ABORT, 'audit records are never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_hashes_stay BEFORE UPDATE ON audit_hashes BEGIN SELECT raise(ABORT, 'audit hashes are never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_hashes_last BEFORE DELETE ON audit_hashes BEGIN SELECT raise(ABORT, 'audit hashes are never deleted'); END;
-- +goose StatementEnd

-- The roles that came with the log. SQLite changes no constraint of a column, but
-- drops it with its column.
ALTER TABLE users ADD COLUMN new_role TEXT NOT NULL DEFAULT 'analyst'
    CHECK (new_role IN ('owner', 'admin', 'privacy_officer', 'analyst', 'reviewer', 'developer', 'auditor'));
UPDATE users SET new_role = role;
ALTER TABLE users DROP COLUMN role;
ALTER TABLE users RENAME COLUMN new_role TO role;

-- +goose Up
-- What retention remembers of time. One row, once it has run.
CREATE TABLE retention_clock (
    one          INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    seen_at      INTEGER NOT NULL, -- the clock, when it was trusted last
    ran_at       INTEGER NOT NULL, -- when the last night's work began
    suspended_at INTEGER           -- what the clock showed when it had jumped
) STRICT;

-- What it did last with each project.
CREATE TABLE retention_runs (
    project TEXT    NOT NULL PRIMARY KEY, -- empty: of the audit log, which is one for all
    ran_at  INTEGER NOT NULL,
    deleted TEXT    NOT NULL CHECK (json_type(deleted) = 'object'), -- numbers by class
    keys    INTEGER NOT NULL
) STRICT;

-- Audit records below this number have ended. Their hashes stay.
CREATE TABLE audit_horizon (
    one   INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    until INTEGER NOT NULL CHECK (until >= 0)
) STRICT;
INSERT INTO audit_horizon (one, until) VALUES (1, 0);

DROP TRIGGER audit_records_last;
-- +goose StatementBegin
CREATE TRIGGER audit_records_last BEFORE DELETE ON audit_records WHEN OLD.number >= (SELECT until FROM audit_horizon)
BEGIN SELECT raise(ABORT, 'audit records are deleted by retention alone'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_horizon_rises BEFORE UPDATE ON audit_horizon WHEN NEW.until < OLD.until
BEGIN SELECT raise(ABORT, 'the end of audit records never moves back'); END;
-- +goose StatementEnd
CREATE INDEX audit_records_by_time ON audit_records (time);

-- The server asks for what is pending every few seconds.
CREATE INDEX erasures_pending ON erasures (requested_at, id) WHERE done_at IS NULL;

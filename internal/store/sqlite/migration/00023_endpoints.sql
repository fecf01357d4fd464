-- +goose Up
-- Where what happens is told outside.
CREATE TABLE endpoints (
    id               TEXT    NOT NULL PRIMARY KEY,
    project          TEXT    NOT NULL REFERENCES projects (id),
    version          INTEGER NOT NULL,
    name             TEXT    NOT NULL,
    kind             TEXT    NOT NULL,
    host             TEXT    NOT NULL,
    target           BLOB    NOT NULL, -- address and secrets, sealed by the vault
    events           TEXT    NOT NULL CHECK (json_type(events) = 'array'),
    state            TEXT    NOT NULL,
    reason           TEXT    NOT NULL,
    failing_since    INTEGER NOT NULL, -- 0: it is not
    rest_until       INTEGER NOT NULL, -- it is sent nothing before
    old_secret_until INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL
) STRICT;

CREATE INDEX endpoints_oldest ON endpoints (project, created_at, id);

-- How far each has followed which history.
CREATE TABLE endpoint_positions (
    endpoint TEXT    NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
    history  TEXT    NOT NULL,
    project  TEXT    NOT NULL REFERENCES projects (id),
    position INTEGER NOT NULL,
    PRIMARY KEY (endpoint, history)
) STRICT;

-- What is on its way, and what was. It names what happened and holds nothing of it.
CREATE TABLE deliveries (
    number      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id          TEXT    NOT NULL UNIQUE,
    project     TEXT    NOT NULL REFERENCES projects (id),
    endpoint    TEXT    NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
    type        TEXT    NOT NULL,
    history     TEXT    NOT NULL,
    object      TEXT    NOT NULL,
    event       INTEGER NOT NULL,
    happened_at INTEGER NOT NULL,
    queued_at   INTEGER NOT NULL,
    state       TEXT    NOT NULL,
    tries       INTEGER NOT NULL,
    begun       INTEGER NOT NULL,
    next_at     INTEGER NOT NULL,
    done_at     INTEGER NOT NULL,
    outcome     TEXT    NOT NULL,
    status      INTEGER NOT NULL,
    UNIQUE (endpoint, history, object, event)
) STRICT;

CREATE INDEX deliveries_due ON deliveries (endpoint, number) WHERE state = 'waiting';
CREATE INDEX deliveries_log ON deliveries (endpoint, number DESC);
CREATE INDEX deliveries_age ON deliveries (queued_at);

CREATE TABLE delivery_tries (
    delivery TEXT    NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
    number   INTEGER NOT NULL,
    project  TEXT    NOT NULL REFERENCES projects (id),
    time     INTEGER NOT NULL,
    outcome  TEXT    NOT NULL,
    status   INTEGER NOT NULL,
    took_ms  INTEGER NOT NULL,
    PRIMARY KEY (delivery, number)
) STRICT;

-- Every step of what is followed, in one order, written by triggers and so in the
-- transaction of the step: whatever is committed is told, and nothing else.
CREATE TABLE happenings (
    position INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    project  TEXT    NOT NULL REFERENCES projects (id),
    history  TEXT    NOT NULL,
    object   TEXT    NOT NULL,
    event    INTEGER NOT NULL,
    time     INTEGER NOT NULL
) STRICT;

CREATE INDEX happenings_of_history ON happenings (project, history, position);
CREATE INDEX happenings_age ON happenings (time);

-- +goose StatementBegin
CREATE TRIGGER finding_events_happen AFTER INSERT ON finding_events BEGIN
    INSERT INTO happenings (project, history, object, event, time) VALUES (NEW.project, 'findings', NEW.finding, NEW.number, NEW.time);
END;
-- +goose StatementEnd

-- +goose Up
-- What is watched, as it is now.
CREATE TABLE alerts (
    id            TEXT    NOT NULL PRIMARY KEY,
    project       TEXT    NOT NULL REFERENCES projects (id),
    version       INTEGER NOT NULL,
    name          TEXT    NOT NULL,
    rule          TEXT    NOT NULL CHECK (json_type(rule) = 'object'),
    state         TEXT    NOT NULL,
    since         INTEGER NOT NULL,
    snoozed_until INTEGER NOT NULL, -- 0: it is not
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    ended_at      INTEGER NOT NULL  -- 0: it is watched
) STRICT;

CREATE INDEX alerts_oldest ON alerts (project, created_at, id) WHERE ended_at = 0;

-- What became of it.
CREATE TABLE alert_events (
    alert      TEXT    NOT NULL REFERENCES alerts (id),
    number     INTEGER NOT NULL CHECK (number > 0), -- from 1, without gaps
    project    TEXT    NOT NULL REFERENCES projects (id),
    time       INTEGER NOT NULL,
    actor_kind TEXT    NOT NULL,
    actor_id   TEXT    NOT NULL,
    actor_name TEXT    NOT NULL,
    round      TEXT    NOT NULL, -- empty: people did it
    step       TEXT    NOT NULL CHECK (json_type(step) = 'object'),
    PRIMARY KEY (alert, number)
) STRICT;

CREATE INDEX alert_events_newest ON alert_events (project, time DESC);
CREATE INDEX alert_events_of_round ON alert_events (project, round) WHERE round <> '';

-- +goose StatementBegin
CREATE TRIGGER alert_events_stay BEFORE UPDATE ON alert_events BEGIN SELECT raise(ABORT, 'the history of an alert is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER alert_events_last BEFORE DELETE ON alert_events BEGIN SELECT raise(ABORT, 'the history of an alert is never deleted'); END;
-- +goose StatementEnd

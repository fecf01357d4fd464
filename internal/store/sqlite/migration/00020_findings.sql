-- +goose Up
-- Problems under review, as they are now.
CREATE TABLE findings (
    id          TEXT    NOT NULL PRIMARY KEY,
    project     TEXT    NOT NULL REFERENCES projects (id),
    version     INTEGER NOT NULL,
    title       TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    owner       TEXT    NOT NULL, -- id of a member, who may be gone; empty: nobody
    due         TEXT    NOT NULL,
    cause       TEXT    NOT NULL,
    public      TEXT    NOT NULL,
    change      TEXT    NOT NULL CHECK (json_type(change) = 'object'),
    measure     TEXT    NOT NULL CHECK (json_type(measure) = 'object'),
    selection   TEXT    NOT NULL CHECK (json_type(selection) = 'object'),
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    state_since INTEGER NOT NULL
) STRICT;

CREATE INDEX findings_newest ON findings (project, created_at DESC, id DESC);

-- How they came to be that.
CREATE TABLE finding_events (
    finding    TEXT    NOT NULL REFERENCES findings (id),
    number     INTEGER NOT NULL CHECK (number > 0), -- from 1, without gaps
    project    TEXT    NOT NULL REFERENCES projects (id),
    time       INTEGER NOT NULL,
    actor_kind TEXT    NOT NULL,
    actor_id   TEXT    NOT NULL,
    actor_name TEXT    NOT NULL,
    step       TEXT    NOT NULL CHECK (json_type(step) = 'object'),
    PRIMARY KEY (finding, number)
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER finding_events_stay BEFORE UPDATE ON finding_events BEGIN SELECT raise(ABORT, 'the history of a finding is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER finding_events_last BEFORE DELETE ON finding_events BEGIN SELECT raise(ABORT, 'the history of a finding is never deleted'); END;
-- +goose StatementEnd

CREATE TABLE finding_feedback (
    finding  TEXT    NOT NULL REFERENCES findings (id),
    feedback TEXT    NOT NULL,
    project  TEXT    NOT NULL REFERENCES projects (id),
    event    INTEGER NOT NULL, -- number of the one that filed it or took it away
    taken    INTEGER NOT NULL CHECK (taken IN (0, 1)),
    PRIMARY KEY (finding, feedback)
) STRICT;

CREATE INDEX finding_feedback_filed ON finding_feedback (project, feedback);

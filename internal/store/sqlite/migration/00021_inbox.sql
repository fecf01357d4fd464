-- +goose Up
-- Within which time feedback is to be looked at, and which causes there are.
ALTER TABLE projects ADD COLUMN inbox TEXT NOT NULL DEFAULT '{"unsafe_days":1,"down_days":7,"causes":[]}' CHECK (json_type(inbox) = 'object');

-- Up to which event feedback was looked at.
CREATE TABLE inbox_position (seq INTEGER NOT NULL) STRICT;
INSERT INTO inbox_position VALUES (0);

-- What feedback can be filtered by, once for all that have the same.
CREATE TABLE inbox_kinds (
    id        INTEGER NOT NULL PRIMARY KEY,
    project   TEXT    NOT NULL REFERENCES projects (id),
    facets    TEXT    NOT NULL CHECK (json_type(facets) = 'object'), -- dimension: values
    people    INTEGER NOT NULL, -- who said the like, of those that items are alike by
    uncounted INTEGER NOT NULL, -- items that came since they were counted
    UNIQUE (project, facets)
) STRICT;

-- Feedback that wants eyes, or did.
CREATE TABLE inbox (
    id           INTEGER NOT NULL PRIMARY KEY,
    project      TEXT    NOT NULL REFERENCES projects (id),
    feedback     TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('open', 'done', 'filed', 'gone')),
    severity     INTEGER NOT NULL,
    rank         INTEGER NOT NULL, -- see heed.InboxItem.Rank
    kind         INTEGER NOT NULL REFERENCES inbox_kinds (id),
    alike        INTEGER NOT NULL REFERENCES inbox_kinds (id),
    respondent   BLOB    CHECK (length(respondent) = 16),
    bound        INTEGER NOT NULL CHECK (bound IN (0, 1)),
    words        INTEGER NOT NULL CHECK (words IN (0, 1)),
    created_at   INTEGER NOT NULL, -- when the feedback was given
    opened_at    INTEGER NOT NULL,
    state_since  INTEGER NOT NULL,
    assignee     TEXT    NOT NULL, -- id of a member, who may be gone; empty: nobody
    cause        TEXT    NOT NULL,
    finding      TEXT    NOT NULL,
    answer       BLOB,             -- sealed
    answered_at  INTEGER,
    lock_kind    TEXT    NOT NULL DEFAULT '',
    lock_id      TEXT    NOT NULL DEFAULT '',
    lock_name    TEXT    NOT NULL DEFAULT '',
    locked_until INTEGER NOT NULL DEFAULT 0,
    UNIQUE (project, feedback)
) STRICT;

-- In the order of the list, with what it is filtered and counted by, so that
-- neither reads the rows.
CREATE INDEX inbox_rank ON inbox (project, state, rank DESC, feedback DESC, kind, severity, opened_at, assignee, cause, finding);
CREATE INDEX inbox_alike ON inbox (project, alike, respondent, feedback);
CREATE INDEX inbox_person ON inbox (project, respondent) WHERE respondent IS NOT NULL;
CREATE INDEX inbox_unbound ON inbox (created_at) WHERE bound = 0 AND state = 'open';
CREATE INDEX inbox_answered ON inbox (project, answered_at) WHERE answered_at IS NOT NULL;

-- What reviewers made of it. Numbers rise and are never given again, so that who
-- follows them misses none.
CREATE TABLE inbox_events (
    number     INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    project    TEXT    NOT NULL REFERENCES projects (id),
    feedback   TEXT    NOT NULL,
    time       INTEGER NOT NULL,
    actor_kind TEXT    NOT NULL,
    actor_id   TEXT    NOT NULL,
    actor_name TEXT    NOT NULL,
    step       TEXT    NOT NULL CHECK (json_type(step) = 'object')
) STRICT;

CREATE INDEX inbox_events_item ON inbox_events (project, feedback, number);

-- +goose StatementBegin
CREATE TRIGGER inbox_events_stay BEFORE UPDATE ON inbox_events BEGIN SELECT raise(ABORT, 'the history of the inbox is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER inbox_events_last BEFORE DELETE ON inbox_events
WHEN EXISTS (SELECT 1 FROM inbox WHERE project = OLD.project AND feedback = OLD.feedback)
BEGIN SELECT raise(ABORT, 'the history of an item ends with the item'); END;
-- +goose StatementEnd

CREATE TABLE inbox_views (
    id         TEXT    NOT NULL PRIMARY KEY,
    project    TEXT    NOT NULL REFERENCES projects (id),
    name       TEXT    NOT NULL,
    query      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (project, name)
) STRICT;

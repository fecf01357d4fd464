-- +goose Up
-- When projects are reviewed. No row: as heed.DefaultCadence says.
CREATE TABLE review_cadences (
    project TEXT    NOT NULL PRIMARY KEY REFERENCES projects (id),
    cadence TEXT    NOT NULL CHECK (json_type(cadence) = 'object'),
    settled INTEGER NOT NULL -- up to when the periods have their review, or want none; 0: none is known yet
) STRICT;

-- Looks back at a period.
CREATE TABLE reviews (
    id           TEXT    NOT NULL PRIMARY KEY,
    project      TEXT    NOT NULL REFERENCES projects (id),
    number       INTEGER NOT NULL CHECK (number > 0), -- from 1 within the project
    version      INTEGER NOT NULL,
    state        TEXT    NOT NULL,
    period_from  INTEGER NOT NULL,
    period_to    INTEGER NOT NULL,
    due          INTEGER NOT NULL,
    by_hand      INTEGER NOT NULL CHECK (by_hand IN (0, 1)),
    missed       INTEGER NOT NULL,
    owner        TEXT    NOT NULL, -- id of a member, who may be gone; empty: nobody
    participants TEXT    NOT NULL CHECK (json_type(participants) = 'array'),
    texts        TEXT    NOT NULL CHECK (json_type(texts) = 'object'),
    earlier      TEXT    NOT NULL CHECK (json_type(earlier) = 'array'),
    document     TEXT    NOT NULL CHECK (json_type(document) = 'object'),
    opened_at    INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    closed_at    INTEGER, -- NULL: open
    overdue_at   INTEGER, -- when it was told of as overdue
    UNIQUE (project, number)
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER reviews_frozen BEFORE UPDATE OF document, period_from, period_to ON reviews
BEGIN SELECT raise(ABORT, 'what a review froze is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER reviews_closed BEFORE UPDATE ON reviews WHEN old.closed_at IS NOT NULL
BEGIN SELECT raise(ABORT, 'a closed review is never changed'); END;
-- +goose StatementEnd

CREATE TABLE review_decisions (
    review     TEXT    NOT NULL REFERENCES reviews (id),
    number     INTEGER NOT NULL CHECK (number > 0), -- from 1 within the review
    project    TEXT    NOT NULL REFERENCES projects (id),
    text       TEXT    NOT NULL,
    finding    TEXT    REFERENCES findings (id), -- NULL: an assignment
    person     TEXT    NOT NULL,
    due        TEXT    NOT NULL,
    actor_kind TEXT    NOT NULL,
    actor_id   TEXT    NOT NULL,
    actor_name TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    outcome    TEXT    NOT NULL,
    note       TEXT    NOT NULL,
    outcome_at INTEGER, -- NULL: nothing has become of it
    PRIMARY KEY (review, number)
) STRICT;

CREATE INDEX review_decisions_latest ON review_decisions (project, at DESC);

-- How they came to be that, in one order for all.
CREATE TABLE review_events (
    id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    review     TEXT    NOT NULL REFERENCES reviews (id),
    project    TEXT    NOT NULL REFERENCES projects (id),
    time       INTEGER NOT NULL,
    actor_kind TEXT    NOT NULL,
    actor_id   TEXT    NOT NULL,
    actor_name TEXT    NOT NULL,
    step       TEXT    NOT NULL CHECK (json_type(step) = 'object')
) STRICT;

CREATE INDEX review_events_of ON review_events (project, review, id);

-- +goose StatementBegin
CREATE TRIGGER review_events_stay BEFORE UPDATE ON review_events BEGIN SELECT raise(ABORT, 'the history of a review is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER review_events_last BEFORE DELETE ON review_events BEGIN SELECT raise(ABORT, 'the history of a review is never deleted'); END;
-- +goose StatementEnd

-- +goose Up
-- Choices out of what reviewers marked.
CREATE TABLE datasets (
    id         TEXT    NOT NULL PRIMARY KEY,
    project    TEXT    NOT NULL REFERENCES projects (id),
    name       TEXT    NOT NULL,
    purpose    TEXT    NOT NULL CHECK (purpose IN ('training', 'evaluation')),
    selection  TEXT    NOT NULL CHECK (json_type(selection) = 'object'),
    person_cap INTEGER NOT NULL CHECK (person_cap >= 0),
    license    TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT    NOT NULL, -- id of a member, who may be gone; empty: a key
    UNIQUE (project, name)
) STRICT;

-- Which feedback may be used for what.
CREATE TABLE dataset_marks (
    project    TEXT    NOT NULL REFERENCES projects (id),
    purpose    TEXT    NOT NULL CHECK (purpose IN ('training', 'evaluation')),
    feedback   TEXT    NOT NULL,
    given      INTEGER NOT NULL, -- when the feedback was
    respondent BLOB CHECK (length(respondent) = 16),
    texts      INTEGER NOT NULL CHECK (texts IN (0, 1)),
    attachment TEXT    NOT NULL, -- empty: none
    marked_by  TEXT    NOT NULL,
    marked_at  INTEGER NOT NULL,
    PRIMARY KEY (project, purpose, feedback)
) STRICT;

CREATE INDEX dataset_marks_newest ON dataset_marks (project, purpose, given DESC, feedback DESC);
CREATE INDEX dataset_marks_person ON dataset_marks (project, respondent) WHERE respondent IS NOT NULL;
CREATE INDEX dataset_marks_attachment ON dataset_marks (project, attachment) WHERE attachment <> '';

-- What was in a dataset at a moment.
CREATE TABLE dataset_versions (
    dataset   TEXT    NOT NULL REFERENCES datasets (id),
    number    INTEGER NOT NULL CHECK (number > 0), -- from 1, without gaps
    project   TEXT    NOT NULL REFERENCES projects (id),
    state     TEXT    NOT NULL CHECK (state IN ('building', 'ready', 'failed', 'stale')),
    begun_at  INTEGER NOT NULL,
    begun_by  TEXT    NOT NULL,
    built_at  INTEGER,
    built_by  TEXT    NOT NULL,
    redaction TEXT    NOT NULL,
    ended_at  INTEGER,
    ended_by  TEXT    NOT NULL,
    counts    TEXT    NOT NULL CHECK (json_type(counts) = 'object'),
    files     TEXT    NOT NULL CHECK (json_type(files) = 'array'),
    PRIMARY KEY (dataset, number)
) STRICT;

CREATE UNIQUE INDEX dataset_versions_building ON dataset_versions (dataset) WHERE state = 'building';

-- Its manifest, while it is built or ready.
CREATE TABLE dataset_items (
    dataset     TEXT    NOT NULL,
    number      INTEGER NOT NULL,
    place       INTEGER NOT NULL CHECK (place >= 0),
    project     TEXT    NOT NULL REFERENCES projects (id),
    feedback    TEXT    NOT NULL,
    updated     INTEGER NOT NULL, -- the feedback's state
    attachment  TEXT    NOT NULL,
    texts       INTEGER NOT NULL CHECK (texts IN (0, 1)),
    reviewed_by TEXT    NOT NULL,
    reviewed_at INTEGER NOT NULL,
    PRIMARY KEY (dataset, number, place),
    FOREIGN KEY (dataset, number) REFERENCES dataset_versions (dataset, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX dataset_items_feedback ON dataset_items (project, feedback);

-- Whose feedback and answers it is made of.
CREATE TABLE dataset_people (
    project    TEXT    NOT NULL REFERENCES projects (id),
    respondent BLOB    NOT NULL CHECK (length(respondent) = 16),
    dataset    TEXT    NOT NULL,
    number     INTEGER NOT NULL,
    PRIMARY KEY (project, respondent, dataset, number),
    FOREIGN KEY (dataset, number) REFERENCES dataset_versions (dataset, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX dataset_people_version ON dataset_people (dataset, number);

-- +goose Up
-- Who was shown what became of their feedback.
CREATE TABLE follow_ups (
    finding  TEXT    NOT NULL REFERENCES findings (id),
    state    TEXT    NOT NULL,
    feedback TEXT    NOT NULL,
    project  TEXT    NOT NULL REFERENCES projects (id),
    shown_at INTEGER NOT NULL,
    PRIMARY KEY (finding, state, feedback)
) STRICT, WITHOUT ROWID;

-- +goose Up
-- Numbers that anybody may read, with their noise, and what each of them spent.
CREATE TABLE publications (
    id           TEXT PRIMARY KEY,
    project      TEXT NOT NULL REFERENCES projects (id),
    window_from  INTEGER NOT NULL,
    window_to    INTEGER NOT NULL,
    divided_by   TEXT NOT NULL,
    epsilon      INTEGER NOT NULL CHECK (epsilon > 0), -- in thousandths
    margin       INTEGER NOT NULL,
    answer       TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    withdrawn_at INTEGER,
    UNIQUE (project, window_from, window_to, divided_by)
) STRICT;

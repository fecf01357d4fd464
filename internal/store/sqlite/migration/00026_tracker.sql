-- +goose Up
-- Where the project keeps its issues; what is absent is empty.
ALTER TABLE projects ADD COLUMN tracker TEXT NOT NULL DEFAULT '{}' CHECK (json_type(tracker) = 'object');

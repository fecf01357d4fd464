-- +goose Up
ALTER TABLE projects ADD COLUMN redact_patterns TEXT NOT NULL DEFAULT '[]' CHECK (json_type(redact_patterns) = 'array');

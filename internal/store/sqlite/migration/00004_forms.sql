-- +goose Up
ALTER TABLE projects ADD COLUMN forms TEXT NOT NULL DEFAULT '[]' CHECK (json_type(forms) = 'array');

-- +goose Up
-- How the project treats what it knows of people; what is absent is as for a new project.
ALTER TABLE projects ADD COLUMN privacy TEXT NOT NULL DEFAULT '{}' CHECK (json_type(privacy) = 'object');

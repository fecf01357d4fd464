-- +goose Up
-- Rises by one with every change by somebody, so that of two at once the second is told.
ALTER TABLE slack_apps ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

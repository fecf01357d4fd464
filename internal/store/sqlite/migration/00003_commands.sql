-- +goose Up
ALTER TABLE projects ADD COLUMN commands TEXT NOT NULL DEFAULT 'on';

-- +goose Up
-- The public key that attachments are sealed for where a customer holds the
-- private one, and since when; '': the server's own.
ALTER TABLE projects ADD COLUMN attachment_key TEXT NOT NULL DEFAULT '';
ALTER TABLE projects ADD COLUMN attachment_key_since INTEGER;

-- What an attachment was sealed for; '': the server's own, before this was kept.
ALTER TABLE attachments ADD COLUMN key_id TEXT NOT NULL DEFAULT '';

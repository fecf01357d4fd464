-- +goose Up
-- What a member sees of their sessions, and by what one is ended. The id says
-- nothing of the hash.
ALTER TABLE sessions ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN method TEXT NOT NULL DEFAULT '' CHECK (method IN ('', 'link', 'password', 'oidc')); -- empty: begun before there was a column
ALTER TABLE sessions ADD COLUMN browser TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN system TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN begun_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN used_at INTEGER NOT NULL DEFAULT 0; -- to ten minutes
UPDATE sessions SET id = 'ses_' || lower(hex(randomblob(8))), begun_at = expires_at - 604800000000, used_at = unixepoch() * 1000000;
CREATE UNIQUE INDEX sessions_by_id ON sessions (id);

ALTER TABLE keys ADD COLUMN scope TEXT NOT NULL DEFAULT '' CHECK (scope IN ('', 'all', 'write', 'read', 'numbers')); -- of secret keys
ALTER TABLE keys ADD COLUMN expires_at INTEGER;
ALTER TABLE keys ADD COLUMN used_at INTEGER; -- to ten minutes
UPDATE keys SET scope = 'all' WHERE kind = 'sk';

CREATE TABLE identities (
    issuer    TEXT    NOT NULL,
    subject   TEXT    NOT NULL,
    user_id   TEXT    UNIQUE REFERENCES users (id) ON DELETE SET NULL, -- NULL: of a member who was removed, and who is not let in again by it
    linked_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT;

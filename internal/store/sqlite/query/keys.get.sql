-- The one query without a project: a credential arrives as nothing but its
-- id, and this finds the project it belongs to.
SELECT id, project, kind, scope, name, created_at, expires_at, used_at, revoked_at, hash, token_key
FROM keys
WHERE id = :id

SELECT id, project, kind, scope, name, created_at, expires_at, used_at, revoked_at, hash, token_key
FROM keys
WHERE project = :project
ORDER BY created_at, id

SELECT id, project, kind, name, created_at, revoked_at, hash, token_key
FROM keys
WHERE project = :project
ORDER BY created_at, id;

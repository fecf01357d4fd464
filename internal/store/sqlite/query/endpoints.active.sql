SELECT id, project, version, name, kind, host, events, state, reason, failing_since, old_secret_until, created_at, updated_at
FROM endpoints
WHERE state = 'active'
ORDER BY project, created_at, id

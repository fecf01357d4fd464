SELECT id, project, version, name, rule, state, since, snoozed_until, created_at, updated_at, ended_at
FROM alerts
WHERE project = :project AND ended_at = 0
ORDER BY created_at, id

SELECT id, project, version, name, rule, state, since, snoozed_until, created_at, updated_at, ended_at
FROM alerts
WHERE project = :project AND id = :id

SELECT project, ran_at, deleted, keys
FROM retention_runs
WHERE project = :project

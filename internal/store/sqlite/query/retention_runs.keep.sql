INSERT INTO retention_runs (project, ran_at, deleted, keys)
VALUES (:project, :ran_at, :deleted, :keys)
ON CONFLICT (project) DO UPDATE SET ran_at = :ran_at, deleted = :deleted, keys = :keys

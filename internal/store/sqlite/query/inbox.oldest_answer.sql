SELECT coalesce(min(answered_at), 0) FROM inbox WHERE project = :project AND answered_at IS NOT NULL

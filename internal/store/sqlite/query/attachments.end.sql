UPDATE attachments
SET sealed = NULL, ended_at = :ended_at, ended_by = :ended_by
WHERE project = :project AND id = :id AND ended_at IS NULL

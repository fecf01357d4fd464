SELECT id, project, attachment, member, reason, created_at, expires_at
FROM reveals
WHERE project = :project AND id = :id

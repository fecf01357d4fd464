SELECT id, project, attachment, member, reason, created_at, expires_at
FROM reveals
WHERE project = :project AND attachment = :attachment AND member = :member AND expires_at > :now
ORDER BY created_at DESC
LIMIT 1

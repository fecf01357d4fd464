UPDATE reveals
SET expires_at = :now
WHERE project = :project AND member = :member AND expires_at > :now

SELECT count(*)
FROM attachments
WHERE project = :project AND expires_at <= :by AND ended_at IS NULL

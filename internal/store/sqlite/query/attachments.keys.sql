-- Which keys are still needed, and until when.
SELECT key_id, count(*), max(expires_at)
FROM attachments
WHERE project = :project AND ended_at IS NULL
GROUP BY key_id
ORDER BY max(expires_at) DESC, key_id

-- The work of the server, for every project.
SELECT id, project, feedback, respondent, owner, scope, key_id, bytes, consent_version, consent_hash, consent_time,
       created_at, expires_at, ended_at, ended_by
FROM attachments
WHERE expires_at <= :now AND ended_at IS NULL
ORDER BY expires_at, id
LIMIT 1000

SELECT id, project, feedback, respondent, owner, scope, key_id, bytes, consent_version, consent_hash, consent_time,
       created_at, expires_at, ended_at, ended_by
FROM attachments
WHERE project = :project AND respondent = :respondent AND ended_at IS NULL
ORDER BY created_at, id

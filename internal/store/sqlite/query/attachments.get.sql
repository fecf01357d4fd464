SELECT id, project, feedback, respondent, owner, scope, key_id, bytes, consent_version, consent_hash, consent_time,
       created_at, expires_at, ended_at, ended_by, sealed
FROM attachments
WHERE project = :project AND id = :id

INSERT INTO attachments (id, project, feedback, respondent, owner, scope, key_id, bytes, consent_version, consent_hash, consent_time,
                         created_at, expires_at, sealed)
VALUES (:id, :project, :feedback, :respondent, :owner, :scope, :key_id, :bytes, :consent_version, :consent_hash, :consent_time,
        :created_at, :expires_at, :sealed)

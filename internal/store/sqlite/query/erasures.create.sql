INSERT INTO erasures (id, project, requested_at, feedback, responses, attachments)
VALUES (:id, :project, :requested_at, :feedback, :responses, :attachments)
ON CONFLICT (id) DO NOTHING

INSERT INTO erasures (id, project, respondent, requested_at, feedback, responses, attachments)
VALUES (:id, :project, :respondent, :requested_at, :feedback, :responses, :attachments)
ON CONFLICT (id) DO NOTHING;

SELECT id, project, respondent, requested_at, feedback, responses, attachments, done_at, receipt
FROM erasures
WHERE project = :project
ORDER BY requested_at DESC, id DESC
LIMIT :limit;

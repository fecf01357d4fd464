-- The work of the server, for every project.
SELECT id, project, respondent, requested_at, feedback, responses, attachments, done_at, receipt
FROM erasures
WHERE done_at IS NULL
  AND (requested_at, id) > (:after_time, :after_id)
ORDER BY requested_at, id
LIMIT :limit;

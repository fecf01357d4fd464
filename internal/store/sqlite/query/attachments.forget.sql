-- What is left of attachments that have ended names nobody.
UPDATE attachments
SET respondent = NULL, owner = 'application', feedback = ''
WHERE project = :project AND ended_at IS NOT NULL
  AND respondent IN (SELECT r.respondent FROM erasure_respondents r JOIN erasures e ON e.id = r.erasure WHERE e.project = :project AND e.id = :id)
  AND created_at <= (SELECT requested_at FROM erasures WHERE project = :project AND id = :id)

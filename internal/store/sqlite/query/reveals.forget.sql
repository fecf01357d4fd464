-- Why somebody read what a person attached may speak of that person.
UPDATE reveals
SET reason = ''
WHERE project = :project
  AND attachment IN (
      SELECT id FROM attachments
      WHERE project = :project AND ended_at IS NOT NULL
        AND respondent IN (SELECT r.respondent FROM erasure_respondents r JOIN erasures e ON e.id = r.erasure WHERE e.project = :project AND e.id = :id)
        AND created_at <= (SELECT requested_at FROM erasures WHERE project = :project AND id = :id)
  )

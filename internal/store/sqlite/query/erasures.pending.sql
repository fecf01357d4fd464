-- The work of the server, for every project.
SELECT id, project,
       (SELECT group_concat(hex(respondent), '' ORDER BY place) FROM erasure_respondents WHERE erasure = erasures.id),
       requested_at, feedback, responses, attachments, done_at, receipt
FROM erasures
WHERE done_at IS NULL
  AND (requested_at, id) > (:after_time, :after_id)
ORDER BY requested_at, id
LIMIT :limit

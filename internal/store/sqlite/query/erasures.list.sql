SELECT id, project,
       (SELECT group_concat(hex(respondent), '' ORDER BY place) FROM erasure_respondents WHERE erasure = erasures.id),
       requested_at, feedback, responses, attachments, done_at, receipt
FROM erasures
WHERE project = :project
ORDER BY requested_at DESC, id DESC
LIMIT :limit

SELECT review, number, text, coalesce(finding, ''), person, due, actor_kind, actor_id, actor_name, at, outcome, note, outcome_at
FROM review_decisions
WHERE project = :project AND review IN (SELECT value FROM json_each(:ids))
ORDER BY review, number

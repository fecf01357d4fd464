-- In this order: the planner takes the named for too many to look up one by one.
SELECT i.id, i.project, i.feedback, i.version, i.state, i.severity, a.people, i.opened_at, i.state_since, i.assignee, i.cause, i.finding,
       i.respondent, i.words, i.created_at, i.answer, i.lock_kind, i.lock_id, i.lock_name, i.locked_until,
       i.kind, i.alike
FROM json_each(:ids) n
CROSS JOIN inbox i ON i.project = :project AND i.feedback = n.value
CROSS JOIN inbox_kinds a ON a.id = i.alike

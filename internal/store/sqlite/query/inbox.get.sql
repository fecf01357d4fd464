SELECT i.id, i.project, i.feedback, i.version, i.state, i.severity, a.people, i.opened_at, i.state_since, i.assignee, i.cause, i.finding,
       i.respondent, i.words, i.created_at, i.answer, i.lock_kind, i.lock_id, i.lock_name, i.locked_until
FROM inbox i
JOIN inbox_kinds a ON a.id = i.alike
WHERE i.project = :project AND i.feedback = :feedback

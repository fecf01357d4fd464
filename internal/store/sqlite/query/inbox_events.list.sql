SELECT number, feedback, time, actor_kind, actor_id, actor_name, step
FROM inbox_events
WHERE project = :project AND feedback = :feedback
ORDER BY number

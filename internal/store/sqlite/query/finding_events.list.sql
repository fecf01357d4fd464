SELECT number, time, actor_kind, actor_id, actor_name, step
FROM finding_events
WHERE project = :project AND finding = :id
ORDER BY number

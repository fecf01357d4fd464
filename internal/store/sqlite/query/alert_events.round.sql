SELECT alert, number, time, actor_kind, actor_id, actor_name, step
FROM alert_events
WHERE project = :project AND round = :round AND round <> ''
ORDER BY alert, number

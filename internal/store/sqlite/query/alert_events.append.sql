INSERT INTO alert_events (alert, number, project, time, actor_kind, actor_id, actor_name, round, step)
SELECT a.id, (SELECT coalesce(max(number), 0) + 1 FROM alert_events WHERE alert = a.id), a.project, :time, :actor_kind, :actor_id, :actor_name,
       :round, :step
FROM alerts a
WHERE a.project = :project AND a.id = :id
RETURNING number

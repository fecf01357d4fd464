INSERT INTO finding_events (finding, number, project, time, actor_kind, actor_id, actor_name, step)
SELECT f.id, (SELECT coalesce(max(number), 0) + 1 FROM finding_events WHERE finding = f.id), f.project, :time,
       :actor_kind, :actor_id, :actor_name, :step
FROM findings f
WHERE f.project = :project AND f.id = :id
RETURNING number

INSERT INTO inbox_events (project, feedback, time, actor_kind, actor_id, actor_name, step)
VALUES (:project, :feedback, :time, :actor_kind, :actor_id, :actor_name, :step)
RETURNING number

INSERT INTO review_events (review, project, time, actor_kind, actor_id, actor_name, step)
SELECT r.id, r.project, :time, :actor_kind, :actor_id, :actor_name, :step
FROM reviews r
WHERE r.project = :project AND r.id = :id
RETURNING id

SELECT alert, number, time, actor_kind, actor_id, actor_name, step
FROM alert_events
WHERE project = :project
  AND (:id = '' OR alert = :id)
ORDER BY time DESC, alert, number DESC
LIMIT :limit

SELECT number, id, project, endpoint, type, history, object, event, happened_at, queued_at, state, tries, begun, next_at, done_at, outcome, status
FROM deliveries
WHERE project = :project AND endpoint = :endpoint
  AND (:state = '' OR state = :state)
  AND (:before = 0 OR number < :before)
ORDER BY number DESC
LIMIT :limit

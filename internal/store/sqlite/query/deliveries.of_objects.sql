SELECT number, id, project, endpoint, type, history, object, event, happened_at, queued_at, state, tries, begun, next_at, done_at, outcome, status
FROM deliveries
WHERE project = :project
  AND endpoint IN (SELECT id FROM endpoints WHERE project = :project)
  AND history = :history
  AND object IN (SELECT value FROM json_each(:objects))
  AND state = 'delivered'
ORDER BY number

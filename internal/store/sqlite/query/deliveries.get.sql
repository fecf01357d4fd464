SELECT number, id, project, endpoint, type, history, object, event, happened_at, queued_at, state, tries, begun, next_at, done_at, outcome, status
FROM deliveries
WHERE project = :project AND endpoint = :endpoint AND id = :id

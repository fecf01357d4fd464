-- Whoever tries an endpoint wants to know now.
SELECT d.number, d.id, d.project, d.endpoint, d.type, d.history, d.object, d.event, d.happened_at, d.queued_at, d.state, d.tries, d.begun, d.next_at, d.done_at, d.outcome, d.status
FROM endpoints e
JOIN deliveries d ON d.endpoint = e.id
WHERE e.project = :project AND e.id = :endpoint AND e.state = 'active'
  AND (e.rest_until <= :now OR d.type = 'endpoint.tested')
  AND d.state = 'waiting' AND d.next_at <= :now
ORDER BY d.type <> 'endpoint.tested', d.number
LIMIT :limit

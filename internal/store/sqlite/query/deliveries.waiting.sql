-- For one endpoint this is asked each second: it counts in the index of what waits.
SELECT e.id, (SELECT count(*) FROM deliveries d WHERE d.endpoint = e.id AND d.state = 'waiting')
FROM endpoints e
WHERE e.project = :project AND (:endpoint = '' OR e.id = :endpoint)

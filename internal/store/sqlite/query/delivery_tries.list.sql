SELECT number, time, outcome, status, took_ms
FROM delivery_tries
WHERE project = :project AND delivery = :delivery
ORDER BY number

UPDATE deliveries
SET state = 'waiting', begun = tries, next_at = :at, done_at = 0
WHERE project = :project AND endpoint = :endpoint AND id = :id AND state <> 'waiting'

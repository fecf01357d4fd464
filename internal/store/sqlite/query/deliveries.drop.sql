UPDATE deliveries SET state = 'failed', done_at = :at WHERE project = :project AND endpoint = :endpoint AND state = 'waiting'

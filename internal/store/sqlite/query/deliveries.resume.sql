UPDATE deliveries SET begun = tries, next_at = :at WHERE project = :project AND endpoint = :endpoint AND state = 'waiting'

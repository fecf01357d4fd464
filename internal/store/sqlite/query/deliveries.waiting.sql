SELECT endpoint, count(*) FROM deliveries WHERE project = :project AND state = 'waiting' GROUP BY endpoint

SELECT count(*) FROM follow_ups WHERE project = :project AND finding = :finding AND state = :state

UPDATE alerts
SET state = :state, since = :since
WHERE project = :project AND id = :id AND version = :version AND state <> :state AND ended_at = 0

INSERT INTO alerts (id, project, version, name, rule, state, since, snoozed_until, created_at, updated_at, ended_at)
SELECT :id, :project, :version, :name, :rule, :state, :since, :snoozed_until, :created_at, :updated_at, 0
WHERE (SELECT count(*) FROM alerts WHERE project = :project AND ended_at = 0) < :most
